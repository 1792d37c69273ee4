package migrate

import (
	"testing"
	"time"
)

func TestDaysFor(t *testing.T) {
	t.Parallel()
	const limit = 500_000_000
	for _, tt := range []struct{ bytes, sent, want int64 }{
		{1, 0, 1}, {limit, 0, 1}, {limit + 1, 0, 2}, {24 * limit, 0, 24}, {limit, limit, 2}, {1, 3 * limit, 2}, {limit, limit / 2, 2}, {12_000_000_000, 0, 24},
	} {
		if got := daysFor(tt.bytes, limit, tt.sent); got != tt.want {
			t.Errorf("%d bytes after %d: got %d days, want %d", tt.bytes, tt.sent, got, tt.want)
		}
	}
}

func TestLacking(t *testing.T) {
	t.Parallel()
	plan := func(used, limit, pending, refused int64, known bool) *Plan {
		p := &Plan{Survey: Survey{HasQuota: known, QuotaUsed: used, QuotaLimit: limit}, Forecast: Forecast{TooLargeBytes: refused}}
		p.Tally.BytesPending = pending
		return p
	}
	for _, tt := range []struct {
		plan *Plan
		want int64
	}{
		{plan(5, 10, 5, 0, true), 0},
		{plan(5, 10, 6, 0, true), 1},
		{plan(5, 10, 6, 1, true), 0},
		{plan(12, 10, 1, 0, true), 3},
		{plan(5, 10, 6, 0, false), 0},
	} {
		if got := tt.plan.Lacking(); got != tt.want || tt.plan.Fits() != (tt.want == 0) {
			t.Errorf("%+v: got %d, %v, want %d", tt.plan, got, tt.plan.Fits(), tt.want)
		}
	}
}

func TestToday(t *testing.T) {
	t.Parallel()
	for f, want := range map[*Forecast]bool{
		{}: true, {Days: 1, Sending: time.Hour}: true, {Days: 2}: false, {Sending: 25 * time.Hour}: false,
	} {
		if got := f.Today(); got != want {
			t.Errorf("%+v: got %v, want %v", f, got, want)
		}
	}
}
