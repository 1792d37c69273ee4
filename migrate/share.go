package migrate

import (
	"context"
	"sync"
)

// share deals jobs out to some sessions, and does each of them once, again in a new session after a failure that time may mend. The first
// error that time does not mend stops all.
func share[J any](ctx context.Context, m *Migration, jobs []J, do func(ctx context.Context, s Session, job J) error) error {
	if len(jobs) == 0 {
		return nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	workers := min(m.connections(), len(jobs))
	if warmer, ok := m.target.(Warmer); ok {
		warmer.Warm(ctx, workers-1)
	}
	queue := make(chan J, len(jobs))
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	hands := &crew{active: workers}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			w := &sharer[J]{m: m, queue: queue, do: do}
			if err := w.run(ctx, hands); err != nil {
				stop(err)
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// sharer is one worker, with one session at a time.
type sharer[J any] struct {
	m     *Migration
	queue chan J
	do    func(ctx context.Context, s Session, job J) error
	job   J
	has   bool // a job that is not finished
}

func (w *sharer[J]) run(ctx context.Context, hands *crew) error {
	return w.m.withSessions(ctx, func(ctx context.Context, s Session, worked func()) error {
		for w.next() {
			if err := w.do(ctx, s, w.job); err != nil {
				return err
			}
			w.has = false
			worked()
		}
		return nil
	}, func(err error) bool { // the server gives no more connections: fewer will do
		target := asTargetError(err)
		return target != nil && target.Kind == Crowded && !w.has && hands.leave()
	})
}

func (w *sharer[J]) next() bool {
	if !w.has {
		w.job, w.has = <-w.queue
	}
	return w.has
}
