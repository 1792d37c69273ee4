package batch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/batch"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
	"unpop/state"
)

// kit is a directory with sources and a manifest, a ledger and a server.
type kit struct {
	t      *testing.T
	dir    string
	ledger string
	file   string
	server *imaptest.Server
	opts   batch.Options
}

func newKit(t *testing.T, server *imaptest.Server) *kit {
	t.Helper()
	dir := t.TempDir()
	k := &kit{t: t, dir: dir, ledger: filepath.Join(dir, "batch.db"), file: filepath.Join(dir, "accounts.csv"), server: server}
	k.opts = batch.Options{
		Jobs: 8, HostConnections: 16, Connections: 2, Pause: 20 * time.Millisecond, Settle: 20 * time.Millisecond, Patience: 5 * time.Second,
		Secret: secretOf, Target: k.address, Quarantine: filepath.Join(dir, "quarantine"),
	}
	return k
}

// secretOf knows three references.
func secretOf(_ context.Context, r batch.Reference) (migrate.Secret, error) {
	switch r.Text() {
	case "env:GOOD":
		return imaptest.Password, nil
	case "env:WRONG":
		return "no such", nil
	default:
		return "", errors.New("environment variable is not set")
	}
}

func (k *kit) address(o imap.Options) imap.Options {
	o.Plaintext, o.RootCAs, o.Timeout = !k.server.Secure, k.server.Pool, 20*time.Second
	return o
}

// inMemory is a kit on the server in memory, with so many users.
func inMemory(t *testing.T, users int, options ...imaptest.Option) *kit {
	t.Helper()
	all := map[string]string{}
	for i := range users {
		all[userName(i)] = imaptest.Password
	}
	return newKit(t, imaptest.Start(t, append(options, func(o *memserver.Options) { o.Users = all })...))
}

func userName(i int) string { return fmt.Sprintf("user%03d@example.org", i) }

// to is the URL of a user's account.
func (k *kit) to(i int) string { return k.server.Options(userName(i)).String() }

// mail writes an mbox of n messages for a user, and returns its path.
func (k *kit) mail(i, n int) string {
	k.t.Helper()
	var text strings.Builder
	for m := range n {
		fmt.Fprintf(&text, "From MAILER Fri Jan  2 03:04:05 2015\nReceived: from a by b; Sat, 03 Jan 2015 04:05:06 +0000\nMessage-ID: <%d.%d@test>\n"+
			"Date: Fri, 02 Jan 2015 03:04:05 +0000\nFrom: a@example.org\nTo: b@example.org\nSubject: %s\n\ntext %d\n\n", i, m, subject(i, m), m)
	}
	path := filepath.Join(k.dir, "mail", userName(i), "Inbox")
	k.write(path, text.String())
	return filepath.Dir(path)
}

func subject(i, m int) string { return fmt.Sprintf("user %d message %d", i, m) }

func (k *kit) write(path, text string) {
	k.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		k.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		k.t.Fatal(err)
	}
}

// manifest writes the file: a header and lines.
func (k *kit) manifest(lines ...string) {
	k.t.Helper()
	k.write(k.file, "name;to;password;source\r\n"+strings.Join(lines, "\r\n")+"\r\n")
}

// line is an account with n messages, which are written.
func (k *kit) line(i, n int) string {
	k.t.Helper()
	return fmt.Sprintf("u%d;%s;env:GOOD;%s", i, k.to(i), k.mail(i, n))
}

// run works on the batch.
func (k *kit) run() batch.Summary {
	k.t.Helper()
	sum, err := k.try(k.t.Context())
	if err != nil {
		k.t.Fatalf("batch: %v", err)
	}
	return sum
}

func (k *kit) try(ctx context.Context) (sum batch.Summary, err error) {
	k.t.Helper()
	ledger, err := state.Open(ctx, k.ledger)
	if err != nil {
		return sum, err
	}
	defer ledger.Close()
	m, err := batch.Load(k.file, batch.LoadOptions{})
	if err != nil {
		return sum, err
	}
	b, err := batch.New(ctx, ledger, m, k.opts)
	if err != nil {
		return sum, err
	}
	return b.Run(ctx)
}

// holds checks that a user's account has n messages, each once.
func (k *kit) holds(i, n int) {
	k.t.Helper()
	got := map[string]int{}
	total := 0
	for _, messages := range k.server.Dump(k.t, userName(i)) {
		for _, m := range messages {
			_, rest, _ := strings.Cut(string(m.Body), "\r\nSubject: ")
			line, _, _ := strings.Cut(rest, "\r\n")
			got[line]++
			total++
		}
	}
	for m := range n {
		if got[subject(i, m)] != 1 {
			k.t.Errorf("%s: holds %q %d times, want once", userName(i), subject(i, m), got[subject(i, m)])
		}
	}
	if total != n {
		k.t.Errorf("%s: holds %d messages, want %d", userName(i), total, n)
	}
}

// result finds an account's.
func result(t *testing.T, sum batch.Summary, name string) batch.Result {
	t.Helper()
	for _, r := range sum.Results {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no result of %s", name)
	return batch.Result{}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// check looks at all accounts.
func (k *kit) check(ctx context.Context) []batch.Finding {
	k.t.Helper()
	m, err := batch.Load(k.file, batch.LoadOptions{})
	if err != nil {
		k.t.Fatal(err)
	}
	ledger, err := state.OpenReadOnly(ctx, k.ledger)
	if err != nil && !state.NotExist(err) {
		k.t.Fatal(err)
	}
	if ledger != nil {
		defer ledger.Close()
	}
	all, err := batch.Check(ctx, ledger, m, k.opts, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	return all
}
