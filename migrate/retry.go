package migrate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// retrier decides whether and when a session is tried again. It belongs to one goroutine.
type retrier struct {
	m        *Migration
	patience time.Duration // with a line or server that fails; one that asks to wait gets more
	failures int
	since    time.Time // of the first failure in a row
}

// firstContact is the patience before any session was ever opened: then it is more likely the address than the line.
const firstContact = 10 * time.Second

// busyPatience is how long a server may ask to be left alone: Gmail does it for up to a day.
const busyPatience = 26 * time.Hour

// Bounds of the pause between two tries, where the server names none.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = time.Minute
	longestBusy  = 15 * time.Minute
)

// worked records progress: the next failure is a first one again.
func (r *retrier) worked() { r.failures = 0 }

// answered records that the server is there, though nothing was brought over yet: the patience begins anew, and the pauses stay
// short, as it may be a message that breaks the connection and not the line.
func (r *retrier) answered() {
	r.since = time.Now()
	r.failures = min(r.failures, 2)
}

// pause waits before the next try, or returns why there is none.
func (r *retrier) pause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	target := asTargetError(err)
	if target == nil || !target.Kind.passes() {
		return err
	}
	if r.failures == 0 {
		r.since = time.Now()
	}
	r.failures++
	wait := r.wait(target)
	if time.Since(r.since)+wait > r.limit(target) {
		if target.Kind == Busy { // a new run is to know
			if err := r.m.account.SetWaiting(ctx, wait, target.Error()); err != nil {
				return err
			}
		}
		return fmt.Errorf("%w (tried for %s)", err, time.Since(r.since).Round(time.Second))
	}
	if target.Kind == Busy {
		return r.leaveAlone(ctx, wait, target)
	}
	r.m.p.SetNotice("connection lost, next try in " + wait.Round(100*time.Millisecond).String())
	defer r.m.p.SetNotice("")
	return sleep(ctx, wait)
}

func (r *retrier) limit(err *TargetError) time.Duration {
	if err.Kind == Busy {
		return r.m.opts.Forbearance
	}
	return r.patience
}

func (r *retrier) wait(err *TargetError) time.Duration {
	if err.Wait > 0 {
		return err.Wait
	}
	if r.failures == 1 && err.Kind == Broken {
		return 0
	}
	longest := longestPause
	if err.Kind == Busy {
		longest = longestBusy
	}
	pause := min(firstPause<<min(r.failures-1, 16), longest)
	return pause/2 + rand.N(pause) // so that sessions don't come back in step
}

// leaveAlone waits as the server asked, and lets a new run know, should this one be stopped meanwhile.
func (r *retrier) leaveAlone(ctx context.Context, wait time.Duration, err *TargetError) error {
	if err := r.m.account.SetWaiting(ctx, wait, err.Error()); err != nil {
		return err
	}
	if err := r.m.waitFor(ctx, wait); err != nil {
		return err
	}
	return r.m.account.Waited(ctx)
}

// honour waits out what the server asked an earlier run to wait.
func (m *Migration) honour(ctx context.Context) error {
	left, reason, err := m.account.Waiting(ctx)
	if err != nil {
		return err
	}
	if left > m.opts.Forbearance {
		return &TargetError{Kind: Busy, Wait: left, Err: errors.New(reason)}
	}
	if err := m.waitFor(ctx, left); err != nil {
		return err
	}
	return m.account.Waited(ctx)
}

func (m *Migration) waitFor(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return ctx.Err()
	}
	m.p.SetNotice("server asks to wait " + wait.Round(time.Second).String())
	defer m.p.SetNotice("")
	return sleep(ctx, wait)
}

// passes reports whether time may mend it.
func (k Kind) passes() bool { return k == Broken || k == Busy || k == Crowded }

func asTargetError(err error) *TargetError {
	var target *TargetError
	if errors.As(err, &target) {
		return target
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// withSession runs do in a session, and again in a new one after failures that time may mend. do must be fit to be repeated.
func (m *Migration) withSession(ctx context.Context, do func(context.Context, Session) error) error {
	if err := m.honour(ctx); err != nil {
		return err
	}
	retry := retrier{m: m, patience: m.opts.Patience}
	if !m.met {
		retry.patience = min(firstContact, m.opts.Patience)
	}
	for {
		err := m.inSession(ctx, do)
		if err == nil {
			return nil
		}
		if err := retry.pause(ctx, err); err != nil {
			return err
		}
	}
}

func (m *Migration) inSession(ctx context.Context, do func(context.Context, Session) error) error {
	s, err := m.target.Dial(ctx)
	if err != nil {
		return err
	}
	m.met = true
	defer s.Close() // what was to be done is done: a hasty farewell is the server's affair
	return do(ctx, s)
}
