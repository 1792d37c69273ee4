package batch

import (
	"context"
	"errors"
	"testing"
	"time"

	"unpop/state"
)

func TestWindow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		window, now string
		open        bool
		until       string
	}{
		{"20:00-06:00", "2026-11-21 19:59", false, "2026-11-21 20:00"},
		{"20:00-06:00", "2026-11-21 20:00", true, "2026-11-22 06:00"},
		{"20:00-06:00", "2026-11-21 23:59", true, "2026-11-22 06:00"},
		{"20:00-06:00", "2026-11-22 00:00", true, "2026-11-22 06:00"},
		{"20:00-06:00", "2026-11-22 06:00", false, "2026-11-22 20:00"},
		{"09:30-17:00", "2026-12-31 08:00", false, "2026-12-31 09:30"},
		{"09:30-17:00", "2026-12-31 12:00", true, "2026-12-31 17:00"},
		{"09:30-17:00", "2026-12-31 17:00", false, "2027-01-01 09:30"},
		{" 9:30 - 17:00 ", "2026-12-31 12:00", true, "2026-12-31 17:00"},
	} {
		w, err := ParseWindow(c.window)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.ParseInLocation("2006-01-02 15:04", c.now, time.Local)
		open, until := w.At(now)
		if open != c.open || until.Format("2006-01-02 15:04") != c.until {
			t.Errorf("%s at %s: got %v until %s, want %v until %s", c.window, c.now, open, until, c.open, c.until)
		}
		if again, err := ParseWindow(w.String()); err != nil || again != w {
			t.Errorf("%s: printed as %q, which reads as %v, %v", c.window, w, again, err)
		}
	}
	for _, bad := range []string{"", "20:00", "20:00-20:00", "20-06", "25:00-06:00", "20:00-06:61", "20:00-06:00-07:00"} {
		if _, err := ParseWindow(bad); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
	if open, until := (Window{}).At(time.Now()); !open || !until.IsZero() {
		t.Errorf("no window: got %v until %v, want always", open, until)
	}
}

// TestWindowOnOddDays holds that a window ends by the clock on the wall when the clocks change.
func TestWindowOnOddDays(t *testing.T) {
	t.Parallel()
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skip(err)
	}
	w, _ := ParseWindow("20:00-06:00")
	_, until := w.At(time.Date(2026, 10, 24, 21, 0, 0, 0, rome)) // 25 hours
	if until.Hour() != 6 || until.Sub(time.Date(2026, 10, 24, 21, 0, 0, 0, rome)) != 10*time.Hour {
		t.Errorf("got %v, want six o'clock", until)
	}
}

// TestHoursCloseSoftly holds that what is under way stops when the hours end, and is no failure.
func TestHoursCloseSoftly(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := &Batch{opts: Options{}.withDefaults(), hosts: map[string]*host{}}
	b.opts.now = func() time.Time { return now }
	b.opts.Between = Window{from: time.Duration(now.Hour()) * time.Hour, to: time.Duration(now.Hour()+1) * time.Hour}
	if b.opts.Between.to > 23*time.Hour {
		t.Skip("too late at night")
	}
	s := shift{batch: b, parent: t.Context(), ends: make(chan end)}
	s.arrange(true)
	if s.ctx == nil {
		t.Fatal("no shift inside of the hours")
	}
	working := s.ctx
	now = now.Add(90 * time.Minute)
	s.arrange(true)
	if s.ctx != nil || !errors.Is(context.Cause(working), errOutside) || b.Snapshot().Closed.IsZero() {
		t.Errorf("got cause %v, want the shift closed", context.Cause(working))
	}
	q, _ := b.judge(state.Queued{Attempts: 2}, &outcome{err: context.Canceled}, true)
	if q.Turn != state.TurnWaiting || q.Attempts != 2 || q.Cause != "" {
		t.Errorf("got %+v, want it waiting and no failure", q)
	}
}
