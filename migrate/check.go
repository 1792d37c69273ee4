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

// How many messages are asked for at once, and are held in memory by each connection. Fewer where their bodies follow.
const (
	checkChunk     = 1000
	checkChunkDeep = 100
)

// check is one look at all that the ledger says is there: workers, each with a session, take one chunk after the other.
type check struct {
	m     *Migration
	deep  bool
	loads []state.Load
	todo  chan *checkJob

	mu     sync.Mutex // guards what follows
	counts map[int64]*VerifyCounts
}

// checkJob is some messages of one mailbox, sorted by UIDVALIDITY and UID.
type checkJob struct {
	mailbox  state.Mailbox
	messages []state.Message // that are still to be looked at
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
	workers := 1
	if c.deep {
		workers = c.m.opts.Connections
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

// feed hands out the messages, in chunks.
func (c *check) feed(ctx context.Context) error {
	defer close(c.todo)
	size := checkChunk
	if c.deep {
		size = checkChunkDeep
	}
	for _, l := range c.loads {
		job := &checkJob{mailbox: l.Mailbox}
		for msg, err := range c.m.account.Stored(ctx, l.Mailbox.ID) {
			if err != nil {
				return err
			}
			if job.messages = append(job.messages, msg); len(job.messages) == size {
				if err := c.give(ctx, job); err != nil {
					return err
				}
				job = &checkJob{mailbox: l.Mailbox}
			}
		}
		if err := c.give(ctx, job); err != nil {
			return err
		}
	}
	return nil
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
			if err := w.look(ctx); err != nil {
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

// look goes through the messages of a job; after a lost session the next one goes on where it was.
func (w *checker) look(ctx context.Context) error {
	if err := w.enter(ctx, w.job.mailbox); err != nil {
		return err
	}
	finder, ok := w.session.(Finder)
	if !ok {
		return errNoFinder
	}
	var there map[UID]Found
	if !w.gone {
		var err error
		if there, err = lookUp(ctx, finder, w.box, w.job.messages, false); err != nil {
			return err
		}
	}
	for len(w.job.messages) > 0 {
		if err := w.one(ctx, finder, there, w.job.messages[0]); err != nil {
			return err
		}
		w.job.messages = w.job.messages[1:]
	}
	return w.batch.Flush(ctx)
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

// one judges a message.
func (w *checker) one(ctx context.Context, finder Finder, there map[UID]Found, msg state.Message) error {
	found, present := there[UID(msg.UID)]
	present = present && msg.UIDValidity == w.box.UIDValidity
	var n VerifyCounts
	var bytes int64
	if present {
		var err error
		if n, err = w.judge(ctx, finder, found, msg); err != nil {
			return err
		}
	} else {
		n.Missing = 1
	}
	if w.c.deep {
		bytes = msg.Size
	}
	if msg.Missing == present {
		if err := w.batch.SetMissing(ctx, msg.ID, !present); err != nil {
			return err
		}
	}
	w.c.add(w.job.mailbox.ID, n)
	w.c.m.p.Done(1, bytes)
	return nil
}

// judge compares a message that is there with what was sent.
func (w *checker) judge(ctx context.Context, finder Finder, found Found, msg state.Message) (n VerifyCounts, err error) {
	like := same
	if w.c.deep {
		like, err = w.c.m.compare(ctx, finder, found.UID, msg)
	} else if _, size := msg.OnTarget(); size != found.Size {
		like = unproven
	}
	switch like {
	case unlike:
		n.Different = 1
	case same:
		n.Verified = 1
	default:
		n.Verified, n.Altered = 1, 1
	}
	if w.c.m.flagsDiffer(found, msg, w.box) {
		n.FlagsDiffer = 1
	}
	return n, err
}

// flagsDiffer reports whether a message has other flags and keywords than it was given.
func (m *Migration) flagsDiffer(found Found, msg state.Message, box Mailbox) bool {
	given := Flags(msg.Flags).Names()
	for _, k := range append(given, msg.Keywords...) {
		if box.keeps(k) && !slices.ContainsFunc(found.Flags, func(f string) bool { return strings.EqualFold(f, k) }) {
			return true
		}
	}
	for _, f := range found.Flags {
		if strings.EqualFold(f, `\Recent`) {
			continue
		}
		if !slices.ContainsFunc(append(given, msg.Keywords...), func(k string) bool { return strings.EqualFold(f, k) }) {
			return true
		}
	}
	return false
}
