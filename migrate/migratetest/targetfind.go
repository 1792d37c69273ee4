package migratetest

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"unpop/migrate"
)

// fill stores n small messages and returns their UIDs.
func (a *account) fill(t *testing.T, n int) (session, []migrate.UID) {
	t.Helper()
	s, _, box := a.open(t)
	var batch []migrate.Outgoing
	for i := range n {
		batch = append(batch, message(fmt.Sprintf("fill%d", i), 200))
	}
	store(t, s, batch)
	var uids []migrate.UID
	for _, f := range find(t, s, box.UIDNext, 0) {
		uids = append(uids, f.UID)
	}
	if len(uids) != n {
		t.Fatalf("Find: got %d messages, want %d", len(uids), n)
	}
	return s, uids
}

func (a *account) testFindRange(t *testing.T) {
	s, uids := a.fill(t, 6)
	last := uids[5]
	for _, c := range []struct {
		from, to migrate.UID
		want     int
	}{
		{0, 0, 6},
		{1, 0, 6},
		{uids[2], 0, 4},
		{uids[2], uids[3], 2},
		{1, uids[0], 1},
		{last, 0, 1},
		{last + 1, 0, 0},
		{last + 1000, 0, 0},
		{last + 1, last + 5, 0},
		{last, uids[0], 0},
		{^migrate.UID(0), 0, 0},
		{1, ^migrate.UID(0), 6},
	} {
		if got := find(t, s, c.from, c.to); len(got) != c.want {
			t.Errorf("Find(%d, %d): got %d messages, want %d", c.from, c.to, len(got), c.want)
		}
	}
	for f, err := range s.Find(t.Context(), 1, 0, false) {
		if err != nil || f.MessageID != "" {
			t.Errorf("Find without Message-IDs: got %+v and %v, want no id", f, err)
		}
	}
}

// testFindLoop uses the session within the loop and after leaving it early.
func (a *account) testFindLoop(t *testing.T) {
	s, uids := a.fill(t, 5)
	seen := 0
	for f, err := range s.Find(t.Context(), 1, 0, true) {
		if err != nil {
			t.Fatalf("Find: %v", err)
		}
		if got := fetch(t, s, f.UID); int64(len(got)) != f.Size {
			t.Errorf("Fetch(%d): got %d bytes, want %d", f.UID, len(got), f.Size)
		}
		if seen++; seen == 3 {
			break
		}
	}
	r, err := s.Fetch(t.Context(), uids[0])
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	var few [10]byte
	if _, err := io.ReadFull(r, few[:]); err != nil {
		t.Errorf("Read: %v", err)
	}
	if err := r.Close(); err != nil { // before the end
		t.Errorf("Close: %v", err)
	}
	if _, err := s.Fetch(t.Context(), uids[4]+100); err == nil {
		t.Error("Fetch of no message: got no error, want one")
	}
	if got := find(t, s, 1, 0); len(got) != 5 {
		t.Errorf("Find: got %d messages, want 5", len(got))
	}
}

func (a *account) testRemove(t *testing.T) {
	s, uids := a.fill(t, 5)
	err := s.Remove(t.Context(), []migrate.UID{uids[1], uids[3], uids[4] + 100})
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("server can't confine EXPUNGE")
	}
	if err != nil {
		t.Fatalf("Remove: %v", err)
	}
	var left []migrate.UID
	for _, f := range find(t, s, 1, 0) {
		left = append(left, f.UID)
	}
	if want := []migrate.UID{uids[0], uids[2], uids[4]}; fmt.Sprint(left) != fmt.Sprint(want) {
		t.Errorf("Remove: got %v left, want %v", left, want)
	}
	if err := s.Remove(t.Context(), []migrate.UID{0}); err == nil {
		t.Error("Remove(0): got no error, want one")
	}
	if err := s.Remove(t.Context(), nil); err != nil {
		t.Errorf("Remove(nothing): %v", err)
	}
}
