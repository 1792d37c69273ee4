package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// full is an account with somebody's mail in it, and sources.
func full(k *kit) (before map[string][]imaptest.Message) {
	k.store("INBOX", mail("own1", "own one", "text"), mail("1", "one", "somebody's own copy"))
	k.store(k.name("Viaggi"), mail("own2", "own two", "text"))
	before = k.dump()
	k.mbox("pc1/Inbox", mail("1", "one", "text"), mail("2", "two", "text"), strings.Replace(mail("x", "no id", "text"), "Message-ID: <x@test>\n", "", 1))
	k.mbox("pc1/Viaggi", mail("3", "three", "text"))
	k.mbox("pc1/Clienti", mail("4", "four", "text"))
	k.mbox("pc1/Clienti.sbd/ACME", mail("5", "five", "text"), mail("6", "six", "text"))
	k.mbox("pc2/Posta inviata", mail("7", "seven", "text"))
	return before
}

const fullMessages = 8

func TestUndoAfterAFullRun(t *testing.T) {
	t.Parallel()
	for name, start := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t)
			before := full(k)
			k.run()
			whole := k.subjects()

			planned, err := k.undo(t.Context(), migrate.UndoOptions{DryRun: true})
			if err != nil || planned.Removed != fullMessages || planned.Left() != 0 {
				t.Errorf("dry run: got %+v, %v, want %d to be removed", planned, err, fullMessages)
			}
			if got := k.subjects(); !reflect.DeepEqual(got, whole) {
				t.Errorf("dry run: got %v, want nothing changed", got)
			}
			if r := k.undone(); !reflect.DeepEqual(r, planned) {
				t.Errorf("got %+v, want what the dry run said: %+v", r, planned)
			}
			k.same(before)
			if r := k.undone(); r.Removed != 0 || r.Left() != 0 || len(r.Mailboxes) != 0 {
				t.Errorf("again: got %+v, want nothing left to do", r)
			}
			k.same(before)
			if r := k.run(); r.Uploaded != fullMessages {
				t.Errorf("migrated again: got %+v, want all %d sent", r.Tally, fullMessages)
			}
			if got := k.subjects(); !reflect.DeepEqual(got, whole) {
				t.Errorf("migrated again: got %v, want %v", got, whole)
			}
			k.undone()
			k.same(before)
		})
	}
}

// servers are those on which undo must leave no trace.
func servers() map[string]func(t *testing.T) *kit {
	return map[string]func(t *testing.T) *kit{
		"memserver": func(t *testing.T) *kit { return inMemory(t) },
		"memserver dots": func(t *testing.T) *kit {
			return inMemory(t, func(o *memserver.Options) { o.Prefix, o.Delimiter = "INBOX.", '.' })
		},
		"Dovecot": func(t *testing.T) *kit { return newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{})) },
		"Dovecot dots": func(t *testing.T) *kit {
			return newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{Dots: true}))
		},
	}
}

func TestUndoAfterAStoppedRun(t *testing.T) {
	t.Parallel()
	for name, start := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t)
			before := full(k)
			for i := range 40 {
				k.mbox("pc1/Tanti", mail(fmt.Sprint("m", i), fmt.Sprint("m", i), "text"))
				k.mbox(fmt.Sprintf("pc2/Box%d", i), mail(fmt.Sprint("b", i), fmt.Sprint("b", i), "text"))
			}
			ctx, cancel := context.WithCancel(t.Context())
			k.opts.Progress = new(migrate.Progress)
			if k.server.Mem != nil {
				k.server.Mem.SwallowOK(1) // a message is in doubt
				k.opts.Patience = time.Nanosecond
			}
			go stopAfter(k.opts.Progress, 10, cancel)
			if _, err := k.try(ctx); err == nil {
				t.Error("the run was not stopped")
			}
			cancel()
			k.opts.Patience = 5 * time.Second
			if r := k.undone(); r.Left() != 0 {
				t.Errorf("got %+v, want nothing left", r)
			}
			k.same(before)
		})
	}
}

// killed is an undo that ends without another word when it reaches the point for the first time, as by SIGKILL. It reports
// whether it did.
func (k *kit) killed(point migrate.Point) (reached bool) {
	k.t.Helper()
	k.opts.Reached = func(p migrate.Point) {
		if reached = p == point; reached {
			runtime.Goexit()
		}
	}
	ended := make(chan error, 1)
	go func() {
		var err error
		defer func() { ended <- err }()
		_, err = k.undo(k.t.Context(), migrate.UndoOptions{})
	}()
	if err := <-ended; err != nil {
		k.t.Fatal(err)
	}
	k.opts.Reached = nil
	return reached
}

func TestUndoKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	for _, point := range migrate.UndoPoints() {
		for _, next := range []string{"undo", "migrate"} {
			t.Run(string(point)+" then "+next, func(t *testing.T) {
				t.Parallel()
				k := inMemory(t)
				if strings.HasPrefix(string(point), "mov") || point == migrate.PointUnflagged {
					anna(k)
					k.mbox("pc/Terzo", mail("t", "terzo", "text"))
					k.store("INBOX", mail("t", "terzo", "text"))
				}
				full(k)
				before := k.content()
				k.run()
				whole := k.subjects()
				for kill := range 3 {
					if !k.killed(point) {
						t.Fatalf("kill %d: point %q was not reached", kill, point)
					}
					if next == "migrate" {
						k.run()
						if got := k.subjects(); !reflect.DeepEqual(got, whole) {
							t.Fatalf("migrated after a killed undo: got %v, want %v", got, whole)
						}
					}
				}
				if r := k.undone(); r.Left() != 0 {
					t.Errorf("got %+v, want nothing left", r)
				}
				k.unchanged(before)
			})
		}
	}
}

func TestUndoOfManyStoppedHalfWay(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	before := full(k)
	var many []string
	for i := range 1000 {
		many = append(many, mail(fmt.Sprint("m", i), fmt.Sprint("m", i), "text"))
	}
	k.mbox("pc1/Tanti", many...)
	k.run()
	ctx, cancel := context.WithCancel(t.Context())
	k.opts.Reached = func(p migrate.Point) {
		if p == migrate.PointTakenBack && k.opts.Progress.Messages.Load() > 300 {
			cancel()
		}
	}
	k.opts.Progress = new(migrate.Progress)
	first, err := k.undo(ctx, migrate.UndoOptions{})
	if !errors.Is(err, context.Canceled) || first.Removed == 0 || first.Removed > 900 {
		t.Fatalf("got %+v, %v, want it stopped half-way", first, err)
	}
	k.opts.Reached = nil
	if r := k.undone(); first.Removed+r.Removed != 1000+fullMessages || r.Left() != 0 {
		t.Errorf("got %+v after %+v, want the rest", r, first)
	}
	k.same(before)
}

func TestUndoSurvivesLostConnections(t *testing.T) {
	t.Parallel()
	var lose atomic.Int64
	k := inMemory(t, func(o *memserver.Options) {
		o.Security = memserver.Plain
		o.Alter = func(out []byte) []byte {
			if lose.Load() > 0 && strings.Contains(string(out), "EXPUNGE\r\n") {
				lose.Add(-1)
				return nil
			}
			return out
		}
	})
	before := full(k)
	k.run()
	lose.Store(3)
	if r := k.undone(); r.Removed != fullMessages || r.Left() != 0 {
		t.Errorf("got %+v, want all %d removed", r, fullMessages)
	}
	if lose.Load() != 0 {
		t.Errorf("%d answers still to be lost, want the test to lose them", lose.Load())
	}
	k.same(before)
}

func TestUndoOfALateArrival(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	text := mail("1", "one", "text")
	k.mbox("pc/Inbox", text)
	before := k.dump()
	k.server.Mem.CutAppend(5)
	k.opts.Patience = time.Nanosecond
	if r, err := k.try(t.Context()); err == nil || r.Uploaded != 0 {
		t.Fatalf("got %+v, %v, want a message in doubt", r.Tally, err)
	}
	k.opts.Patience = 5 * time.Second
	k.undone() // looks, and does not find it
	k.store("INBOX", text, mail("1", "one", "other bytes"))
	if r := k.undone(); r.Removed != 1 {
		t.Errorf("got %+v, want the late arrival removed", r)
	}
	k.holds(map[string][]string{"INBOX": {"one"}})
	if len(k.dump()) != len(before) {
		t.Errorf("got mailboxes %v, want no new one", k.subjects())
	}
}

// TestUndoStoppedHalfway kills an undo that has marked messages and not yet removed them; they stay, without the mark.
func TestUndoStoppedHalfway(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Clienti", mail("1", "one", "text"), mail("2", "two", "text"))
	k.run()
	if !k.killed(migrate.PointUndoing) {
		t.Fatal("the undo was not killed")
	}
	s := k.dial()
	if _, err := s.Select(t.Context(), "Clienti"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.(migrate.Flagger).AddFlags(t.Context(), []migrate.UID{1, 2}, []string{`\Deleted`}), s.Close()); err != nil {
		t.Fatal(err)
	}
	k.run()
	for _, m := range k.dump()["Clienti"] {
		if slices.Contains(m.Flags, `\Deleted`) {
			t.Errorf("%s: got %q, want no message marked", subject(m.Body), m.Flags)
		}
	}
}
