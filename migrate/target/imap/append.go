package imap

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

const (
	// minusMax is the longest non-synchronizing literal of LITERAL- (RFC 7888 section 5).
	minusMax = 4096
	// askFirst is the size from which the server is asked before the bytes are sent, even if it would take them
	// unasked: a refusal then costs one round trip and not the message.
	askFirst = 1 << 20
)

var errNotSelected = errors.New("append: no mailbox selected")

// Append stores a batch, message after message. A message that can't be read or that the server refuses is settled with
// its error and the next one follows. An answer about the mailbox, the account or the connection ends the batch: the
// message is settled and the same error is returned.
func (s *Session) Append(ctx context.Context, batch []migrate.Outgoing, settle func(i int, r migrate.Receipt)) error {
	if s.selected == "" {
		return errNotSelected
	}
	for i := range batch {
		if err := s.pause.wait(ctx); err != nil {
			return err
		}
		receipt, err := s.appendOne(ctx, &batch[i])
		if receipt != nil {
			settle(i, *receipt)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// appendOne returns the message's fate, if it is known, and what ends the batch, if anything does.
func (s *Session) appendOne(ctx context.Context, m *migrate.Outgoing) (*migrate.Receipt, error) {
	if s.chunk == nil {
		s.chunk = make([]byte, askFirst)
	}
	if err := checkFlags(m.Flags); err != nil {
		return &migrate.Receipt{Err: &migrate.TargetError{Kind: migrate.Refused, Err: err}}, nil
	}
	receipt, err := s.tryOne(ctx, m)
	usual := usualFlags(m.Flags)
	if len(usual) == len(m.Flags) || err != nil || !isRefused(receipt.Err) {
		return receipt, err
	}
	plain := *m // better without a keyword than not at all
	plain.Flags = usual
	return s.tryOne(ctx, &plain)
}

// isRefused tells that the server said no to this message.
func isRefused(err error) bool {
	var e *migrate.TargetError
	return errors.As(err, &e) && e.Kind == migrate.Refused
}

// tryOne sends a message once.
func (s *Session) tryOne(ctx context.Context, m *migrate.Outgoing) (*migrate.Receipt, error) {
	b, err := openBody(m, s.chunk)
	if err != nil {
		return &migrate.Receipt{Err: err}, nil
	}
	defer b.close()
	var receipt *migrate.Receipt
	err = s.do(ctx, migrate.Refused, func() error {
		r, err := s.sendMessage(m, b)
		if b.err != nil {
			receipt = &migrate.Receipt{Err: b.err}
		} else if err == nil {
			receipt = s.receipt(r)
		}
		return err
	})
	if err == nil && endsBatch(receipt.Err) {
		err = receipt.Err
	}
	return receipt, err
}

// sendMessage writes the command and returns its tagged response. An error in the message's own reader (b.err) breaks
// the connection within the literal, so that the server throws away what it has.
func (s *Session) sendMessage(m *migrate.Outgoing, b *body) (response, error) {
	w := s.wire
	tag, plus := w.newTag(), s.plus(m.Size)
	head := appendHead(m, s.selected) + fmt.Sprintf(" {%d%s}", m.Size, plus)
	w.debug.client(tag + " " + head)
	if err := w.queue(tag + " " + head + "\r\n"); err != nil {
		return w.lastAnswer(tag, err)
	}
	if plus == "" {
		if err := w.flush(); err != nil {
			return w.lastAnswer(tag, err)
		}
		if r, err := w.awaitTag(tag, true); err != nil || r.tag != "+" {
			return r, err
		}
	}
	for !b.done {
		if err := w.queueBytes(b.chunk); err != nil {
			return w.lastAnswer(tag, err)
		}
		w.paced.disarm() // a source may be slower than the server's patience
		b.next()
		w.paced.arm()
		if b.err != nil {
			w.kill(&ownEnd{b.err})
			return response{}, b.err
		}
	}
	if err := w.finish(); err != nil {
		return w.lastAnswer(tag, err)
	}
	return w.awaitTag(tag, false)
}

// plus is the mark of a non-synchronizing literal, where the server takes one of this size.
func (s *Session) plus(size int64) string {
	if _, ok := s.wire.caps[goimap.CapLiteralPlus]; ok && size <= askFirst {
		return "+"
	}
	if s.wire.caps.Has(goimap.CapLiteralMinus) && size <= minusMax {
		return "+"
	}
	return ""
}

// receipt reads the tagged response to an APPEND.
func (s *Session) receipt(r response) *migrate.Receipt {
	if r.kind != "OK" {
		return &migrate.Receipt{Err: classify(r, migrate.Refused, false)}
	}
	s.pause.heed(r.text)
	if r.code != "APPENDUID" {
		return &migrate.Receipt{}
	}
	validity, uid, _ := strings.Cut(r.arg, " ")
	v, err1 := strconv.ParseUint(validity, 10, 32)
	u, err2 := strconv.ParseUint(uid, 10, 32)
	if err1 != nil || err2 != nil {
		return &migrate.Receipt{}
	}
	return &migrate.Receipt{UIDValidity: uint32(v), UID: migrate.UID(u)}
}

// endsBatch tells the answers that hold for the messages behind this one too.
func endsBatch(err error) bool {
	var e *migrate.TargetError
	return errors.As(err, &e) && e.Kind != migrate.Refused
}

// appendHead writes the command up to the literal.
func appendHead(m *migrate.Outgoing, mailbox string) string {
	head := "APPEND " + mailbox
	if len(m.Flags) > 0 {
		head += " (" + strings.Join(m.Flags, " ") + ")"
	}
	if !m.Received.IsZero() {
		head += ` "` + internalDate(m.Received) + `"`
	}
	return head
}

// Dates outside make servers refuse the message (Cyrus, before 1970) or turn it into another century (Dovecot).
var (
	dateMin = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	dateMax = time.Date(2106, 1, 1, 0, 0, 0, 0, time.UTC)
)

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
	return t.Format("_2-Jan-2006 15:04:05 -0700")
}

// checkFlags refuses what would not be a flag on the wire (RFC 9051 section 9, flag).
func checkFlags(flags []string) error {
	for _, flag := range flags {
		name := strings.TrimPrefix(flag, `\`)
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`(){%*"\]`, r) }) {
			return fmt.Errorf("flag %q: not an IMAP flag or keyword", flag)
		}
	}
	return nil
}
