package migrate_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
)

// stocked is how many messages the target of TestIndex has; UNPOP_BENCH_INDEX says otherwise.
func stocked(t *testing.T) int {
	t.Helper()
	text := os.Getenv("UNPOP_BENCH_INDEX")
	switch {
	case text == "" && migratetest.Racing:
		return 300
	case text == "":
		return 3000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// timed is planned with how long the scan and the plan took.
func (k *kit) timed() (p *migrate.Plan, d time.Duration) {
	k.t.Helper()
	err := k.with(func(m *migrate.Migration) (err error) {
		if err = m.Scan(k.t.Context()); err != nil {
			return err
		}
		began := time.Now()
		k.indexed = func() { k.t.Logf("index after %v", time.Since(began)) }
		p, err = m.Plan(k.t.Context())
		d = time.Since(began)
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return p, d
}

// TestIndex finds a large account's mail at the end of a long line, and what changed there by the next run.
func TestIndex(t *testing.T) {
	t.Parallel()
	n := stocked(t)
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{}))
	const piece = 1000
	for at := 0; at < n; at += piece {
		var batch []string
		for i := at; i < min(at+piece, n); i++ {
			batch = append(batch, mail(fmt.Sprint(i), fmt.Sprint("message ", i), "text of a message"))
		}
		k.mbox(fmt.Sprintf("pc/Inbox.sbd/part%03d", at/piece), batch[:len(batch)/2]...)
		k.mbox(fmt.Sprintf("pc2/Inbox%d", at/piece), batch[len(batch)/2:]...)
		k.spool(at, batch)
	}
	far := k.server.Delayed(t, 40*time.Millisecond).Options(imaptest.User)
	far.Keep = 8
	target := imap.New(far)
	t.Cleanup(func() { _ = target.Close() })
	k.target = target
	k.opts.Reached = func(p migrate.Point) {
		if p == migrate.PointIndexed {
			k.indexed()
		}
	}
	p, first := k.timed()
	if p.Tally.ToMove+p.Tally.ToKeep != int64(n) || p.Tally.ToSend() != 0 {
		t.Errorf("got %+v, want all %d found", p.Tally, n)
	}
	_, second := k.timed()
	client := k.dial()
	defer client.Close()
	if _, err := client.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	if err := remove(t, client, 7, 8, 9); err != nil {
		t.Fatal(err)
	}
	k.store("INBOX", mail("7", "message 7", "text of a message"), mail("new", "new", "text"))
	k.target = k.server.Delayed(t, 40*time.Millisecond).Target(imaptest.User) // as the next run would: to an old session Dovecot's STATUS tells old news
	p, third := k.timed()
	if there := p.Tally.ToMove + p.Tally.ToKeep; there != int64(n-2) || p.Tally.ToSend() != 2 {
		t.Errorf("got %+v, want 2 of %d gone from the server", p.Tally, n)
	}
	t.Logf("%d messages: plan with the index %v, again %v, after 3 vanished and 2 came %v", n, first, second, third)
}

// spool puts messages into the Maildir of a Dovecot that has not looked at it yet: no session stores so fast.
func (k *kit) spool(at int, messages []string) {
	k.t.Helper()
	dir := filepath.Join(k.server.Mail, imaptest.User)
	if at == 0 { // makes the Maildir
		client := k.dial()
		_, err := client.Select(k.t.Context(), "INBOX")
		if err = errors.Join(err, client.Close()); err != nil {
			k.t.Fatal(err)
		}
	}
	for i, text := range messages {
		name := filepath.Join(dir, "new", fmt.Sprintf("16000%05d.M%d.test", at+i, at+i))
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			k.t.Fatal(err)
		}
		if err := os.Chmod(name, 0o666); err != nil {
			k.t.Fatal(err)
		}
	}
}

func remove(t *testing.T, s migrate.Session, uids ...migrate.UID) error {
	t.Helper()
	return s.(migrate.Remover).Remove(t.Context(), uids)
}
