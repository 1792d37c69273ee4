package imap

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"unpop/migrate"
)

// Options say where the account is and how to reach it. [ParseURL] gives the first four; the rest have useful zero values.
type Options struct {
	Host string
	Port int
	User string
	// ImplicitTLS starts with TLS (RFC 8314); otherwise STARTTLS is required.
	ImplicitTLS bool
	// Plaintext lets a session go on without TLS where the server offers no STARTTLS, and where it does, with a certificate that nobody
	// vouches for, unless RootCAs is set. It means nothing with ImplicitTLS.
	Plaintext bool
	// RootCAs are trusted in place of the system's.
	RootCAs *x509.CertPool
	// Password is asked at each sign-in. Nil means an empty password.
	Password func(ctx context.Context) (migrate.Secret, error)
	// Keep is how many sessions that were closed are kept for the next Dial, which then costs nothing; [Target.Close] ends them.
	Keep int
	// Wrap puts something around each connection, below TLS, that limits or counts what passes; nil is usual. The deadlines that are
	// set on what it returns are those of bytes that move, not of bytes that wait to.
	Wrap func(net.Conn) net.Conn
	// Timeout is how long a server may be silent while an answer is due; 0 means one minute.
	Timeout time.Duration
	// Version is the program's, for the server's log (ID, RFC 2971); it may be empty.
	Version string
	// Debug gets the lines of the dialogue, without literals and without credentials. It may be nil.
	Debug io.Writer
}

const defaultTimeout = time.Minute

// Address errors. They never quote the address, which may hold a password.
var (
	errScheme   = errors.New("address: want imaps://user@host or imap://user@host")
	errPassword = errors.New("address: a password does not belong there: other programs and the shell's history could see it; " +
		"leave it out and it will be asked for")
	errNoUser   = errors.New("address: no user before the @")
	errBadUser  = errors.New("address: user: bad % escape or control character")
	errNoHost   = errors.New("address: no host after the @")
	errBadPort  = errors.New("address: port is not a number from 1 to 65535")
	errTrailing = errors.New("address: nothing may follow the host and port")
)

// ParseURL reads imaps://user@host[:port] (implicit TLS, port 993) or imap://user@host[:port] (STARTTLS, port 143).
// The last @ splits, so the user may be a mail address as it is; % escapes are undone in the user. A password is refused.
func ParseURL(raw string) (Options, error) {
	scheme, rest, _ := strings.Cut(raw, "://")
	opts := Options{Port: 143}
	switch strings.ToLower(scheme) {
	case "imaps":
		opts.Port, opts.ImplicitTLS = 993, true
	case "imap":
	default:
		return Options{}, errScheme
	}
	at := strings.LastIndexByte(rest, '@')
	if at <= 0 {
		return Options{}, errNoUser
	}
	if err := opts.setUser(rest[:at]); err != nil {
		return Options{}, err
	}
	if err := opts.setHost(strings.TrimSuffix(rest[at+1:], "/")); err != nil {
		return Options{}, err
	}
	return opts, nil
}

func (o *Options) setUser(escaped string) error {
	if strings.Contains(escaped, ":") {
		return errPassword
	}
	user, err := url.PathUnescape(escaped)
	if err != nil || strings.ContainsFunc(user, isControl) {
		return errBadUser
	}
	o.User = user
	return nil
}

func (o *Options) setHost(hostport string) error {
	if strings.ContainsAny(hostport, "/?#") {
		return errTrailing
	}
	host, port := hostport, ""
	if i := strings.LastIndexByte(hostport, ':'); i > strings.LastIndexByte(hostport, ']') {
		host, port = hostport[:i], hostport[i+1:]
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return errBadPort
		}
		o.Port = int(n)
	}
	o.Host = strings.ToLower(strings.Trim(host, "[]"))
	if o.Host == "" || strings.ContainsFunc(o.Host, isControl) || strings.ContainsRune(o.Host, ' ') {
		return errNoHost
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// String returns the address in one canonical form, without secrets: imaps://anna%40example.org@mail.example.org:993.
// The ledger knows the target by it.
func (o Options) String() string {
	scheme := "imap"
	if o.ImplicitTLS {
		scheme = "imaps"
	}
	return scheme + "://" + url.User(o.User).String() + "@" + o.hostport()
}

func (o Options) hostport() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

func (o Options) timeout() time.Duration {
	if o.Timeout <= 0 {
		return defaultTimeout
	}
	return o.Timeout
}

// noTLS is the hint for a port that speaks no TLS where it should from the start.
func (o *Options) noTLS() string {
	if !o.ImplicitTLS {
		return ""
	}
	return "this port speaks no TLS: try imap:// for STARTTLS"
}
