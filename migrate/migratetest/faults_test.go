package migratetest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate/migratetest"
)

// recorder keeps what a test would have failed with.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func TestFaultNames(t *testing.T) {
	t.Parallel()
	for want, fault := range map[string]migratetest.Fault{
		"client byte 5: reset":                        migratetest.CutAfter(5),
		"server byte 5: reset":                        migratetest.CutRepliesAfter(5),
		"literal of append 2 after 0 bytes: hang up":  migratetest.CutInAppend(2, -1).With(migratetest.HangUp()),
		"append ok 3: freeze":                         migratetest.SwallowOK(3),
		"reply to SELECT 1: swallow":                  migratetest.SwallowReply("select", 1),
		"connection 2: trickle at 9 B/s":              migratetest.TrickleConnection(2, 9),
		"connection 2: delay by 1s":                   migratetest.DelayConnection(2, time.Second),
		"client byte 5: restart for 1s":               migratetest.RestartAfter(5, time.Second),
		"client byte 5: bye [UNAVAILABLE] come again": migratetest.ByeAfter(5, "[UNAVAILABLE] come again"),
		"client byte 5: freeze":                       migratetest.FreezeAfter(5),
	} {
		if got := fault.String(); got != want {
			t.Errorf("String: got %q, want %q", got, want)
		}
		if kind := fault.Kind(); strings.ContainsAny(kind, "0123456789") {
			t.Errorf("Kind of %v: got %q, want no numbers", fault, kind)
		}
	}
}

// TestRandomFault: the same seed gives the same faults, and many seeds all kinds.
func TestRandomFault(t *testing.T) {
	t.Parallel()
	series := func(seed uint64, freeze bool) (names, kinds []string) {
		r := rand.New(rand.NewPCG(seed, 0))
		for range 500 {
			f := migratetest.RandomFault(r, 20, 1000, freeze)
			names, kinds = append(names, f.String()), append(kinds, f.Kind())
		}
		slices.Sort(kinds)
		return names, slices.Compact(kinds)
	}
	first, kinds := series(1, true)
	again, _ := series(1, true)
	if !slices.Equal(first, again) {
		t.Error("same seed: got other faults, want the same")
	}
	if other, _ := series(2, true); slices.Equal(first, other) {
		t.Error("other seed: got the same faults, want others")
	}
	if len(kinds) != 30 { // six triggers, five actions
		t.Errorf("kinds: got %d in %q, want 30", len(kinds), kinds)
	}
	if _, kinds = series(1, false); slices.ContainsFunc(kinds, func(k string) bool { return strings.Contains(k, "freeze") }) {
		t.Errorf("kinds: got %q, want none that freezes", kinds)
	}
}
