package batch

import (
	"time"

	"unpop/migrate"
	"unpop/state"
)

// Result is where an account stands.
type Result struct {
	Name, Target string
	Line         int
	Turn         state.Turn
	Cause        string // see [CauseSignIn] and the others; empty for one that is done
	Reason       string
	NotBefore    time.Time // of one that waits for another try

	state.Tally // of its last run in this call; zero where there was none
	Elapsed     time.Duration

	ran, stopped, crowded bool
}

func resultOf(a *Account, q state.Queued) Result {
	return Result{Name: a.Name, Target: a.Target(), Line: a.Line, Turn: q.Turn, Cause: q.Cause, Reason: q.Reason, NotBefore: q.NotBefore}
}

// Counts say how many accounts are how far.
type Counts struct {
	Accounts, Done, Partly, Person, Working, Waiting int
}

// Count adds an account.
func (c *Counts) Count(turn state.Turn) {
	c.Accounts++
	switch turn {
	case state.TurnDone:
		c.Done++
	case state.TurnPartly:
		c.Partly++
	case state.TurnPerson:
		c.Person++
	case state.TurnWorking:
		c.Working++
	default:
		c.Waiting++
	}
}

// Over is how many had their turn.
func (c *Counts) Over() int { return c.Done + c.Partly + c.Person }

// Snapshot is how far a batch is at a moment.
type Snapshot struct {
	Counts
	Messages, Bytes int64     // sent in this call
	At              []Working // accounts that are worked on, in the order in which they began
	Closed          time.Time // outside of the hours: when they begin
	Next            time.Time // nothing is worked on: when the next account has another try
	NextReason      string    // and why it has to wait
}

// Working is an account that is worked on.
type Working struct {
	Name     string
	Began    time.Time
	Progress *migrate.Progress
}

// Snapshot tells how far the batch is.
func (b *Batch) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Snapshot{Messages: b.sent.messages, Bytes: b.sent.bytes, Closed: b.closed}
	for _, j := range b.jobs {
		s.Count(j.queued.Turn)
	}
	for _, j := range b.working {
		s.Waiting--
		s.Working++
		s.At = append(s.At, Working{j.account.Name, j.began, j.progress})
		messages, bytes := sent(j.progress)
		s.Messages += messages
		s.Bytes += bytes
	}
	if len(b.working) == 0 {
		for _, j := range b.waiting {
			if s.Next.IsZero() || j.queued.NotBefore.Before(s.Next) {
				s.Next, s.NextReason = j.queued.NotBefore, j.queued.Reason
			}
		}
	}
	return s
}

// sent is what a run has sent so far.
func sent(p *migrate.Progress) (messages, bytes int64) {
	switch step := p.Step(); {
	case step == migrate.StepUpload:
		return p.Messages.Load(), p.Bytes.Load()
	case step > migrate.StepUpload:
		return p.Ended(migrate.StepUpload)
	default:
		return 0, 0
	}
}

// Summary is the account of a call.
type Summary struct {
	Counts
	Messages, Bytes int64
	Elapsed         time.Duration
	Results         []Result // of all accounts, by line
}

func (b *Batch) summary() Summary {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Summary{Messages: b.sent.messages, Bytes: b.sent.bytes, Elapsed: b.opts.now().Sub(b.began)}
	for _, j := range b.jobs {
		s.Count(j.queued.Turn)
		s.Results = append(s.Results, resultOf(j.account, j.queued))
	}
	return s
}
