package migrate_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
)

// layouts are Dovecot as its makers set it up and as many hosters do.
var layouts = map[string]imaptest.DovecotOptions{"slashes": {}, "dots below INBOX": {Dots: true}}

func TestDovecot(t *testing.T) {
	t.Parallel()
	for name, options := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, imaptest.Dovecot(t, options))
			k.opts.Settle = 200 * time.Millisecond
			k.mbox("pc1/Inbox", "X-Mozilla-Status: 1005\nX-Mozilla-Keys: importante\n"+mail("1", "one", "text"), mail("2", "two", strings.Repeat("long ", 5000)))
			k.mbox("pc1/Rossi S.p.A.", mail("3", "three", "text"))
			k.mbox("pc2/Inbox", mail("3", "three", "text"), mail("4", "four", "text"))
			k.mbox("pc2/Università", mail("5", "five", "text"))
			k.mbox("pc2/Posta inviata", mail("6", "six", "text"))
			if r := k.run(); r.Uploaded != 6 || r.Verified != 6 || r.Duplicate != 1 {
				t.Errorf("got %+v, want 6 uploaded and verified, 1 duplicate", r)
			}
			want := map[string][]string{"INBOX": {"one", "two", "four"}, "Rossi S．p．A．": {"three"}, "Università": {"five"}, "Sent": {"six"}}
			if options.Dots {
				want = map[string][]string{"INBOX": {"one", "two", "four"}, "INBOX.Rossi S．p．A．": {"three"}, "INBOX.Università": {"five"}, "INBOX.Sent": {"six"}}
			}
			k.holds(want)
			if r := k.run(); r.Uploaded != 0 || r.Present != 6 {
				t.Errorf("second run: got %+v, want nothing sent", r)
			}
			checkDovecotMessage(t, k)
		})
	}
}

func checkDovecotMessage(t *testing.T, k *kit) {
	t.Helper()
	for _, m := range k.server.Dump(t, imaptest.User)["INBOX"] {
		if subject(m.Body) != "one" {
			continue
		}
		flags := slices.DeleteFunc(m.Flags, func(f string) bool { return f == `\Recent` })
		slices.Sort(flags)
		if got := fmt.Sprint(flags); got != `[$Forwarded \Flagged \Seen importante]` {
			t.Errorf("flags: got %s", got)
		}
		if want := time.Date(2015, 1, 3, 4, 5, 6, 0, time.UTC); !m.Received.Equal(want) {
			t.Errorf("date: got %s, want %s", m.Received, want)
		}
		if want := strings.ReplaceAll(mail("1", "one", "text"), "\n", "\r\n"); string(m.Body) != want {
			t.Errorf("got %q, want %q", m.Body, want)
		}
	}
}

func TestDovecotQuota(t *testing.T) {
	t.Parallel()
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{Quota: 100_000}))
	k.mbox("pc/Inbox", mail("1", "one", strings.Repeat("x ", 20_000)), mail("2", "two", strings.Repeat("y ", 40_000)))
	err := k.with(func(m *migrate.Migration) error {
		if err := m.Scan(t.Context()); err != nil {
			return err
		}
		p, err := m.Plan(t.Context())
		if err != nil {
			return err
		}
		if p.Fits() || !p.Survey.HasQuota {
			t.Errorf("got %+v for %d bytes, want it not to fit", p.Survey, p.Tally.BytesPending)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.try(t.Context()); err == nil || !strings.Contains(strings.ToLower(err.Error()), "quota") {
		t.Errorf("got %v, want the server's words about the quota", err)
	}
}

func TestServerThatGivesFewConnections(t *testing.T) {
	t.Parallel()
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{MaxConns: 2}))
	k.opts.Settle, k.opts.Connections = 200*time.Millisecond, 6
	want := map[string][]string{}
	for i := range 60 {
		name, box := fmt.Sprintf("m%02d", i), fmt.Sprintf("Box %d", i%6)
		want[box] = append(want[box], name)
	}
	for box, names := range want {
		var messages []string
		for _, name := range names {
			messages = append(messages, mail(name, name, "text"))
		}
		k.mbox("pc/"+box, messages...)
	}
	k.run()
	k.holds(want)
}

// TestDeletedMailboxWithOthersBelow deletes a mailbox that Dovecot goes on listing, because there is one below it.
func TestDeletedMailboxWithOthersBelow(t *testing.T) {
	t.Parallel()
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{}))
	k.opts.Settle = 200 * time.Millisecond
	k.mbox("pc/Clienti", mail("1", "one", "text"))
	k.mbox("pc/Clienti.sbd/ACME", mail("2", "two", "text"))
	k.run()
	client := k.client()
	if err := errors.Join(client.Delete("Clienti").Wait(), client.Close()); err != nil {
		t.Fatal(err)
	}
	k.mbox("pc2/Inbox", mail("3", "three", "text"))
	if r, err := k.try(t.Context()); !errors.Is(err, migrate.ErrMissing) || r.Missing != 1 || r.Uploaded != 1 {
		t.Errorf("got %+v, %v, want one uploaded and one missing", r, err)
	}
	if v := k.verified(migrate.VerifyOptions{Repair: true}); v.Repaired != 1 || v.Sent != 1 {
		t.Errorf("repair: got %+v, want the missing one sent", v)
	}
	k.holds(map[string][]string{"INBOX": {"three"}, "Clienti": {"one"}, "Clienti/ACME": {"two"}})
}

// TestMoveIntoDeletedMailbox moves what POP3 left in INBOX where Dovecot goes on listing a deleted mailbox.
func TestMoveIntoDeletedMailbox(t *testing.T) {
	t.Parallel()
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{}))
	k.opts.Settle = 200 * time.Millisecond
	k.store("INBOX", mail("1", "one", "text"))
	client := k.client()
	for _, command := range []*imapclient.Command{client.Create("Clienti", nil), client.Create("Clienti/ACME", nil), client.Delete("Clienti")} {
		if err := command.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	k.mbox("pc/Clienti", mail("1", "one", "text"))
	if r := k.run(); r.Moved != 1 || r.Verified != 1 {
		t.Errorf("got %+v, want one moved", r)
	}
	k.holds(map[string][]string{"Clienti": {"one"}})
}
