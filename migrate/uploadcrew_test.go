package migrate

import (
	"testing"
	"time"

	"unpop/state"
)

func crewOf(most int, sizes ...int64) *uploadCrew {
	var loads []state.Load
	for i, size := range sizes {
		loads = append(loads, state.Load{Mailbox: state.Mailbox{ID: int64(i)}, Messages: 1, Bytes: size})
	}
	return newUploadCrew(loads, most)
}

func TestUploadCrewDealsLongestFirst(t *testing.T) {
	t.Parallel()
	c := crewOf(2, 10, 3000, 200)
	many := state.Load{Mailbox: state.Mailbox{ID: 9}, Messages: 1000, Bytes: 1000}
	c = newUploadCrew(append(c.loads, many), 2)
	var order []int64
	for load, another, ok := c.take(); ok; load, another, ok = c.take() {
		if another {
			t.Error("take: got one more worker, want none where all are there")
		}
		order = append(order, load.Mailbox.ID)
	}
	if want := []int64{9, 1, 2, 0}; len(order) != 4 || order[0] != want[0] || order[1] != want[1] || order[2] != want[2] {
		t.Errorf("got %v, want %v", order, want)
	}
	if c.active != 1 {
		t.Errorf("after one was told to go: got %d workers, want 1", c.active)
	}
}

// TestUploadCrewShrinksAndRecovers: workers leave but the last one, their mailboxes come back, and later so do they.
func TestUploadCrewShrinksAndRecovers(t *testing.T) {
	t.Parallel()
	c := crewOf(3, 1, 2, 3, 4, 5)
	var held []state.Load
	for range 3 {
		load, _, _ := c.take()
		held = append(held, load)
	}
	if !c.leave(held[0]) || !c.leave(held[1]) || c.leave(held[2]) {
		t.Error("leave: want two to go, and the last one to stay")
	}
	if len(c.loads) != 4 || c.active != 1 {
		t.Errorf("got %d mailboxes and %d workers, want 4 and 1", len(c.loads), c.active)
	}
	if _, another, _ := c.take(); another {
		t.Error("soon after: got one more worker, want none")
	}
	c.shrunk = time.Now().Add(-2 * recovery)
	if _, another, _ := c.take(); !another || c.active != 2 {
		t.Errorf("long after: got %v and %d workers, want one more", another, c.active)
	}
}

func TestUploadCrewSheds(t *testing.T) {
	t.Parallel()
	c := crewOf(2, 1, 2, 3)
	if c.shed(); !c.sheds() {
		t.Error("two workers: want one asked to leave")
	}
	if load, _, _ := c.take(); !c.leave(load) || c.sheds() {
		t.Error("one left: want nobody else asked")
	}
	if c.shed(); c.sheds() {
		t.Error("one worker: want it to stay")
	}
	if one := crewOf(8, 1); one.active != 1 {
		t.Errorf("one mailbox: got %d workers, want 1", one.active)
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		done []int64
		at   int // the look that finds it slow; -1 none
	}{
		{[]int64{100, 90, 20, 13, 100}, -1},
		{[]int64{100, 12, 12, 13, 12, 12}, -1}, // not in a row
		{[]int64{100, 11, 5, 0}, 3},
		{[]int64{0, 0, 0, 0, 0}, -1}, // it never was any faster
		{[]int64{100, 1, 1, 1, 1, 1, 1}, 3},
	} {
		var p pace
		at := -1
		for i, done := range c.done {
			if p.slowed(done) && at < 0 {
				at = i
			}
		}
		if at != c.at {
			t.Errorf("%v: got slow at %d, want %d", c.done, at, c.at)
		}
	}
}
