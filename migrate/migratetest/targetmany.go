package migratetest

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
)

// testList looks up pages, with gaps, of what is there and what is not, and leaves the loop early.
func (a *account) testList(t *testing.T) {
	s, uids := a.fill(t, 7)
	lister, ok := s.(migrate.Lister)
	if !ok {
		t.Skip("no Lister")
	}
	want := map[migrate.UID]int64{}
	for _, f := range find(t, s, 1, 0) {
		want[f.UID] = f.Size
	}
	beyond := uids[6] + 10
	pages := [][]migrate.UID{{uids[0], uids[1], uids[2]}, nil, {uids[4], uids[6], beyond}, {beyond + 1}, uids, {uids[3]}, {uids[5]}}
	var got [][]migrate.UID
	for there, err := range lister.List(t.Context(), slices.Values(pages)) {
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		page := []migrate.UID{}
		for _, f := range there {
			if f.Size != want[f.UID] {
				t.Errorf("List: got %d bytes of UID %d, want %d", f.Size, f.UID, want[f.UID])
			}
			page = append(page, f.UID)
		}
		got = append(got, page)
	}
	wanted := [][]migrate.UID{pages[0], {}, {uids[4], uids[6]}, {}, uids, {uids[3]}, {uids[5]}}
	if fmt.Sprint(got) != fmt.Sprint(wanted) {
		t.Errorf("List: got %v, want %v", got, wanted)
	}
	for range lister.List(t.Context(), slices.Values(pages)) {
		break
	}
	if got := find(t, s, 1, 0); len(got) != 7 {
		t.Errorf("Find after a List left early: got %d messages, want 7", len(got))
	}
}

// testListFlags compares the flags that List tells with those of Find.
func (a *account) testListFlags(t *testing.T) {
	s, _, box := a.open(t)
	lister, ok := s.(migrate.Lister)
	if !ok {
		t.Skip("no Lister")
	}
	m := message("flagged", 300)
	m.Flags = []string{`\Seen`, `\Flagged`}
	store(t, s, []migrate.Outgoing{m, message("plain", 300)})
	found := find(t, s, box.UIDNext, 0)
	page := []migrate.UID{found[0].UID, found[1].UID}
	for there, err := range lister.List(t.Context(), slices.Values([][]migrate.UID{page})) {
		if err != nil || len(there) != 2 {
			t.Fatalf("List: got %v, %v, want 2 messages", there, err)
		}
		for i, f := range there {
			if got, want := sorted(f.Flags), sorted(found[i].Flags); got != want {
				t.Errorf("List: got flags %s, want %s", got, want)
			}
		}
	}
}

func sorted(words []string) string {
	words = slices.DeleteFunc(slices.Clone(words), func(s string) bool { return s == `\Recent` })
	slices.Sort(words)
	return strings.ToLower(fmt.Sprint(words))
}

// testFetchAll fetches many messages, some of them gone, some read in part, and leaves the loop early.
func (a *account) testFetchAll(t *testing.T) {
	const many = 70
	s, uids := a.fill(t, many)
	fetcher, ok := s.(migrate.Fetcher)
	if !ok {
		t.Skip("no Fetcher")
	}
	asked := append(slices.Clone(uids), uids[many-1]+5, uids[many-1]+6)
	seen := map[migrate.UID]bool{}
	for m, err := range fetcher.FetchAll(t.Context(), asked) {
		if err != nil {
			t.Fatalf("FetchAll: %v", err)
		}
		if seen[m.UID] {
			t.Errorf("FetchAll: got UID %d twice", m.UID)
		}
		seen[m.UID] = true
		if len(seen)%3 == 0 { // it need not be read
			continue
		}
		body, err := io.ReadAll(m.Body)
		if want := text(fmt.Sprintf("fill%d", slices.Index(uids, m.UID)), 200); err != nil || string(body) != string(want) {
			t.Errorf("FetchAll: got %q, %v as UID %d, want %q", body, err, m.UID, want)
		}
	}
	if len(seen) != many {
		t.Errorf("FetchAll: got %d messages, want %d", len(seen), many)
	}
	a.leaveFetchAll(t, s, fetcher.FetchAll(t.Context(), asked), uids[0])
}

// leaveFetchAll leaves the loop within a message; the session must be as good as before.
func (a *account) leaveFetchAll(t *testing.T, s session, all iter.Seq2[migrate.Fetched, error], uid migrate.UID) {
	t.Helper()
	for m, err := range all {
		var few [5]byte
		if _, readErr := io.ReadFull(m.Body, few[:]); errors.Join(err, readErr) != nil {
			t.Errorf("FetchAll: %v", errors.Join(err, readErr))
		}
		break
	}
	if got := fetch(t, s, uid); len(got) == 0 {
		t.Error("Fetch after a FetchAll left early: got nothing")
	}
}

// testPeek asks for mailboxes that are there and one that is not.
func (a *account) testPeek(t *testing.T) {
	s, name, box := a.open(t)
	peeker, ok := s.(migrate.Peeker)
	if !ok {
		t.Skip("no Peeker")
	}
	missing := a.prefix + "nowhere"
	got, err := peeker.UIDValidities(t.Context(), []string{name, missing, "INBOX"})
	if err != nil {
		t.Fatalf("UIDValidities: %v", err)
	}
	if v, told := got[name]; told && v != box.UIDValidity {
		t.Errorf("UIDValidities: got %d of %q, want %d", v, name, box.UIDValidity)
	}
	if v, told := got[missing]; told {
		t.Errorf("UIDValidities: got %d of %q, want nothing", v, missing)
	}
	mustSelect(t, s, name)
}
