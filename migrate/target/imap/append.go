package imap

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"unpop/migrate"
)

const (
	// minusMax is the longest non-synchronizing literal of LITERAL- (RFC 7888 section 5).
	minusMax = 4096
	// askFirst is the size above which the server is asked before the bytes are sent, even if it would take them
	// unasked: a refusal then costs a round trip and not the message, and the round trip costs little beside it.
	askFirst = 16 << 20
)

var errNotSelected = errors.New("append: no mailbox selected")

// Append stores messages in the way that the server's capabilities allow, see [Session.Ways]: many in a command, and several
// commands under way. It implements [migrate.Session]: a message that can't be read or that the server refuses is settled
// with its error, and the others pass. An answer about the mailbox, the account or the connection ends it: what was sent
// before is waited for, what was drawn and not sent is settled with the same error, and that is returned.
func (s *Session) Append(ctx context.Context, messages iter.Seq[migrate.Outgoing], settle func(i int, r migrate.Receipt)) error {
	if s.selected == "" {
		return errNotSelected
	}
	if s.chunk == nil {
		s.chunk = make([]byte, chunkSize)
	}
	return s.do(ctx, migrate.Refused, func() error {
		a := newAppender(s, settle)
		a.draw(messages)
		err := a.run()
		a.leave(err)
		return err
	})
}

// chunkSize is how much of a message is in memory: what is being sent, and what is being read.
const chunkSize = 256 << 10

// messageOptions writes what an APPEND says of a message: ` (flags) "date"`.
func messageOptions(flags []string, m *migrate.Outgoing) string {
	options := ""
	if len(flags) > 0 {
		options = " (" + strings.Join(flags, " ") + ")"
	}
	if !m.Received.IsZero() {
		options += ` "` + internalDate(m.Received) + `"`
	}
	return options
}

// Dates outside make servers refuse the message (Cyrus, before 1970) or turn it into another century (Dovecot).
var (
	dateMin = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	dateMax = time.Date(2106, 1, 1, 0, 0, 0, 0, time.UTC)
)

// dateLayout is a date-time without its quotes.
const dateLayout = "_2-Jan-2006 15:04:05 -0700"

// internalDate writes a date-time (RFC 9051 section 9) between 1970 and 2106.
func internalDate(t time.Time) string {
	if t.Before(dateMin) {
		t = dateMin
	} else if t.After(dateMax) {
		t = dateMax
	}
	if _, offset := t.Zone(); offset%60 != 0 || offset < -14*3600 || offset > 14*3600 || t.Year() < dateMin.Year() {
		t = t.UTC()
	}
	return t.Format(dateLayout)
}

// checkFlags refuses what would not be a flag on the wire (RFC 9051 section 9, flag).
func checkFlags(flags []string) error {
	for _, flag := range flags {
		if !isFlag(flag) {
			return fmt.Errorf("flag %q: not an IMAP flag or keyword", flag)
		}
	}
	return nil
}

func isFlag(flag string) bool {
	name := strings.TrimPrefix(flag, `\`)
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`(){%*"\]`, r) })
}
