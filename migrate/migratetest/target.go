package migratetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
)

// TestTarget holds a kind of target to the contract of [migrate.Target] and the optional interfaces that its sessions
// implement. start gives an account that the test may fill; it is called once.
func TestTarget(t *testing.T, start func(t testing.TB) migrate.Target) {
	t.Helper()
	a := &account{target: start(t)}
	session := a.dial(t)
	a.survey(t, session)
	for name, test := range map[string]func(*account, *testing.T){
		"names": (*account).testNames, "create twice": (*account).testCreateTwice, "missing mailbox": (*account).testMissing,
		"batch": (*account).testBatch, "flags": (*account).testFlags, "dates": (*account).testDates,
		"unreadable": (*account).testUnreadable, "broken within": (*account).testBrokenWithin, "too long": (*account).testTooLong,
		"cancelled": (*account).testCancelled, "cancelled within": (*account).testCancelledWithin,
		"find range": (*account).testFindRange, "find and fetch": (*account).testFindLoop, "remove": (*account).testRemove,
		"inbox": (*account).testInbox, "empty batch": (*account).testEmptyBatch, "sessions at once": (*account).testTwoSessions,
		"list": (*account).testList, "list flags": (*account).testListFlags, "fetch all": (*account).testFetchAll, "peek": (*account).testPeek,
	} {
		t.Run(name, func(t *testing.T) { test(a, t) })
	}
	a.testMoving(t)
}

// TestMoving holds a kind of target to the contract of [migrate.Indexer], [migrate.Mover] and [migrate.Flagger] alone.
func TestMoving(t *testing.T, start func(t testing.TB) migrate.Target) {
	t.Helper()
	a := &account{target: start(t)}
	a.survey(t, a.dial(t))
	a.testMoving(t)
}

func (a *account) testMoving(t *testing.T) {
	t.Helper()
	for name, test := range map[string]func(*account, *testing.T){
		"standings": (*account).testStandings, "index": (*account).testIndex, "index sparse": (*account).testIndexSparse, "index since": (*account).testIndexSince,
		"move": (*account).testMove, "move nowhere": (*account).testMoveNowhere, "copy": (*account).testCopy, "add flags": (*account).testAddFlags,
	} {
		t.Run(name, func(t *testing.T) { test(a, t) })
	}
}

// An account is the target under test, with what its names look like.
type account struct {
	target migrate.Target
	prefix string
	boxes  int
}

// session is what a test needs of a session.
type session interface {
	migrate.Session
	migrate.Finder
	migrate.Remover
	migrate.Arranger
}

func (a *account) dial(t *testing.T) session {
	t.Helper()
	dialled, err := a.target.Dial(t.Context())
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	t.Cleanup(func() {
		if err := dialled.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	s, ok := dialled.(session)
	if !ok {
		t.Fatalf("got %T, want a session that finds, removes and arranges", dialled)
	}
	return s
}

func (a *account) survey(t *testing.T, s session) {
	t.Helper()
	survey, err := s.Survey(t.Context())
	if err != nil {
		t.Fatalf("Survey: %v", err)
	}
	if survey.Server == "" {
		t.Error("Survey: got no name of the server, want one")
	}
	if survey.Prefix != "" && !strings.HasSuffix(survey.Prefix, string(survey.Delimiter)) {
		t.Errorf("Survey: got prefix %q, want it to end with the delimiter %q", survey.Prefix, survey.Delimiter)
	}
	a.prefix = survey.Prefix
}

// open makes a mailbox of its own for a test and selects it.
func (a *account) open(t *testing.T) (session, string, migrate.Mailbox) {
	t.Helper()
	s := a.dial(t)
	a.boxes++
	name := a.prefix + "box " + strings.Repeat("x", a.boxes)
	if made, err := s.Create(t.Context(), name, migrate.RoleNone); err != nil || !made {
		t.Fatalf("Create(%q): got %v, %v, want it made", name, made, err)
	}
	return s, name, mustSelect(t, s, name)
}

func mustSelect(t *testing.T, s migrate.Session, name string) migrate.Mailbox {
	t.Helper()
	box, err := s.Select(t.Context(), name)
	if err != nil {
		t.Fatalf("Select(%q): %v", name, err)
	}
	if box.UIDValidity == 0 || box.UIDNext == 0 {
		t.Fatalf("Select(%q): got UIDVALIDITY %d and UIDNEXT %d, want both", name, box.UIDValidity, box.UIDNext)
	}
	return box
}

// settled appends and returns the receipts; each message may be settled once.
func settled(t *testing.T, ctx context.Context, s migrate.Session, batch []migrate.Outgoing) (map[int]migrate.Receipt, error) {
	t.Helper()
	receipts := make(map[int]migrate.Receipt)
	err := s.Append(ctx, slices.Values(batch), func(i int, r migrate.Receipt) {
		if _, twice := receipts[i]; twice || i < 0 || i >= len(batch) {
			t.Errorf("settle(%d): got it twice or out of range, want once for each of %d", i, len(batch))
		}
		receipts[i] = r
	})
	return receipts, err
}

// store appends a batch that must pass whole.
func store(t *testing.T, s migrate.Session, batch []migrate.Outgoing) map[int]migrate.Receipt {
	t.Helper()
	receipts, err := settled(t, t.Context(), s, batch)
	if err != nil || len(receipts) != len(batch) {
		t.Fatalf("Append: got %v and %d settled, want %d", err, len(receipts), len(batch))
	}
	for i, r := range receipts {
		if r.Err != nil {
			t.Fatalf("Append: message %d: %v", i, r.Err)
		}
	}
	return receipts
}

func find(t *testing.T, s migrate.Finder, from, to migrate.UID) []migrate.Found {
	t.Helper()
	var list []migrate.Found
	for found, err := range s.Find(t.Context(), from, to, true) {
		if err != nil {
			t.Fatalf("Find(%d, %d): %v", from, to, err)
		}
		list = append(list, found)
	}
	return list
}

func (a *account) testNames(t *testing.T) {
	s := a.dial(t)
	for _, name := range []string{
		"Clienti", "Posta inviata", "Entwürfe ÄÖÜ", "日本語", `quo"te`, `back\slash`, "R&D", "a & b", "&amp;-", "🎉 party", "perc%nt", " lead",
		strings.Repeat("n", 100),
	} {
		full := a.prefix + name
		if prober, ok := s.(migrate.Prober); ok {
			if allowed, err := prober.Allows(t.Context(), full); err != nil {
				t.Errorf("Allows(%q): %v", full, err)
			} else if !allowed {
				continue
			}
		}
		if _, err := s.Create(t.Context(), full, migrate.RoleNone); err != nil {
			t.Errorf("Create(%q): %v", full, err)
			continue
		}
		mustSelect(t, s, full)
		store(t, s, []migrate.Outgoing{message("name", 100)})
		if got := find(t, s, 1, 0); len(got) != 1 {
			t.Errorf("mailbox %q: got %d messages, want 1", full, len(got))
		}
		infos, err := s.Mailboxes(t.Context())
		if err != nil || !slices.ContainsFunc(infos, func(i migrate.MailboxInfo) bool { return i.Name == full }) {
			t.Errorf("Mailboxes: got %v and %v, want %q in it", infos, err, full)
		}
	}
	for _, name := range []string{"", "line\r\nbreak", "nul\x00", "\xff"} {
		if _, err := s.Select(t.Context(), name); err == nil {
			t.Errorf("Select(%q): got no error, want one", name)
		}
	}
	mustSelect(t, s, "INBOX") // and the session lives
}

func (a *account) testCreateTwice(t *testing.T) {
	s, name, _ := a.open(t)
	for _, again := range []string{name, "INBOX"} {
		if made, err := s.Create(t.Context(), again, migrate.RoleNone); made || err != nil {
			t.Errorf("Create(%q) again: got %v, %v, want false and no error", again, made, err)
		}
	}
}

func (a *account) testMissing(t *testing.T) {
	s, name, _ := a.open(t)
	for _, missing := range []string{name + " not", a.prefix + "fehlt ä"} {
		if _, err := s.Select(t.Context(), missing); !errors.Is(err, migrate.ErrNoMailbox) {
			t.Errorf("Select(%q): got %v, want %v", missing, err, migrate.ErrNoMailbox)
		}
	}
	mustSelect(t, s, name)
}

func (a *account) testInbox(t *testing.T) {
	s := a.dial(t)
	infos, err := s.Mailboxes(t.Context())
	inboxes := 0
	for _, info := range infos {
		if info.Role == migrate.RoleInbox {
			inboxes++
		}
	}
	if err != nil || inboxes != 1 {
		t.Errorf("Mailboxes: got %v and %v, want one with the role inbox", infos, err)
	}
}

func (a *account) testEmptyBatch(t *testing.T) {
	s, _, _ := a.open(t)
	if receipts, err := settled(t, t.Context(), s, nil); err != nil || len(receipts) != 0 {
		t.Errorf("Append(nothing): got %v and %v, want nothing", receipts, err)
	}
}

func (a *account) testTwoSessions(t *testing.T) {
	first, name, _ := a.open(t)
	second := a.dial(t)
	mustSelect(t, second, name)
	for range 3 {
		store(t, first, []migrate.Outgoing{message("first", 200)})
		store(t, second, []migrate.Outgoing{message("second", 5000)})
	}
	if got := find(t, first, 1, 0); len(got) != 6 {
		t.Errorf("two sessions: got %d messages, want 6", len(got))
	}
}

func (a *account) testCancelled(t *testing.T) {
	s, name, _ := a.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	if _, err := s.Select(ctx, name); !errors.Is(err, context.Canceled) {
		t.Errorf("Select, cancelled: got %v, want %v", err, context.Canceled)
	}
	receipts, err := settled(t, ctx, s, []migrate.Outgoing{message("never", 100)})
	if !errors.Is(err, context.Canceled) || len(receipts) != 0 {
		t.Errorf("Append, cancelled: got %v and %v, want %v and nothing settled", receipts, err, context.Canceled)
	}
	if _, err := a.target.Dial(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Dial, cancelled: got %v, want %v", err, context.Canceled)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("cancelled calls: took %v, want under a second", took)
	}
}
