package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// A job is one run of a contender.
type job struct {
	corpus  *corpus
	n       int // messages
	folders int // that they lie in
	addr    string
	user    string
	store   string // where they lie, if the contender reads files
	dir     string // for what the run leaves
}

// timing is how long a run took. A contender knows one of them, or both.
type timing struct {
	upload time.Duration // of the upload alone
	whole  time.Duration // of the process
}

// A role decides which bars a contender takes part in.
type role int

const (
	isCeiling role = iota
	isUnpop
	isWaiting
	isPeer
)

// A contender brings mail to the server in its own way.
type contender struct {
	key     string
	name    string
	role    role
	folders int
	store   string // mbox, maildir, or empty: it takes the mail from the corpus
	boxes   bool   // wants the mailboxes to be there
	counts  counts
	run     func(context.Context, *job) (timing, error)
}

// counts are how many messages a contender sends, by corpus: on this machine, and far away, where those that wait for each
// answer get fewer, or nobody would wait for them. All speeds are per message.
type counts map[string][2]int

func (c *contender) messages(size string, rtt time.Duration, opts *options) int {
	n := c.counts[size][0]
	if rtt > 0 {
		n = c.counts[size][1]
	}
	switch waits := c.role != isCeiling && c.role != isUnpop; {
	case waits && opts.messages > 0:
		return min(n, opts.messages)
	case n > 0 && opts.messages > 0:
		return opts.messages
	case opts.short:
		return (n + 3) / 4
	default:
		return n
	}
}

var (
	fastCounts     = counts{"3k": {6000, 12000}, "75k": {2500, 5000}, "5m": {80, 120}}
	waitingCounts  = counts{"3k": {1200, 80}, "75k": {800, 40}, "5m": {40, 14}}
	mbsyncCounts   = counts{"3k": {800, 800}, "75k": {400, 160}, "5m": {20, 14}}
	offlineCounts  = counts{"3k": {200, 40}, "75k": {200, 40}, "5m": {8, 6}}
	loopCounts     = counts{"3k": {600, 40}, "75k": {500, 40}, "5m": {16, 8}}
	mailutilCounts = counts{"3k": {1500, 120}, "75k": {800, 80}, "5m": {20, 14}}
	gigabyteCounts = counts{"1g": {13_500, 13_500}}
)

// contenders are those that take part, in the order of the tables.
func contenders(ctx context.Context, opts *options, dir, unpop string) []contender {
	all := []contender{
		{key: "ceiling2", name: "raw ceiling, 2 connections", role: isCeiling, folders: 2, boxes: true, counts: fastCounts, run: ceiling},
		{key: "unpop2", name: "unpop, 2 connections", role: isUnpop, folders: 2, store: "mbox", counts: fastCounts, run: migrating(unpop, 2)},
		{key: "ceiling1", name: "raw ceiling, 1 connection", role: isCeiling, folders: 1, boxes: true, counts: fastCounts, run: ceiling},
		{key: "unpop1", name: "unpop, 1 connection", role: isUnpop, folders: 1, store: "mbox", counts: fastCounts, run: migrating(unpop, 1)},
		{key: "gigabyte", name: "unpop, one mbox of 1 GB", role: isUnpop, folders: 1, store: "mbox", counts: gigabyteCounts, run: migrating(unpop, 0)},
		{key: "waiting", name: "go-imap, waiting", role: isWaiting, folders: 2, boxes: true, counts: waitingCounts, run: waiting},
	}
	for _, p := range peers {
		version, ok := p.installed(ctx)
		if ok && p.suits(dir) && slices.Contains(opts.peers, p.key) {
			c := p.contender
			c.name, c.role, c.folders = c.name+" "+version, isPeer, 2
			all = append(all, c)
		}
	}
	return all
}

// execute runs commands one after the other and tells how long they took. Their output becomes part of the error.
func execute(ctx context.Context, commands ...*exec.Cmd) (timing, error) {
	start := time.Now()
	for _, command := range commands {
		if out, err := command.CombinedOutput(); err != nil {
			if ctx.Err() != nil {
				return timing{}, ctx.Err()
			}
			return timing{}, fmt.Errorf("%w: %s", err, tail(out))
		}
	}
	return timing{whole: time.Since(start)}, nil
}

// tail is the end of what a program said.
func tail(out []byte) string {
	const most = 1000
	if len(out) > most {
		out = out[len(out)-most:]
	}
	return string(out)
}
