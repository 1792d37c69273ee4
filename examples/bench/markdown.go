package main

import (
	"fmt"
	"strings"
)

// A markdownRow is a line of the README's table: a contender by its upload or by its whole.
type markdownRow struct {
	key, name string
	whole     bool
}

// markdownRows lists the contenders in the order in which they first came up.
func (r *results) markdownRows() (rows []markdownRow) {
	seen := map[string]bool{}
	for _, at := range r.cells {
		for _, row := range r.rows[at] {
			if seen[row.key] || at.size == "1g" {
				continue
			}
			seen[row.key] = true
			if len(row.uploads) > 0 {
				rows = append(rows, markdownRow{row.key, row.name, false})
			}
			switch {
			case len(row.wholes) > 0 && len(row.uploads) > 0:
				rows = append(rows, markdownRow{row.key, "… with scan and verify", true})
			case len(row.wholes) > 0:
				rows = append(rows, markdownRow{row.key, row.name, true})
			}
		}
	}
	return rows
}

// markdown is the table of the README: messages a second.
func (r *results) markdown() string {
	var b strings.Builder
	head, rule := "| messages/s |", "|---|"
	for _, at := range r.cells {
		if at.size != "1g" {
			head, rule = head+" "+at.String()+" |", rule+"---:|"
		}
	}
	fmt.Fprintf(&b, "%s\n%s\n", head, rule)
	for _, line := range r.markdownRows() {
		fmt.Fprintf(&b, "| %s |", line.name)
		for _, at := range r.cells {
			if at.size != "1g" {
				fmt.Fprintf(&b, " %s |", r.markdownFigure(at, line))
			}
		}
		b.WriteByte('\n')
	}
	return b.String() + r.gigabytes()
}

func (r *results) markdownFigure(at cell, line markdownRow) string {
	row := r.find(at, line.key)
	switch {
	case row == nil:
		return ""
	case line.whole:
		return figure(row.rate(median(row.wholes)))
	default:
		return figure(row.rate(median(row.uploads)))
	}
}

// gigabytes says in a sentence how long the large mbox took.
func (r *results) gigabytes() string {
	var b strings.Builder
	for _, at := range r.cells {
		if row := r.find(at, "gigabyte"); row != nil {
			fmt.Fprintf(&b, "\nAn mbox of %.2f GB in %d messages, %s: %.1f s, scan and verify included (upload alone: %.1f s).\n",
				float64(row.bytes)/1e9, row.n, rttName(at.rtt), median(row.wholes).Seconds(), median(row.uploads).Seconds())
		}
	}
	return b.String()
}
