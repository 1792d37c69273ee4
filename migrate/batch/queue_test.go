package batch

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/state"
)

// TestHostShares holds that the accounts of a host together never have more sessions than it allows, and none of them too few.
func TestHostShares(t *testing.T) {
	t.Parallel()
	for jobs := 1; jobs <= 40; jobs += 3 {
		for most := 1; most <= 30; most += 4 {
			b := &Batch{opts: Options{Jobs: jobs, HostConnections: most, Connections: 4}.withDefaults(), hosts: map[string]*host{}}
			for i := range 50 {
				j := &job{account: &Account{Line: i, To: imap.Options{Host: "h"}}, host: b.hostOf("h")}
				j.host.waiting++
				b.waiting = append(b.waiting, j)
			}
			used := 0
			for j := b.pick(time.Now()); j != nil; j = b.pick(time.Now()) {
				used += j.share
				if j.share < 1 || j.share > 4 || used > most {
					t.Fatalf("%d jobs, %d connections: got a share of %d, %d in all", jobs, most, j.share, used)
				}
			}
			if len(b.working) != min(jobs, most) {
				t.Errorf("%d jobs, %d connections: got %d accounts at work", jobs, most, len(b.working))
			}
			h := b.working[0].host
			for _, j := range b.working {
				h.leave(j, false)
			}
			if h.used != 0 || h.running != 0 {
				t.Errorf("got %+v after all have left", h)
			}
		}
	}
}

// TestFairToHosts holds that a server with many accounts doesn't keep those of another one waiting.
func TestFairToHosts(t *testing.T) {
	t.Parallel()
	b := &Batch{opts: Options{Jobs: 6, HostConnections: 100}.withDefaults(), hosts: map[string]*host{}}
	for i := range 30 {
		name := "big"
		if i >= 27 {
			name = "small"
		}
		j := &job{account: &Account{Line: i}, host: b.hostOf(name)}
		j.host.waiting++
		b.waiting = append(b.waiting, j)
	}
	for range 6 {
		b.pick(time.Now())
	}
	if got := b.hosts["small"].running; got != 3 {
		t.Errorf("got %d accounts of the small server at work, want all three", got)
	}
	full := b.hosts["big"]
	full.leave(b.working[0], true)
	if full.most >= 100 {
		t.Errorf("got %d connections still, after the server had too many", full.most)
	}
}

func TestDisksLetSomeIn(t *testing.T) {
	t.Parallel()
	d := &disks{most: 2}
	here := []migrate.Input{{Path: t.TempDir()}, {Path: t.TempDir()}}
	first, err1 := d.enter(t.Context(), here)
	second, err2 := d.enter(t.Context(), here)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.enter(ctx, here); err == nil {
		t.Error("a third one was let in")
	}
	first()
	third, err := d.enter(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	second()
	third()
	leave, err := d.gate(here)(t.Context(), migrate.StepUpload)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	for _, places := range d.of {
		if len(places) != 0 {
			t.Errorf("%d places are still taken", len(places))
		}
	}
}

func TestRoomOnDisks(t *testing.T) {
	t.Parallel()
	r, err := RoomFor([]Finding{{New: 10e9}, {New: 1e9}}, filepath.Join(t.TempDir(), "not", "yet"))
	if err != nil || r.Ledger < 1e9 || r.Spool < 10e9/spoolShare || r.LedgerFree <= 0 || r.SpoolFree <= 0 || r.SpoolDir != existing(state.SpoolDir()) {
		t.Errorf("got %+v, %v", r, err)
	}
	if r.Ledger = r.LedgerFree + 1; r.Fits() {
		t.Error("more than there is fits")
	}
}

// TestRefusedIsRememberedOverAKill holds that a password which was refused is not tried again because the process died while it was
// looked at.
func TestRefusedIsRememberedOverAKill(t *testing.T) {
	t.Parallel()
	a := &Account{To: imap.Options{Host: "h", User: "a"}, Sources: []string{"/m"}}
	for _, turn := range []state.Turn{state.TurnWaiting, state.TurnWorking, state.TurnPerson} {
		q := state.Queued{Turn: turn, Cause: CauseSignIn, Mark: markOf("geheim"), Digest: a.digest()}
		for name, c := range map[string]struct {
			opts    Options
			digest  []byte
			refused bool
		}{
			"again":        {Options{}, q.Digest, true},
			"line changed": {Options{}, []byte("other"), false},
			"retry-failed": {Options{RetryFailed: true}, q.Digest, false},
		} {
			q.Digest = c.digest
			e := enrolment{batch: &Batch{opts: c.opts.withDefaults()}}
			if j := e.job(a, q, true, true); j.refused != c.refused || !j.selected {
				t.Errorf("%v, %s: got refused %v, selected %v, want refused %v", turn, name, j.refused, j.selected, c.refused)
			}
		}
	}
}
