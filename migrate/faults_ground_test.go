package migrate_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/target/imap/memserver"
)

// groundKit has mail in two folders; after it, a run was killed when the server had stored all of one of them and the ledger did not
// know, or else a run has ended well.
func groundKit(t *testing.T, doubt bool) *kit {
	t.Helper()
	k := inMemory(t)
	k.mbox("pc/Clienti", mail("1", "one", "text"), mail("2", "two", "text"), withoutID("no id A"), withoutID("no id B"))
	if !doubt {
		k.run()
	} else if !k.child(childJob{Point: migrate.PointAppended, Nth: 1}) {
		t.Fatal("child was not killed")
	}
	k.holds(map[string][]string{"Clienti": {"one", "two", "no id A", "no id B"}})
	return k
}

// TestGroundMovesBetweenRuns changes the server's side.
func TestGroundMovesBetweenRuns(t *testing.T) {
	t.Parallel()
	all := []string{"one", "two", "no id A", "no id B"}
	for name, c := range map[string]struct {
		move    func(*memserver.Account) error
		doubt   bool
		want    map[string][]string
		missing int64
	}{
		"renumbered":          {func(a *memserver.Account) error { return a.Renumber("Clienti") }, false, map[string][]string{"Clienti": all}, 0},
		"renumbered in doubt": {func(a *memserver.Account) error { return a.Renumber("Clienti") }, true, map[string][]string{"Clienti": all}, 0},
		"renamed":             {func(a *memserver.Account) error { return a.RenameMailbox("Clienti", "Kunden") }, false, map[string][]string{"Kunden": all}, 0},
		"renamed in doubt":    {func(a *memserver.Account) error { return a.RenameMailbox("Clienti", "Kunden") }, true, map[string][]string{"Kunden": all}, 0},
		"renamed and made anew in doubt": {func(a *memserver.Account) error {
			return errors.Join(a.RenameMailbox("Clienti", "Kunden"), a.CreateMailbox("Clienti"))
		}, true, map[string][]string{"Kunden": all}, 0},
		"renamed and made anew": {func(a *memserver.Account) error {
			return errors.Join(a.RenameMailbox("Clienti", "Kunden"), a.CreateMailbox("Clienti"))
		}, false, map[string][]string{"Kunden": all}, 0},
		"deleted":          {func(a *memserver.Account) error { return a.DeleteMailbox("Clienti") }, false, map[string][]string{}, 4},
		"deleted in doubt": {func(a *memserver.Account) error { return a.DeleteMailbox("Clienti") }, true, map[string][]string{"Clienti": all}, 0},
		"deleted and made anew": {func(a *memserver.Account) error {
			return errors.Join(a.DeleteMailbox("Clienti"), a.CreateMailbox("Clienti"))
		}, false, map[string][]string{}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := groundKit(t, c.doubt)
			if err := c.move(k.anna()); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				r, err := k.try(t.Context())
				if r.Missing != c.missing || errors.Is(err, migrate.ErrMissing) != (c.missing > 0) || c.missing == 0 && err != nil {
					t.Errorf("got %+v, %v, want %d missing and said so", r.Verification, err, c.missing)
				}
				k.holds(c.want)
			}
		})
	}
}

// TestGroundMovesDuringARun deletes, renames or renumbers the mailbox after the first answers of a run got lost.
func TestGroundMovesDuringARun(t *testing.T) {
	t.Parallel()
	all := []string{"one", "two", "three"}
	for name, c := range map[string]struct {
		move func(*memserver.Account) error
		want map[string][]string
	}{
		"renumbered": {func(a *memserver.Account) error { return a.Renumber("Clienti") }, map[string][]string{"Clienti": all}},
		"deleted":    {func(a *memserver.Account) error { return a.DeleteMailbox("Clienti") }, map[string][]string{"Clienti": all}},
		// what was not sent yet goes to the mailbox of the planned name
		"renamed": {func(a *memserver.Account) error { return a.RenameMailbox("Clienti", "Kunden") }, map[string][]string{"Clienti": {"three", "two"}, "Kunden": {"one"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t, oneByOne)
			k.mbox("pc/Clienti", mail("1", "one", "text"), mail("2", "two", "text"), mail("3", "three", "text"))
			k.server.Mem.SwallowOK(1)
			k.opts.Reached = at(migrate.PointAppended, func() {
				if err := c.move(k.anna()); err != nil {
					t.Error(err)
				}
			})
			if _, err := k.try(t.Context()); err != nil && !errors.Is(err, migrate.ErrNoMailbox) {
				t.Errorf("got %v, want none, or that the mailbox is gone", err)
			}
			for range 2 {
				k.run()
				k.holds(c.want)
			}
		})
	}
}

// TestMailboxDeletedWhileATwinIsExpected must not keep later runs from their end.
func TestMailboxDeletedWhileATwinIsExpected(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Clienti", mail("1", "one", "text"))
	k.server.Mem.CutAppend(20)
	k.run()
	if err := k.anna().DeleteMailbox("Clienti"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if r, err := k.try(t.Context()); !errors.Is(err, migrate.ErrMissing) || r.Missing != 1 {
			t.Errorf("got %+v, %v, want one missing", r.Verification, err)
		}
	}
}

// sourceChanges are what people and mail clients do to an mbox between two runs.
var sourceChanges = map[string]struct {
	messages []string
	want     []string
}{
	"compacted":           {[]string{mail("1", "one", "text"), withoutID("no id A"), mail("3", "three", "text")}, []string{"one", "two", "no id A", "three"}},
	"appended":            {[]string{mail("1", "one", "text"), mail("2", "two", "text"), withoutID("no id A"), mail("3", "three", "text"), mail("4", "four", "text")}, []string{"one", "two", "no id A", "three", "four"}},
	"one put before":      {[]string{mail("4", "four", "text"), mail("1", "one", "text"), mail("2", "two", "text"), withoutID("no id A"), mail("3", "three", "text")}, []string{"one", "two", "no id A", "three", "four"}},
	"all removed but one": {[]string{mail("3", "three", "text")}, []string{"one", "two", "no id A", "three"}},
	"flagged":             {[]string{"X-Mozilla-Status: 0005\n" + mail("1", "one", "text"), mail("2", "two", "text"), withoutID("no id A"), mail("3", "three", "text")}, []string{"one", "two", "no id A", "three"}},
}

func TestSourceChangesBetweenRuns(t *testing.T) {
	t.Parallel()
	for name, c := range sourceChanges {
		for _, doubt := range []bool{false, true} {
			t.Run(name+map[bool]string{true: " in doubt"}[doubt], func(t *testing.T) {
				t.Parallel()
				k := inMemory(t)
				k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"), withoutID("no id A"), mail("3", "three", "text"))
				if !doubt {
					k.run()
				} else if !k.child(childJob{Point: migrate.PointAppended, Nth: 1}) {
					t.Fatal("child was not killed")
				}
				k.mbox("pc/Inbox", c.messages...)
				for range 2 {
					k.run()
					k.holds(map[string][]string{"INBOX": c.want})
				}
			})
		}
	}
}

// TestSourceShrinksBeforeItWasSent has messages leave the source between a run that died before it sent them and the next one.
func TestSourceShrinksBeforeItWasSent(t *testing.T) {
	t.Parallel()
	for _, point := range []migrate.Point{migrate.PointPlanned, migrate.PointClaimed} {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"), mail("3", "three", "text"))
			if !k.child(childJob{Point: point, Nth: 1}) {
				t.Fatal("child was not killed")
			}
			k.mbox("pc/Inbox", mail("3", "three", "text"))
			k.run()
			k.holds(map[string][]string{"INBOX": {"three"}})
		})
	}
}

// TestMaildirRenamesFiles has a mail client flag messages, which renames their files.
func TestMaildirRenamesFiles(t *testing.T) {
	t.Parallel()
	for _, doubt := range []bool{false, true} {
		k := inMemory(t)
		k.file("md/cur/1400000001.M1P1.host:2,", mail("1", "one", "text"))
		k.file("md/cur/1400000002.M2P1.host:2,", withoutID("no id A"))
		k.file("md/new/1400000003.M3P1.host", mail("3", "three", "text"))
		k.file("md/.Clienti/cur/1400000004.M4P1.host:2,S", mail("4", "four", "text"))
		if !doubt {
			k.run()
		} else if !k.child(childJob{Point: migrate.PointAppended, Nth: 1}) {
			t.Fatal("child was not killed")
		}
		for from, to := range map[string]string{
			"cur/1400000001.M1P1.host:2,": "cur/1400000001.M1P1.host:2,FS", "new/1400000003.M3P1.host": "cur/1400000003.M3P1.host:2,S",
			"cur/1400000002.M2P1.host:2,": ".Clienti/cur/1400000002.M2P1.host:2,RS",
		} {
			if err := os.Rename(filepath.Join(k.dir, "md", from), filepath.Join(k.dir, "md", to)); err != nil {
				t.Fatal(err)
			}
		}
		k.run()
		k.run()
		seen := map[string]int{}
		for _, subjects := range k.subjects() {
			for _, s := range subjects {
				seen[s]++
			}
		}
		for _, s := range []string{"one", "no id A", "three", "four"} {
			if seen[s] != 1 {
				t.Errorf("doubt %t: got %d of %q, want one (%v)", doubt, seen[s], s, seen)
			}
		}
	}
}

// TestSourceIsGone leaves one of two sources out of the later runs, as when the other computer is no longer there.
func TestSourceIsGone(t *testing.T) {
	t.Parallel()
	for _, doubt := range []bool{false, true} {
		k := inMemory(t)
		k.mbox("pc1/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
		k.mbox("pc2/Inbox", mail("2", "two", "text"), mail("3", "three", "text"))
		if !doubt {
			k.run()
		} else if !k.child(childJob{Point: migrate.PointAppended, Nth: 1}) {
			t.Fatal("child was not killed")
		}
		both := k.specs
		for _, specs := range [][]string{both[:1], both[1:], both} {
			k.specs = specs
			if r := k.run(); r.BytesUploaded > 0 && !doubt {
				t.Errorf("%s: got %+v, want nothing sent", strings.Join(specs, " "), r.Tally)
			}
			k.holds(map[string][]string{"INBOX": {"one", "two", "three"}})
		}
	}
}
