package imap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// moveLine is about how long the set of a command may be, as for List.
const moveLine = 6000

// Move implements [migrate.Mover]. go-imap's own Move falls back to a plain EXPUNGE, which would remove what others have marked.
func (s *Session) Move(ctx context.Context, uids []migrate.UID, to string) (migrate.Arrival, error) {
	caps := s.wire.caps
	switch {
	case caps.Has(goimap.CapMove):
		return s.relocate(ctx, "UID MOVE", uids, to)
	case !caps.Has(goimap.CapUIDPlus):
		return migrate.Arrival{}, fmt.Errorf("move: server has neither MOVE nor UIDPLUS: %w", errors.ErrUnsupported)
	}
	arrival, err := s.relocate(ctx, "UID COPY", uids, to)
	if err != nil {
		return arrival, err
	}
	var gone []migrate.UID
	for _, uid := range uids {
		if _, copied := arrival.UIDs[uid]; copied { // nothing goes of which no copy is proven
			gone = append(gone, uid)
		}
	}
	return arrival, asBroken(s.Remove(ctx, gone))
}

// asBroken keeps a refusal from being read as one of the whole move: the copies are there.
func asBroken(err error) error {
	var target *migrate.TargetError
	if errors.As(err, &target) && target.Kind == migrate.Refused {
		return &migrate.TargetError{Kind: migrate.Broken, Err: fmt.Errorf("move: copied, not removed: %w", err)}
	}
	return err
}

// Copy implements [migrate.Mover].
func (s *Session) Copy(ctx context.Context, uids []migrate.UID, to string) (migrate.Arrival, error) {
	return s.relocate(ctx, "UID COPY", uids, to)
}

// relocate sends MOVE or COPY for as many messages as a line can name, again and again.
func (s *Session) relocate(ctx context.Context, verb string, uids []migrate.UID, to string) (migrate.Arrival, error) {
	arrival := migrate.Arrival{UIDs: map[migrate.UID]migrate.UID{}}
	if err := checkUIDs(uids); err != nil || len(uids) == 0 {
		return arrival, err
	}
	if err := checkName(to); err != nil {
		return arrival, err
	}
	for rest := uids; len(rest) > 0; {
		var set string
		set, rest = uidSet(rest, moveLine)
		err := s.do(ctx, migrate.Refused, func() error { return s.relocateSet(&arrival, verb, set, to) })
		if err != nil && len(arrival.UIDs) > 0 {
			err = asBroken(err)
		}
		if err != nil {
			return arrival, err
		}
	}
	return arrival, nil
}

func (s *Session) relocateSet(arrival *migrate.Arrival, verb, set, to string) error {
	w := s.wire
	w.noteCopied("")
	line := verb + " " + set + " " + encodeName(to, w.utf8Names())
	r, err := w.command(line, line)
	switch {
	case err != nil:
		return err
	case r.kind != "OK" && (r.code == "TRYCREATE" || r.code == "NONEXISTENT"):
		return migrate.ErrNoMailbox
	case r.kind != "OK":
		return classify(r, migrate.Refused, false)
	}
	copied := w.copied()
	if r.code == "COPYUID" {
		copied = r.arg
	}
	if validity, uids := copyUID(copied); validity != 0 {
		arrival.UIDValidity = validity
		for from, to := range uids {
			arrival.UIDs[from] = to
		}
	}
	return nil
}

// noteCopied keeps the argument of COPYUID: MOVE tells it in an untagged OK (RFC 6851 section 4.3).
func (w *wire) noteCopied(arg string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.copyUID = arg
}

func (w *wire) copied() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.copyUID
}

// copyUID reads the argument of COPYUID (RFC 4315 section 3): UIDVALIDITY and two sets that correspond in order. What is not exactly
// that says nothing: the messages are looked for then.
func copyUID(arg string) (validity uint32, uids map[migrate.UID]migrate.UID) {
	fields := strings.Fields(arg)
	if len(fields) != 3 {
		return 0, nil
	}
	v, ok := parseNumber(fields[0])
	from, to := expandSet(fields[1]), expandSet(fields[2])
	if !ok || len(from) == 0 || len(from) != len(to) {
		return 0, nil
	}
	uids = make(map[migrate.UID]migrate.UID, len(from))
	for i := range from {
		uids[from[i]] = to[i]
	}
	return v, uids
}

// mostCopied bounds what a set of COPYUID may name; no command of ours asks for so many.
const mostCopied = 100_000

// expandSet lists the UIDs of a set in the order in which it names them.
func expandSet(set string) (uids []migrate.UID) {
	for part := range strings.SplitSeq(set, ",") {
		first, last, isRange := strings.Cut(part, ":")
		low, ok := parseNumber(first)
		high := low
		if ok && isRange {
			high, ok = parseNumber(last)
		}
		low, high = min(low, high), max(low, high)
		if !ok || int64(high)-int64(low) >= int64(mostCopied-len(uids)) {
			return nil
		}
		for uid := int64(low); uid <= int64(high); uid++ {
			uids = append(uids, migrate.UID(uid))
		}
	}
	return uids
}

func checkUIDs(uids []migrate.UID) error {
	for _, uid := range uids {
		if uid == 0 { // would be written as *, the last message, by some
			return errNoMessage
		}
	}
	return nil
}
