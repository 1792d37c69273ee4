package migrate

import (
	"cmp"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"unpop/state"
)

// The walk over the candidates needs a content digest exactly where a complete one has none and another of its nomination has one, or
// other bytes.
func TestGroupingNoticesWhatIsUndecided(t *testing.T) {
	t.Parallel()
	ledger, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	account, err := ledger.Account(t.Context(), "imap://test")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(texts ...string) string { return texts[random.IntN(len(texts))] }
	seen := map[bool]int{}
	for range 2_000 {
		all := make([]state.Candidate, 1+random.IntN(5))
		for i := range all {
			all[i] = state.Candidate{
				ID: int64(i + 1), Message: int64(i + 1), Key: pick("a", "b"), Exact: pick("x", "y"), Content: pick("", "c", "d"),
				Partial: random.IntN(4) == 0, Trace: random.IntN(4) == 0,
			}
		}
		slices.SortFunc(all, func(c, d state.Candidate) int {
			return cmp.Or(cmp.Compare(c.Key, d.Key), cmp.Compare(rank(c.Trace), rank(d.Trace)), cmp.Compare(rank(c.Partial), rank(d.Partial)),
				cmp.Compare(sameness(c), sameness(d)), cmp.Compare(c.ID, d.ID))
		})
		want := undecided(all)
		seen[want]++
		g := grouping{batch: account.Batch()}
		for _, c := range all {
			if err := g.add(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		if g.undecided != want {
			t.Fatalf("got %v, want %v: %+v", g.undecided, want, all)
		}
	}
	if seen[true] < 100 || seen[false] < 100 {
		t.Errorf("got %v, want some of each", seen)
	}
}

func rank(is bool) int {
	if is {
		return 1
	}
	return 0
}

// undecided is the definition.
func undecided(all []state.Candidate) bool {
	for _, c := range all {
		for _, d := range all {
			if c.Key == d.Key && c.Trace == d.Trace && !c.Partial && !d.Partial && (c.Exact != d.Exact || d.Content != "") && c.Content == "" {
				return true
			}
		}
	}
	return false
}
