package main

import (
	"fmt"
	"strings"
)

// What unpop promises. Against other programs its whole run counts, scan and verify included, as theirs does.
const (
	ceilingShare    = 0.90 // of the raw ceiling over as many connections, far away
	waitingFactor   = 30   // as fast as go-imap waiting, far away, but for large messages
	mbsyncFactor    = 3    // as fast as mbsync, likewise
	peerFactor      = 20   // as fast as any other peer, likewise
	wholeToUpload   = 1.25 // how long a whole run may take, in uploads, for 1 GB
	aheadOfAllPeers = 1.0  // near
)

// A verdict tells whether a bar was met.
type verdict struct {
	what      string
	got, want float64
	met       bool
}

// atLeast and atMost are the two kinds of bars.
func atLeast(what string, got, want float64) verdict { return verdict{what, got, want, got >= want} }

func atMost(what string, got, want float64) verdict { return verdict{what, got, want, got <= want} }

// verdicts holds what was measured against the bars.
func (r *results) verdicts() (all []verdict) {
	for _, at := range r.cells {
		if at.size == "1g" {
			all = append(all, r.gigabyteBar(at)...)
			continue
		}
		if at.rtt > 0 {
			all = append(all, r.ceilingBars(at)...)
		}
		all = append(all, r.peerBars(at)...)
	}
	return all
}

func (r *results) gigabyteBar(at cell) []verdict {
	row := r.find(at, "gigabyte")
	if row == nil {
		return nil
	}
	return []verdict{atMost(at.String()+": whole run, in uploads", ratio(row, row.uploads, row, row.wholes), wholeToUpload)}
}

func (r *results) ceilingBars(at cell) (all []verdict) {
	for _, key := range []string{"unpop2", "unpop1"} {
		row := r.find(at, key)
		if row == nil {
			continue
		}
		if share := r.toCeiling(at, row, row.uploads); share > 0 {
			all = append(all, atLeast(at.String()+": "+row.name+", to the ceiling", share, ceilingShare))
		}
	}
	return all
}

// peerBars compares with what others do. Large messages far away are the line's affair and nobody's waiting.
func (r *results) peerBars(at cell) (all []verdict) {
	unpop := r.find(at, "unpop2")
	if unpop == nil || at.size == "5m" && at.rtt > 0 {
		return nil
	}
	for _, row := range r.rows[at] {
		own, want := unpop.wholes, aheadOfAllPeers
		switch {
		case row.role == isWaiting && at.rtt > 0:
			own, want = unpop.uploads, waitingFactor
		case row.role != isPeer:
			continue
		case at.rtt > 0 && row.key == "mbsync":
			want = mbsyncFactor
		case at.rtt > 0:
			want = peerFactor
		}
		what := fmt.Sprintf("%s: to %s (upload alone: %.2f)", at, row.name, ratio(unpop, unpop.uploads, row, row.times()))
		all = append(all, atLeast(what, ratio(unpop, own, row, row.times()), want))
	}
	return all
}

// barsText lists the verdicts.
func barsText(all []verdict) string {
	var b strings.Builder
	for _, v := range all {
		word := "met   "
		if !v.met {
			word = "MISSED"
		}
		fmt.Fprintf(&b, "%s  %6.2f (want %g)  %s\n", word, v.got, v.want, v.what)
	}
	return b.String()
}
