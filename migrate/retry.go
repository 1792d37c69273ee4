package migrate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// retrier decides whether and when a session is tried again. The zero clock is time.Now.
type retrier struct {
	patience time.Duration
	progress *Progress
	failures int
	since    time.Time // of the first failure in a row
}

// firstContact is the patience before any session was ever opened: then it is more likely the address than the line.
const firstContact = 10 * time.Second

// Bounds of the pause between two tries, where the server names none.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = time.Minute
)

// worked records progress: the next failure is a first one again.
func (r *retrier) worked() { r.failures = 0 }

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
	if time.Since(r.since)+wait > r.patience && target.Wait == 0 {
		return fmt.Errorf("%w (tried for %s)", err, time.Since(r.since).Round(time.Second))
	}
	r.progress.SetNotice(notice(target, wait))
	defer r.progress.SetNotice("")
	return sleep(ctx, wait)
}

func (r *retrier) wait(err *TargetError) time.Duration {
	if err.Wait > 0 {
		return err.Wait
	}
	if r.failures == 1 && err.Kind == Broken {
		return 0
	}
	pause := min(firstPause<<min(r.failures-1, 16), longestPause)
	return pause/2 + rand.N(pause) // so that sessions don't come back in step
}

func notice(err *TargetError, wait time.Duration) string {
	if err.Kind == Busy {
		return "server asks to wait " + wait.Round(time.Second).String()
	}
	return "connection lost, next try in " + wait.Round(100*time.Millisecond).String()
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
	retry := retrier{patience: m.opts.Patience, progress: m.p}
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
