package imap

import (
	"context"
	"sync"
	"time"
)

// fresh is how long a session may lie idle before it is asked whether it still lives.
const fresh = 20 * time.Second

// idle are the sessions that were closed and are kept for whoever dials next: signing in costs five round trips and more.
type idle struct {
	warming  sync.WaitGroup
	mu       sync.Mutex
	sessions []*Session
	closed   bool
}

// keep takes a session in, unless it is of no use.
func (i *idle) keep(s *Session, most int) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, cause := s.wire.end(); cause != nil || i.closed || s.closed || len(i.sessions) >= most {
		return false
	}
	next := *s // the old one stays closed, whoever holds it
	next.selected, next.since = "", time.Now()
	i.sessions = append(i.sessions, &next)
	s.closed = true
	return true
}

// take gives out the session that was used last.
func (i *idle) take() *Session {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := len(i.sessions)
	if n == 0 {
		return nil
	}
	s := i.sessions[n-1]
	i.sessions = i.sessions[:n-1]
	return s
}

func (i *idle) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.sessions)
}

func (i *idle) close() []*Session {
	i.mu.Lock()
	defer i.mu.Unlock()
	left := i.sessions
	i.sessions, i.closed = nil, true
	return left
}

// rested returns a session that waits to be used again, if there is one that lives.
func (t *Target) rested(ctx context.Context) *Session {
	for s := t.idle.take(); s != nil; s = t.idle.take() {
		if s.alive(ctx) {
			return s
		}
		s.wire.kill(errClosed)
	}
	return nil
}

// alive tells whether a session can be used. One that rested for long is asked.
func (s *Session) alive(ctx context.Context) bool {
	if _, cause := s.wire.end(); cause != nil {
		return false
	}
	if time.Since(s.since) < fresh {
		return true
	}
	defer s.wire.guard(ctx)()
	return s.client.Noop().Wait() == nil
}

// Warm opens sessions in the background, so that up to n are kept for those who dial later. It does nothing without
// [Options.Keep]; what goes wrong shows when somebody dials.
func (t *Target) Warm(ctx context.Context, n int) {
	for range min(n, t.opts.Keep) - t.idle.count() {
		t.idle.warming.Go(func() {
			if s, err := t.connectAndSignIn(ctx); err == nil {
				_ = s.Close()
			}
		})
	}
}

// Close logs out of the sessions that were kept, see [Options.Keep]. Those in use are not touched, and are not kept any more.
func (t *Target) Close() error {
	t.idle.warming.Wait()
	var farewells sync.WaitGroup
	for _, s := range t.idle.close() {
		farewells.Go(s.logout)
	}
	farewells.Wait()
	return nil
}
