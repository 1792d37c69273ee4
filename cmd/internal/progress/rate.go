package progress

import (
	"math"
	"time"
)

const (
	// memory is how fast a [Rate] forgets: what is as old as this counts for a third.
	memory = 20 * time.Second
	// evidence is how long a step must have moved before the time left is told.
	evidence = 3 * time.Second
	// longest is the time left that is still worth telling.
	longest = 60 * 24 * time.Hour
)

// A Rate says how fast a step goes and how long it will still take. It is a mean over the recent past in which each
// moment counts the less the older it is; moments in which nothing moved count too. The zero value is ready.
type Rate struct {
	first, last        time.Time
	doneMsgs, doneByts int64   // at last
	messages, bytes    float64 // moved, faded
	seconds            float64 // passed, faded
	moving             time.Duration
}

// Observe tells the step's counts at a moment. What the first call tells is where counting begins: it was not done
// while anyone looked. Counts may stand still, not fall.
func (r *Rate) Observe(now time.Time, messages, bytes int64) {
	if r.first.IsZero() {
		*r = Rate{first: now, last: now, doneMsgs: messages, doneByts: bytes}
		return
	}
	if passed := now.Sub(r.last); passed > 0 {
		fade := math.Exp(-passed.Seconds() / memory.Seconds())
		r.messages *= fade
		r.bytes *= fade
		r.seconds = r.seconds*fade + memory.Seconds()*(1-fade)
		r.last = now
	}
	r.messages += float64(max(messages-r.doneMsgs, 0))
	r.bytes += float64(max(bytes-r.doneByts, 0))
	if messages > r.doneMsgs || bytes > r.doneByts {
		r.moving = now.Sub(r.first)
	}
	r.doneMsgs, r.doneByts = messages, bytes
}

// Messages is the rate in messages per second; 0 as long as it is not known.
func (r *Rate) Messages() float64 { return r.per(r.messages) }

// Bytes is the rate in bytes per second; 0 as long as it is not known.
func (r *Rate) Bytes() float64 { return r.per(r.bytes) }

func (r *Rate) per(moved float64) float64 {
	// A tenth of a second is one look at the counts: too short to divide by.
	if r.seconds < 0.5 {
		return 0
	}
	return moved / r.seconds
}

// Left estimates the time that the remaining messages and bytes take, the longer of both. It is false without enough
// evidence: too early, or stalled for so long that nothing can be said.
func (r *Rate) Left(messages, bytes int64) (time.Duration, bool) {
	if r.moving < evidence || r.last.Sub(r.first)-r.moving > 4*memory || messages <= 0 && bytes <= 0 {
		return 0, false
	}
	seconds := max(needs(messages, r.Messages()), needs(bytes, r.Bytes()))
	if seconds > longest.Seconds() {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// needs divides what is left by the rate; for ever where nothing moves.
func needs(left int64, rate float64) float64 {
	switch {
	case left <= 0:
		return 0
	case rate <= 0:
		return math.Inf(1)
	default:
		return float64(left) / rate
	}
}
