package progress

import (
	"math"
	"testing"
	"time"
)

var midnight = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)

// drive observes a steady pace ten times a second and returns the counts at its end.
func drive(r *Rate, from, seconds, perSecond, size int64, done int64) int64 {
	for i := from * 10; i <= (from+seconds)*10; i++ {
		n := done + (i-from*10)*perSecond/10
		r.Observe(midnight.Add(time.Duration(i)*100*time.Millisecond), n, n*size)
	}
	return done + seconds*perSecond
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*want {
		t.Errorf("%s: got %.1f, want %.1f within %.0f %%", what, got, want, tolerance*100)
	}
}

func TestRateSteady(t *testing.T) {
	t.Parallel()
	var r Rate
	drive(&r, 0, 20, 100, 3000, 0)
	near(t, "messages", r.Messages(), 100, 0.02)
	near(t, "bytes", r.Bytes(), 300000, 0.02)
	left, ok := r.Left(1000, 3_000_000)
	if !ok {
		t.Fatal("got no time left after 20 s of a steady pace")
	}
	near(t, "left", left.Seconds(), 10, 0.02)
}

func TestRateTakesTheLongerOfMessagesAndBytes(t *testing.T) {
	t.Parallel()
	var r Rate
	drive(&r, 0, 20, 100, 3000, 0)
	byBytes, _ := r.Left(10, 30_000_000)
	near(t, "few large ones", byBytes.Seconds(), 100, 0.02)
	byMessages, _ := r.Left(10_000, 3000)
	near(t, "many small ones", byMessages.Seconds(), 100, 0.02)
}

func TestRateNeedsEvidence(t *testing.T) {
	t.Parallel()
	var r Rate
	if left, ok := r.Left(10, 10); ok {
		t.Errorf("got %v left before anything was seen", left)
	}
	drive(&r, 0, 2, 100, 10, 0)
	if left, ok := r.Left(10, 10); ok {
		t.Errorf("got %v left after 2 s, want none yet", left)
	}
	drive(&r, 2, 2, 100, 10, 200)
	if _, ok := r.Left(10, 10); !ok {
		t.Error("got no time left after 4 s")
	}
	if left, ok := r.Left(0, 0); ok {
		t.Errorf("got %v left with nothing to do", left)
	}
}

func TestRateFallsInAStall(t *testing.T) {
	t.Parallel()
	var r Rate
	done := drive(&r, 0, 60, 100, 1000, 0)
	before := r.Bytes()
	drive(&r, 60, 60, 0, 1000, done)
	if after := r.Bytes(); after > before/5 {
		t.Errorf("got %.0f B/s after a minute of standstill, want under a fifth of %.0f", after, before)
	}
	early, ok := r.Left(1000, 1_000_000)
	if !ok || early < 30*time.Second {
		t.Errorf("got %v, %v left in a stall, want much more than the 10 s before it", early, ok)
	}
	drive(&r, 120, 120, 0, 1000, done)
	if left, ok := r.Left(1000, 1_000_000); ok {
		t.Errorf("got %v left after two more minutes of standstill, want none", left)
	}
}

func TestRateRecovers(t *testing.T) {
	t.Parallel()
	var r Rate
	done := drive(&r, 0, 60, 1000, 100, 0)
	drive(&r, 60, 120, 10, 100, done)
	near(t, "messages", r.Messages(), 10, 0.3)
}

func TestRateDoesNotCountWhatWasDoneBefore(t *testing.T) {
	t.Parallel()
	var r Rate
	drive(&r, 0, 20, 100, 10, 90_000)
	near(t, "messages", r.Messages(), 100, 0.02)
}

func TestRateTellsNoAbsurdTime(t *testing.T) {
	t.Parallel()
	var r Rate
	drive(&r, 0, 20, 10, 1, 0)
	if left, ok := r.Left(math.MaxInt64, math.MaxInt64); ok {
		t.Errorf("got %v left, want none", left)
	}
}
