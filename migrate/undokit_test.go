package migrate_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
)

// undo takes back what the kit's migrations did.
func (k *kit) undo(ctx context.Context, opts migrate.UndoOptions) (r migrate.UndoReport, err error) {
	k.t.Helper()
	specs := k.specs
	k.specs = nil // the ledger alone must do
	defer func() { k.specs = specs }()
	err = k.with(func(m *migrate.Migration) error {
		r, err = m.Undo(ctx, opts)
		return err
	})
	return r, err
}

// undone is an undo that must work.
func (k *kit) undone() migrate.UndoReport {
	k.t.Helper()
	r, err := k.undo(k.t.Context(), migrate.UndoOptions{})
	if err != nil {
		k.t.Fatalf("undo: %v (%+v)", err, r)
	}
	return r
}

// dump is the account as a whole: mailboxes, UIDs, flags, dates, bytes.
func (k *kit) dump() map[string][]imaptest.Message {
	k.t.Helper()
	all := k.server.Dump(k.t, imaptest.User)
	for _, messages := range all {
		for i, m := range messages {
			messages[i].Flags = withoutRecent(m.Flags)
		}
	}
	return all
}

func withoutRecent(flags []string) []string {
	var kept []string
	for _, f := range flags {
		if f != `\Recent` {
			kept = append(kept, f)
		}
	}
	return kept
}

// same compares the account with what it was.
func (k *kit) same(before map[string][]imaptest.Message) {
	k.t.Helper()
	after := k.dump()
	for name := range after {
		if _, was := before[name]; !was {
			k.t.Errorf("mailbox %q is left behind", name)
		}
	}
	for name, want := range before {
		if got, there := after[name]; !there || !reflect.DeepEqual(got, want) {
			k.t.Errorf("mailbox %q: got %d messages (exists: %t), want %d as before\n%v\n%v", name, len(got), there, len(want), got, want)
		}
	}
}

// store puts messages into a mailbox that somebody else made.
func (k *kit) store(mailbox string, messages ...string) {
	k.t.Helper()
	s := k.dial()
	defer s.Close()
	arranger, _ := s.(migrate.Arranger)
	if _, err := arranger.Create(k.t.Context(), mailbox, migrate.RoleNone); err != nil {
		k.t.Fatal(err)
	}
	if _, err := s.Select(k.t.Context(), mailbox); err != nil {
		k.t.Fatal(err)
	}
	var batch []migrate.Outgoing
	for _, text := range messages {
		batch = append(batch, outgoing(strings.ReplaceAll(text, "\n", "\r\n")))
	}
	err := s.Append(k.t.Context(), slices.Values(batch), func(_ int, r migrate.Receipt) {
		if r.Err != nil {
			k.t.Error(r.Err)
		}
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) dial() migrate.Session {
	k.t.Helper()
	s, err := k.server.Target(imaptest.User).Dial(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	return s
}

// name is that of a top mailbox on the kit's server.
func (k *kit) name(top string) string {
	k.t.Helper()
	s := k.dial()
	defer s.Close()
	survey, err := s.(migrate.Arranger).Survey(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	return survey.Prefix + top
}

// client is the user's own mail program.
func (k *kit) client() *imapclient.Client {
	k.t.Helper()
	c, err := imapclient.DialStartTLS(k.server.Addr.String(), &imapclient.Options{TLSConfig: &tls.Config{RootCAs: k.server.Pool, ServerName: "127.0.0.1"}})
	if err != nil {
		k.t.Fatal(err)
	}
	if err := c.Login(imaptest.User, imaptest.Password).Wait(); err != nil {
		k.t.Fatal(err)
	}
	return c
}

// outgoing is a message as a mail program stores it.
func outgoing(text string) migrate.Outgoing {
	return migrate.Outgoing{
		Size: int64(len(text)), Received: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	}
}

// lying is a target that tells of its messages what change says, and, where other is set, has other bytes.
type lying struct {
	migrate.Target
	change func(migrate.Found) migrate.Found
	other  string
}

func (l lying) Dial(ctx context.Context) (migrate.Session, error) {
	s, err := l.Target.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return liar{s, s.(migrate.Remover), s.(migrate.Arranger), s.(migrate.Deleter), s.(migrate.Finder), l}, nil
}

type liar struct {
	migrate.Session
	migrate.Remover
	migrate.Arranger
	migrate.Deleter
	finder migrate.Finder
	lying  lying
}

func (l liar) Find(ctx context.Context, from, to migrate.UID, messageIDs bool) iter.Seq2[migrate.Found, error] {
	return func(yield func(migrate.Found, error) bool) {
		for f, err := range l.finder.Find(ctx, from, to, messageIDs) {
			if !yield(l.lying.change(f), err) {
				return
			}
		}
	}
}

func (l liar) Fetch(ctx context.Context, uid migrate.UID) (io.ReadCloser, error) {
	if l.lying.other != "" {
		return io.NopCloser(strings.NewReader(l.lying.other)), nil
	}
	return l.finder.Fetch(ctx, uid)
}

func sorted(words []string) string { return fmt.Sprint(slices.Sorted(slices.Values(words))) }
