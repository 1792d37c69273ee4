package main

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		all  []float64
		want float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 100}, 3}} {
		if got := median(c.all); got != c.want {
			t.Errorf("%v: got %v, want %v", c.all, got, c.want)
		}
	}
}

// TestRatio has a machine that gets three times slower on its way.
func TestRatio(t *testing.T) {
	t.Parallel()
	a, b := &row{n: 100}, &row{n: 10}
	own := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}
	others := []time.Duration{time.Second, 2 * time.Second, 3 * time.Second}
	if got := ratio(a, own, b, others); math.Abs(got-10) > 1e-9 {
		t.Errorf("got %v, want 10", got)
	}
	if got := ratio(a, own, b, nil); got != 0 {
		t.Errorf("not measured: got %v, want 0", got)
	}
}

// sample are results of three runs in which unpop does as it should, or only half as well.
func sample(share float64) *results {
	r := newResults()
	near, far := cell{"3k", 0}, cell{"3k", 40 * time.Millisecond}
	for _, c := range []struct {
		at            cell
		contender     contender
		upload, whole float64 // messages a second
	}{
		{near, contender{key: "ceiling2", name: "raw ceiling, 2 connections", role: isCeiling}, 2000, 0},
		{near, contender{key: "unpop2", name: "unpop, 2 connections", role: isUnpop}, 1900 * share, 1800 * share},
		{near, contender{key: "waiting", name: "go-imap, waiting", role: isWaiting}, 5000, 0}, // near, waiting costs nothing
		{near, contender{key: "mailutil", name: "mailutil 2007f.13", role: isPeer}, 0, 1000},
		{far, contender{key: "ceiling2", name: "raw ceiling, 2 connections", role: isCeiling}, 1800, 0},
		{far, contender{key: "unpop2", name: "unpop, 2 connections", role: isUnpop}, 1700 * share, 1500 * share},
		{far, contender{key: "ceiling1", name: "raw ceiling, 1 connection", role: isCeiling}, 900, 0},
		{far, contender{key: "unpop1", name: "unpop, 1 connection", role: isUnpop}, 850 * share, 800 * share},
		{far, contender{key: "waiting", name: "go-imap, waiting", role: isWaiting}, 40, 0},
		{far, contender{key: "mbsync", name: "mbsync 1.4.4", role: isPeer}, 0, 400},
		{far, contender{key: "imaplib", name: "Python imaplib", role: isPeer}, 0, 60},
		{cell{"1g", 40 * time.Millisecond}, contender{key: "gigabyte", name: "unpop, one mbox of 1 GB", role: isUnpop}, 500, 450 * share},
	} {
		for range 3 {
			const n = 1000
			var took timing
			if c.upload > 0 {
				took.upload = time.Duration(n / c.upload * float64(time.Second))
			}
			if c.whole > 0 {
				took.whole = time.Duration(n / c.whole * float64(time.Second))
			}
			r.add(c.at, &c.contender, n, n*3000, took)
		}
	}
	return r
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, v := range sample(1).verdicts() {
		if !v.met {
			t.Errorf("%s: got %.2f, want %g met", v.what, v.got, v.want)
		}
	}
	verdicts := sample(0.5).verdicts()
	if len(verdicts) != 7 {
		t.Errorf("got %d bars, want one near, five far and that of 1 GB: %+v", len(verdicts), verdicts)
	}
	for _, v := range verdicts {
		if v.met {
			t.Errorf("%s: got %.2f, want %g missed", v.what, v.got, v.want)
		}
	}
	text := barsText(verdicts)
	if strings.Count(text, "MISSED") != 7 || !strings.Contains(text, "3 KB, 40 ms: unpop, 1 connection, to the ceiling") {
		t.Errorf("got %q", text)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	text := sample(1).text()
	for _, want := range []string{
		"\n3 KB, 40 ms  ", "raw ceiling, 2 connections                          1000        1800     1800..1800    5.40    100 %\n",
		"unpop, 2 connections, scan, verify                  1000        1500     1500..1500    4.50     83 %\n",
		"go-imap, waiting                                    1000        40.0     40.0..40.0    0.12      2 %     42.5x\n",
		"mbsync 1.4.4                                        1000         400       400..400    1.20     22 %      3.8x\n", "\n1 GB of 75 KB, 40 ms",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s\nwant %q in it", text, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := sample(1).markdown()
	for _, want := range []string{
		"| messages/s | 3 KB, 0 ms | 3 KB, 40 ms |\n|---|---:|---:|\n", "| raw ceiling, 2 connections | 2000 | 1800 |\n",
		"| unpop, 2 connections | 1900 | 1700 |\n| … with scan and verify | 1800 | 1500 |\n", "| mbsync 1.4.4 |  | 400 |\n",
		"\nAn mbox of 0.00 GB in 1000 messages, 40 ms: 2.2 s, scan and verify included (upload alone: 2.0 s).\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s\nwant %q in it", text, want)
		}
	}
}
