package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"unpop/state"
)

// How many messages are asked for at once, and are held in memory by each connection: some pages of bare ones, or those whose
// bodies follow.
const (
	checkPage  = 1000
	checkChunk = 100
)

// check is one look at all that the ledger says is there: workers, each with a session, take one job after the other.
type check struct {
	m     *Migration
	deep  bool
	loads []state.Load
	todo  chan *checkJob

	mu     sync.Mutex // guards what follows
	counts map[int64]*VerifyCounts
}

// checkJob is a mailbox, or for a deep look some messages of one: that is more work than looking for them.
type checkJob struct {
	mailbox  state.Mailbox
	after    state.Seat      // of the mailbox: so far it was looked at
	messages []state.Message // of a deep look: those that are still to be looked at, sorted by UIDVALIDITY and UID
}

func newCheck(m *Migration, deep bool, loads []state.Load) *check {
	c := &check{m: m, deep: deep, loads: loads, todo: make(chan *checkJob), counts: map[int64]*VerifyCounts{}}
	for _, l := range loads {
		c.counts[l.Mailbox.ID] = new(VerifyCounts)
	}
	return c
}

func (c *check) run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	workers := c.m.opts.Connections
	if !c.deep {
		workers = min(workers, len(c.loads))
	}
	crew := &crew{active: workers}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			w := &checker{c: c, batch: c.m.account.Batch(), crew: crew}
			if err := w.run(ctx); err != nil {
				stop(err)
			}
		})
	}
	if err := c.feed(ctx); err != nil {
		stop(err)
	}
	group.Wait()
	return context.Cause(ctx)
}

// feed hands out the jobs.
func (c *check) feed(ctx context.Context) error {
	defer close(c.todo)
	for _, l := range c.loads {
		give := c.give
		if c.deep {
			give = c.giveChunks
		}
		if err := give(ctx, &checkJob{mailbox: l.Mailbox}); err != nil {
			return err
		}
	}
	return nil
}

// giveChunks hands out the messages of a mailbox.
func (c *check) giveChunks(ctx context.Context, job *checkJob) error {
	for msg, err := range c.m.account.Stored(ctx, job.mailbox.ID) {
		if err != nil {
			return err
		}
		if job.messages = append(job.messages, msg); len(job.messages) == checkChunk {
			if err := c.give(ctx, job); err != nil {
				return err
			}
			job = &checkJob{mailbox: job.mailbox}
		}
	}
	return c.give(ctx, job)
}

func (c *check) give(ctx context.Context, job *checkJob) error {
	select {
	case c.todo <- job:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *check) add(mailbox int64, n VerifyCounts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[mailbox].add(n)
}

// crew counts workers, so that the last one stays.
type crew struct {
	mu     sync.Mutex
	active int
}

// leave reports whether a worker may go home.
func (c *crew) leave() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active == 1 {
		return false
	}
	c.active--
	return true
}

// checker is one worker, with one session at a time.
type checker struct {
	c     *check
	batch *state.Batch
	crew  *crew
	job   *checkJob // not finished

	session  Session
	box      Mailbox
	selected int64 // mailbox; 0: none
	gone     bool  // the mailbox itself is
}

// run works until there is nothing left.
func (w *checker) run(ctx context.Context) error {
	err := w.c.m.withSessions(ctx, func(ctx context.Context, s Session, worked func()) error {
		w.session, w.selected = s, 0
		for w.next() {
			if err := w.look(ctx, worked); err != nil {
				return err
			}
			w.job = nil
			worked()
		}
		return nil
	}, func(err error) bool { // the server gives no more connections: fewer will do
		target := asTargetError(err)
		return target != nil && target.Kind == Crowded && w.job == nil && w.crew.leave()
	})
	return errors.Join(err, w.batch.Flush(context.WithoutCancel(ctx)))
}

func (w *checker) next() bool {
	if w.job == nil {
		w.job = <-w.c.todo
	}
	return w.job != nil
}

// look does a job; after a lost session the next one goes on where it was.
func (w *checker) look(ctx context.Context, worked func()) error {
	if err := w.enter(ctx, w.job.mailbox); err != nil {
		return err
	}
	if w.c.deep {
		return w.lookDeep(ctx)
	}
	return w.list(ctx, worked)
}

func (w *checker) enter(ctx context.Context, b state.Mailbox) (err error) {
	if w.selected == b.ID {
		return nil
	}
	w.selected = 0
	w.c.m.p.SetPlace(b.Name)
	w.box, err = w.session.Select(ctx, b.Name)
	if w.gone = errors.Is(err, ErrNoMailbox); err != nil && !w.gone {
		return fmt.Errorf("mailbox %q: %w", b.Name, err)
	}
	w.selected = b.ID
	return nil
}

// one records what was found of a message; found without a UID says nothing.
func (w *checker) one(ctx context.Context, held state.Held, found Found, like likeness) error {
	var n VerifyCounts
	present := found.UID != 0
	switch {
	case !present:
		n.Missing = 1
	case like == unlike:
		n.Different = 1
	case like == same:
		n.Verified = 1
	default:
		n.Verified, n.Altered = 1, 1
	}
	if present && flagsDiffer(found, held, w.box) {
		n.FlagsDiffer = 1
	}
	if held.Missing == present {
		if err := w.batch.SetMissing(ctx, held.ID, !present); err != nil {
			return err
		}
	}
	bytes := int64(0)
	if w.c.deep {
		bytes = held.Size
	}
	w.c.add(w.job.mailbox.ID, n)
	w.c.m.p.Done(1, bytes)
	return nil
}

// flagsDiffer reports whether a message has other flags and keywords than it was given.
func flagsDiffer(found Found, held state.Held, box Mailbox) bool {
	given := append(Flags(held.Flags).Names(), held.Keywords...)
	for _, k := range given {
		if box.keeps(k) && !slices.ContainsFunc(found.Flags, func(f string) bool { return strings.EqualFold(f, k) }) {
			return true
		}
	}
	for _, f := range found.Flags {
		if strings.EqualFold(f, `\Recent`) {
			continue
		}
		if !slices.ContainsFunc(given, func(k string) bool { return strings.EqualFold(f, k) }) {
			return true
		}
	}
	return false
}
