package migrate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/source"
	"unpop/migrate/target/imap/imaptest"
	"unpop/state"
)

// kit is a ledger, some sources on disk and a server.
type kit struct {
	t      *testing.T
	dir    string
	ledger string
	server *imaptest.Server
	target migrate.Target // the server's, unless a test puts something in between
	specs  []string
	remote []source.Remote // for specs that are addresses
	opts   migrate.Options

	indexed func() // tells a test that the target is indexed
}

func newKit(t *testing.T, server *imaptest.Server) *kit {
	t.Helper()
	dir := t.TempDir()
	return &kit{
		t: t, dir: dir, ledger: filepath.Join(dir, "ledger.db"), server: server, target: server.Target(imaptest.User),
		opts: migrate.Options{Settle: 30 * time.Millisecond, Patience: 5 * time.Second, Quarantine: filepath.Join(dir, "quarantine.mbox")},
	}
}

// inMemory is a kit on the server in memory.
func inMemory(t *testing.T, options ...imaptest.Option) *kit {
	t.Helper()
	return newKit(t, imaptest.Start(t, options...))
}

// mbox writes an mbox file of messages, at a slash-separated path, and makes the top of the path a source.
func (k *kit) mbox(path string, messages ...string) {
	k.t.Helper()
	var text strings.Builder
	for _, m := range messages {
		text.WriteString("From MAILER Fri Jan  2 03:04:05 2015\n" + strings.TrimSuffix(m, "\n") + "\n\n")
	}
	k.file(path, text.String())
}

func (k *kit) file(path, text string) {
	k.t.Helper()
	full := filepath.Join(k.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		k.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		k.t.Fatal(err)
	}
	if spec := filepath.Join(k.dir, strings.SplitN(path, "/", 2)[0]); !slices.Contains(k.specs, spec) {
		k.specs = append(k.specs, spec)
	}
}

// mail is a received message.
func mail(id, subject, body string) string {
	return fmt.Sprintf("Received: from a by b; Sat, 03 Jan 2015 04:05:06 +0000\nMessage-ID: <%s@test>\nDate: Fri, 02 Jan 2015 03:04:05 +0000\n"+
		"From: a@example.org\nTo: b@example.org\nSubject: %s\n\n%s\n", id, subject, body)
}

// with opens ledger and sources and calls do.
func (k *kit) with(do func(m *migrate.Migration) error) error {
	k.t.Helper()
	ledger, err := state.Open(k.t.Context(), k.ledger)
	if err != nil {
		k.t.Fatal(err)
	}
	defer ledger.Close()
	account, err := ledger.Account(k.t.Context(), "imap://test")
	if err != nil {
		k.t.Fatal(err)
	}
	var inputs []migrate.Input
	for _, spec := range k.specs {
		s, found, err := source.Open(spec, k.remote...)
		if err != nil {
			k.t.Fatal(err)
		}
		defer s.Close()
		inputs = append(inputs, migrate.Input{Kind: found.Kind, Path: found.Path, Source: s})
	}
	return do(migrate.New(account, inputs, k.target, k.opts))
}

// try runs a migration.
func (k *kit) try(ctx context.Context) (r migrate.Report, err error) {
	k.t.Helper()
	err = k.with(func(m *migrate.Migration) error {
		r, err = m.Run(ctx)
		return err
	})
	return r, err
}

// run runs a migration that must succeed with closed accounts.
func (k *kit) run() migrate.Report {
	k.t.Helper()
	r, err := k.try(k.t.Context())
	if err != nil {
		k.t.Fatalf("run: %v (%+v)", err, r.Tally)
	}
	if r.Balance() != 0 || r.Missing != 0 {
		k.t.Fatalf("accounts don't close: %+v", r)
	}
	return r
}

// holds compares the subjects in the server's mailboxes; empty mailboxes don't count.
func (k *kit) holds(want map[string][]string) {
	k.t.Helper()
	got := k.subjects()
	for name := range want {
		slices.Sort(want[name])
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		k.t.Errorf("server holds %q, want %q", got, want)
	}
}

func (k *kit) subjects() map[string][]string {
	k.t.Helper()
	got := map[string][]string{}
	for name, messages := range k.server.Dump(k.t, imaptest.User) {
		for _, m := range messages {
			got[name] = append(got[name], subject(m.Body))
		}
		slices.Sort(got[name])
	}
	return got
}

func subject(body []byte) string {
	_, rest, _ := strings.Cut(string(body), "\r\nSubject: ")
	line, _, _ := strings.Cut(rest, "\r\n")
	return line
}

// one returns the only message of a mailbox.
func (k *kit) one(mailbox string) imaptest.Message {
	k.t.Helper()
	all := k.server.Dump(k.t, imaptest.User)[mailbox]
	if len(all) != 1 {
		k.t.Fatalf("%s holds %d messages, want 1", mailbox, len(all))
	}
	return all[0]
}
