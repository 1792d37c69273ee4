package examples_test

import (
	"fmt"
	"mime"
	"net/mail"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/examples"
	"unpop/migrate"
	"unpop/migrate/source"
	"unpop/migrate/target/imap/imaptest"
	"unpop/state"
)

// migration moves Anna's mail to a server through the packages, as a program would.
func migration(t *testing.T, server *imaptest.Server, dir, ledger string) migrate.Report {
	t.Helper()
	l, err := state.Open(t.Context(), ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	account, err := l.Account(t.Context(), server.Options(imaptest.User).String())
	if err != nil {
		t.Fatal(err)
	}
	var inputs []migrate.Input
	for _, path := range examples.Sources(dir) {
		s, found, err := source.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		inputs = append(inputs, migrate.Input{Kind: found.Kind, Path: found.Path, Source: s})
	}
	opts := migrate.Options{Settle: 100 * time.Millisecond}
	report, err := migrate.New(account, inputs, server.Target(imaptest.User), opts).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestAnnaArrives(t *testing.T) {
	t.Parallel()
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, dir := start(t), t.TempDir()
			if err := examples.Unpack(dir); err != nil {
				t.Fatal(err)
			}
			ledger := filepath.Join(dir, "ledger.db")
			r := migration(t, server, dir, ledger)
			if r.Seen != examples.Copies || r.Expunged != examples.Expunged || r.Uploaded != int64(len(examples.Expected)) || r.Balance() != 0 {
				t.Errorf("got %+v, want %d seen, %d expunged, %d uploaded", r.Tally, examples.Copies, examples.Expunged, len(examples.Expected))
			}
			compare(t, server)
			if again := migration(t, server, dir, ledger); again.Uploaded != 0 || again.Present != r.Uploaded {
				t.Errorf("second run: got %+v, want nothing sent", again.Tally)
			}
			compare(t, server)
		})
	}
}

// servers are those that Anna's mail is brought to. Dovecot as many hosters run it has dots between names and no dots in them.
var servers = map[string]func(testing.TB) *imaptest.Server{
	"in memory":          func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb) },
	"dovecot":            func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{}) },
	"dovecot with INBOX": func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{Dots: true}) },
}

// compare holds the account to what Anna expects, message by message.
func compare(t *testing.T, server *imaptest.Server) {
	t.Helper()
	compareBut(t, server, "")
}

// compareBut leaves a mailbox out.
func compareBut(t *testing.T, server *imaptest.Server, but string) {
	t.Helper()
	var got, want []string
	for mailbox, messages := range server.Dump(t, imaptest.User) {
		if mailbox == but {
			continue
		}
		for _, m := range messages {
			got = append(got, arrived(t, mailbox, m))
		}
	}
	for _, e := range examples.Expected {
		want = append(want, line(e.Mailbox, e.Subject, e.Flags, e.Keywords, e.Received))
	}
	slices.Sort(got)
	slices.Sort(want)
	for _, m := range got {
		if !slices.Contains(want, m) {
			t.Errorf("arrived and should not have: %s", m)
		}
	}
	for _, m := range want {
		if !slices.Contains(got, m) {
			t.Errorf("did not arrive: %s", m)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d messages arrived, want %d", len(got), len(want))
	}
}

func arrived(t *testing.T, mailbox string, m imaptest.Message) string {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(string(m.Body)))
	if err != nil {
		t.Fatalf("%s: %v", mailbox, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	var flags, keywords []string
	for _, f := range m.Flags {
		switch {
		case f == `\Recent`:
		case strings.HasPrefix(f, `\`):
			flags = append(flags, f)
		default:
			keywords = append(keywords, f)
		}
	}
	return line(plainName(mailbox), subject, flags, keywords, m.Received)
}

// plainName undoes what the server wants of a mailbox name.
func plainName(mailbox string) string {
	if rest, ok := strings.CutPrefix(mailbox, "INBOX."); ok {
		mailbox = strings.ReplaceAll(rest, ".", "/")
	}
	names := strings.Split(mailbox, "/")
	for i, name := range names {
		names[i] = migrate.DecodeName(name)
	}
	return strings.Join(names, "/")
}

func line(mailbox, subject string, flags, keywords []string, received time.Time) string {
	flags, keywords = slices.Sorted(slices.Values(flags)), slices.Sorted(slices.Values(keywords))
	return fmt.Sprintf("%s | %s | %v %v | %s", mailbox, subject, flags, keywords, received.UTC().Format(time.RFC3339))
}
