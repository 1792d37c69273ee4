package pop3

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	gopop3 "github.com/knadh/go-pop3"

	"unpop/migrate"
)

// A session is one connection that is signed in. It belongs to one goroutine.
type session struct {
	opts   *Options
	gate   *gate
	client *gopop3.Conn
	caps   capabilities
	stamp  string // of the greeting, for APOP
	secure bool   // TLS is on
}

// handover is a dialer for go-pop3 that has dialed already.
type handover struct{ conn net.Conn }

// Dial implements go-pop3's Dialer.
func (h handover) Dial(string, string) (net.Conn, error) { return h.conn, nil }

// connect opens a session and signs in.
func connect(ctx context.Context, opts *Options) (*session, error) {
	var password migrate.Secret
	if opts.Password != nil {
		var err error
		if password, err = opts.Password(ctx); err != nil {
			return nil, fmt.Errorf("password: %w", err)
		}
	}
	s := &session{opts: opts}
	if err := s.dial(ctx); err != nil {
		return nil, err
	}
	defer s.gate.guard(ctx)()
	if err := s.open(ctx, password); err != nil {
		_ = s.gate.Close()
		return nil, err
	}
	return s, nil
}

// dial opens the connection, with TLS where the address says so.
func (s *session) dial(ctx context.Context) error {
	dial := s.opts.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: s.opts.timeout()}).DialContext
	}
	raw, err := dial(ctx, "tcp", s.opts.hostport())
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return migrate.DialError(err, "")
	}
	s.gate = newGate(raw, s.opts.timeout())
	if s.opts.ImplicitTLS {
		return s.startTLS(ctx)
	}
	return nil
}

// startTLS puts TLS on the connection. The certificate is verified, unless the user allowed to go without TLS and named no
// authority: then TLS with whoever answers is the better of what is allowed (RFC 7435).
func (s *session) startTLS(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.opts.timeout())
	defer cancel()
	conn := tls.Client(s.gate.Conn, &tls.Config{
		ServerName: s.opts.Host, RootCAs: s.opts.RootCAs, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify: s.opts.Plaintext && !s.opts.ImplicitTLS && s.opts.RootCAs == nil, //nolint:gosec // see above
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = s.gate.Close()
		return migrate.HandshakeError(err, s.opts.noTLS())
	}
	s.gate.use(conn)
	s.secure = true
	return nil
}

// open leads from the greeting to the transaction state.
func (s *session) open(ctx context.Context, password migrate.Secret) (err error) {
	if err := s.greet(ctx); err != nil {
		return err
	}
	if err := s.askCapabilities(ctx); err != nil {
		return err
	}
	if !s.secure {
		if err := s.upgrade(ctx); err != nil {
			return err
		}
	}
	if err := s.signIn(ctx, password); err != nil {
		return err
	}
	return s.askCapabilities(ctx) // they may differ in the transaction state (RFC 2449 section 5)
}

// greet reads the greeting, by go-pop3.
func (s *session) greet(ctx context.Context) (err error) {
	s.client, err = gopop3.New(gopop3.Opt{Host: s.opts.Host, Port: s.opts.Port, Dialer: handover{s.gate}}).NewConn()
	if err != nil {
		if err = s.fault(ctx, err, migrate.Broken); isRefusal(s.gate.status) || s.gate.broken != nil {
			return s.unwelcome(err)
		}
		return unfit("server: does not speak POP3", "check host and port")
	}
	s.stamp = timestamp(s.gate.status)
	return nil
}

// unwelcome explains a greeting that did not come: where TLS is to begin at once, the server waits for us.
func (s *session) unwelcome(err error) error {
	var e *migrate.TargetError
	if !s.opts.ImplicitTLS && errors.Is(err, errSilent) && errors.As(err, &e) {
		e.Hint = "a port that says nothing may want TLS at once: try pop3s://"
	}
	return err
}

// upgrade does STLS (RFC 2595 section 4), or goes on without it where the user allowed that.
func (s *session) upgrade(ctx context.Context) error {
	if !s.caps.stls {
		if s.opts.Plaintext {
			return nil
		}
		return unfit("server: offers no TLS on this port", "use pop3s://, or allow mail and password to travel in the clear with --plaintext")
	}
	if _, err := s.command(ctx, "STLS", false); err != nil {
		return err
	}
	if s.gate.br.Buffered() > 0 { // what came in the clear must not count as said under TLS
		return unfit("server: sent data between STLS and TLS", "")
	}
	if err := s.startTLS(ctx); err != nil {
		return err
	}
	return s.askCapabilities(ctx) // those from before TLS are void
}

// command has go-pop3 send a command and read the answer, with the lines behind the first if many is set. A refusal is a
// [*migrate.TargetError].
func (s *session) command(ctx context.Context, line string, many bool) (*bytes.Buffer, error) {
	defer s.gate.guard(ctx)()
	s.gate.begin()
	answer, err := s.client.Cmd(line, many)
	if err != nil {
		return nil, s.fault(ctx, err, migrate.Refused)
	}
	return answer, nil
}

// fault says what an error of go-pop3's means, which has lost the kind of it.
func (s *session) fault(ctx context.Context, err error, fallback migrate.Kind) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.gate.broken != nil:
		return lost(ctx, s.gate.broken)
	case isRefusal(s.gate.status):
		return refused(s.gate.status, fallback)
	default:
		return lost(ctx, s.gate.fail(fmt.Errorf("answer: neither +OK nor -ERR: %.60q", s.gate.status)))
	}
}

func isRefusal(status string) bool {
	return len(canonical(status)) >= 4 && canonical(status)[:4] == "-ERR"
}

// quitTime is how long a farewell may take that nothing depends on.
const quitTime = time.Second

// quit ends the session in good order. What was marked for deletion is deleted if and only if the error is nil.
func (s *session) quit(ctx context.Context) error {
	defer s.gate.guard(ctx)()
	s.gate.begin()
	if err := s.client.Quit(); err != nil { // it closes the connection in any case
		if isRefusal(s.gate.status) {
			return refused(s.gate.status, migrate.Refused)
		}
		return lost(ctx, err)
	}
	return nil
}

// leave ends a session that changed nothing.
func (s *session) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, quitTime)
	defer cancel()
	_ = s.quit(ctx)
}

// drop closes the connection without a word.
func (s *session) drop() { _ = s.gate.Close() }
