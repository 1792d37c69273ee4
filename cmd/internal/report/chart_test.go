package report

import (
	"testing"

	"unpop/state"
)

func TestChart(t *testing.T) {
	t.Parallel()
	c := newChart([]state.Year{
		{Year: 0, Copies: 2, Messages: 2, Stored: 2},
		{Year: 1970, Copies: 1, Messages: 1, Stored: 1},
		{Year: 2014, Copies: 60, Messages: 40, Stored: 40},
		{Year: 2016, Copies: 30, Messages: 20},
		{Year: 2018, Copies: 5, Messages: 0},
		{Year: 2019, Copies: 9, Messages: 8, Stored: 7},
		{Year: 2099, Copies: 3, Messages: 3, Stored: 3},
	}, 2026)
	var names []string
	for i, b := range c.Bars {
		names = append(names, b.Name)
		if b.X < chartLeft || b.X+b.W > chartWidth || b.Top < chartTop-0.1 || b.Top > chartBase || b.InnerTop < b.Top && b.Stored <= b.Copies {
			t.Errorf("bar %s: got %+v, want it within the chart", b.Name, b)
		}
		if i > 0 && b.X <= c.Bars[i-1].X {
			t.Errorf("bar %s: got it at %f, want it behind the one before", b.Name, b.X)
		}
	}
	want := []string{"before 1985", "2014", "2015", "2016", "2017", "2018", "2019", "after 2026", "without a date"}
	if len(names) != len(want) {
		t.Fatalf("bars: got %q, want %q", names, want)
	}
	for i := range want {
		if names[i] != want[i] {
			t.Errorf("bar %d: got %q, want %q", i, names[i], want[i])
		}
	}
	// 2018 has copies of messages that are filed under another year; only 2016 is missing.
	if len(c.Gaps) != 1 || c.Gaps[0].Name != "2016" || c.Summary != "Nothing of 2016 is on the server, though the sources have mail of that time." {
		t.Errorf("gaps: got %+v, %q, want 2016", c.Gaps, c.Summary)
	}
	if got := c.Sums; got.Copies != 110 || got.Messages != 74 || got.Stored != 53 {
		t.Errorf("sums: got %+v", got)
	}
}

func TestChartOfNothing(t *testing.T) {
	t.Parallel()
	if c := newChart(nil, 2026); c != nil {
		t.Errorf("got %+v, want none", c)
	}
}

// TestChartLabels: where there is no room for all, the last year has one, and they don't overlap.
func TestChartLabels(t *testing.T) {
	t.Parallel()
	var years []state.Year
	for y := 1985; y <= 2026; y++ {
		years = append(years, state.Year{Year: y, Copies: 1e9, Messages: 1e9, Stored: 1e9})
	}
	c := newChart(years, 2026)
	last := -100.0
	for _, b := range c.Bars {
		if b.Label == "" {
			continue
		}
		if b.Middle-last < 34 {
			t.Errorf("label %s: got %f after the last one, want 34 at least", b.Label, b.Middle-last)
		}
		last = b.Middle
	}
	if c.Bars[len(c.Bars)-1].Label != "2026" || len(c.Gaps) != 0 {
		t.Errorf("got label %q and gaps %v", c.Bars[len(c.Bars)-1].Label, c.Gaps)
	}
}

func TestRoundStep(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]float64{0.25: 1, 1: 1, 1.5: 2, 3: 5, 7: 10, 19.5: 20, 21: 50, 999: 1000, 250_000: 500_000} {
		if got := roundStep(v); got != want {
			t.Errorf("%f: got %f, want %f", v, got, want)
		}
	}
}
