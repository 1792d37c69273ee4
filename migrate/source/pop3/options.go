package pop3

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"unpop/migrate"
)

// Options say where the account is, how to be let in, and where its mail is kept. [ParseURL] gives the first four and Partial; Spool is
// needed too, and the rest have useful zero values.
type Options struct {
	Host string
	Port int
	User string
	// ImplicitTLS starts with TLS (RFC 8314); otherwise STLS (RFC 2595) is required.
	ImplicitTLS bool
	// Plaintext lets a session go on without TLS where the server offers no STLS, and where it does, with a certificate that
	// nobody vouches for, unless RootCAs is set. It means nothing with ImplicitTLS.
	Plaintext bool
	// RootCAs are trusted in place of the system's.
	RootCAs *x509.CertPool
	// Password is asked at each sign-in; for XOAUTH2 it gives an access token. Nil means an empty password.
	Password func(ctx context.Context) (migrate.Secret, error)
	// Auth is the way to sign in; the zero value lets the server's offers decide.
	Auth Mechanism
	// Spool is the directory where the mail is kept: a Maildir, made if it isn't there.
	Spool string
	// Timeout is how long a server may be silent while an answer is due; 0 means one minute.
	Timeout time.Duration
	// Patience is how long the server may fail in a row before the source gives up; 0 means 5 min.
	Patience time.Duration
	// Window is how many bytes of messages are asked for ahead, where the server takes commands in a row; 0 means 1 MiB.
	Window int64
	// Partial says that the server shows only some of its messages in a session, and others in the next, as Gmail does: then it is
	// asked until nothing new comes. [ParseURL] knows Gmail.
	Partial bool
	// Dial opens the connection; nil is usual.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Address errors. They never quote the address, which may hold a password.
var (
	errScheme   = errors.New("address: want pop3s://user@host or pop3://user@host")
	errPassword = errors.New("address: a password does not belong there: other programs and the shell's history could see it; " +
		"leave it out and it will be asked for")
	errNoUser   = errors.New("address: no user before the @")
	errBadUser  = errors.New("address: user: bad % escape or control character")
	errNoHost   = errors.New("address: no host after the @")
	errBadPort  = errors.New("address: port is not a number from 1 to 65535")
	errTrailing = errors.New("address: nothing may follow the host and port")
)

// IsURL reports whether a text is meant to be an address of this kind.
func IsURL(raw string) bool {
	scheme, _, ok := strings.Cut(raw, "://")
	return ok && (strings.EqualFold(scheme, "pop3s") || strings.EqualFold(scheme, "pop3"))
}

// ParseURL reads pop3s://user@host[:port] (implicit TLS, port 995) or pop3://user@host[:port] (STLS, port 110).
// The last @ splits, so the user may be a mail address as it is; % escapes are undone in the user. A password is refused.
func ParseURL(raw string) (Options, error) {
	scheme, rest, _ := strings.Cut(raw, "://")
	opts := Options{Port: 110}
	switch strings.ToLower(scheme) {
	case "pop3s":
		opts.Port, opts.ImplicitTLS = 995, true
	case "pop3":
	default:
		return Options{}, errScheme
	}
	at := strings.LastIndexByte(rest, '@')
	if at <= 0 {
		return Options{}, errNoUser
	}
	if err := opts.setHost(strings.TrimSuffix(rest[at+1:], "/")); err != nil {
		return Options{}, err
	}
	opts.Partial = opts.Host == "pop.gmail.com" || opts.Host == "pop.googlemail.com"
	if err := opts.setUser(rest[:at]); err != nil {
		return Options{}, err
	}
	return opts, nil
}

func (o *Options) setUser(escaped string) error {
	name := escaped
	if o.Partial { // Gmail's users may begin so, to see what other programs fetched
		name = strings.TrimPrefix(name, "recent:")
	}
	if strings.Contains(name, ":") {
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
	host := hostport
	if i := strings.LastIndexByte(hostport, ':'); i > strings.LastIndexByte(hostport, ']') {
		host = hostport[:i]
		n, err := strconv.ParseUint(hostport[i+1:], 10, 16)
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

// String returns the address in one canonical form, without secrets: pop3s://anna%40example.org@pop.example.org:995.
// The ledger knows the source by it.
func (o Options) String() string {
	scheme := "pop3"
	if o.ImplicitTLS {
		scheme = "pop3s"
	}
	return scheme + "://" + url.User(o.User).String() + "@" + o.hostport()
}

// Account is what a person calls the account: anna@pop.example.org.
func (o Options) Account() string {
	name, _, _ := strings.Cut(o.User, "@")
	return name + "@" + o.Host
}

func (o Options) hostport() string { return net.JoinHostPort(o.Host, strconv.Itoa(o.Port)) }

func (o Options) timeout() time.Duration {
	if o.Timeout <= 0 {
		return time.Minute
	}
	return o.Timeout
}

func (o Options) patience() time.Duration {
	if o.Patience <= 0 {
		return 5 * time.Minute
	}
	return o.Patience
}

func (o Options) window() int64 {
	if o.Window <= 0 {
		return 1 << 20
	}
	return o.Window
}

// noTLS is the hint for a port that speaks no TLS where it should from the start.
func (o *Options) noTLS() string {
	if !o.ImplicitTLS {
		return ""
	}
	return "this port speaks no TLS: try pop3:// for STLS"
}
