package state

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// left lists what LeftOnServers tells.
func (f *fixture) left(sources ...int64) (text string) {
	f.t.Helper()
	var all []string
	for l, err := range f.LeftOnServers(f.t.Context(), sources) {
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %d %s;", l.UIDL, l.Size, l.MessageID))
	}
	slices.Sort(all)
	return fmt.Sprint(all)
}

func TestLeftOnServers(t *testing.T) {
	t.Parallel()
	f := fill(t)
	var rows []Copy
	for i := range 70 { // more than one statement stores
		c := f.row(fmt.Sprint(i), fmt.Sprint("body ", i))
		rows = append(rows, c)
	}
	rows[3].UIDL, rows[66].UIDL = "three", "sixty six"
	rows[4].UIDL, rows[4].State = "expunged", Expunged
	rows[5].UIDL, rows[5].Partial = "partial", true
	rows[6].UIDL, rows[6].Rebuilt = "rebuilt", true
	f.scan(rows...)
	if got, want := f.left(f.source), "[sixty six 7 66; three 6 3;]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := f.left(f.source + 1); got != "[]" {
		t.Errorf("another source: got %s, want none", got)
	}
	f.scan(rows[:4]...)
	if got, want := f.left(f.source), "[three 6 3;]"; got != want {
		t.Errorf("scanned anew: got %s, want %s", got, want)
	}
}

func TestVerified(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"), f.row("3", "three"))
	ids := f.plan()
	ctx, now := t.Context(), time.Unix(1_700_000_000, 0)
	due := func(run int64, before time.Time) string {
		t.Helper()
		refs, err := f.VerifiedBefore(ctx, f.source, run, before)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(refs)
	}
	verify := func(at time.Time, run int64) {
		t.Helper()
		if err := f.SetVerified(ctx, run, "mbox", at); err != nil {
			t.Fatal(err)
		}
	}
	verify(now, f.run) // nothing is done yet
	if got := due(99, now); got != "[]" {
		t.Errorf("planned: got %s, want none", got)
	}
	done := []Outcome{{Message: ids[0], State: Done, How: Appended, UIDValidity: 1, UID: 1}, {Message: ids[1], State: Done, How: Appended, UIDValidity: 1, UID: 2}}
	if err := f.Settle(ctx, f.run, done); err != nil {
		t.Fatal(err)
	}
	verify(now, f.run)
	verify(now.Add(time.Hour), f.run+1) // the first time counts
	for _, c := range []struct {
		run    int64
		before time.Time
		want   string
	}{
		{f.run, now, "[]"}, {f.run + 1, now.Add(-1 * time.Second), "[]"}, {f.run + 1, now, "[{Inbox one} {Inbox two}]"},
	} {
		if got := due(c.run, c.before); got != c.want {
			t.Errorf("run %d, %v: got %s, want %s", c.run, c.before, got, c.want)
		}
	}
	b := f.Batch()
	for _, err := range []error{b.SetMissing(ctx, ids[0], true), b.Flush(ctx)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got, want := due(9, now), "[{Inbox two}]"; got != want {
		t.Errorf("one missing: got %s, want %s", got, want)
	}
	verify(now, 7)
	for _, err := range []error{b.SetMissing(ctx, ids[0], false), b.Flush(ctx)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	verify(now.Add(time.Hour), 8)
	if got, want := due(9, now), "[{Inbox two}]"; got != want {
		t.Errorf("there again, since later: got %s, want %s", got, want)
	}
	if err := f.Assign(ctx, f.folder, 0, true); err != nil {
		t.Fatal(err)
	}
	if got := due(9, now); got != "[]" {
		t.Errorf("left out: got %s, want none", got)
	}
}

// What was taken back, or vanished, and is sent again has not been on the target since it was found there first.
func TestVerifiedAnew(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(f *fixture, id int64) error{
		"taken back": func(f *fixture, id int64) error {
			return errors.Join(f.Undoing(t.Context(), []int64{id}), f.Undone(t.Context(), []int64{id}))
		},
		"vanished": func(f *fixture, id int64) error {
			b := f.Batch()
			err := errors.Join(b.SetMissing(t.Context(), id, true), b.Flush(t.Context()))
			n, failed := f.Resend(t.Context(), []int64{id}, []int64{f.source}, "vanished")
			if n != 1 {
				t.Errorf("%d were planned again, want 1", n)
			}
			return errors.Join(err, failed)
		},
	} {
		f := fill(t)
		f.scan(f.row("1", "one"))
		done := []Outcome{{Message: f.plan()[0], State: Done, How: Appended, UIDValidity: 1, UID: 1}}
		err := errors.Join(
			f.Settle(t.Context(), f.run, done), f.SetVerified(t.Context(), f.run, "mbox", time.Unix(1, 0)), away(f, done[0].Message),
			f.Settle(t.Context(), f.run, done), f.SetVerified(t.Context(), f.run, "mbox", time.Unix(9, 0)))
		if err != nil {
			t.Fatal(err)
		}
		if refs, err := f.VerifiedBefore(t.Context(), f.source, 99, time.Unix(8, 0)); err != nil || len(refs) > 0 {
			t.Errorf("%s: got %v, %v, want none", name, refs, err)
		}
		if refs, err := f.VerifiedBefore(t.Context(), f.source, 99, time.Unix(9, 0)); err != nil || len(refs) != 1 {
			t.Errorf("%s: got %v, %v, want it since it was sent again", name, refs, err)
		}
	}
}

func TestVerifiedKind(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"))
	ids := f.plan()
	if err := f.Settle(t.Context(), f.run, []Outcome{{Message: ids[0], State: Done, How: Appended, UIDValidity: 1, UID: 1}}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetVerified(t.Context(), f.run, "pop3", time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if refs, err := f.VerifiedBefore(t.Context(), f.source, 9, time.Now()); err != nil || len(refs) > 0 {
		t.Errorf("a source of another kind: got %v, %v, want none", refs, err)
	}
}
