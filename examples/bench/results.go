package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
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

// upload and whole are messages a second, of the median run; 0 where that is not known.
func (r *row) upload() float64 { return r.rate(median(r.uploads)) }
func (r *row) whole() float64  { return r.rate(median(r.wholes)) }

// speed is that of the upload, where it is known, and else that of the whole process.
func (r *row) speed() float64 {
	if len(r.uploads) > 0 {
		return r.upload()
	}
	return r.whole()
}

func (r *row) rate(d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(r.n) / d.Seconds()
}

func median(all []time.Duration) time.Duration {
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

// ceilings are the rows that others are held against.
var ceilings = map[string]string{"unpop1": "ceiling1"}

func (r *results) ceilingOf(at cell, key string) float64 {
	name, ok := ceilings[key]
	if !ok {
		name = "ceiling2"
	}
	if c := r.find(at, name); c != nil {
		return c.upload()
	}
	return 0
}

// text is the table with everything.
func (r *results) text() string {
	var b strings.Builder
	for _, at := range r.cells {
		fmt.Fprintf(&b, "\n%s\n", at)
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
		_, _ = fmt.Fprintln(w, "messages\tmessages/s\tslowest..fastest\tMB/s\tof ceiling\tunpop is\t\t")
		for _, row := range r.rows[at] {
			r.lines(w, at, row)
		}
		_ = w.Flush()
	}
	return b.String()
}

// lines writes a row, and for one that knows both times another for the whole.
func (r *results) lines(w *tabwriter.Writer, at cell, row *row) {
	if len(row.uploads) > 0 {
		r.line(w, at, row, row.uploads, row.name)
	}
	if len(row.wholes) > 0 {
		name := row.name
		if len(row.uploads) > 0 {
			name += ", scan and verify included"
		}
		r.line(w, at, row, row.wholes, name)
	}
}

func (r *results) line(w *tabwriter.Writer, at cell, row *row, times []time.Duration, name string) {
	rate := row.rate(median(times))
	_, _ = fmt.Fprintf(w, "%d\t%s\t%s..%s\t%s\t%s\t%s\t  %s\t\n", row.n, figure(rate),
		figure(row.rate(slices.Max(times))), figure(row.rate(slices.Min(times))), figure(float64(row.bytes)/1e6/median(times).Seconds()),
		percent(rate, r.ceilingOf(at, row.key)), r.advantage(at, row, rate), name)
}

// advantage is how many times faster unpop is than another.
func (r *results) advantage(at cell, row *row, rate float64) string {
	unpop := r.find(at, "unpop2")
	if row.role == isUnpop || row.role == isCeiling || unpop == nil || rate == 0 {
		return ""
	}
	own := unpop.whole() // as for them: the process
	if row.role == isWaiting {
		own = unpop.upload()
	}
	return fmt.Sprintf("%.1fx", own/rate)
}

func percent(part, of float64) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*part/of)
}

// figure writes a number with as many digits as it deserves.
func figure(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}
