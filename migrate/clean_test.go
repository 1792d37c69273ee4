package migrate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"unpop/migrate"
)

// cleaned cleans with the kit's ledger.
func (k *kit) cleaned(opts migrate.CleanOptions) (r migrate.CleanReport, err error) {
	k.t.Helper()
	specs := k.specs
	k.specs = nil
	defer func() { k.specs = specs }()
	err = k.with(func(m *migrate.Migration) error {
		r, err = m.Clean(k.t.Context(), opts)
		return err
	})
	return r, err
}

// thrice is an account whose mail POP3 days left there three times, n messages in each mailbox, and some that only look like it.
func thrice(k *kit, n int) (whole map[string][]string, duplicates int64) {
	k.t.Helper()
	clienti := k.name("Clienti")
	whole = map[string][]string{}
	var inbox, filed []string
	for i := range n {
		m := mail(fmt.Sprint(i), fmt.Sprint("m", i), strings.Repeat("text ", 20))
		inbox = append(inbox, m, m)
		if i%2 == 0 {
			filed = append(filed, m)
			whole[clienti] = append(whole[clienti], fmt.Sprint("m", i))
		} else {
			inbox = append(inbox, m)
			whole["INBOX"] = append(whole["INBOX"], fmt.Sprint("m", i))
		}
	}
	noID := strings.Replace(mail("x", "no id", "text"), "Message-ID: <x@test>\n", "", 1)
	inbox = append(inbox, noID, noID, mail("v", "variant", "aaaa"), mail("v", "variant", "bbbb"), mail("a", "alone", "text"))
	k.store("INBOX", inbox...)
	k.store(clienti, filed...)
	whole["INBOX"] = append(whole["INBOX"], "no id", "variant", "variant", "alone")
	return whole, int64(2*n + 1)
}

func TestClean(t *testing.T) {
	t.Parallel()
	for name, start := range leftovers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, start(t))
			whole, duplicates := thrice(k, 8)
			s := k.dial()
			if _, err := s.Select(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			if err := s.(migrate.Flagger).AddFlags(t.Context(), []migrate.UID{2}, []string{`\Flagged`}); err != nil { // a duplicate of m0
				t.Fatal(err)
			}
			_ = s.Close()
			before := k.content()
			if r, err := k.cleaned(migrate.CleanOptions{DryRun: true}); err != nil || r.Messages != duplicates || r.Left != 0 {
				t.Errorf("dry run: got %+v, %v, want %d duplicates", r, err, duplicates)
			}
			k.unchanged(before)
			r, err := k.cleaned(migrate.CleanOptions{})
			if err != nil || r.Messages != duplicates || r.Left != 0 {
				t.Errorf("got %+v, %v, want %d duplicates", r, err, duplicates)
			}
			aside := k.name(migrate.AsideName)
			got := k.subjects()
			if len(got[aside]) != int(duplicates) {
				t.Errorf("got %d messages put aside, want %d", len(got[aside]), duplicates)
			}
			whole[aside] = got[aside]
			k.holds(whole)
			if flags := k.flags(k.name("Clienti"), "m0"); flags != `[\Flagged]` {
				t.Errorf("got flags %s of the one that stayed, want those of all", flags)
			}
			if r, err := k.cleaned(migrate.CleanOptions{}); err != nil || r.Messages+r.Left != 0 {
				t.Errorf("again: got %+v, %v, want nothing to do", r, err)
			}
			if u := k.undone(); u.MovedBack != duplicates || u.Unflagged != 1 || u.Left() != 0 {
				t.Errorf("undo: got %+v, want %d moved back", u.UndoCounts, duplicates)
			}
			k.unchanged(before)
		})
	}
}

func TestCleanDeletes(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	whole, duplicates := thrice(k, 5)
	if r, err := k.cleaned(migrate.CleanOptions{Delete: true}); err != nil || r.Messages != duplicates {
		t.Errorf("got %+v, %v, want %d deleted", r, err, duplicates)
	}
	k.holds(whole)
}

// TestCleanKeepsWhatWasBrought cleans an account that unpop has filled: what the ledger knows stays where it is.
func TestCleanKeepsWhatWasBrought(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.opts.Existing = migrate.ExistingUpload
	anna(k)
	k.run()
	if r, err := k.cleaned(migrate.CleanOptions{}); err != nil || r.Messages != 3 {
		t.Errorf("got %+v, %v, want the 3 that POP3 left", r, err)
	}
	k.holds(map[string][]string{
		"INBOX": {"one", "two", "nine"}, "Clienti": {"three", "four"}, "Viaggi": {"five", "six"}, migrate.AsideName: {"one", "three", "five"},
	})
	if v := k.verified(migrate.VerifyOptions{}); v.Missing != 0 {
		t.Errorf("verify: got %+v, want nothing missing", v)
	}
}

func TestCleanUnable(t *testing.T) {
	t.Parallel()
	k := inMemory(t, hiding("MOVE", "UIDPLUS"))
	thrice(k, 2)
	before := k.content()
	for _, opts := range []migrate.CleanOptions{{}, {Delete: true}} {
		if _, err := k.cleaned(opts); !errors.Is(err, migrate.ErrCantClean) {
			t.Errorf("%+v: got %v, want ErrCantClean", opts, err)
		}
	}
	k.unchanged(before)
}

// TestCleanKilled kills a clean half-way, at each point, and runs it again.
func TestCleanKilled(t *testing.T) {
	t.Parallel()
	for _, point := range []migrate.Point{migrate.PointIndexed, migrate.PointMatched, migrate.PointGiven, migrate.PointMoving, migrate.PointMoved} {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			whole, duplicates := thrice(k, 400)
			s := k.dial()
			if _, err := s.Select(t.Context(), "INBOX"); err != nil {
				t.Fatal(err)
			}
			if err := s.(migrate.Flagger).AddFlags(t.Context(), []migrate.UID{2, 3, 600, 601, 602, 603}, []string{`\Flagged`}); err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
			before := k.content()
			killed := 0
			for nth := 1; nth <= 2; nth++ {
				if k.child(childJob{Point: point, Nth: nth, Clean: true}) {
					killed++
				}
			}
			if killed == 0 {
				t.Fatalf("point %q was never reached", point)
			}
			if _, err := k.cleaned(migrate.CleanOptions{}); err != nil {
				t.Fatal(err)
			}
			aside := k.subjects()[migrate.AsideName]
			if len(aside) != int(duplicates) {
				t.Errorf("got %d messages put aside, want %d", len(aside), duplicates)
			}
			whole[migrate.AsideName] = aside
			k.holds(whole)
			k.undone()
			k.unchanged(before)
		})
	}
}
