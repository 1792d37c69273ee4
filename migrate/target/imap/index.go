package imap

import (
	"context"
	"errors"
	"iter"
	"slices"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
)

const (
	// indexWindow is how many UIDs a command names at first, and indexMost how many it may name where few of them are in use.
	indexWindow = 1000
	indexMost   = 1 << 26
	// indexAhead is how many commands are under way.
	indexAhead = 4
)

// Standings implements [migrate.Indexer] with STATUS, pipelined.
func (s *Session) Standings(ctx context.Context, mailboxes []string) (map[string]migrate.Standing, error) {
	told := make(map[string]migrate.Standing, len(mailboxes))
	err := s.do(ctx, migrate.Refused, func() error {
		if err := s.unselectOneOf(mailboxes); err != nil {
			return err
		}
		for len(mailboxes) > 0 {
			n := min(peekAhead, len(mailboxes))
			if err := s.standings(mailboxes[:n], told); err != nil {
				return err
			}
			mailboxes = mailboxes[n:]
		}
		return nil
	})
	return told, err
}

// unselectOneOf leaves the selected mailbox, if it is one of them: of that one Dovecot tells what it was when the session looked last.
func (s *Session) unselectOneOf(mailboxes []string) error {
	if !slices.ContainsFunc(mailboxes, func(name string) bool { return s.selected == encodeName(name, s.wire.utf8Names()) }) {
		return nil
	}
	if !s.wire.caps.Has(goimap.CapUnselect) {
		return s.leave()
	}
	s.selected = ""
	return s.client.Unselect().Wait()
}

func (s *Session) standings(mailboxes []string, told map[string]migrate.Standing) error {
	options := &goimap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true, HighestModSeq: s.wire.caps.Has(goimap.CapCondStore)}
	asked := make([]*imapclient.StatusCommand, len(mailboxes))
	for i, name := range mailboxes {
		if checkName(name) == nil {
			asked[i] = s.client.Status(name, options)
		}
	}
	var failed error
	for i, command := range asked {
		if command == nil {
			continue
		}
		data, err := command.Wait()
		switch {
		case err == nil && data.UIDValidity != 0 && data.UIDNext != 0 && data.NumMessages != nil:
			told[mailboxes[i]] = migrate.Standing{
				UIDValidity: data.UIDValidity, UIDNext: migrate.UID(data.UIDNext), Messages: *data.NumMessages, ModSeq: data.HighestModSeq,
			}
		case err != nil && !isAnswer(err):
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// Index implements [migrate.Indexer]: one UID FETCH after the other on ranges of UIDs, some of them ahead. Ranges grow where few UIDs are
// in use, so that no SEARCH is needed and nothing of the size of the mailbox is held.
func (s *Session) Index(ctx context.Context, from, to migrate.UID, since uint64) iter.Seq2[migrate.Found, error] {
	return func(yield func(migrate.Found, error) bool) {
		left := false
		err := s.do(ctx, migrate.Refused, func() error {
			x := &indexing{s: s, next: int64(max(from, 1)), last: int64(to), since: since, width: indexWindow, yield: func(f migrate.Found) bool {
				left = !yield(f, nil)
				return !left
			}}
			return x.run()
		})
		if err != nil && !left {
			yield(migrate.Found{}, err)
		}
	}
}

// indexing is one call of Index. Each command is read by a goroutine of its own, as in [fetching].
type indexing struct {
	s          *Session
	next, last int64 // UIDs that were not asked for yet
	since      uint64
	width      int64
	yield      func(migrate.Found) bool

	found  chan migrate.Found
	ends   chan windowEnd
	open   int // commands
	failed error
}

// windowEnd is what came of a command.
type windowEnd struct {
	width, found int64
	err          error
}

func (x *indexing) run() error {
	x.found, x.ends = make(chan migrate.Found, findBatch), make(chan windowEnd)
	for x.ask(); x.open > 0; x.ask() {
		select {
		case f := <-x.found:
			x.hand(f)
		case end := <-x.ends:
			x.ended(end)
		}
	}
	for len(x.found) > 0 {
		x.hand(<-x.found)
	}
	if errors.Is(x.failed, errLeftLoop) {
		return nil
	}
	return x.failed
}

func (x *indexing) hand(f migrate.Found) {
	asked := f.UID != 0 && !f.Received.IsZero() // else flags changed somewhere, and the server tells it on the way
	if asked && x.failed == nil && !x.yield(f) {
		x.failed = errLeftLoop
	}
}

// ended adapts the next ranges to how many of the UIDs of this one are in use.
func (x *indexing) ended(end windowEnd) {
	x.open--
	if x.failed == nil {
		x.failed = end.err
	}
	switch {
	case end.width < x.width:
	case end.found < indexWindow/4:
		x.width = min(x.width*8, indexMost)
	case end.found > indexWindow*2:
		x.width = max(x.width/8, indexWindow)
	}
}

// ask sends commands ahead.
func (x *indexing) ask() {
	options := &goimap.FetchOptions{
		UID: true, RFC822Size: true, Flags: true, InternalDate: true, ChangedSince: x.since, BodySection: []*goimap.FetchItemBodySection{messageIDField},
	}
	for x.failed == nil && x.open < indexAhead && x.next <= x.last {
		width := min(x.width, x.last-x.next+1)
		if x.since > 0 { // few have changed
			width = x.last - x.next + 1
		}
		set := goimap.UIDSet{{Start: goimap.UID(x.next), Stop: goimap.UID(x.next + width - 1)}}
		x.next += width
		x.open++
		command := x.s.client.Fetch(set, options)
		go func() { x.ends <- x.read(command, width) }()
	}
}

// read hands on what a command brings.
func (x *indexing) read(command *imapclient.FetchCommand, width int64) windowEnd {
	end := windowEnd{width: width}
	for msg := command.Next(); msg != nil; msg = command.Next() {
		f, err := readFound(msg)
		if err != nil {
			end.err = err
			return end // the command is left alone: go-imap would read the broken literal again
		}
		end.found++
		x.found <- f
	}
	end.err = command.Close()
	return end
}
