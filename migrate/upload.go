package migrate

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"unpop/state"
)

// grace is how long an APPEND under way may go on after the run was told to stop.
const grace = 700 * time.Millisecond

// Upload sends what is planned and returns how many keywords the target did not keep. Plan comes before it.
func (m *Migration) Upload(ctx context.Context) (dropped int64, err error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	loads, err := m.prepareMailboxes(ctx)
	if err != nil {
		return 0, err
	}
	m.beginUpload(loads)
	u := &upload{m: m, loads: loads}
	if u.quarantine, err = openQuarantine(m.opts.Quarantine); err != nil {
		return 0, err
	}
	err = u.run(ctx)
	err = errors.Join(err, u.quarantine.Close())
	if err == nil {
		err = m.lookOnceMore(ctx)
	}
	m.reach(PointUploaded)
	return u.dropped.Load(), err
}

func (m *Migration) beginUpload(loads []state.Load) {
	var messages, bytes int64
	for _, l := range loads {
		messages += l.Messages
		bytes += l.Bytes
	}
	m.p.Begin(StepUpload, messages, bytes)
}

// upload is one upload step: some workers, each with a session, take one mailbox after the other.
type upload struct {
	m          *Migration
	mu         sync.Mutex // guards the next two
	loads      []state.Load
	workers    int // that may still take one
	quarantine *quarantine
	dropped    atomic.Int64
}

// take gives a worker the next mailbox, or tells it to go.
func (u *upload) take() (state.Load, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.loads) == 0 {
		u.workers--
		return state.Load{}, false
	}
	next := u.loads[0]
	u.loads = u.loads[1:]
	return next, true
}

// leave lets a worker go that the server gives no connection: fewer will do. Its mailbox is for another one; the last worker stays.
func (u *upload) leave(l state.Load) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.workers <= 1 {
		return false
	}
	u.workers--
	u.loads = append(u.loads, l)
	return true
}

// run starts the workers and waits for them. The first error that time does not mend stops all.
func (u *upload) run(ctx context.Context) error {
	hard, cancel := u.graceful(ctx)
	defer cancel()
	soft, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var workers sync.WaitGroup
	u.workers = min(u.m.opts.Connections, len(u.loads))
	for range u.workers {
		workers.Go(func() {
			w := &worker{u: u, retry: retrier{m: u.m, patience: u.m.opts.Patience}}
			if err := w.run(soft, hard); err != nil {
				stop(err)
			}
		})
	}
	workers.Wait()
	if err := context.Cause(soft); err != nil {
		return err
	}
	return nil
}

// graceful returns a context for what must not be cut short without need: it ends a moment after ctx.
func (u *upload) graceful(ctx context.Context) (context.Context, context.CancelFunc) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return hard, func() { stop(); cancel() }
}
