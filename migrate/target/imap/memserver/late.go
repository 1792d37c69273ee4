package memserver

import (
	"fmt"
	"sync"
	"time"
)

// LateStore makes the server take the next APPEND whole, close the connection in place of an answer, and store all of it
// d later: whoever looks before doesn't find it. With [UntilWaited] it is stored by the next [Server.WaitLate].
func (s *Server) LateStore(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.late = append(s.faults.late, d)
}

// UntilWaited is no time at all, but the moment at which somebody waits.
const UntilWaited time.Duration = -1

// SlowStore makes every APPEND take so much longer from now on, once its messages have come, as a disk would: what a client
// sends without waiting for answers piles up. 0 ends it.
func (s *Server) SlowStore(d time.Duration) { s.slow.Store(int64(d)) }

// linger is the time that storing takes.
func (a *appending) linger() {
	if d := time.Duration(a.server.slow.Load()); d > 0 {
		select {
		case <-time.After(d):
		case <-a.wire.closed:
		}
	}
}

// cutTime is what the end of a connection may take to be noticed on this machine.
const cutTime = 20 * time.Millisecond

// WaitLate waits until everything taken by then that is to be stored late has been: by [Server.LateStore], and by
// [Server.DrainAfterCut] of connections that have ended. [Server.Close] drops what is left.
func (s *Server) WaitLate() {
	if s.drains() > 0 {
		time.Sleep(cutTime)
	}
	s.mu.Lock()
	waited := s.faults.waited
	s.faults.waited = nil
	s.mu.Unlock()
	if waited != nil {
		close(waited)
	}
	s.faults.lates.wait()
}

// timeToStore is over when what comes late after d is to be stored.
func (s *Server) timeToStore(d time.Duration) <-chan struct{} {
	if d == UntilWaited {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.faults.waited == nil {
			s.faults.waited = make(chan struct{})
		}
		return s.faults.waited
	}
	come := make(chan struct{})
	time.AfterFunc(d, func() { close(come) })
	return come
}

// storeLate hangs up; the messages are stored when the time has come.
func (a *appending) storeLate(d time.Duration) error {
	user, server := a.user, a.server
	come := server.timeToStore(d)
	server.faults.lates.add(1)
	go func() {
		defer server.faults.lates.add(-1)
		select {
		case <-come:
			_, _ = user.store(a.mailbox, a.messages)
		case <-server.done:
		}
	}()
	_ = a.wire.Close()
	return fmt.Errorf("late by %v", d)
}

func (s *Server) nextLate() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults.late) == 0 {
		return 0, false
	}
	d := s.faults.late[0]
	s.faults.late = s.faults.late[1:]
	return d, true
}

// A counter is waited for until it is zero; unlike a WaitGroup, it may be added to meanwhile.
type counter struct {
	mu   sync.Mutex
	n    int
	zero chan struct{}
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == 0 {
		c.zero = make(chan struct{})
	}
	if c.n += n; c.n == 0 {
		close(c.zero)
	}
}

func (c *counter) wait() {
	c.mu.Lock()
	zero, n := c.zero, c.n
	c.mu.Unlock()
	if n > 0 {
		<-zero
	}
}
