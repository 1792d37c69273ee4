package pop3

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"unpop/migrate"
)

// A retrier decides whether and when a session is tried again.
type retrier struct {
	patience time.Duration
	notice   func(string) // may be nil
	met      bool         // the server has let us in once
	tried    time.Time    // when the try began that the next failure ends
	failures int
	since    time.Time // of the first failure in a row
}

const (
	// knocks is how often a server is tried that was never reached, and not again where that took long: a typing error shows soon.
	knocks       = 3
	longKnock    = 10 * time.Second
	firstPause   = 500 * time.Millisecond
	longestPause = 30 * time.Second
)

// worked records progress: the next failure is a first one again.
func (r *retrier) worked() { r.failures = 0 }

// answered records that the server is there, though nothing was fetched yet: the patience begins anew and the pauses stay short, as it
// may be a message that breaks the connection and not the line.
func (r *retrier) answered() {
	r.since, r.failures = time.Now(), min(r.failures, 1)
}

// pause waits before the next try, or returns why there is none.
func (r *retrier) pause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var e *migrate.TargetError
	if !errors.As(err, &e) || e.Kind != migrate.Broken && e.Kind != migrate.Busy && e.Kind != migrate.Crowded {
		return err
	}
	if r.failures == 0 {
		r.since = time.Now()
	}
	r.failures++
	wait := r.wait(e)
	if !r.met && e.Kind == migrate.Broken && (r.failures >= knocks || time.Since(r.tried) > longKnock) {
		return err
	}
	if gone := time.Since(r.since); gone+wait > max(r.patience, 2*e.Wait) {
		return fmt.Errorf("%w (tried for %s)", err, gone.Round(time.Second))
	}
	r.tell(e, wait)
	defer r.say("")
	return sleep(ctx, wait)
}

func (r *retrier) wait(e *migrate.TargetError) time.Duration {
	switch {
	case e.Wait > 0:
		return e.Wait
	case r.failures == 1 && e.Kind == migrate.Broken && r.met:
		return 0
	}
	pause := min(firstPause<<min(r.failures-1, 16), longestPause)
	return pause/2 + rand.N(pause)
}

// tell says why nothing moves.
func (r *retrier) tell(e *migrate.TargetError, wait time.Duration) {
	next := ", next try in " + wait.Round(100*time.Millisecond).String()
	switch {
	case e.Kind == migrate.Broken:
		r.say("connection lost" + next)
	case e.Hint == hintInUse:
		r.say("mailbox in use" + next)
	default:
		r.say("server asks to wait" + next)
	}
}

func (r *retrier) say(text string) {
	if r.notice != nil {
		r.notice(text)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
