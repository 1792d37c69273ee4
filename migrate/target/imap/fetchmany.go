package imap

import (
	"context"
	"errors"
	"io"
	"iter"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
)

const (
	// fetchMany is how many messages are asked for in one FETCH of bodies.
	fetchMany = 32
	// fetchAhead is how many such commands are under way, so that the line isn't idle between two.
	fetchAhead = 2
)

// errLeftLoop says that nobody wants the rest.
var errLeftLoop = errors.New("loop was left")

// FetchAll implements [migrate.Fetcher]. No message is held in memory: the connection waits until its bytes are read.
func (s *Session) FetchAll(ctx context.Context, uids []migrate.UID) iter.Seq2[migrate.Fetched, error] {
	return func(yield func(migrate.Fetched, error) bool) {
		left := false
		err := s.do(ctx, migrate.Refused, func() error {
			f := &fetching{s: s, uids: uids, yield: func(m migrate.Fetched) bool {
				left = !yield(m, nil)
				return !left
			}}
			return f.run()
		})
		if err != nil && !left {
			yield(migrate.Fetched{}, err)
		}
	}
}

// fetching is one call of FetchAll.
type fetching struct {
	s     *Session
	uids  []migrate.UID // not asked for yet
	ahead []*imapclient.FetchCommand
	yield func(migrate.Fetched) bool
}

func (f *fetching) run() error {
	for {
		f.ask()
		if len(f.ahead) == 0 {
			return nil
		}
		err := f.messages(f.ahead[0])
		if broken := new(migrate.TargetError); errors.As(err, &broken) {
			return err // the commands are left alone: go-imap would read the broken literal again
		}
		err = errors.Join(err, f.ahead[0].Close())
		f.ahead = f.ahead[1:]
		if err != nil {
			return f.drain(err)
		}
	}
}

// ask sends commands ahead.
func (f *fetching) ask() {
	options := &goimap.FetchOptions{UID: true, BodySection: []*goimap.FetchItemBodySection{{Peek: true}}}
	for len(f.ahead) < fetchAhead && len(f.uids) > 0 {
		var set goimap.UIDSet
		n := min(fetchMany, len(f.uids))
		for _, uid := range f.uids[:n] {
			set.AddNum(goimap.UID(uid))
		}
		f.uids = f.uids[n:]
		f.ahead = append(f.ahead, f.s.client.Fetch(set, options))
	}
}

// messages hands the messages of a command over.
func (f *fetching) messages(command *imapclient.FetchCommand) error {
	for msg := command.Next(); msg != nil; msg = command.Next() {
		var uid migrate.UID
		for item := msg.Next(); item != nil; item = msg.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				uid = migrate.UID(item.UID)
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil || uid == 0 {
					continue
				}
				if err := f.hand(uid, item.Literal); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// hand hands over one message and throws away what was not read of it.
func (f *fetching) hand(uid migrate.UID, literal goimap.LiteralReader) error {
	body := &fetched{session: f.s, literal: literal, left: literal.Size()}
	more := f.yield(migrate.Fetched{UID: uid, Body: body})
	_, _ = io.Copy(io.Discard, body)
	body.closed = true
	switch {
	case body.failed != nil:
		return body.failed
	case !more:
		return errLeftLoop
	}
	return nil
}

// drain waits for the rest of what was asked for, so that the session can go on.
func (f *fetching) drain(err error) error {
	for _, command := range f.ahead {
		_ = command.Close() // the first error counts
	}
	if errors.Is(err, errLeftLoop) {
		return nil
	}
	return err
}
