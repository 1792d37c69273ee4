package batch

import (
	"slices"
	"time"
)

// host is a server and the sessions that its accounts have.
type host struct {
	most     int // sessions
	used     int
	running  int // accounts
	waiting  int
	accounts int
}

func (b *Batch) hostOf(name string) *host {
	h := b.hosts[name]
	if h == nil {
		h = &host{most: b.opts.HostConnections}
		b.hosts[name] = h
	}
	h.accounts++
	return h
}

// share is how many sessions the next account gets: its part of what the server allows, so that none has to wait for another's.
func (h *host) share(opts *Options) int {
	peers := max(min(opts.Jobs, h.running+h.waiting), 1)
	return min(max(h.most/peers, 1), opts.Connections, h.most-h.used)
}

func (h *host) enter(j *job, share int) {
	j.share = share
	h.used += share
	h.running++
	h.waiting--
}

// leave gives the sessions back. A server that had too many gets fewer from now on.
func (h *host) leave(j *job, crowded bool) {
	if crowded {
		h.most = max(h.used-1, 1)
	}
	h.used -= j.share
	h.running--
}

// pick takes the next account that may be worked on now, or nil: those with the fewest failures first, then those on the server with
// the least to do, then by line.
func (b *Batch) pick(now time.Time) *job {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.working) >= b.opts.Jobs {
		return nil
	}
	best := -1
	for i, j := range b.waiting {
		if j.queued.NotBefore.After(now) || j.host.used >= j.host.most {
			continue
		}
		if best < 0 || j.before(b.waiting[best]) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	j := b.waiting[best]
	b.waiting = slices.Delete(b.waiting, best, best+1)
	b.working = append(b.working, j)
	j.host.enter(j, j.host.share(&b.opts))
	j.began = now
	return j
}

func (j *job) before(other *job) bool {
	switch {
	case j.queued.Attempts != other.queued.Attempts:
		return j.queued.Attempts < other.queued.Attempts
	case j.host.running != other.host.running:
		return j.host.running < other.host.running
	default:
		return j.account.Line < other.account.Line
	}
}

// soonest is how long it takes until an account that waits for another try may have it.
func (b *Batch) soonest(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := lookAgain
	for _, j := range b.waiting {
		if left := j.queued.NotBefore.Sub(now); left > 0 {
			wait = min(wait, left)
		}
	}
	return wait
}
