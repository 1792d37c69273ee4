package pop3

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/source/pop3/pop3test"
)

const (
	testUser     = "anna"
	testPassword = "s3cret pass"
)

// serve starts a server for the test.
func serve(t testing.TB, opts pop3test.Options) *pop3test.Server {
	t.Helper()
	s, err := pop3test.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// options are those for a server without TLS, with a spool of the test's own.
func options(t testing.TB, s *pop3test.Server) Options {
	t.Helper()
	return Options{
		Host: "127.0.0.1", Port: s.Addr().Port, User: testUser, Plaintext: true, Spool: filepath.Join(t.TempDir(), "spool"), Timeout: 5 * time.Second,
		Password: func(context.Context) (migrate.Secret, error) { return testPassword, nil }, Patience: 10 * time.Second,
	}
}

func open(t testing.TB, opts Options) *Source {
	t.Helper()
	s, err := Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: got %v, want nil", err)
		}
	})
	return s
}

// got is what came of reading a source: the bytes of its copies by ref, in order, and the errors.
type got struct {
	bodies  []string
	errs    []error
	stamp   string
	remarks []string
}

// fetchAll reads a source as the engine does, in a run of its own.
func fetchAll(t testing.TB, opts Options) got {
	t.Helper()
	return readAll(t, open(t, opts))
}

func readAll(t testing.TB, s *Source) (g got) {
	t.Helper()
	for part, err := range s.Parts(t.Context()) {
		if part == nil {
			return got{errs: []error{err}}
		}
		for c, err := range part.Copies(t.Context()) {
			if err != nil {
				g.errs = append(g.errs, err)
				continue
			}
			g.bodies = append(g.bodies, text(t, s, c))
		}
		g.stamp = part.Info().Stamp
		g.remarks = part.(migrate.Remarker).Remarks()
	}
	return g
}

func text(t testing.TB, s *Source, c *migrate.Copy) string {
	t.Helper()
	r, err := s.Open(t.Context(), partName, c.Ref)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != c.Size {
		t.Fatalf("%s: got %d bytes, %v, want %d", c.Ref, len(b), err, c.Size)
	}
	return string(b)
}

// mail makes a message that a server would have delivered.
func mail(n int, body string) string {
	return fmt.Sprintf("Received: from a by b; Mon, 2 Jan 2006 15:04:%02d +0000\r\nMessage-ID: <%d@x>\r\nSubject: %d\r\n\r\n%s", n%60, n, n, body)
}

// mails makes n of them.
func mails(n int) (all []pop3test.Message) {
	for i := range n {
		body := strings.Repeat(fmt.Sprintf("..line %d\r\n", i), i%7) + ".\r\n"
		all = append(all, pop3test.Message{UIDL: fmt.Sprintf("uid%08d", i), Body: mail(i, body)})
	}
	return all
}

// same fails the test where the bodies aren't those of the messages, in order.
func (g got) same(t testing.TB, want []pop3test.Message) {
	t.Helper()
	if len(g.errs) > 0 {
		t.Errorf("got errors %v, want none", g.errs)
	}
	if len(g.bodies) != len(want) {
		t.Fatalf("got %d messages, want %d", len(g.bodies), len(want))
	}
	for i := range want {
		if g.bodies[i] != want[i].Body {
			t.Errorf("message %d: got %q, want %q", i, g.bodies[i], want[i].Body)
		}
	}
}
