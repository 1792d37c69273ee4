package state

import (
	"fmt"
	"testing"
)

// TestSettleTogether settles many at once, of every kind, and under two UIDVALIDITYs.
func TestSettleTogether(t *testing.T) {
	t.Parallel()
	f := fill(t)
	var copies []Copy
	for i := range 9 {
		copies = append(copies, f.row(fmt.Sprint(i), fmt.Sprint("body ", i)))
	}
	f.scan(copies...)
	ids := f.plan()
	if err := f.Claim(t.Context(), ids, 1, 1); err != nil {
		t.Fatal(err)
	}
	outcomes := []Outcome{
		{Message: ids[0], State: Rejected, Reason: "why"},
		{Message: ids[1], State: Planned, Unsent: true},
		{Message: ids[2], State: Planned, Doubted: true},
		{Message: ids[3], State: Done, How: Adopted, UIDValidity: 1, UID: 30},
	}
	for i, id := range ids[4:] {
		outcomes = append(outcomes, Outcome{Message: id, State: Done, How: Appended, UIDValidity: uint32(1 + i%2), UID: uint32(100 + i)})
	}
	if err := f.Settle(t.Context(), f.run, outcomes); err != nil {
		t.Fatal(err)
	}
	got := map[int64]Message{}
	for m, err := range f.messages(t.Context(), "ORDER BY m.id") {
		if err != nil {
			t.Fatal(err)
		}
		got[m.ID] = m
	}
	for i, id := range ids[4:] {
		if m := got[id]; m.State != Done || m.How != Appended || m.UID != uint32(100+i) || m.UIDValidity != uint32(1+i%2) {
			t.Errorf("message %d: got %+v, want it done at UID %d", id, m, 100+i)
		}
	}
	if m := got[ids[1]]; m.State != Planned || m.Tries != 0 || m.Doubted {
		t.Errorf("never sent: got %+v, want it planned and no try counted", m)
	}
	if m := got[ids[2]]; m.State != Planned || m.Tries != 1 || !m.Doubted {
		t.Errorf("in doubt: got %+v, want it planned and a try counted", m)
	}
	if m := got[ids[0]]; m.State != Rejected || m.Reason != "why" {
		t.Errorf("rejected: got %+v", m)
	}
}

// TestSettleTakesUIDs has one settlement of many in which a UID is one that an older message has: the older one loses it, and all are done.
func TestSettleTakesUIDs(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"), f.row("3", "three"))
	ids := f.plan()
	f.settle(ids[0], Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 8})
	if err := f.Claim(t.Context(), ids[1:], 1, 1); err != nil {
		t.Fatal(err)
	}
	if err := f.Settle(t.Context(), f.run, []Outcome{
		{Message: ids[1], State: Done, How: Appended, UIDValidity: 1, UID: 7}, {Message: ids[2], State: Done, How: Appended, UIDValidity: 1, UID: 8},
	}); err != nil {
		t.Fatal(err)
	}
	for m, err := range f.Stored(t.Context(), f.mailbox) {
		if err != nil || m.Missing != (m.ID == ids[0]) || m.ID == ids[2] && m.UID != 8 || m.ID == ids[1] && m.UID != 7 {
			t.Errorf("got %+v, %v, want the first missing, and the others at 7 and 8", m, err)
		}
	}
}
