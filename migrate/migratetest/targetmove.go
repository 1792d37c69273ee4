package migratetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"unpop/migrate"
)

// mover is what the tests of moves need of a session.
type mover interface {
	session
	migrate.Mover
	migrate.Flagger
	migrate.Indexer
}

func moves(t *testing.T, s session) mover {
	t.Helper()
	m, ok := s.(mover)
	if !ok {
		t.Skip("no Indexer, Mover and Flagger")
	}
	return m
}

// other makes another mailbox.
func (a *account) other(t *testing.T, s session) string {
	t.Helper()
	a.boxes++
	name := a.prefix + fmt.Sprintf("other %d", a.boxes)
	if _, err := s.Create(t.Context(), name, migrate.RoleNone); err != nil {
		t.Fatal(err)
	}
	return name
}

func (a *account) testStandings(t *testing.T) {
	filled, uids := a.fill(t, 3)
	s := moves(t, filled)
	name := a.prefix + "box " + string(bytes.Repeat([]byte("x"), a.boxes))
	missing := a.prefix + "nowhere"
	mustSelect(t, s, "INBOX")
	got, err := s.Standings(t.Context(), []string{name, missing})
	if err != nil {
		t.Fatalf("Standings: %v", err)
	}
	box := mustSelect(t, s, name)
	a.staysFresh(t, s, name, uids[1])
	if st := got[name]; st.UIDValidity != box.UIDValidity || st.UIDNext != uids[2]+1 || st.Messages != 3 {
		t.Errorf("Standings: got %+v of %q, want UIDVALIDITY %d, UIDNEXT %d, 3 messages", st, name, box.UIDValidity, uids[2]+1)
	}
	if st, told := got[missing]; told {
		t.Errorf("Standings: got %+v of %q, want nothing", st, missing)
	}
}

func index(t *testing.T, s mover, from, to migrate.UID, since uint64) map[migrate.UID]migrate.Found {
	t.Helper()
	all := map[migrate.UID]migrate.Found{}
	for f, err := range s.Index(t.Context(), from, to, since) {
		if err != nil {
			t.Fatalf("Index: %v", err)
		}
		if _, twice := all[f.UID]; twice {
			t.Errorf("Index: got UID %d twice", f.UID)
		}
		all[f.UID] = f
	}
	return all
}

func (a *account) testIndex(t *testing.T) {
	filled, uids := a.fill(t, 9)
	s := moves(t, filled)
	want := map[migrate.UID]migrate.Found{}
	for _, f := range find(t, s, 1, 0) {
		want[f.UID] = f
	}
	got := index(t, s, 1, uids[8], 0)
	for uid, w := range want {
		g := got[uid]
		if g.Size != w.Size || g.MessageID != w.MessageID || !g.Received.Equal(w.Received) || g.MessageID == "" {
			t.Errorf("Index: got %+v, want %+v", g, w)
		}
	}
	for _, c := range []struct {
		from, to migrate.UID
		want     int
	}{{uids[3], uids[5], 3}, {uids[8], uids[8], 1}, {uids[8] + 1, uids[8] + 9, 0}, {0, uids[0], 1}, {uids[4], uids[3], 0}, {1, ^migrate.UID(0), 9}} {
		if got := index(t, s, c.from, c.to, 0); len(got) != c.want {
			t.Errorf("Index(%d, %d): got %d messages, want %d", c.from, c.to, len(got), c.want)
		}
	}
	for range s.Index(t.Context(), 1, uids[8], 0) {
		break
	}
	if got := find(t, s, 1, 0); len(got) != 9 {
		t.Errorf("Find after an Index left early: got %d messages, want 9", len(got))
	}
}

// testIndexSparse looks for few messages among many UIDs.
func (a *account) testIndexSparse(t *testing.T) {
	filled, uids := a.fill(t, 6)
	s := moves(t, filled)
	if err := s.Remove(t.Context(), uids[1:5]); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("server can't confine EXPUNGE")
	} else if err != nil {
		t.Fatal(err)
	}
	if got := index(t, s, 1, 4_000_000_000, 0); len(got) != 2 {
		t.Errorf("Index: got %d messages, want 2", len(got))
	}
}

// testIndexSince asks for what changed.
func (a *account) testIndexSince(t *testing.T) {
	filled, uids := a.fill(t, 4)
	s := moves(t, filled)
	name := a.prefix + "box " + string(bytes.Repeat([]byte("x"), a.boxes))
	standings, err := a.dial(t).(migrate.Indexer).Standings(t.Context(), []string{name})
	if err != nil {
		t.Fatal(err)
	}
	before := standings[name].ModSeq
	if before == 0 {
		t.Skip("no CONDSTORE")
	}
	if err := s.AddFlags(t.Context(), uids[2:3], []string{`\Flagged`}); err != nil {
		t.Fatal(err)
	}
	got := index(t, s, 1, uids[3], before) // Dovecot begins to count only now, and tells more
	if f, there := got[uids[2]]; !there || !slices.Contains(f.Flags, `\Flagged`) {
		t.Errorf("Index since %d: got %v, want UID %d, flagged", before, got, uids[2])
	}
}

func (a *account) testMove(t *testing.T) {
	filled, uids := a.fill(t, 6)
	s := moves(t, filled)
	if _, err := s.Move(t.Context(), nil, "nowhere"); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("server can't move")
	}
	if err := s.AddFlags(t.Context(), uids[4:5], []string{`\Seen`, `\Deleted`}); err != nil { // as somebody else may have marked it
		t.Fatal(err)
	}
	if err := s.AddFlags(t.Context(), uids[1:2], []string{`\Flagged`}); err != nil {
		t.Fatal(err)
	}
	to := a.other(t, s)
	gone := []migrate.UID{uids[1], uids[3]}
	arrival, err := s.Move(t.Context(), append(slices.Clone(gone), uids[5]+100), to)
	if err != nil {
		t.Fatalf("Move: %v", err)
	}
	var left []migrate.UID
	for _, f := range find(t, s, 1, 0) {
		left = append(left, f.UID)
	}
	if want := []migrate.UID{uids[0], uids[2], uids[4], uids[5]}; fmt.Sprint(left) != fmt.Sprint(want) {
		t.Errorf("Move: got %v left, want %v: nothing else may go", left, want)
	}
	box := mustSelect(t, s, to)
	a.arrived(t, s, arrival, box, gone)
	for _, f := range find(t, s, 1, 0) {
		if !f.Received.Equal(testDate) {
			t.Errorf("Move: got date %s, want %s", f.Received, testDate)
		}
		if flagged := slices.Contains(f.Flags, `\Flagged`); flagged != (f.MessageID == "<fill1@example.org>") {
			t.Errorf("Move: got flags %v of %s", f.Flags, f.MessageID)
		}
	}
}

// arrived compares what a mailbox holds with what was told to have come there.
func (a *account) arrived(t *testing.T, s mover, arrival migrate.Arrival, box migrate.Mailbox, uids []migrate.UID) {
	t.Helper()
	there := find(t, s, 1, 0)
	if len(there) != len(uids) {
		t.Fatalf("got %d messages there, want %d", len(there), len(uids))
	}
	if len(arrival.UIDs) == 0 {
		return // the server doesn't say
	}
	if arrival.UIDValidity != box.UIDValidity || len(arrival.UIDs) != len(uids) {
		t.Errorf("got %+v, want UIDVALIDITY %d and %d UIDs", arrival, box.UIDValidity, len(uids))
	}
	for i, uid := range uids {
		if arrival.UIDs[uid] != there[i].UID {
			t.Errorf("got UID %d for %d, want %d", arrival.UIDs[uid], uid, there[i].UID)
		}
	}
}

// testMoveNowhere moves to a mailbox that isn't there: nothing may happen.
func (a *account) testMoveNowhere(t *testing.T) {
	filled, uids := a.fill(t, 2)
	s := moves(t, filled)
	if _, err := s.Move(t.Context(), nil, "nowhere"); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("server can't move")
	}
	if _, err := s.Move(t.Context(), uids, a.prefix+"nowhere at all"); err == nil {
		t.Error("Move to no mailbox: got no error, want one")
	}
	if _, err := s.Move(t.Context(), []migrate.UID{0}, "INBOX"); err == nil {
		t.Error("Move(0): got no error, want one")
	}
	if got := find(t, s, 1, 0); len(got) != 2 {
		t.Errorf("got %d messages left, want 2", len(got))
	}
}

func (a *account) testCopy(t *testing.T) {
	filled, uids := a.fill(t, 3)
	s := moves(t, filled)
	to := a.other(t, s)
	arrival, err := s.Copy(t.Context(), uids[:2], to)
	if err != nil {
		t.Fatalf("Copy: %v", err)
	}
	if got := find(t, s, 1, 0); len(got) != 3 {
		t.Errorf("Copy: got %d messages left, want 3", len(got))
	}
	a.arrived(t, s, arrival, mustSelect(t, s, to), uids[:2])
}

func (a *account) testAddFlags(t *testing.T) {
	filled, uids := a.fill(t, 2)
	s := moves(t, filled)
	for _, step := range []struct {
		do    func() error
		first string
	}{
		{func() error {
			return s.AddFlags(t.Context(), []migrate.UID{uids[0], uids[1] + 50}, []string{`\Answered`})
		}, `[\answered]`},
		{func() error { return s.AddFlags(t.Context(), uids[:1], []string{`\Seen`, `\Flagged`}) }, `[\answered \flagged \seen]`},
		{func() error { return s.RemoveFlags(t.Context(), uids[:1], []string{`\Seen`, `\Draft`}) }, `[\answered \flagged]`},
		{func() error { return s.AddFlags(t.Context(), uids[:1], nil) }, `[\answered \flagged]`},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		found := find(t, s, 1, 0)
		if got := sorted(found[0].Flags); got != step.first {
			t.Errorf("got flags %s, want %s", got, step.first)
		}
		if got := sorted(found[1].Flags); got != "[]" {
			t.Errorf("got flags %s of the other, want none", got)
		}
	}
	if err := s.AddFlags(t.Context(), []migrate.UID{0}, []string{`\Seen`}); err == nil {
		t.Error("AddFlags(0): got no error, want one")
	}
}

// staysFresh looks at the selected mailbox while another session removes a message.
func (a *account) staysFresh(t *testing.T, s mover, name string, uid migrate.UID) {
	t.Helper()
	other := a.dial(t)
	mustSelect(t, other, name)
	if err := other.Remove(t.Context(), []migrate.UID{uid}); errors.Is(err, errors.ErrUnsupported) {
		return
	} else if err != nil {
		t.Fatal(err)
	}
	got, err := s.Standings(t.Context(), []string{name})
	if err != nil || got[name].Messages != 2 {
		t.Errorf("Standings of the selected mailbox: got %+v, %v, want 2 messages left", got[name], err)
	}
}
