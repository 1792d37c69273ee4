package migrate

import (
	"context"
	"errors"
	"io"
	"sync"

	"unpop/state"
)

const (
	// claimMessages is how many messages are claimed at once.
	claimMessages = 500
	// stagedBytes bounds what is read ahead of the sending, for each session.
	stagedBytes = 2 << 20
)

// staged is a message that is claimed, and read if it is not large.
type staged struct {
	msg  state.Message
	out  Outgoing
	free func() // gives back the room that it takes in memory; any number of times
}

// stage claims and reads messages ahead of the sending, until soft ends or there are none that may go with those before. While those
// of a batch are read, the next one is claimed.
func (s *stretch) stage(soft, hard context.Context) error {
	defer close(s.ready)
	claimed, ended := make(chan []state.Message), make(chan error, 1)
	go func() {
		defer close(claimed)
		ended <- s.claimAll(soft, hard, claimed)
	}()
	for batch := range claimed {
		s.handAll(soft, hard, batch)
	}
	return <-ended
}

// claimAll claims batch after batch. Whoever takes them takes all.
func (s *stretch) claimAll(soft, hard context.Context, claimed chan<- []state.Message) error {
	for soft.Err() == nil {
		batch, err := s.next(hard)
		if err != nil || len(batch) == 0 {
			return err
		}
		if err := s.claim(hard, batch); err != nil {
			return err
		}
		claimed <- batch
	}
	return nil
}

// handAll makes messages ready for the sending, and notes those that are not drawn before soft ends.
func (s *stretch) handAll(soft, hard context.Context, batch []state.Message) {
	for i, msg := range batch {
		if !s.hand(soft, hard, msg) {
			s.unsent = append(s.unsent, batch[i:]...)
			return
		}
	}
}

// next returns the messages to claim. Those that are beyond hope are rejected on the way.
func (s *stretch) next(ctx context.Context) ([]state.Message, error) {
	m := s.w.u.m
	for {
		page, err := s.page(ctx)
		if err != nil || len(page) == 0 {
			s.done = err == nil
			return nil, err
		}
		if reason := m.hopeless(page[0]); reason != "" && s.only == nil {
			s.after = page[0].Copy
			if err := s.w.giveUp(ctx, page[0], reason); err != nil {
				return nil, err
			}
			continue
		}
		batch := s.together(page)
		if len(batch) > 0 {
			s.after = batch[len(batch)-1].Copy
		}
		s.taken += len(batch)
		return batch, nil
	}
}

func (s *stretch) page(ctx context.Context) ([]state.Message, error) {
	if s.only == nil {
		return s.w.u.m.account.Next(ctx, s.mailbox.ID, s.after, claimMessages)
	}
	return s.only[min(s.taken, len(s.only)):], nil
}

// together cuts a page before the first message that may not go with those before it.
func (s *stretch) together(page []state.Message) []state.Message {
	m := s.w.u.m
	if s.limit == 0 {
		s.limit = m.company(page[0])
	}
	for i, msg := range page {
		if s.taken+i >= s.limit || m.company(msg) < s.limit || m.hopeless(msg) != "" {
			return page[:i]
		}
	}
	return page
}

// claim records that a batch may be on the server from now on. It is on disk before the first byte of it leaves.
func (s *stretch) claim(ctx context.Context, batch []state.Message) error {
	ids := make([]int64, len(batch))
	for i, msg := range batch {
		ids[i] = msg.ID
	}
	m := s.w.u.m
	if err := m.account.Claim(ctx, ids, s.box.UIDValidity, s.floor(batch)); err != nil {
		return err
	}
	m.reach(PointClaimed)
	return nil
}

// hand makes a message ready for the sending, unless soft ends before it is drawn.
func (s *stretch) hand(soft, hard context.Context, msg state.Message) bool {
	m := s.w.u.m
	out, dropped := m.outgoing(hard, msg, s.box)
	free := func() {}
	if out.Size <= heldBack {
		taken := s.room.take(soft, out.Size)
		if taken == 0 {
			return false
		}
		free = sync.OnceFunc(func() { s.room.give(taken) })
		out.Open = openNow(out.Open, free)
	}
	select {
	case s.ready <- staged{msg, out, free}:
		s.w.u.dropped.Add(dropped)
		return true
	case <-soft.Done():
		return false
	}
}

// openNow opens a message now, and gives it to whoever opens it first; who opens it again reads the source again. used is called
// when the first reader is closed.
func openNow(open func() (io.ReadCloser, error), used func()) func() (io.ReadCloser, error) {
	first, err := open()
	if err == nil {
		err = proveNow(first)
	}
	if err != nil {
		used()
		return func() (io.ReadCloser, error) { return nil, err }
	}
	return func() (io.ReadCloser, error) {
		if first == nil {
			return open()
		}
		r := first
		first = nil // what waits for its answer keeps no bytes in memory
		return &releasing{r, used}, nil
	}
}

// proveNow reads a short message into memory and closes the source.
func proveNow(r io.ReadCloser) error {
	exact, ok := r.(*exactReader)
	if !ok {
		return nil
	}
	return errors.Join(exact.prove(), exact.from.Close())
}

// releasing calls used when it is closed.
type releasing struct {
	io.ReadCloser
	used func()
}

// Close implements [io.Closer].
func (r *releasing) Close() error {
	if exact, ok := r.ReadCloser.(*exactReader); ok {
		exact.leave() // the source is closed already
	}
	r.used()
	return nil
}
