package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/source/pop3"
	"unpop/migrate/source/pop3/pop3test"
)

// pop3 starts a POP3 server with so many messages and makes it a source.
func (k *kit) pop3(n int) *pop3test.Server {
	k.t.Helper()
	var all []pop3test.Message
	for i := range n {
		all = append(all, pop3test.Message{UIDL: fmt.Sprint("uid", i), Body: strings.ReplaceAll(mail(fmt.Sprint("p", i), fmt.Sprint("p", i), "body"), "\n", "\r\n")})
	}
	server, err := pop3test.New(pop3test.Options{Messages: all})
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(server.Close)
	k.specs = append(k.specs, fmt.Sprintf("pop3://anna@127.0.0.1:%d", server.Addr().Port))
	k.remote = append(k.remote, func(o *pop3.Options) error {
		o.Plaintext, o.Spool, o.Patience = true, filepath.Join(k.dir, "spool"), 5*time.Second
		return nil
	})
	return server
}

// fetched is how a mail client keeps a message of the server's.
func fetched(m pop3test.Message) string {
	return "X-Account-Key: account1\nX-UIDL: " + m.UIDL + "\nX-Mozilla-Status: 0000\n" + strings.ReplaceAll(m.Body, "\r\n", "\n")
}

// What another source holds is not fetched, although the POP3 source was named first.
func TestPOP3HeldByAnotherSource(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	server := k.pop3(20)
	var copies []string
	for _, m := range server.Messages()[:15] {
		copies = append(copies, fetched(m))
	}
	k.mbox("mail/Inbox", copies...)
	if r := k.run(); r.Uploaded != 20 || server.Seen("RETR") != 5 {
		t.Errorf("got %d uploaded, %d RETR, want 20, 5", r.Uploaded, server.Seen("RETR"))
	}
	if r := k.run(); r.Uploaded != 0 || r.Present != 20 || server.Seen("RETR") != 5 {
		t.Errorf("second run: got %+v, %d RETR, want all present, 5", r.Tally, server.Seen("RETR"))
	}
	k.opts.Exclude = []string{"**/Inbox", "Inbox"} // what is left out stands for nothing
	if k.run(); server.Seen("RETR") != 20 {
		t.Errorf("without that folder: got %d RETR, want 20", server.Seen("RETR"))
	}
}

func (k *kit) dispose(after time.Duration) (n int64) {
	k.t.Helper()
	err := k.with(func(m *migrate.Migration) error {
		if _, err := m.Run(k.t.Context()); err != nil {
			return err
		}
		var err error
		n, err = m.Dispose(k.t.Context(), after)
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return n
}

func TestDisposeOnlyWhatAnEarlierRunVerified(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	server := k.pop3(20)
	if n := k.dispose(0); n != 0 || len(server.Messages()) != 20 {
		t.Errorf("first run: got %d deleted, want none", n)
	}
	if n := k.dispose(24 * time.Hour); n != 0 || len(server.Messages()) != 20 {
		t.Errorf("a day later, at once: got %d deleted, want none", n)
	}
	k.remove("INBOX", 3)
	if n, err := k.tryDispose(); err == nil || n != 0 || len(server.Messages()) != 20 {
		t.Errorf("some are missing on the target: got %d deleted, %v, want none and an error", n, err)
	}
	k.specs = k.specs[:1]
	if err := k.with(func(m *migrate.Migration) error {
		_, err := m.Verify(k.t.Context(), migrate.VerifyOptions{Repair: true})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := k.dispose(0); n < 17 || len(server.Messages()) != 20-int(n) {
		t.Errorf("later: got %d deleted, %d left, want 17 or more", n, len(server.Messages()))
	}
	if n := k.dispose(0); len(server.Messages()) != 0 {
		t.Errorf("at last: got %d deleted, %d left, want none", n, len(server.Messages()))
	}
	if got := server.Seen("RETR"); got != 20 {
		t.Errorf("got %d RETR, want 20", got)
	}
}

// An account that names it otherwise by POP3 than by IMAP is not emptied.
func TestDisposeFromTheTargetItself(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	server := k.pop3(20)
	k.dispose(0)
	server.Change(func(o *pop3test.Options) {
		o.Answer = func(command string) (string, bool) {
			if strings.HasPrefix(command, "DELE") {
				k.remove("INBOX", 1)
			}
			return "", false
		}
	})
	if n, err := k.tryDispose(); !errors.Is(err, migrate.ErrOneMailbox) || n != 1 || len(server.Messages()) != 19 {
		t.Errorf("got %d deleted, %v, %d left, want 1, that they are one mailbox, 19", n, err, len(server.Messages()))
	}
}

func (k *kit) tryDispose() (n int64, err error) {
	err = k.with(func(m *migrate.Migration) error {
		if _, err := m.Run(k.t.Context()); err != nil {
			return err
		}
		n, err = m.Dispose(k.t.Context(), 0)
		return err
	})
	return n, err
}

// remove deletes messages of a mailbox on the server.
func (k *kit) remove(mailbox string, n int) {
	k.t.Helper()
	ctx := context.WithoutCancel(k.t.Context())
	session, err := k.target.Dial(ctx)
	if err != nil {
		k.t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.Select(ctx, mailbox); err != nil {
		k.t.Fatal(err)
	}
	var uids []migrate.UID
	for found, err := range session.(migrate.Finder).Find(ctx, 1, 0, false) {
		if err != nil {
			k.t.Fatal(err)
		}
		uids = append(uids, found.UID)
	}
	if err := session.(migrate.Remover).Remove(ctx, uids[:n]); err != nil {
		k.t.Fatal(err)
	}
}
