package state

import (
	"fmt"
	"slices"
	"testing"
)

// several lists the messages that are left to choose for.
func (f *fixture) several() (messages []int64) {
	f.t.Helper()
	for m, err := range f.Several(f.t.Context(), []int64{f.source}) {
		if err != nil {
			f.t.Fatal(err)
		}
		messages = append(messages, m.Message)
	}
	return slices.Compact(messages)
}

func (f *fixture) planSingles() {
	f.t.Helper()
	if err := f.PlanSingles(f.t.Context(), []int64{f.source}, []Place{{f.folder, f.mailbox, 7}}); err != nil {
		f.t.Fatal(err)
	}
}

// planned lists the messages of the mailbox that are to be sent.
func (f *fixture) planned() (ids []int64) {
	f.t.Helper()
	for m, err := range stream(f.t.Context(), f.l.read, scanMessage, "SELECT "+messageColumns+messageTables+"ORDER BY m.id") {
		if err != nil {
			f.t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	return ids
}

// Each message is either planned within the ledger, or comes out of it so that somebody chooses: never both, never neither.
func TestPlanSingles(t *testing.T) {
	t.Parallel()
	f := fill(t)
	var rows []Copy
	for i := range 12 {
		rows = append(rows, f.row(fmt.Sprint(i), fmt.Sprint("body ", i)))
	}
	rows[9].Keywords = []string{"b", "a"} // copy 10: to be sorted
	rows[10].Keywords = []string{"one"}
	rows[11].State = 2 // unreadable
	f.scan(rows...)
	f.together(map[int64]int64{3: 1, 2: 5, 8: 5, 6: 120_077})
	f.planSingles()
	if got, want := f.planned(), []int64{4, 7, 9, 11}; !slices.Equal(got, want) {
		t.Errorf("planned: got %v, want %v", got, want)
	}
	if got, want := f.several(), []int64{1, 5, 10, 120_077}; !slices.Equal(got, want) {
		t.Errorf("left: got %v, want %v", got, want)
	}
	f.planSingles()
	if got, want := f.planned(), []int64{4, 7, 9, 11}; !slices.Equal(got, want) {
		t.Errorf("planned again: got %v, want %v", got, want)
	}
}

// A message that is planned here has all that its copy and verdict say, and where it goes.
func TestPlanSinglesIsWhole(t *testing.T) {
	t.Parallel()
	f := fill(t)
	c := f.row("1", "one")
	c.Trace, c.Partial, c.Flags, c.Keywords, c.Subject = true, true, 5, []string{"work"}, "a subject"
	f.scan(c)
	b := f.Batch()
	if err := b.judge(t.Context(), verdict{copy: 1, variant: 1, content: []byte("content")}); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.planSingles()
	all, err := collect(t.Context(), f.l.read, scanMessage, "SELECT "+messageColumns+messageTables)
	if err != nil || len(all) != 1 {
		t.Fatalf("got %d messages, %v, want 1", len(all), err)
	}
	m := all[0]
	got := fmt.Sprint(m.Copy, m.Mailbox, m.Size, string(m.Content), m.HasID, m.Trace, m.Partial, m.Variant, m.Flags, m.Keywords, m.Date, m.MessageID, m.Subject, m.Rank, m.State)
	want := fmt.Sprint(1, f.mailbox, 3, "content", true, true, true, true, 5, []string{"work"}, int64(1e9), "1", "a subject", 7, Planned)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What was sent or is in doubt is not planned once more; one in doubt is chosen for again, as another copy may be the best by now.
func TestPlanSinglesKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"), f.row("3", "three"))
	f.plan()
	for _, change := range []string{"UPDATE message SET state = 2 WHERE id = 1", "UPDATE message SET doubted = 1 WHERE id = 2"} {
		if err := f.exec(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.ResetPlan(t.Context(), []int64{f.source}); err != nil {
		t.Fatal(err)
	}
	f.planSingles()
	if got, want := f.planned(), []int64{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := f.several(), []int64{2}; !slices.Equal(got, want) {
		t.Errorf("left: got %v, want %v", got, want)
	}
}
