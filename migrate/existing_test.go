package migrate_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// leftovers are the servers that POP3 left mail on.
var leftovers = map[string]func(*testing.T) *imaptest.Server{
	"memory":        func(t *testing.T) *imaptest.Server { return imaptest.Start(t) },
	"without MOVE":  func(t *testing.T) *imaptest.Server { return imaptest.Start(t, hiding("MOVE")) },
	"Dovecot":       func(t *testing.T) *imaptest.Server { return imaptest.Dovecot(t, imaptest.DovecotOptions{}) },
	"Dovecot, dots": func(t *testing.T) *imaptest.Server { return imaptest.Dovecot(t, imaptest.DovecotOptions{Dots: true}) },
	"Cyrus":         func(t *testing.T) *imaptest.Server { return imaptest.Cyrus(t) },
	"Courier":       func(t *testing.T) *imaptest.Server { return imaptest.Courier(t) },
}

func hiding(names ...string) imaptest.Option { return func(o *memserver.Options) { o.Hide = names } }

// content is the account without UIDs, which no move brings back.
func (k *kit) content() map[string][]imaptest.Message {
	all := k.dump()
	for _, messages := range all {
		for i := range messages {
			messages[i].UID = 0
			slices.Sort(messages[i].Flags)
		}
		slices.SortFunc(messages, func(a, b imaptest.Message) int {
			return cmp.Or(strings.Compare(string(a.Body), string(b.Body)), a.Received.Compare(b.Received), strings.Compare(fmt.Sprint(a.Flags), fmt.Sprint(b.Flags)))
		})
	}
	return all
}

// unchanged compares the account with what it was, UIDs aside.
func (k *kit) unchanged(before map[string][]imaptest.Message) {
	k.t.Helper()
	after := k.content()
	for name, messages := range after {
		if want := before[name]; len(want) != len(messages) {
			k.t.Errorf("%s holds %d messages, held %d", name, len(messages), len(want))
			continue
		}
		for i, m := range messages {
			if want := before[name][i]; fmt.Sprint(m) != fmt.Sprint(want) {
				k.t.Errorf("%s: got %v %s %q, want %v %s %q", name, m.Flags, m.Received, m.Body, want.Flags, want.Received, want.Body)
			}
		}
	}
	if len(after) != len(before) {
		k.t.Errorf("got %d mailboxes, want %d", len(after), len(before))
	}
}

// flags are those of the message with that subject.
func (k *kit) flags(mailbox, wanted string) string {
	k.t.Helper()
	for _, m := range k.dump()[mailbox] {
		if subject(m.Body) == wanted {
			return sorted(m.Flags)
		}
	}
	return "nothing of that subject"
}

// anna has mail in folders, some of which POP3 left in INBOX.
func anna(k *kit) {
	k.mbox("pc/Inbox", "X-Mozilla-Status: 0001\n"+mail("1", "one", "text"), mail("2", "two", "text"))
	k.mbox("pc/Clienti", "X-Mozilla-Status: 0005\nX-Mozilla-Keys: importante\n"+mail("3", "three", "text"), mail("4", "four", "text"))
	k.mbox("pc/Viaggi", mail("5", "five", strings.Repeat("long ", 2000)), mail("6", "six", "text"))
	k.store("INBOX", mail("1", "one", "text"), mail("3", "three", "text"), mail("5", "five", strings.Repeat("long ", 2000)), mail("9", "nine", "new mail"))
}

func TestWhatPOP3LeftBehind(t *testing.T) {
	t.Parallel()
	for name, start := range leftovers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, start(t))
			anna(k)
			before := k.content()
			r := k.run()
			if r.Uploaded != 3 || r.Moved != 2 || r.Present != 1 || r.BytesUploaded > 3000 || r.FlagsDiffer+r.Altered != 0 {
				t.Errorf("got %+v %+v, want 3 uploaded, 2 moved, 1 present", r.Tally, r.VerifyCounts)
			}
			clienti, viaggi := k.name("Clienti"), k.name("Viaggi")
			want := map[string][]string{"INBOX": {"one", "two", "nine"}, clienti: {"three", "four"}, viaggi: {"five", "six"}}
			k.holds(want)
			if got := k.flags("INBOX", "one"); got != `[\Seen]` {
				t.Errorf("got flags %s of one, want seen", got)
			}
			if got := k.flags(clienti, "three"); got != `[\Flagged \Seen importante]` {
				t.Errorf("got flags %s of three", got)
			}
			if r := k.run(); r.Uploaded+r.Moved != 0 || r.Present != 6 {
				t.Errorf("second run: got %+v, want all 6 present", r.Tally)
			}
			k.holds(want)
			if u := k.undone(); u.Removed != 3 || u.MovedBack != 2 || u.Unflagged != 1 || u.Left() != 0 {
				t.Errorf("undo: got %+v, want 3 removed, 2 moved back, 1 without its flags", u.UndoCounts)
			}
			k.unchanged(before)
			if r := k.run(); r.Uploaded != 3 || r.Moved != 2 {
				t.Errorf("after undo: got %+v, want the same again", r.Tally)
			}
			k.holds(want)
		})
	}
}

// TestLostLedger migrates again with a new ledger: nothing is sent.
func TestLostLedger(t *testing.T) {
	t.Parallel()
	for name, start := range leftovers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, start(t))
			anna(k)
			noID := strings.Replace(mail("x", "no id", "text"), "Message-ID: <x@test>\n", "", 1)
			bits := strings.Replace(noID, "Subject: no id", "Subject: caff\xe8", 1)
			k.mbox("pc/Vecchi", noID, bits, mail("cr", "cr", "one\rtwo"), mail("8", "eight", "caf\xe9\n\n\n"))
			k.run()
			k.mbox("pc/Nuovi", mail("d", "draft", "text"))
			before := k.content()
			if err := os.Remove(k.ledger); err != nil {
				t.Fatal(err)
			}
			r := k.run()
			if r.Uploaded != 1 || r.Moved != 0 || r.Present != 10 {
				t.Errorf("got %+v, want 10 present and the new one uploaded", r.Tally)
			}
			if v := k.verified(migrate.VerifyOptions{Deep: true}); v.Missing+v.Different != 0 {
				t.Errorf("deep look: got %+v, want all as it should be", v)
			}
			if u := k.undone(); u.Removed != 1 || u.MovedBack+u.Unflagged != 0 {
				t.Errorf("undo: got %+v, want the new one removed and no other", u.UndoCounts)
			}
			k.unchanged(before)
		})
	}
}

func TestExistingOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		how                      migrate.Existing
		uploaded, moved, present int64
		inbox                    []string
	}{
		{migrate.ExistingKeep, 3, 0, 3, []string{"one", "two", "three", "five", "nine"}},
		{migrate.ExistingUpload, 6, 0, 0, []string{"one", "one", "two", "three", "five", "nine"}},
		{"", 3, 2, 1, []string{"one", "two", "nine"}},
	} {
		k := inMemory(t)
		k.opts.Existing = c.how
		anna(k)
		before := k.content()
		if r := k.run(); r.Uploaded != c.uploaded || r.Moved != c.moved || r.Present != c.present {
			t.Errorf("%q: got %+v, want %d uploaded, %d moved, %d present", c.how, r.Tally, c.uploaded, c.moved, c.present)
		}
		slices.Sort(c.inbox)
		if got := k.subjects()["INBOX"]; fmt.Sprint(got) != fmt.Sprint(c.inbox) {
			t.Errorf("%q: got %v in INBOX, want %v", c.how, got, c.inbox)
		}
		k.undone()
		k.unchanged(before)
	}
	if _, err := migrate.ParseExisting("mov"); err == nil {
		t.Error("ParseExisting(mov): got no error")
	}
}

// TestSameIDOtherBody holds that a Message-ID proves nothing.
func TestSameIDOtherBody(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Clienti", mail("1", "one", "text"), mail("2", "two", "aaaa"), mail("2", "two", "bbbb"), mail("3", "three", "right"))
	k.store("INBOX", mail("1", "one", "text\n\n-- \nscanned"), mail("2", "two", "cccc"), mail("3", "three", "wrong"), mail("3", "three", "right"))
	r := k.run()
	if r.Uploaded != 3 || r.Moved != 1 {
		t.Errorf("got %+v, want 3 uploaded and the one of equal bytes moved", r.Tally)
	}
	k.holds(map[string][]string{"INBOX": {"one", "two", "three"}, "Clienti": {"one", "two", "two", "three"}})
	for _, m := range k.dump()["INBOX"] {
		if strings.Contains(string(m.Body), "right") {
			t.Error("the wrong one was moved")
		}
	}
}

// TestNobodyIsMovedAway looks at mail that the user filed on the server.
func TestNobodyIsMovedAway(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"), mail("3", "three", "text"))
	k.mbox("pc/Clienti", mail("4", "four", "text"), mail("5", "five", "text"))
	k.store("Progetti", mail("1", "one", "text"), mail("4", "four", "text"))
	k.store("Trash", mail("2", "two", "text"), mail("5", "five", "text"))
	k.store("Archive", mail("3", "three", "text"))
	if r := k.run(); r.Uploaded != 0 || r.Moved != 3 || r.Present != 2 {
		t.Errorf("got %+v, want 2 left where they were filed, 3 moved", r.Tally)
	}
	k.holds(map[string][]string{"Progetti": {"one", "four"}, "INBOX": {"two", "three"}, "Clienti": {"five"}})
	if r := k.run(); r.Uploaded+r.Moved != 0 {
		t.Errorf("second run: got %+v, want nothing to do", r.Tally)
	}
}

// TestPlanShowsWhatIsThere plans without touching the server.
func TestPlanShowsWhatIsThere(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	anna(k)
	before := k.dump()
	for range 2 {
		err := k.with(func(m *migrate.Migration) error {
			if err := m.Scan(t.Context()); err != nil {
				return err
			}
			p, err := m.Plan(t.Context())
			if err != nil {
				return err
			}
			if got := p.Tally; got.ToMove != 2 || got.ToKeep != 1 || got.ToSend() != 3 || got.BytesPending > 3000 || got.BytesThere < 10_000 {
				t.Errorf("got %+v, want 2 to move, 1 to keep, 3 to send", got)
			}
			var messages int64
			for _, b := range p.Mailboxes {
				messages += b.Messages
			}
			if messages != 3 {
				t.Errorf("got %d messages in %+v, want 3 to be sent", messages, p.Mailboxes)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	k.same(before)
}

// TestMovesThatFail loses answers, refuses, and lets others be at work.
func TestMovesThatFail(t *testing.T) {
	t.Parallel()
	whole := map[string][]string{"INBOX": {"one", "two", "nine"}, "Clienti": {"three", "four"}, "Viaggi": {"five", "six"}}
	refused := map[string][]string{"INBOX": {"one", "two", "nine", "three"}, "Clienti": {"four"}, "Viaggi": {"five", "six"}}
	for name, c := range map[string]struct {
		options []imaptest.Option
		prepare func(*memserver.Server)
		want    map[string][]string
		moved   int64
	}{
		"answer of MOVE lost": {nil, func(s *memserver.Server) { _ = s.Plan("MOVE", memserver.Answer{Kind: "CUT", Done: true}) }, whole, 2},
		"cut before MOVE":     {nil, func(s *memserver.Server) { _ = s.Plan("MOVE", memserver.Answer{Kind: "CUT"}) }, whole, 2},
		"answer of COPY lost": {[]imaptest.Option{hiding("MOVE")}, func(s *memserver.Server) { _ = s.Plan("COPY", memserver.Answer{Kind: "CUT", Done: true}) }, whole, 2},
		"cut before EXPUNGE":  {[]imaptest.Option{hiding("MOVE")}, func(s *memserver.Server) { _ = s.Plan("EXPUNGE", memserver.Answer{Kind: "CUT"}) }, whole, 2},
		"EXPUNGE refused":     {[]imaptest.Option{hiding("MOVE")}, func(s *memserver.Server) { _ = s.Plan("EXPUNGE", memserver.Answer{Kind: "NO", Text: "later"}) }, whole, 2},
		"answer of EXPUNGE":   {[]imaptest.Option{hiding("MOVE")}, func(s *memserver.Server) { _ = s.Plan("EXPUNGE", memserver.Answer{Kind: "CUT", Done: true}) }, whole, 2},
		"MOVE refused": {nil, func(s *memserver.Server) {
			_ = s.Plan("MOVE", memserver.Answer{Kind: "NO", Code: "NOPERM", Text: "not yours"})
		}, refused, 1},
		"answer of STORE lost": {nil, func(s *memserver.Server) { _ = s.Plan("STORE", memserver.Answer{Kind: "CUT", Done: true}) }, whole, 2},
		"STORE refused":        {nil, func(s *memserver.Server) { _ = s.Plan("STORE", memserver.Answer{Kind: "NO", Text: "read-only"}) }, whole, 2},
		"no MOVE, no UIDPLUS":  {[]imaptest.Option{hiding("MOVE", "UIDPLUS")}, func(*memserver.Server) {}, map[string][]string{"INBOX": {"one", "two", "nine", "three", "five"}, "Clienti": {"four"}, "Viaggi": {"six"}}, 0},
		"cut while it indexes": {nil, func(s *memserver.Server) { _ = s.Plan("FETCH", memserver.Answer{Kind: "CUT"}) }, whole, 2},
		"no room for the moves": {nil, func(s *memserver.Server) {
			_ = s.Plan("MOVE", memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "full"})
		}, refused, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t, c.options...)
			k.opts.Connections = 1
			anna(k)
			before := k.content()
			c.prepare(k.server.Mem)
			if r := k.run(); r.Moved != c.moved || r.Uploaded != 3 {
				t.Errorf("got %+v, want %d moved", r.Tally, c.moved)
			}
			k.holds(c.want)
			if name == "no MOVE, no UIDPLUS" {
				return // nothing that was uploaded could be removed there
			}
			k.undone()
			k.unchanged(before)
		})
	}
}

// TestOthersAreAtWork changes the account between the look and the move.
func TestOthersAreAtWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*memserver.Account, migrate.UID) error
		want map[string][]string
		sent int64
	}{
		"removed": {
			func(a *memserver.Account, uid migrate.UID) error { return a.Expunge("INBOX", uid) },
			map[string][]string{"INBOX": {"one", "two", "nine"}, "Clienti": {"three", "four"}, "Viaggi": {"five", "six"}},
			4,
		},
		"filed": {
			func(a *memserver.Account, uid migrate.UID) error {
				err := a.CreateMailbox("Mine")
				if err == nil {
					_, err = a.MoveMessage("INBOX", uid, "Mine")
				}
				return err
			},
			map[string][]string{"INBOX": {"one", "two", "nine"}, "Clienti": {"four"}, "Mine": {"three"}, "Viaggi": {"five", "six"}},
			3,
		},
		"marked deleted": {
			func(a *memserver.Account, uid migrate.UID) error { return a.SetFlags("INBOX", uid, `\Deleted`) },
			map[string][]string{"INBOX": {"one", "two", "nine", "three"}, "Clienti": {"three", "four"}, "Viaggi": {"five", "six"}},
			4,
		},
		"delivered": {
			func(a *memserver.Account, _ migrate.UID) error {
				_, err := a.Deliver("INBOX", []byte("From: x\r\nSubject: late\r\n\r\nx\r\n"), nil, time.Now())
				return err
			},
			map[string][]string{"INBOX": {"one", "two", "nine", "late"}, "Clienti": {"three", "four"}, "Viaggi": {"five", "six"}},
			3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			anna(k)
			account, err := k.server.Mem.Account(imaptest.User)
			if err != nil {
				t.Fatal(err)
			}
			once := false
			k.opts.Reached = func(p migrate.Point) {
				if p == migrate.PointMatched && !once {
					once = true
					if err := c.do(account, 2); err != nil {
						t.Error(err)
					}
				}
			}
			if r := k.run(); r.Uploaded != c.sent {
				t.Errorf("got %+v, want %d uploaded", r.Tally, c.sent)
			}
			k.holds(c.want)
		})
	}
}
