package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOptions(t *testing.T) {
	t.Parallel()
	opts, err := parseOptions(nil, new(bytes.Buffer))
	if err != nil || opts.runs != 5 || len(opts.sizes) != 4 || len(opts.rtts) != 2 || len(opts.peers) != 4 {
		t.Errorf("got %+v and %v, want all of it, five times", opts, err)
	}
	opts, err = parseOptions([]string{"-short", "-rtt", "10ms", "-peers", "mbsync"}, new(bytes.Buffer))
	if err != nil || opts.runs != 3 || len(opts.sizes) != 2 || opts.rtts[0] != 10*time.Millisecond || len(opts.peers) != 1 {
		t.Errorf("got %+v and %v, want the short set", opts, err)
	}
	if lines := (&options{rtts: []time.Duration{0, 40, 20}}).lines("1g"); len(lines) != 1 || lines[0] != 40 {
		t.Errorf("1g: got %v, want the longest line alone", lines)
	}
	for _, args := range [][]string{
		{"-rtt", "far"},
		{"-rtt", "-1ms"},
		{"-sizes", "4k"},
		{"-peers", "imapsync"},
		{"-runs", "-1"},
		{"-format", "mbox"},
		{"-fsync", "perhaps"},
		{"-nothing"},
		{"more"},
	} {
		var said bytes.Buffer
		if status := run(t.Context(), args, &said, &said); status != 2 || said.Len() == 0 {
			t.Errorf("%q: got status %d and %q, want 2 and why", args, status, said.String())
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		size string
		rtt  time.Duration
		role role
		opts options
		want int
	}{
		{"3k", 0, isPeer, options{}, 1200},
		{"3k", time.Millisecond, isPeer, options{}, 80},
		{"3k", time.Millisecond, isPeer, options{short: true}, 20},
		{"3k", 0, isPeer, options{messages: 7}, 7},
		{"3k", 0, isUnpop, options{messages: 7000}, 7000},
		{"3k", 0, isWaiting, options{messages: 7000}, 1200},
		{"1g", 0, isPeer, options{messages: 7}, 0},
	} {
		one := contender{role: c.role, counts: waitingCounts}
		if got := one.messages(c.size, c.rtt, &c.opts); got != c.want {
			t.Errorf("%s, %v, %+v: got %d, want %d", c.size, c.rtt, c.opts, got, c.want)
		}
	}
}

func TestReadAccount(t *testing.T) {
	t.Parallel()
	const good = `{"seen":3,"uploaded":3,"verified":3,"upload_seconds":1.5}`
	for out, ok := range map[string]bool{
		good + "\n": true, "first\n" + good: true, strings.Replace(good, `"uploaded":3`, `"uploaded":2`, 1): false,
		strings.Replace(good, `"verified":3`, `"verified":2`, 1): false, "": false, "what": false,
	} {
		got, err := readAccount([]byte(out), 3, 2*time.Second)
		if (err == nil) != ok || ok && (got.upload != 1500*time.Millisecond || got.whole != 2*time.Second) {
			t.Errorf("%q: got %v and %v, want all right: %v", out, got, err, ok)
		}
	}
}

// started is a bench with a server, or skips the test.
func started(t *testing.T, args ...string) *bench {
	t.Helper()
	opts, err := parseOptions(append(args, "-unpop", "none"), new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "unpop-bench-") // short: names of sockets have little room
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b, err := newBench(t.Context(), opts, dir, new(bytes.Buffer))
	if errors.Is(err, errNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.close)
	return b
}

// TestLostMail has contenders that send too little, or too much.
func TestLostMail(t *testing.T) {
	t.Parallel()
	b := started(t, "-messages", "20")
	for _, difference := range []int{-1, 0, 1} {
		c := contender{name: "careless", folders: 1, boxes: true, counts: fastCounts, run: func(ctx context.Context, j *job) (timing, error) {
			other := *j
			other.n += difference
			return ceiling(ctx, &other)
		}}
		s := &stage{bench: b, corpus: newCorpus("3k"), dir: filepath.Join(b.dir, "3k")}
		_, err := s.once(t.Context(), &c, 20, b.server.addr())
		if (err == nil) != (difference == 0) || err != nil && !strings.Contains(err.Error(), "messages of 20") {
			t.Errorf("%+d: got %v", difference, err)
		}
	}
}

// TestStopped holds that an interrupt ends a run soon.
func TestStopped(t *testing.T) {
	t.Parallel()
	b := started(t, "-sizes", "3k", "-rtt", "40ms", "-messages", "500", "-peers", "none")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	b.contenders = []contender{{key: "waiting", name: "slow", role: isWaiting, folders: 1, boxes: true, counts: waitingCounts, run: waiting}}
	began := time.Now()
	if err := b.run(ctx); err == nil {
		t.Error("got no error, want the end")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestAll runs the benchmark with few messages, with all the peers that are here.
func TestAll(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath(dovecotPath); err != nil {
		t.Skip(err)
	}
	dir, err := os.MkdirTemp("", "b")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // Dovecot's users look through it
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	status := run(t.Context(), []string{"-sizes", "3k,1g", "-rtt", "0,4ms", "-runs", "1", "-messages", "20", "-markdown", "-dir", dir}, &out, &said)
	if status != 0 && status != 3 {
		t.Fatalf("got status %d: %s", status, said.String())
	}
	for _, want := range []string{"Dovecot 2.3", "| messages/s | 3 KB, 0 ms | 3 KB, 4 ms |", "| raw ceiling, 2 connections |", "| unpop, 1 connection |", "An mbox of"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %s\nwant %q in it", out.String(), want)
		}
	}
	if !strings.Contains(said.String(), "whole run, in uploads") {
		t.Errorf("got %s\nwant the bars in it", said.String())
	}
	if _, err := exec.LookPath("mbsync"); err == nil && !strings.Contains(out.String(), "| mbsync 1.") {
		t.Errorf("got %s\nwant mbsync in it", out.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
