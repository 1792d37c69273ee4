package batch

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"unpop/migrate"
	"unpop/state"
)

// Batch works on the accounts of a manifest. Snapshot may be called at any time by any goroutine; Run once.
type Batch struct {
	ledger *state.Ledger
	opts   Options
	round  state.Round
	bucket *rate.Limiter
	disks  disks
	began  time.Time

	mu      sync.Mutex // guards what follows, and the jobs
	jobs    []*job     // by line
	waiting []*job     // of those to be worked on: for their turn or another try
	working []*job     // in the order in which they began
	hosts   map[string]*host
	closed  time.Time // outside of the window: when it opens
	sent    tally     // by the accounts whose run has ended
}

// A job is an account and how far it is.
type job struct {
	account  *Account
	queued   state.Queued
	host     *host
	selected bool              // to be worked on in this call
	refused  bool              // its password was refused, and may be the same still
	share    int               // sessions that it may have
	progress *migrate.Progress // of the run that is going on
	began    time.Time
}

// tally counts what was sent.
type tally struct{ messages, bytes int64 }

// end is how a job's turn ended.
type end struct {
	job    *job
	result Result
	err    error // of the ledger: nobody can go on
}

// errOutside is why work stops when the window closes.
var errOutside = errors.New("outside of the hours")

// Run works until no account is left that can be worked on, or ctx ends. What single accounts ran into is no error but in the
// summary; an error says that the batch can't go on.
func (b *Batch) Run(ctx context.Context) (Summary, error) {
	b.began = b.opts.now()
	ends := make(chan end)
	s := shift{batch: b, parent: ctx, ends: ends}
	defer s.close(nil)
	stopped := ctx.Done()
	var failed error
	for {
		wait := s.arrange(failed == nil)
		if b.idle(ctx.Err() != nil || failed != nil) {
			break
		}
		timer := time.NewTimer(wait)
		select {
		case e := <-ends:
			b.take(e)
			if e.err != nil && failed == nil {
				failed = e.err
				s.close(failed)
			}
		case <-timer.C:
		case <-stopped:
			stopped = nil
		}
		timer.Stop()
	}
	return b.finish(ctx, failed)
}

// finish ends the round, if it is at its end, and sums up.
func (b *Batch) finish(ctx context.Context, failed error) (Summary, error) {
	sum := b.summary()
	if b.opts.Quarantine != "" {
		_ = os.Remove(b.opts.Quarantine) // if it is empty
	}
	if failed == nil {
		failed = ctx.Err()
	}
	if failed == nil && !slices.ContainsFunc(b.jobs, func(j *job) bool { return !j.queued.Turn.Over() }) {
		failed = b.ledger.EndRound(ctx, b.round.ID)
	}
	return sum, failed
}

// idle reports whether nothing is going on and nothing is to come.
func (b *Batch) idle(stopped bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.working) == 0 && (stopped || len(b.waiting) == 0)
}

// take notes that a job's turn has ended, and tells.
func (b *Batch) take(e end) {
	b.mu.Lock()
	j := e.job
	b.working = slices.DeleteFunc(b.working, func(w *job) bool { return w == j })
	j.host.leave(j, e.result.crowded)
	b.sent.messages += e.result.Uploaded
	b.sent.bytes += e.result.BytesUploaded
	if !j.queued.Turn.Over() {
		b.waiting = append(b.waiting, j)
		j.host.waiting++
	}
	b.mu.Unlock()
	if b.opts.Settled != nil && !e.result.stopped {
		b.opts.Settled(e.result)
	}
}

// A shift is the time between two ends of the window; without a window there is one.
type shift struct {
	batch  *Batch
	parent context.Context
	ends   chan<- end
	ctx    context.Context // nil: outside
	stop   context.CancelCauseFunc
}

// lookAgain bounds how long the clock goes unwatched: it may be set, and a laptop may have slept.
const lookAgain = 20 * time.Second

// arrange opens or closes the shift and starts what may start. It returns after how long it wants to be called again.
func (s *shift) arrange(may bool) time.Duration {
	b := s.batch
	now := b.opts.now()
	open, until := b.opts.Between.At(now)
	switch {
	case !open:
		s.close(errOutside)
		b.outside(until)
		return min(lookAgain, max(until.Sub(now), 0))
	case !may || s.parent.Err() != nil:
		return lookAgain
	case s.ctx == nil:
		s.ctx, s.stop = context.WithCancelCause(s.parent)
		b.outside(time.Time{})
	}
	for j := b.pick(now); j != nil; j = b.pick(now) {
		go func(ctx context.Context) { s.ends <- b.turn(ctx, j) }(s.ctx)
	}
	wait := b.soonest(now)
	if !until.IsZero() {
		wait = min(wait, until.Sub(now))
	}
	return max(wait, time.Millisecond)
}

// close lets what is under way stop where it can be gone on with.
func (s *shift) close(cause error) {
	if s.ctx != nil {
		s.stop(cause)
		s.ctx = nil
	}
}

func (b *Batch) outside(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = until
}
