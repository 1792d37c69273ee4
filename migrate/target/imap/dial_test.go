package imap_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func security(s memserver.Security) imaptest.Option {
	return func(o *memserver.Options) { o.Security = s }
}

// dialKind dials and returns the kind of the failure.
func dialKind(t *testing.T, opts imap.Options) (migrate.Kind, *migrate.TargetError) {
	t.Helper()
	session, err := imap.New(opts).Dial(t.Context())
	if err == nil {
		_ = session.Close()
		t.Fatal("Dial: got a session, want an error")
	}
	var e *migrate.TargetError
	if !errors.As(err, &e) {
		t.Fatalf("Dial: got %T %v, want a TargetError", err, err)
	}
	if strings.Contains(err.Error()+e.Hint, imaptest.Password) {
		t.Errorf("Dial: got the password in %q", err)
	}
	return e.Kind, e
}

func TestDialNeedsTrust(t *testing.T) {
	t.Parallel()
	for _, how := range []memserver.Security{memserver.StartTLS, memserver.ImplicitTLS} {
		opts := imaptest.Start(t, security(how)).Options(imaptest.User)
		opts.RootCAs = nil
		if kind, e := dialKind(t, opts); kind != migrate.Unfit || !strings.Contains(e.Hint, "--tls-ca") {
			t.Errorf("security %d, unknown authority: got %v, hint %q, want Unfit with --tls-ca", how, e, e.Hint)
		}
	}
}

func TestDialNeedsTLS(t *testing.T) {
	t.Parallel()
	opts := imaptest.Start(t, security(memserver.Plain)).Options(imaptest.User)
	opts.Plaintext = false
	if kind, e := dialKind(t, opts); kind != migrate.Unfit || !strings.Contains(e.Hint, "--plaintext") {
		t.Errorf("no STARTTLS: got %v, hint %q, want Unfit with --plaintext", e, e.Hint)
	}
	opts.ImplicitTLS = true
	if kind, e := dialKind(t, opts); kind != migrate.Unfit || e.Hint == "" {
		t.Errorf("TLS to a plain port: got %v, hint %q, want Unfit with a hint", e, e.Hint)
	}
	starttls := imaptest.Start(t).Options(imaptest.User)
	starttls.Plaintext = true
	starttls.RootCAs = x509.NewCertPool()
	if kind, e := dialKind(t, starttls); kind != migrate.Unfit {
		t.Errorf("plaintext allowed, another authority named: got %v, want the certificate to be checked", e)
	}
	implicit := imaptest.Start(t, security(memserver.ImplicitTLS)).Options(imaptest.User)
	implicit.Plaintext, implicit.RootCAs = true, nil
	if kind, e := dialKind(t, implicit); kind != migrate.Unfit {
		t.Errorf("plaintext allowed, TLS asked for: got %v, want the certificate to be checked", e)
	}
}

// TestPlaintextTakesAnyTLS signs in to a server that lets nobody in without TLS.
func TestPlaintextTakesAnyTLS(t *testing.T) {
	t.Parallel()
	opts := imaptest.Start(t).Options(imaptest.User)
	opts.Plaintext, opts.RootCAs = true, nil
	session, err := imap.New(opts).Dial(t.Context())
	if err != nil {
		t.Fatalf("plaintext allowed, certificate unknown: %v", err)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
}

func TestDialRefused(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	opts := server.Options("nobody")
	if kind, e := dialKind(t, opts); kind != migrate.Denied {
		t.Errorf("unknown user: got %v, want Denied", e)
	}
	opts = server.Options(imaptest.User)
	opts.Password = func(context.Context) (migrate.Secret, error) { return "wrong", nil }
	if kind, e := dialKind(t, opts); kind != migrate.Denied {
		t.Errorf("wrong password: got %v, want Denied", e)
	}
	opts.Password = func(context.Context) (migrate.Secret, error) { return "a\r\nU2 LOGOUT", nil }
	if kind, e := dialKind(t, opts); kind != migrate.Denied || strings.Contains(e.Error(), "LOGOUT") {
		t.Errorf("line break in the password: got %v, want Denied", e)
	}
	noPassword := errors.New("keyring: locked")
	opts.Password = func(context.Context) (migrate.Secret, error) { return "", noPassword }
	if _, err := imap.New(opts).Dial(t.Context()); !errors.Is(err, noPassword) {
		t.Errorf("no password: got %v, want %v", err, noPassword)
	}
}

func TestDialAnswers(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	for _, c := range []struct {
		answer memserver.Answer
		want   migrate.Kind
	}{
		{memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "Account exceeded command or bandwidth limits. (Failure)"}, migrate.Busy},
		{memserver.Answer{Kind: "BYE", Code: "OVERQUOTA", Text: "Account exceeded command or bandwidth limits."}, migrate.Busy},
		{memserver.Answer{Kind: "NO", Code: "LIMIT", Text: "too many"}, migrate.Crowded},
		{memserver.Answer{Kind: "BYE", Text: "Too many connections"}, migrate.Crowded},
		{memserver.Answer{Kind: "NO", Code: "AUTHENTICATIONFAILED", Text: "no"}, migrate.Denied},
		{memserver.Answer{Kind: "BYE", Text: "shutting down"}, migrate.Broken},
	} {
		server.Mem.FailLogins(c.answer)
		if kind, e := dialKind(t, server.Options(imaptest.User)); kind != c.want {
			t.Errorf("%+v: got kind %d (%v), want %d", c.answer, kind, e, c.want)
		}
	}
}

func TestDialSilentServer(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	addr, _ := listener.Addr().(*net.TCPAddr)
	for _, implicit := range []bool{false, true} {
		opts := imap.Options{Host: "127.0.0.1", Port: addr.Port, User: "u", ImplicitTLS: implicit, Timeout: 200 * time.Millisecond}
		began := time.Now()
		kind, e := dialKind(t, opts)
		if took := time.Since(began); kind != migrate.Broken || took > 3*time.Second || !strings.Contains(e.Error(), "nothing moved for 200ms") {
			t.Errorf("silent server, implicit %v: got %v after %v, want Broken after 200ms", implicit, e, took)
		}
		if hinted := strings.Contains(e.Hint, "imaps://"); hinted == implicit {
			t.Errorf("silent server, implicit %v: got hint %q", implicit, e.Hint)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		opts.Timeout = time.Minute
		began = time.Now()
		if _, err := imap.New(opts).Dial(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
			t.Errorf("silent server, implicit %v: got %v after %v, want the context's end", implicit, err, time.Since(began))
		}
		cancel()
	}
}

func TestDebugHidesPassword(t *testing.T) {
	t.Parallel()
	for _, hide := range [][]string{nil, {"SASL-IR"}, {"AUTH=PLAIN"}} {
		server := imaptest.Start(t, security(memserver.Plain), func(o *memserver.Options) { o.Hide = hide })
		var log bytes.Buffer
		opts := server.Options(imaptest.User)
		opts.Debug = &log
		session, err := imap.New(opts).Dial(t.Context())
		if err != nil {
			t.Fatalf("Dial, hidden %v: %v", hide, err)
		}
		_, _ = session.Select(t.Context(), "INBOX")
		if err := session.Close(); err != nil {
			t.Error(err)
		}
		text := log.String()
		if strings.Contains(text, "s3cret") || strings.Contains(text, "czNjcm") || !strings.Contains(text, "SELECT") {
			t.Errorf("debug log, hidden %v: got the password or no SELECT in\n%s", hide, text)
		}
	}
}

func TestDovecotCrowdedAndDenied(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{MaxConns: 1})
	session, err := server.Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	if kind, e := dialKind(t, server.Options(imaptest.User)); kind != migrate.Crowded {
		t.Errorf("second connection: got kind %d (%v), want Crowded", kind, e)
	}
	opts := server.Options(imaptest.User)
	opts.Password = func(context.Context) (migrate.Secret, error) { return "wrong", nil }
	if kind, e := dialKind(t, opts); kind != migrate.Denied {
		t.Errorf("wrong password: got kind %d (%v), want Denied", kind, e)
	}
}
