package pop3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"unpop/migrate"
	"unpop/migrate/source/pop3/pop3test"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		opts  pop3test.Options
		auth  Mechanism
		first string // command that signs in
	}{
		{"PLAIN", pop3test.Options{}, AuthAny, "AUTH PLAIN AGFubmEAczNjcmV0IHBhc3M="},
		{"LOGIN", pop3test.Options{SASL: []string{"LOGIN"}, Hide: []string{"USER"}}, AuthAny, "AUTH LOGIN YW5uYQ=="},
		{"XOAUTH2", pop3test.Options{SASL: []string{"XOAUTH2"}, Hide: []string{"USER"}}, AuthAny, "AUTH XOAUTH2 dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHMzY3JldCBwYXNzAQE="},
		{"APOP", pop3test.Options{Greeting: "+OK hello <1896.697170952@dbc.mtview.ca.us>"}, AuthAny, "APOP anna "},
		{"USER", pop3test.Options{Hide: []string{"SASL"}}, AuthAny, "USER anna"},
		{"no CAPA", pop3test.Options{Hide: []string{"CAPA"}}, AuthAny, "USER anna"},
		{"by name", pop3test.Options{}, AuthLogin, "AUTH LOGIN YW5uYQ=="},
		{"offered but not known", pop3test.Options{SASL: []string{"PLAIN"}, Answer: func(command string) (string, bool) {
			return "-ERR unrecognized command\r\n", strings.HasPrefix(command, "AUTH ")
		}}, AuthAny, "USER anna"},
		{"APOP only in the greeting", pop3test.Options{Greeting: "+OK <1@x>", SASL: []string{}, Answer: func(command string) (string, bool) {
			return "-ERR no\r\n", strings.HasPrefix(command, "APOP ")
		}}, AuthAny, "USER anna"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.opts.User, c.opts.Password, c.opts.Messages = testUser, testPassword, mails(1)
			server := serve(t, c.opts)
			opts := options(t, server)
			opts.Auth = c.auth
			fetchAll(t, opts).same(t, mails(1))
			if !slices.ContainsFunc(server.Commands(), func(line string) bool { return strings.HasPrefix(line, c.first) }) {
				t.Errorf("got %q, want %q among them", server.Commands(), c.first)
			}
		})
	}
}

// A token that does not fit into a command line goes by itself (RFC 5034 section 4).
func TestLongToken(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("token", 400)
	server := serve(t, pop3test.Options{User: testUser, Password: token, Messages: mails(1)})
	opts := options(t, server)
	opts.Auth = AuthXOAuth2
	opts.Password = func(context.Context) (migrate.Secret, error) { return migrate.Secret(token), nil }
	fetchAll(t, opts).same(t, mails(1))
	if !slices.Contains(server.Commands(), "AUTH XOAUTH2") {
		t.Errorf("got no bare AUTH XOAUTH2")
	}
}

func TestDenied(t *testing.T) {
	t.Parallel()
	for _, auth := range []Mechanism{AuthPlain, AuthLogin, AuthXOAuth2, AuthAPOP, AuthUser} {
		t.Run(string(auth), func(t *testing.T) {
			t.Parallel()
			server := serve(t, pop3test.Options{User: testUser, Password: "another", Greeting: "+OK <1@x>"})
			opts := options(t, server)
			opts.Auth = auth
			g := fetchAll(t, opts)
			var e *migrate.TargetError
			if len(g.errs) != 1 || !errors.As(g.errs[0], &e) || e.Kind != migrate.Denied || strings.Contains(e.Error(), testPassword) {
				t.Errorf("got %v, want a refusal without the password", g.errs)
			}
			if _, err := filepath.Glob(opts.Spool); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCredentialsWithLineEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ user, password string }{{"anna", "pw\r\nDELE 1"}, {"anna", "pw\n"}, {"anna", "p\x00w"}, {"an\rna", "pw"}} {
		server := serve(t, pop3test.Options{Messages: mails(1)})
		opts := options(t, server)
		opts.User = c.user
		opts.Password = func(context.Context) (migrate.Secret, error) { return migrate.Secret(c.password), nil }
		g := fetchAll(t, opts)
		if len(g.errs) != 1 || !errors.Is(g.errs[0], errCredentials) || server.Seen("DELE")+server.Seen("AUTH")+server.Seen("USER") > 0 {
			t.Errorf("%q: got %v and %q, want nothing sent", c.password, g.errs, server.Commands())
		}
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	config, pool, err := pop3test.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	for _, implicit := range []bool{false, true} {
		server := serve(t, pop3test.Options{User: testUser, Password: testPassword, TLS: config, Implicit: implicit, Messages: mails(3)})
		opts := options(t, server)
		opts.Plaintext, opts.ImplicitTLS, opts.RootCAs = false, implicit, pool
		fetchAll(t, opts).same(t, mails(3))
		if stls := server.Seen("STLS"); (stls == 0) != implicit {
			t.Errorf("implicit %v: got %d STLS", implicit, stls)
		}
		opts.RootCAs, opts.Spool = nil, t.TempDir()
		var e *migrate.TargetError
		if g := fetchAll(t, opts); len(g.errs) != 1 || !errors.As(g.errs[0], &e) || e.Kind != migrate.Unfit || e.Hint == "" {
			t.Errorf("implicit %v, unknown authority: got %v, want it refused with a hint", implicit, g.errs)
		}
	}
}

// Nothing that matters goes over a line without TLS, and nothing that came over it counts as said under TLS.
func TestNoTLS(t *testing.T) {
	t.Parallel()
	config, pool, err := pop3test.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	injecting := func(command string) (string, bool) { return "+OK go\r\n+OK injected\r\n", command == "STLS" }
	for name, server := range map[string]*pop3test.Server{
		"no STLS":   serve(t, pop3test.Options{Messages: mails(1), Greeting: "+OK <1@x>"}),
		"injection": serve(t, pop3test.Options{Messages: mails(1), TLS: config, Answer: injecting}),
	} {
		opts := options(t, server)
		opts.Plaintext, opts.RootCAs = false, pool
		var e *migrate.TargetError
		g := fetchAll(t, opts)
		if len(g.errs) != 1 || !errors.As(g.errs[0], &e) || e.Kind != migrate.Unfit {
			t.Errorf("%s: got %v, want it refused", name, g.errs)
		}
		if n := server.Seen("AUTH") + server.Seen("USER") + server.Seen("APOP"); n > 0 {
			t.Errorf("%s: got %q, want no sign-in", name, server.Commands())
		}
	}
}

// A port that waits for TLS says nothing; that is told at the first try.
func TestSilentPort(t *testing.T) {
	t.Parallel()
	for _, implicit := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			dials := 0
			s := open(t, Options{Host: "pop.example.it", ImplicitTLS: implicit, Spool: t.TempDir(), Dial: func(context.Context, string, string) (net.Conn, error) {
				dials++
				ours, theirs := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, theirs) }()
				return ours, nil
			}})
			g := readAll(t, s)
			var e *migrate.TargetError
			if len(g.errs) != 1 || !errors.As(g.errs[0], &e) || dials != 1 || strings.Contains(e.Hint, "pop3s://") == implicit {
				t.Errorf("TLS at once %v: got %v after %d tries, want an error after one", implicit, g.errs, dials)
			}
		})
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	s := migrate.Secret("hunter2")
	if got := fmt.Sprintf("%v %s %q %#v %x %+v", s, s, s, s, s, struct{ S migrate.Secret }{s}); strings.Contains(got, "hunter2") || strings.Contains(got, "68756e") {
		t.Errorf("got %q, want no secret", got)
	}
}

func TestParseURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"pop3s://anna@Pop.Example.it":            "pop3s://anna@pop.example.it:995",
		"pop3://anna@example.it@pop.example.it/": "pop3://anna%40example.it@pop.example.it:110",
		"POP3://a%20b@[::1]:1110":                "pop3://a%20b@[::1]:1110",
		"pop3s://recent:anna@pop.gmail.com":      "pop3s://recent%3Aanna@pop.gmail.com:995",
	} {
		opts, err := ParseURL(raw)
		if err != nil || opts.String() != want {
			t.Errorf("%s: got %s, %v, want %s", raw, opts, err, want)
		}
		if again, err := ParseURL(opts.String()); err != nil || again.String() != want {
			t.Errorf("%s: got %s, %v again, want %s", raw, again, err, want)
		}
	}
	for raw, want := range map[string]error{
		"imap://a@b": errScheme, "pop3s://pop.example.it": errNoUser, "pop3s://a:hunter2@b": errPassword, "pop3s://a@": errNoHost,
		"pop3s://recent:hunter2@b": errPassword, "pop3s://a@b:0": errBadPort, "pop3s://a@b:x": errBadPort, "pop3s://a@b/INBOX": errTrailing, "pop3s://a%0db@c": errBadUser,
	} {
		if _, err := ParseURL(raw); !errors.Is(err, want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want %v", raw, err, want)
		}
	}
}

// RESP-CODES say which refusals pass.
func TestWaitsWhereTheServerAsks(t *testing.T) {
	t.Parallel()
	for answer, passes := range map[string]bool{
		"-ERR [IN-USE] locked": true, "-ERR [SYS/TEMP] later": true, "-ERR [LOGIN-DELAY] too soon": true, "-ERR maildrop already locked": true,
		"-ERR unable to lock maildrop": true, "-ERR anna lock busy!  Is another session active?": true, "-ERR Mailbox Locked": true,
		"-ERR [SYS/PERM] broken": false, "-ERR [AUTH] no": false, "-err": false, "-ERR your account is locked": false,
	} {
		e := refused(answer, migrate.Denied)
		if got := e.Kind == migrate.Busy; got != passes {
			t.Errorf("%s: got kind %v, want one that passes: %v", answer, e.Kind, passes)
		}
	}
	if e := refused("-ERR [AUTH] Application-specific password required", migrate.Denied); e.Kind != migrate.Denied || e.Hint != hintApp {
		t.Errorf("Gmail: got kind %v and hint %q, want Denied and %q", e.Kind, e.Hint, hintApp)
	}
	left := 1
	server := serve(t, pop3test.Options{Messages: mails(2), Answer: func(command string) (string, bool) {
		if !strings.HasPrefix(command, "AUTH") || left == 0 {
			return "", false
		}
		left--
		return "-ERR [SYS/TEMP] try later\r\n", true
	}})
	opts := options(t, server)
	s := open(t, opts)
	var notices []string
	s.Attach(migrate.Surroundings{Notice: func(text string) { notices = append(notices, text) }})
	began := time.Now()
	readAll(t, s).same(t, mails(2))
	if len(notices) != 2 || !strings.Contains(notices[0], "server asks to wait, next try in") || notices[1] != "" || time.Since(began) < 200*time.Millisecond {
		t.Errorf("got notices %q after %v, want one, and its end", notices, time.Since(began))
	}
}
