package migrate

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"unpop/state"
)

const (
	// messageEffort is how many bytes take a server as long as it takes to store any message at all: between 100 and 200 KB on
	// Dovecot with Maildir.
	messageEffort = 150 << 10
	// recovery is how long nothing must have gone wrong before a worker is taken on for one that left.
	recovery = 5 * time.Minute
	// The crew shrinks when it does less than an eighth of what it did at its best, for three looks in a row.
	lookEvery  = 10 * time.Second
	slowFactor = 8
	slowLooks  = 3
)

// uploadCrew deals the mailboxes out to the workers. No two have the same one: sessions that store in one mailbox wait for each other
// on the server. There are fewer workers from when the server refuses connections, asks for slower work, or slows down.
type uploadCrew struct {
	mu     sync.Mutex // guards what follows
	loads  []state.Load
	most   int       // workers
	active int       // of them
	shrunk time.Time // when the last one left before its time
	excess bool      // one is to leave
	effort int64     // done since the last look
}

// newUploadCrew sorts the mailboxes so that the longest work is begun first, and none of it is left for a single worker in the end.
func newUploadCrew(loads []state.Load, most int) *uploadCrew {
	loads = slices.Clone(loads)
	slices.SortStableFunc(loads, func(a, b state.Load) int {
		return cmp.Compare(effort(b.Messages, b.Bytes), effort(a.Messages, a.Bytes))
	})
	return &uploadCrew{loads: loads, most: most, active: min(most, len(loads))}
}

func effort(messages, bytes int64) int64 { return bytes + messages*messageEffort }

// take gives a worker the next mailbox, or tells it to go. another says that one more worker is to begin: there is work for it, and
// the server has borne with the others for long.
func (c *uploadCrew) take() (load state.Load, another, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.loads) == 0 {
		c.active--
		return load, false, false
	}
	load, c.loads = c.loads[0], c.loads[1:]
	if another = len(c.loads) > 0 && c.active < c.most && time.Since(c.shrunk) > recovery; another {
		c.active++
	}
	return load, another, true
}

// leave lets a worker go that is one too many for the server. Its mailbox is for another one; the last worker stays.
func (c *uploadCrew) leave(load state.Load) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shrunk, c.excess = time.Now(), false
	if c.active <= 1 {
		return false
	}
	c.active--
	c.loads = append(c.loads, load)
	return true
}

// shed asks one worker to leave, if there are others.
func (c *uploadCrew) shed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.excess = c.active > 1
}

// sheds reports whether a worker is to leave.
func (c *uploadCrew) sheds() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.excess
}

// did counts what was done.
func (c *uploadCrew) did(messages, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.effort += effort(messages, bytes)
}

// watch looks at the pace until ctx ends.
func (c *uploadCrew) watch(ctx context.Context) {
	var p pace
	for sleep(ctx, lookEvery) == nil {
		c.mu.Lock()
		done := c.effort
		c.effort = 0
		c.mu.Unlock()
		if p.slowed(done) {
			c.shed()
		}
	}
}

// pace knows how much was done between two looks, at best.
type pace struct {
	best int64
	slow int // looks in a row
}

// slowed reports whether the work has slowed down for so long that it is no chance. It begins anew then, with fewer hands.
func (p *pace) slowed(done int64) bool {
	p.best = max(p.best, done)
	if done >= p.best/slowFactor {
		p.slow = 0
		return false
	}
	if p.slow++; p.slow < slowLooks {
		return false
	}
	*p = pace{}
	return true
}
