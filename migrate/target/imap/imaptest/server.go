package imaptest

import (
	"context"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/memserver"
)

// User and Password sign in to every server of this package.
const (
	User     = "anna@example.org"
	Password = "s3cret pass\"word\\"
)

// Server is a running server, whichever kind.
type Server struct {
	// Mem is the server in memory, for its faults; nil for another kind.
	Mem *memserver.Server
	// Addr is where it listens, with TLS from the first byte if Implicit is set.
	Addr     *net.TCPAddr
	Implicit bool
	// Secure says that it wants TLS; Pool trusts its certificate.
	Secure bool
	Pool   *x509.CertPool
	// POP3 is where the same account is served by POP3, the same way; nil if it isn't.
	POP3 *net.TCPAddr
	// CertPEM is that certificate as a file would hold it.
	CertPEM []byte
	// Mail is where Dovecot keeps the users' mail, a directory for each; empty for others.
	Mail string
}

// An Option changes the server that Start starts.
type Option func(*memserver.Options)

// Start starts a server in memory, with STARTTLS and [User], and stops it when the test ends.
func Start(tb testing.TB, options ...Option) *Server {
	tb.Helper()
	opts := memserver.Options{Users: map[string]string{User: Password}, Security: memserver.StartTLS}
	for _, option := range options {
		option(&opts)
	}
	mem, err := memserver.New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = mem.Close() })
	return &Server{
		Mem: mem, Addr: mem.Addr(), Pool: mem.CertPool(), CertPEM: mem.CertPEM(),
		Implicit: opts.Security == memserver.ImplicitTLS, Secure: opts.Security != memserver.Plain,
	}
}

// Delayed is the same server at the end of a line with such a round trip: every byte takes half of it in each direction, but as many as come
// are under way at once, as on a line of unlimited bandwidth.
func (s *Server) Delayed(tb testing.TB, rtt time.Duration) *Server {
	tb.Helper()
	proxy := migratetest.StartProxy(tb, s.Addr.String())
	proxy.Pace(rtt/2, 0)
	far := *s
	far.Addr = proxy.Addr()
	return &far
}

// Target is the account of a user, reached the way the server wants it.
func (s *Server) Target(user string) *imap.Target { return imap.New(s.Options(user)) }

// Options are those of [Server.Target], for tests that change them.
func (s *Server) Options(user string) imap.Options {
	return imap.Options{
		Host: s.Addr.IP.String(), Port: s.Addr.Port, User: user,
		ImplicitTLS: s.Implicit, Plaintext: !s.Secure, RootCAs: s.Pool, Timeout: 20 * time.Second,
		Password: func(context.Context) (migrate.Secret, error) { return Password, nil },
	}
}
