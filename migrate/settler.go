package migrate

import (
	"context"
	"sync"
	"time"

	"unpop/state"
)

// settleEvery is how long outcomes are collected before they are written. Until then they would be in doubt after a crash, and be
// found on the server.
const settleEvery = 100 * time.Millisecond

// settler writes outcomes behind the sending.
type settler struct {
	m    *Migration
	poke chan struct{}
	stop chan struct{}
	done chan struct{}

	mu      sync.Mutex // guards what follows
	pending []state.Outcome
	err     error
}

func newSettler(m *Migration) *settler {
	s := &settler{m: m, poke: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go s.run()
	return s
}

// note takes an outcome.
func (s *settler) note(o state.Outcome) {
	s.mu.Lock()
	s.pending = append(s.pending, o)
	s.mu.Unlock()
	select {
	case s.poke <- struct{}{}:
	default:
	}
}

// close writes what is left, and returns the first error.
func (s *settler) close() error {
	close(s.stop)
	<-s.done
	return s.err
}

func (s *settler) run() {
	defer close(s.done)
	for {
		select {
		case <-s.poke:
			s.linger()
			s.write()
		case <-s.stop:
			s.write()
			return
		}
	}
}

// linger waits for more, but not when there will be none.
func (s *settler) linger() {
	timer := time.NewTimer(settleEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.stop:
	}
}

// write is not cut short when the run is: what is known is better written than looked for.
func (s *settler) write() {
	s.mu.Lock()
	outcomes := s.pending
	s.pending = nil
	s.mu.Unlock()
	if len(outcomes) == 0 {
		return
	}
	err := s.m.account.Settle(context.Background(), s.m.run, outcomes)
	s.m.reach(PointSettled)
	if s.err == nil {
		s.err = err
	}
}
