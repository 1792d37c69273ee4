package migrate_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// anna is somebody else at the same mail.
func (k *kit) anna() *memserver.Account {
	k.t.Helper()
	a, err := k.server.Mem.Account(imaptest.User)
	if err != nil {
		k.t.Fatal(err)
	}
	return a
}

func (k *kit) deliver(mailbox, text string) {
	k.t.Helper()
	if _, err := k.anna().Deliver(mailbox, []byte(strings.ReplaceAll(text, "\n", "\r\n")), nil, time.Time{}); err != nil {
		k.t.Error(err)
	}
}

// uidsOf returns the UIDs of the messages with a subject.
func (k *kit) uidsOf(mailbox, want string) (uids []migrate.UID) {
	k.t.Helper()
	for _, m := range k.server.Dump(k.t, imaptest.User)[mailbox] {
		if subject(m.Body) == want {
			uids = append(uids, migrate.UID(m.UID))
		}
	}
	return uids
}

// TestLateTwinBelowTheNextClaim has the server store a message after it was looked for, and before it is sent again: the UID of
// the twin is below the UIDNEXT of the second claim.
func TestLateTwinBelowTheNextClaim(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]string{"with Message-ID": mail("1", "one", "text"), "without": withoutID("one")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			k.mbox("pc/Inbox", first, mail("2", "two", "text"))
			k.server.Mem.LateStore(memserver.UntilWaited)
			k.opts.Reached = at(migrate.PointLooked, k.server.Mem.WaitLate)
			k.run()
			k.holds(map[string][]string{"INBOX": {"one", "two"}})
		})
	}
}

// TestLateTwinAfterTheRun has it stored when the run is over: the next one removes it, and nothing else.
func TestLateTwinAfterTheRun(t *testing.T) {
	t.Parallel()
	k := inMemory(t, oneByOne)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	k.server.Mem.LateStore(memserver.UntilWaited)
	k.run()
	k.server.Mem.WaitLate()
	k.holds(map[string][]string{"INBOX": {"one", "one", "two"}})
	k.deliver("INBOX", mail("1", "ONE", "text")) // as long, with the same Message-ID
	k.deliver("INBOX", mail("2", "two", "text")) // a copy by somebody else of what was never in doubt … as far as anybody knows
	if r := k.run(); r.Uploaded != 0 {
		t.Errorf("got %+v, want nothing sent", r.Tally)
	}
	if got := k.subjects()["INBOX"]; !slices.Contains(got, "ONE") || len(k.uidsOf("INBOX", "one")) != 1 {
		t.Errorf("got %q, want one copy, and the other message left alone", got)
	}
}

// TestLateTwinWithoutUIDPLUS says what can't be removed, until somebody did, whichever of the two.
func TestLateTwinWithoutUIDPLUS(t *testing.T) {
	t.Parallel()
	for which := range 2 {
		k := inMemory(t, func(o *memserver.Options) { o.Hide = []string{"UIDPLUS", "MULTIAPPEND"} })
		k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
		k.server.Mem.LateStore(memserver.UntilWaited)
		k.opts.Reached = at(migrate.PointLooked, k.server.Mem.WaitLate)
		for range 2 {
			_, err := k.try(t.Context())
			if !errors.Is(err, migrate.ErrTwins) || !strings.Contains(err.Error(), "INBOX") {
				t.Errorf("got %v, want the mailbox with the second copy named", err)
			}
		}
		twins := k.uidsOf("INBOX", "one")
		if len(twins) != 2 {
			t.Fatalf("got %d copies, want 2", len(twins))
		}
		if err := k.anna().Expunge("INBOX", twins[which]); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if r := k.run(); r.Uploaded != 0 {
				t.Errorf("got %+v, want nothing sent", r.Tally)
			}
		}
		k.holds(map[string][]string{"INBOX": {"one", "two"}})
	}
}

// TestSomebodyElseDelivers has another message with the same Message-ID, and as many bytes, come while ours is in doubt.
func TestSomebodyElseDelivers(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"same size": mail("1", "ONE", "tEXT"), "another size": mail("1", "ONE", "other text")} {
		for fault, plan := range map[string]func(*memserver.Server){
			"not stored": func(s *memserver.Server) { s.CutAppend(20) },
			"stored":     func(s *memserver.Server) { s.SwallowOK(1) },
		} {
			t.Run(name+", "+fault, func(t *testing.T) {
				t.Parallel()
				k := inMemory(t)
				k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "longer text"))
				plan(k.server.Mem)
				k.opts.Reached = at(migrate.PointAppended, func() { k.deliver("INBOX", text) })
				if r := k.run(); r.Uploaded != 2 {
					t.Errorf("got %+v, want 2 uploaded", r.Tally)
				}
				want := map[string][]string{"INBOX": {"one", "two", "ONE"}}
				k.holds(want)
				k.run()
				k.holds(want)
			})
		}
	}
}

// TestSomebodyElseDeliversAllTheTime must not keep a run from its end.
func TestSomebodyElseDeliversAllTheTime(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	k.server.Mem.SwallowOK(1)
	anna := k.anna()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			_, _ = anna.Deliver("INBOX", []byte("Subject: news\r\n\r\nnews\r\n"), nil, time.Time{})
			time.Sleep(time.Millisecond)
		}
	}()
	soon, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := k.try(soon); err != nil {
		t.Errorf("got %v, want an end in spite of it", err)
	}
	stop()
	<-ended
	if a, b := len(k.uidsOf("INBOX", "one")), len(k.uidsOf("INBOX", "two")); a != 1 || b != 1 {
		t.Errorf("got %d and %d copies, want one of each", a, b)
	}
}

// TestSomebodyElseFlagsAndDeletes during the run: what is deleted is said, and not sent again.
func TestSomebodyElseFlagsAndDeletes(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.deliver("INBOX", mail("old", "old", "was there before"))
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"), mail("3", "three", "text"))
	k.opts.Reached = at(migrate.PointUploaded, func() {
		if err := errors.Join(k.anna().Expunge("INBOX", k.uidsOf("INBOX", "two")[0]), k.anna().SetFlags("INBOX", k.uidsOf("INBOX", "one")[0], `\Deleted`, "mine")); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		if r, err := k.try(t.Context()); !errors.Is(err, migrate.ErrMissing) || r.Missing != 1 || r.Verified != 2 {
			t.Errorf("got %+v, %v, want one missing", r.Verification, err)
		}
		k.holds(map[string][]string{"INBOX": {"old", "one", "three"}})
	}
}

// vanishing is a target whose first message that is fetched has just been removed by somebody else.
type vanishing struct {
	*imap.Target
	expunge func(migrate.UID)
}

func (v *vanishing) Dial(ctx context.Context) (migrate.Session, error) {
	s, err := v.Target.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return &vanishingSession{s.(*imap.Session), v}, nil
}

type vanishingSession struct {
	*imap.Session
	v *vanishing
}

func (s *vanishingSession) Fetch(ctx context.Context, uid migrate.UID) (io.ReadCloser, error) {
	if s.v.expunge != nil {
		s.v.expunge(uid)
		s.v.expunge = nil
	}
	return s.Session.Fetch(ctx, uid)
}

func (s *vanishingSession) FetchAll(ctx context.Context, uids []migrate.UID) iter.Seq2[migrate.Fetched, error] {
	if s.v.expunge != nil && len(uids) > 0 {
		s.v.expunge(uids[0])
		s.v.expunge = nil
	}
	return s.Session.FetchAll(ctx, uids)
}

func TestMessageVanishesBetweenLookAndFetch(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	k.server.Mem.SwallowOK(1)
	k.opts.Connections = 1
	k.opts.Reached = at(migrate.PointAppended, func() { k.deliver("INBOX", mail("1", "other", "short-lived")) })
	k.target = &vanishing{k.server.Target(imaptest.User), func(migrate.UID) {
		for _, uid := range k.uidsOf("INBOX", "other") {
			_ = k.anna().Expunge("INBOX", uid)
		}
		for _, uid := range k.uidsOf("INBOX", "one") {
			_ = k.anna().Expunge("INBOX", uid)
		}
	}}
	if r := k.run(); r.Uploaded != 2 {
		t.Errorf("got %+v, want both uploaded", r.Tally)
	}
	k.holds(map[string][]string{"INBOX": {"one", "two"}})
}
