package migrate

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"time"

	"unpop/dedupe"
	"unpop/state"
)

// identify reads a copy and makes of it what the ledger stores.
func identify(raw io.ReadCloser, c *Copy, now time.Time) (state.Copy, error) {
	defer raw.Close()
	cleaner := dedupe.NewCleaner(raw)
	id, err := dedupe.Identify(cleaner)
	if err != nil {
		return state.Copy{}, err
	}
	if c.StatusFields {
		applyStatus(c, cleaner.Removed())
	}
	if id.Size == 0 {
		return state.Copy{}, errEmpty
	}
	r := row(c, id, now)
	r.UIDL = uidl(cleaner.Removed())
	return r, nil
}

// longestUIDL is more than RFC 1939 section 7 allows.
const longestUIDL = 250

// uidl is the name that the message had on the POP3 server from which a mail client fetched it.
func uidl(removed []dedupe.Field) string {
	for _, f := range removed {
		if strings.EqualFold(f.Name, "X-UIDL") && len(f.Value) <= longestUIDL {
			return f.Value
		}
	}
	return ""
}

var errEmpty = errors.New("message is empty")

func row(c *Copy, id dedupe.Identity, now time.Time) state.Copy {
	date, rank := credibleDate(now, id.Trace, id.Received, c.Received, id.Date, c.ModTime)
	r := state.Copy{
		Ref: c.Ref, Size: id.Size, Exact: id.Exact[:], Sum: binary.BigEndian.AppendUint32(nil, id.Sum), Key: id.Key[:], HasID: id.HasID, Trace: id.Trace,
		Partial: c.Partial, Rebuilt: c.Rebuilt, Flags: int(c.Flags), Keywords: cleanKeywords(c.Keywords),
		Date: date.Unix(), DateRank: rank,
		MessageID: clip(id.MessageID, 250), Subject: clip(dedupe.DecodeSubject(id.Subject), 120), Flaw: c.Flaw,
	}
	if c.Expunged {
		r.State = state.Expunged
	}
	return r
}

// clip shortens a text for the ledger, at a rune.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && text[limit]&0xC0 == 0x80 {
		limit--
	}
	return text[:limit]
}
