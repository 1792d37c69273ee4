package batch

import (
	"fmt"
	"strings"
	"time"
)

// Window is a time of day, the same each day, by the clock on the wall. The zero value is the whole day.
type Window struct {
	from, to time.Duration // since midnight; from > to goes over midnight
}

// ParseWindow reads "20:00-06:00".
func ParseWindow(text string) (Window, error) {
	from, to, _ := strings.Cut(text, "-")
	begin, err1 := clockTime(from)
	end, err2 := clockTime(to)
	switch {
	case err1 != nil || err2 != nil:
		return Window{}, fmt.Errorf("%q: want hours such as 20:00-06:00", text)
	case begin == end:
		return Window{}, fmt.Errorf("%q: begins when it ends", text)
	default:
		return Window{begin, end}, nil
	}
}

// clockTime reads a time of day.
func clockTime(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", strings.TrimSpace(text))
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

// String writes the window as ParseWindow reads it.
func (w Window) String() string {
	if w == (Window{}) {
		return ""
	}
	clock := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	return clock(w.from) + "-" + clock(w.to)
}

// At reports whether work may be done at a moment, and when that changes; the zero time is never.
func (w Window) At(now time.Time) (open bool, until time.Time) {
	if w == (Window{}) {
		return true, time.Time{}
	}
	clock := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute + time.Duration(now.Second())*time.Second
	open = w.from <= clock && clock < w.to
	if w.from > w.to {
		open = clock >= w.from || clock < w.to
	}
	if open {
		return true, next(now, w.to)
	}
	return false, next(now, w.from)
}

// next is when the clock shows a time after now. Days are not always 24 hours long.
func next(now time.Time, clock time.Duration) time.Time {
	at := func(day int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+day, int(clock.Hours()), int(clock.Minutes())%60, 0, 0, now.Location())
	}
	if t := at(0); t.After(now) {
		return t
	}
	return at(1)
}
