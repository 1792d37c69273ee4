package state

import (
	"fmt"
	"testing"
)

// members tells which copy belongs to which message.
func (f *fixture) members() (text string) {
	f.t.Helper()
	for m, err := range f.Members(f.t.Context(), []int64{f.source}) {
		if err != nil {
			f.t.Fatal(err)
		}
		text += fmt.Sprintf("%d:%d ", m.Message, m.ID)
	}
	return text
}

func (f *fixture) together(pairs map[int64]int64) {
	f.t.Helper()
	b := f.Batch()
	for id, message := range pairs {
		if err := b.SetMessage(f.t.Context(), id, message); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := b.Flush(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
}

// TestMembersOfOneMessageFollowEachOther, whether the first copy has the lowest number or not, or is not there at all.
func TestMembersOfOneMessageFollowEachOther(t *testing.T) {
	t.Parallel()
	f := fill(t)
	var rows []Copy
	for i := range 9 {
		rows = append(rows, f.row(fmt.Sprint(i), fmt.Sprint("body ", i)))
	}
	f.scan(rows...)
	f.together(map[int64]int64{9: 1, 3: 1, 2: 5, 8: 5, 6: 120_077, 4: 120_077})
	if got, want := f.members(), "1:1 1:3 1:9 5:2 5:5 5:8 7:7 120077:4 120077:6 "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	f.together(map[int64]int64{3: 3, 9: 9})
	if got, want := f.members(), "1:1 3:3 5:2 5:5 5:8 7:7 9:9 120077:4 120077:6 "; got != want {
		t.Errorf("taken apart: got %s, want %s", got, want)
	}
	tally, err := f.TallyCopies(t.Context(), []int64{f.source})
	if err != nil || tally.Pending != 6 || tally.Duplicate != 3 {
		t.Errorf("got %+v, %v, want 6 messages and 3 further copies", tally, err)
	}
}

// TestVerdictsAddUp stores what is found out of a copy one after the other, and forgets it with the copy.
func TestVerdictsAddUp(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("1", "two"))
	b := f.Batch()
	c := Candidate{ID: 2}
	for _, err := range []error{
		b.SetContent(t.Context(), c, []byte("content")), b.SetVariant(t.Context(), c, true), b.Flush(t.Context()),
		b.SetMessage(t.Context(), 2, 1), b.SetMessage(t.Context(), 2, 2), b.Flush(t.Context()), b.Flush(t.Context()),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for m, err := range f.Members(t.Context(), []int64{f.source}) {
		if second := m.ID == 2; err != nil || m.Variant != second || (string(m.Content) == "content") != second || m.Message != m.ID {
			t.Errorf("got %+v, %v", m, err)
		}
	}
	f.scan()
	var left int
	if err := f.l.read.QueryRow("SELECT count(*) FROM verdict").Scan(&left); err != nil || left != 0 {
		t.Errorf("got %d verdicts about nothing, %v, want none", left, err)
	}
}

// TestHeldPages lists seats page by page.
func TestHeldPages(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"), f.row("3", "three"), f.row("4", "four"))
	ids := f.plan()
	for i, seat := range []Seat{{7, 3}, {5, 9}, {7, 1}} {
		f.settle(ids[i], Outcome{State: Done, How: Appended, UIDValidity: seat.UIDValidity, UID: seat.UID})
	}
	var got []Seat
	for after := (Seat{}); ; after = got[len(got)-1] {
		page, err := f.Held(t.Context(), f.mailbox, after, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		got = append(got, page[0].Seat)
	}
	if want := []Seat{{5, 9}, {7, 1}, {7, 3}}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if validities, err := f.UIDValidities(t.Context(), f.mailbox); err != nil || fmt.Sprint(validities) != "[5 7]" {
		t.Errorf("got %v, %v, want 5 and 7", validities, err)
	}
	if boxes, err := f.DoneMailboxes(t.Context()); err != nil || len(boxes) != 1 || boxes[0].ID != f.mailbox {
		t.Errorf("got %v, %v, want the mailbox", boxes, err)
	}
}
