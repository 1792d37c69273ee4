package memserver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"unpop/migrate"
)

// Security says how a server protects its connections.
type Security int

// The kinds of protection.
const (
	Plain       Security = iota // none: only for clients that were told so
	StartTLS                    // STARTTLS, required before sign-in
	ImplicitTLS                 // TLS from the first byte
)

// Options describe a server. The zero value has no users.
type Options struct {
	// Users are the accounts: names and passwords.
	Users    map[string]string
	Security Security
	// Mailboxes are made for each user beside INBOX.
	Mailboxes []migrate.MailboxInfo
	// Delimiter separates names; 0 means a slash. Prefix is the personal namespace ("INBOX."): other names are refused.
	Delimiter rune
	Prefix    string
	// Quota is how many bytes each user may store; 0 means no limit.
	Quota int64
	// AppendMax is the largest message taken; 0 means 100 MiB.
	AppendMax uint32
	// RefuseEarly makes the server say NO to an APPEND's first message in place of the "+" that its literal waits for. Else it
	// says so when it has read it. Later messages of the command are refused early either way.
	RefuseEarly bool
	// Hide are capabilities not to be offered, such as UIDPLUS or LITERAL-. What MULTIAPPEND, LITERAL+ and LITERAL- stand
	// for is refused then.
	Hide []string
	// Alter changes what the server is about to write, as plain text, for tests; nil closes the connection instead. It must not keep
	// or change its argument.
	Alter func(out []byte) []byte
}

// Server is a running server. Its methods may be called by several goroutines at once.
type Server struct {
	opts     Options
	cert     *Certificate
	listener net.Listener
	imap     *imapserver.Server
	done     chan struct{}

	traffic  traffic
	scatters atomic.Bool
	slow     atomic.Int64

	mu     sync.Mutex
	users  map[string]*user
	faults faults
}

// allCaps is what go-imap is told that the server can do. LITERAL-, SASL-IR and a few more come with it, and MULTIAPPEND
// is ours.
var allCaps = []imap.Cap{
	imap.CapIMAP4rev1, imap.CapNamespace, imap.CapUIDPlus, imap.CapESearch, imap.CapListExtended, imap.CapListStatus,
	imap.CapMove, imap.CapStatusSize, imap.CapSpecialUse, imap.CapCreateSpecialUse, imap.CapLiteralPlus,
}

// New starts a server on a free port of 127.0.0.1. The caller closes it.
func New(opts Options) (*Server, error) {
	if opts.Delimiter == 0 {
		opts.Delimiter = '/'
	}
	cert, err := NewCertificate()
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, cert: cert, done: make(chan struct{}), users: make(map[string]*user)}
	for name, password := range opts.Users {
		if s.users[name], err = newUser(s, name, password); err != nil {
			return nil, err
		}
	}
	if err := s.listen(); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.done)
		_ = s.imap.Serve(s.listener)
	}()
	return s, nil
}

func (s *Server) listen() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("memserver: %w", err)
	}
	serverTLS := &tls.Config{Certificates: []tls.Certificate{s.cert.TLS}, MinVersion: tls.VersionTLS12}
	options := &imapserver.Options{
		NewSession: s.newSession, Caps: s.caps(), Logger: log.New(io.Discard, "", 0),
		InsecureAuth: true, // go-imap does not see the TLS below our own connection
	}
	wires := &wireListener{Listener: listener, server: s}
	switch s.opts.Security {
	case StartTLS:
		wires.upgrade = serverTLS
	case ImplicitTLS:
		wires.Listener = tls.NewListener(listener, serverTLS)
	}
	s.listener = wires
	s.imap = imapserver.New(options)
	return nil
}

func (s *Server) caps() imap.CapSet {
	caps := make(imap.CapSet)
	for _, c := range allCaps {
		if !s.hides(string(c)) {
			caps[c] = struct{}{}
		}
	}
	return caps
}

func (s *Server) hides(name string) bool {
	return slices.ContainsFunc(s.opts.Hide, func(hidden string) bool { return strings.EqualFold(hidden, name) })
}

// Close stops the server and drops its connections. What it stored is gone.
func (s *Server) Close() error {
	err := s.imap.Close()
	<-s.done
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Addr returns host and port.
func (s *Server) Addr() *net.TCPAddr {
	addr, _ := s.listener.Addr().(*net.TCPAddr)
	return addr
}

// URL returns a user's address, as the imap target takes it.
func (s *Server) URL(name string) string {
	scheme := "imap"
	if s.opts.Security == ImplicitTLS {
		scheme = "imaps"
	}
	return scheme + "://" + url.User(name).String() + "@" + s.listener.Addr().String()
}

// CertPool returns the authority that vouches for the server's certificate.
func (s *Server) CertPool() *x509.CertPool { return s.cert.Pool }

// CertPEM returns the authority's certificate as a file would hold it, for --tls-ca.
func (s *Server) CertPEM() []byte { return s.cert.CertPEM }
