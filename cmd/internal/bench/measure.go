package bench

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// measureAll goes from the slowest way to the fastest, so that what the slow ones leave of the volume is there for the fast
// ones.
func (r *run) measureAll(ctx context.Context) error {
	b := budget{deadline: time.Now().Add(r.opts.Time)}
	counts := []int{1}
	if n := len(r.sessions); n > 1 {
		counts = append(counts, n)
	}
	ways := slices.Clone(r.result.Ways)
	slices.Reverse(ways)
	for _, way := range ways {
		b.parts += 2 * len(counts)
		b.weights += len(counts) * (weight(way, Average) + weight(way, Small))
	}
	for _, way := range ways {
		for _, n := range counts {
			row := Row{Way: way, Connections: n}
			err := r.measure(ctx, &row.Average, r.share(&b, way, n, Average)) // first, to learn what the line carries
			if err == nil {
				err = r.measure(ctx, &row.Small, r.share(&b, way, n, Small))
			}
			if err != nil {
				return err
			}
			r.result.Rows = append(r.result.Rows, row)
			if r.opts.Measured != nil {
				r.opts.Measured(row)
			}
		}
	}
	return nil
}

// A budget is what is left for the parts that are not measured yet.
type budget struct {
	deadline time.Time
	parts    int // all get the same time
	weights  int // of the volume
}

// weight is a part's share of the volume. A fast way takes more messages to show what it can do, and large messages more bytes.
func weight(way imap.Way, size int) int {
	w := 1
	if way == imap.Pipelined || way == imap.Multi {
		w = 3
	}
	if size == Average {
		w *= 3
	}
	return w
}

// share takes a part's share out of the budget.
func (r *run) share(b *budget, way imap.Way, connections, size int) part {
	w := weight(way, size)
	p := part{
		way: way, sessions: r.sessions[:connections], size: size,
		bytes: (r.opts.Bytes - r.result.Bytes) * int64(w) / int64(b.weights),
		time:  time.Until(b.deadline) / time.Duration(b.parts),
	}
	b.parts--
	b.weights -= w
	return p
}

// A part is one thing to measure: a way, with messages of one size.
type part struct {
	way      imap.Way
	sessions []*imap.Session
	size     int
	bytes    int64
	time     time.Duration
}

// messages is how many are sent at most. Some ways put all on the line at once; what it carries bounds them.
func (r *run) messages(p part) int64 {
	bytes := p.bytes
	if r.best > 0 {
		bytes = min(bytes, int64(2*r.best*max(p.time.Seconds(), 0)))
	}
	return bytes / int64(p.size)
}

// measure sends messages until the share of time or volume is used up, one for each connection at least as long as the volume allows.
func (r *run) measure(ctx context.Context, f *Figure, p part) error {
	least := int64(len(p.sessions))
	most := max(r.messages(p), least)
	if r.result.Bytes+most*int64(p.size) > r.opts.Bytes {
		return nil
	}
	var drawn, stored atomic.Int64
	start := time.Now()
	draw := func() bool { n := drawn.Add(1); return n <= least || n <= most && time.Since(start) < p.time }
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var senders sync.WaitGroup
	for i, s := range p.sessions {
		base := r.serial + i*int(most) // so that numbers don't meet
		senders.Go(func() {
			if err := send(ctx, s, p, r.scratch.id, base, draw, &stored); err != nil {
				stop(err)
			}
		})
	}
	senders.Wait()
	r.serial += len(p.sessions) * int(most)
	*f = Figure{Messages: int(stored.Load()), Bytes: stored.Load() * int64(p.size), Elapsed: time.Since(start)}
	r.best = max(r.best, f.Speed())
	r.result.Messages += f.Messages
	r.result.Bytes += f.Bytes
	return context.Cause(ctx)
}

// send appends messages to the session's mailbox as long as draw allows.
func send(ctx context.Context, s *imap.Session, p part, id string, serial int, draw func() bool, stored *atomic.Int64) error {
	s.Use(p.way)
	var messages iter.Seq[migrate.Outgoing] = func(yield func(migrate.Outgoing) bool) {
		for draw() && yield(message(id, serial, p.size)) {
			serial++
		}
	}
	var refused error
	err := s.Append(ctx, messages, func(_ int, r migrate.Receipt) {
		if r.Err == nil {
			stored.Add(1)
		} else if refused == nil {
			refused = r.Err
		}
	})
	return errors.Join(err, refused)
}
