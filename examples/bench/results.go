package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A cell of the tables: a corpus over a line.
type cell struct {
	size string
	rtt  time.Duration
}

// String names it as the tables do.
func (c cell) String() string { return sizeNames[c.size] + ", " + rttName(c.rtt) }

var sizeNames = map[string]string{"3k": "3 KB", "75k": "75 KB", "5m": "5 MB", "1g": "1 GB of 75 KB"}

func rttName(rtt time.Duration) string { return fmt.Sprintf("%d ms", rtt.Milliseconds()) }

// A row is what was measured of one contender in one cell.
type row struct {
	key, name string
	role      role
	n         int
	bytes     int64
	uploads   []time.Duration // one for each run, for those that know
	wholes    []time.Duration
}

// times are those that a row is held against others by: of the upload, where it is known, and else of the whole process.
func (r *row) times() []time.Duration {
	if len(r.uploads) > 0 {
		return r.uploads
	}
	return r.wholes
}

// rate is messages a second; 0 for a time that is not known.
func (r *row) rate(d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(r.n) / d.Seconds()
}

// ratio is how many times as fast a was as b, as the median of the runs: those of a number took turns, so that both had the machine as
// it was then. It is 0 where one of them was not measured.
func ratio(a *row, timesA []time.Duration, b *row, timesB []time.Duration) float64 {
	var all []float64
	for i := range min(len(timesA), len(timesB)) {
		all = append(all, a.rate(timesA[i])/b.rate(timesB[i]))
	}
	return median(all)
}

// median is 0 for none.
func median[T float64 | time.Duration](all []T) T {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}

// results are all that was measured, in the order in which it was.
type results struct {
	cells []cell
	rows  map[cell][]*row
}

func newResults() *results { return &results{rows: map[cell][]*row{}} }

func (r *results) add(at cell, c *contender, n int, bytes int64, t timing) {
	if _, known := r.rows[at]; !known {
		r.cells = append(r.cells, at)
	}
	found := r.find(at, c.key)
	if found == nil {
		found = &row{key: c.key, name: c.name, role: c.role, n: n, bytes: bytes}
		r.rows[at] = append(r.rows[at], found)
	}
	if t.upload > 0 {
		found.uploads = append(found.uploads, t.upload)
	}
	if t.whole > 0 {
		found.wholes = append(found.wholes, t.whole)
	}
}

// find returns a contender's row, or nil.
func (r *results) find(at cell, key string) *row {
	for _, row := range r.rows[at] {
		if row.key == key {
			return row
		}
	}
	return nil
}

// toCeiling is a row's share of the ceiling over as many connections; 0 where there is none.
func (r *results) toCeiling(at cell, row *row, times []time.Duration) float64 {
	key := "ceiling2"
	if row.key == "unpop1" || row.key == "ceiling1" {
		key = "ceiling1"
	}
	ceiling := r.find(at, key)
	if ceiling == nil {
		return 0
	}
	return ratio(row, times, ceiling, ceiling.uploads)
}

// text is the table with everything.
func (r *results) text() string {
	var b strings.Builder
	for _, at := range r.cells {
		fmt.Fprintf(&b, "\n%-46s %9s %11s %14s %7s %8s %9s\n", at, "messages", "messages/s", "from..to", "MB/s", "ceiling", "unpop is")
		for _, row := range r.rows[at] {
			if len(row.uploads) > 0 {
				r.line(&b, at, row, row.uploads, row.name)
			}
			if len(row.wholes) > 0 {
				r.line(&b, at, row, row.wholes, wholeName(row))
			}
		}
	}
	return b.String()
}

// wholeName is how the line of a whole process is called, beside that of its upload.
func wholeName(row *row) string {
	if len(row.uploads) > 0 {
		return row.name + ", scan, verify"
	}
	return row.name
}

func (r *results) line(b *strings.Builder, at cell, row *row, times []time.Duration, name string) {
	middle := median(times)
	rate, spread := row.rate(middle), figure(row.rate(slices.Max(times)))+".."+figure(row.rate(slices.Min(times)))
	line := fmt.Sprintf("%-46s %9d %11s %14s %7s %8s %9s", name, row.n, figure(rate), spread,
		figure(float64(row.bytes)/1e6/middle.Seconds()), percent(r.toCeiling(at, row, times)), r.advantage(at, row))
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// advantage is how many times as fast unpop is: its whole run against other programs', its upload against go-imap's.
func (r *results) advantage(at cell, row *row) string {
	unpop := r.find(at, "unpop2")
	if row.role == isUnpop || row.role == isCeiling || unpop == nil {
		return ""
	}
	own := unpop.wholes
	if row.role == isWaiting {
		own = unpop.uploads
	}
	return fmt.Sprintf("%.1fx", ratio(unpop, own, row, row.times()))
}

func percent(share float64) string {
	if share == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

// figure writes a number with as many digits as it deserves.
func figure(x float64) string {
	switch {
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}
