package migrate

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"unpop/state"
)

// grace is how long APPENDs under way may go on after the run was told to stop.
const grace = 700 * time.Millisecond

// Upload sends what is planned and returns how many keywords the target did not keep. Plan comes before it.
func (m *Migration) Upload(ctx context.Context) (dropped int64, err error) {
	if err := m.begin(ctx); err != nil {
		return 0, err
	}
	kept, err := m.takeOver(ctx)
	if err != nil {
		return kept, err
	}
	loads, err := m.prepareMailboxes(ctx)
	if err != nil {
		return kept, err
	}
	m.beginUpload(loads)
	u := &upload{m: m, crew: newUploadCrew(loads, m.connections())}
	if u.quarantine, err = openQuarantine(m.opts.Quarantine); err != nil {
		return kept, err
	}
	err = u.run(ctx)
	err = errors.Join(err, u.quarantine.Close())
	if err == nil {
		err = m.lookOnceMore(ctx)
	}
	m.reach(PointUploaded)
	return kept + u.dropped.Load(), err
}

// connections is how many sessions may be open at once: no more than the server is known to allow.
func (m *Migration) connections() int {
	if known := m.survey.Connections; known > 0 {
		return min(m.opts.Connections, known)
	}
	return m.opts.Connections
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
	crew       *uploadCrew
	workers    sync.WaitGroup
	quarantine *quarantine
	dropped    atomic.Int64
}

// run starts the workers and waits for them. The first error that time does not mend stops all.
func (u *upload) run(ctx context.Context) error {
	hard, cancel := u.graceful(ctx)
	defer cancel()
	soft, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	for range u.crew.active {
		u.start(soft, hard, stop)
	}
	watching, enough := context.WithCancel(soft)
	defer enough()
	go u.crew.watch(watching)
	u.workers.Wait()
	if err := context.Cause(soft); err != nil {
		return err
	}
	return nil
}

// start lets a worker work until there is nothing left for it.
func (u *upload) start(soft, hard context.Context, stop context.CancelCauseFunc) {
	u.workers.Go(func() {
		w := &worker{u: u, retry: retrier{m: u.m, patience: u.m.opts.Patience}}
		w.next = func() (state.Load, bool) {
			load, another, ok := u.crew.take()
			if another {
				u.start(soft, hard, stop)
			}
			return load, ok
		}
		if err := w.run(soft, hard); err != nil {
			stop(err)
		}
	})
}

// graceful returns a context for what must not be cut short without need: it ends a moment after ctx.
func (u *upload) graceful(ctx context.Context) (context.Context, context.CancelFunc) {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return hard, func() { stop(); cancel() }
}
