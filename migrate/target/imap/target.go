package imap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"unpop/migrate"
)

// Target is an IMAP account. It implements [migrate.Target] and [migrate.Warmer]; the sessions implement [migrate.Finder], [migrate.Remover]
// and [migrate.Arranger].
type Target struct {
	opts Options
	idle idle
}

// New returns the account. Nothing is sent before [Target.Dial].
func New(opts Options) *Target { return &Target{opts: opts} }

// String returns the account's canonical address, see [Options.String].
func (t *Target) String() string { return t.opts.String() }

// Dial connects, secures the connection and signs in. Its errors are of type [*migrate.TargetError], unless the context
// ended or the password could not be had. It may be called by several goroutines at once.
func (t *Target) Dial(ctx context.Context) (migrate.Session, error) {
	if s := t.rested(ctx); s != nil {
		return s, nil
	}
	t.idle.warming.Wait() // one of those may do
	if s := t.rested(ctx); s != nil {
		return s, nil
	}
	s, err := t.connectAndSignIn(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (t *Target) connectAndSignIn(ctx context.Context) (*Session, error) {
	password, err := t.password(ctx)
	if err != nil {
		return nil, err
	}
	w, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer w.guard(ctx)()
	if err := t.open(w, password); err != nil {
		w.kill(errClosed)
		if ctx.Err() != nil {
			return nil, &migrate.TargetError{Kind: migrate.Broken, Err: context.Cause(ctx)}
		}
		return nil, err
	}
	return &Session{target: t, wire: w, client: newTap(w).client()}, nil
}

var errClosed = errors.New("session: closed")

func (t *Target) password(ctx context.Context) (migrate.Secret, error) {
	if t.opts.Password == nil {
		return "", nil
	}
	password, err := t.opts.Password(ctx)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	return password, nil
}

// connect opens the connection, with TLS where the address says so.
func (t *Target) connect(ctx context.Context) (*wire, error) {
	dialer := net.Dialer{Timeout: t.opts.timeout()}
	raw, err := dialer.DialContext(ctx, "tcp", t.opts.hostport())
	if err != nil {
		return nil, migrate.DialError(err, "")
	}
	if t.opts.Wrap != nil {
		raw = t.opts.Wrap(raw)
	}
	w := newWire(raw, t.opts.timeout(), t.opts.Debug)
	if t.opts.ImplicitTLS {
		err = t.startTLS(ctx, w)
	}
	return w, err
}

// startTLS puts TLS on the connection. The certificate is verified, unless the user allowed to go without TLS and named no
// authority: then TLS with whoever answers is the better of what is allowed (RFC 7435, opportunistic security).
func (t *Target) startTLS(ctx context.Context, w *wire) error {
	conn := tls.Client(w.paced, &tls.Config{
		ServerName: t.opts.Host, RootCAs: t.opts.RootCAs, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: t.opts.Plaintext && !t.opts.ImplicitTLS && t.opts.RootCAs == nil,
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		w.kill(errClosed)
		return migrate.HandshakeError(w.silence(err), t.opts.noTLS())
	}
	w.use(conn)
	return nil
}

// open leads from the greeting to the authenticated state.
func (t *Target) open(w *wire, password migrate.Secret) error {
	preauth, err := w.greet()
	if err != nil {
		return t.unwelcome(err)
	}
	if !t.opts.ImplicitTLS {
		if err := t.upgrade(w, preauth); err != nil {
			return err
		}
	}
	if !preauth {
		if err := w.signIn(t.opts.User, password); err != nil {
			return err
		}
	}
	return w.introduce(t.opts.Version)
}

// unwelcome explains a greeting that did not come: where TLS is to begin at once, the server waits for us.
func (t *Target) unwelcome(err error) error {
	var problem *migrate.TargetError
	if !t.opts.ImplicitTLS && errors.Is(err, errSilent) && errors.As(err, &problem) {
		problem.Hint = "a port that says nothing may want TLS at once: try imaps://"
	}
	return err
}

// upgrade does STARTTLS (RFC 9051 section 6.2.1), or goes on without it where the user allowed that.
func (t *Target) upgrade(w *wire, preauth bool) error {
	switch offered := w.caps.Has("STARTTLS"); {
	case preauth && !t.opts.Plaintext:
		return unfit("server: signed us in before TLS could begin", "")
	case !offered && !t.opts.Plaintext:
		return unfit("server: offers no TLS on this port",
			"use imaps://, or allow mail and password to travel in the clear with --plaintext")
	case !offered || preauth:
		return nil
	}
	r, err := w.command("STARTTLS", "STARTTLS")
	if err != nil {
		return w.broken(true)
	}
	if r.kind != "OK" {
		return classify(r, migrate.Unfit, true)
	}
	if w.br.Buffered() > 0 { // what came in the clear must not count as said under TLS (RFC 9051 section 11.1)
		return unfit("server: sent data between STARTTLS and TLS", "")
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.opts.timeout())
	defer cancel()
	w.paced.arm()
	if err := t.startTLS(ctx, w); err != nil {
		return err
	}
	return w.askCaps() // those from before TLS are void
}

func unfit(text, hint string) *migrate.TargetError {
	return &migrate.TargetError{Kind: migrate.Unfit, Err: errors.New(text), Hint: hint}
}
