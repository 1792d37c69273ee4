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

// fetching is one call of FetchAll. Each command is read by a goroutine of its own, since a server may answer several at once: Dovecot
// ends none as long as others bring something. As they share the connection, only one has a message at a time.
type fetching struct {
	s       *Session
	uids    []migrate.UID // not asked for yet
	yield   func(migrate.Fetched) bool
	bodies  chan *arrived
	ends    chan error // of commands
	unended int        // commands
	failed  error      // the first
}

// arrived is a message that is to be read now.
type arrived struct {
	uid  migrate.UID
	body *fetched
	read chan struct{} // closed when it was
}

func (f *fetching) run() error {
	f.bodies, f.ends = make(chan *arrived), make(chan error)
	for f.ask(); f.unended > 0; f.ask() {
		select {
		case m := <-f.bodies:
			f.hand(m)
		case err := <-f.ends:
			f.unended--
			f.fail(err)
		}
	}
	if errors.Is(f.failed, errLeftLoop) {
		return nil
	}
	return f.failed
}

func (f *fetching) fail(err error) {
	if f.failed == nil {
		f.failed = err
	}
}

// ask sends commands ahead.
func (f *fetching) ask() {
	options := &goimap.FetchOptions{UID: true, BodySection: []*goimap.FetchItemBodySection{{Peek: true}}}
	for f.failed == nil && f.unended < fetchAhead && len(f.uids) > 0 {
		var set goimap.UIDSet
		n := min(fetchMany, len(f.uids))
		for _, uid := range f.uids[:n] {
			set.AddNum(goimap.UID(uid))
		}
		f.uids = f.uids[n:]
		f.unended++
		command := f.s.client.Fetch(set, options)
		go func() { f.ends <- f.command(command) }()
	}
}

// command reads what a command brings.
func (f *fetching) command(command *imapclient.FetchCommand) error {
	for msg := command.Next(); msg != nil; msg = command.Next() {
		if err := f.message(msg); err != nil {
			return err // the command is left alone: go-imap would read the broken literal again
		}
	}
	return command.Close()
}

func (f *fetching) message(msg *imapclient.FetchMessageData) error {
	var uid migrate.UID
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = migrate.UID(item.UID)
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil || uid == 0 {
				continue
			}
			m := &arrived{uid, &fetched{session: f.s, literal: item.Literal, left: item.Literal.Size()}, make(chan struct{})}
			f.bodies <- m
			if <-m.read; m.body.failed != nil {
				return m.body.failed
			}
		}
	}
	return nil
}

// hand hands over a message and throws away what was not read of it.
func (f *fetching) hand(m *arrived) {
	if f.failed == nil && !f.yield(migrate.Fetched{UID: m.uid, Body: m.body}) {
		f.fail(errLeftLoop)
	}
	_, _ = io.Copy(io.Discard, m.body)
	m.body.closed = true
	close(m.read)
}
