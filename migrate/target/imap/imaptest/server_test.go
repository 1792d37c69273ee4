package imaptest_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// client writes and reads lines.
type client struct {
	*testing.T
	net.Conn
	in *bufio.Reader
}

// signIn connects, with TLS if the server wants it, and signs in.
func signIn(t *testing.T, server *imaptest.Server) *client {
	t.Helper()
	conn, err := net.Dial("tcp", server.Addr.String())
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t, conn, bufio.NewReader(conn)}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if server.Secure {
		c.asks("STARTTLS", "OK")
		c.Conn = tls.Client(conn, &tls.Config{RootCAs: server.Pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12})
		c.in = bufio.NewReader(c.Conn)
	}
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(imaptest.Password)
	c.asks(fmt.Sprintf(`LOGIN %s "%s"`, imaptest.User, quoted), "OK")
	return c
}

// asks sends a command whose tagged answer must begin with want, and returns all that is said.
func (c *client) asks(command, want string) (said string) {
	c.Helper()
	if _, err := io.WriteString(c.Conn, "a "+command+"\r\n"); err != nil {
		c.Fatal(err)
	}
	for {
		line, err := c.in.ReadString('\n')
		if said += line; err != nil {
			c.Fatalf("%.40q: got %q and %v, want %s", command, said, err, want)
		}
		if rest, tagged := strings.CutPrefix(line, "a "); tagged {
			if !strings.HasPrefix(rest, want) {
				c.Errorf("%.40q: got %q, want %s", command, line, want)
			}
			return said
		}
	}
}

// offers tells which of these capabilities a server offers to those who have signed in.
func (c *client) offers(names ...string) (offered []string) {
	c.Helper()
	caps := " " + strings.NewReplacer("\r", " ").Replace(c.asks("CAPABILITY", "OK"))
	for _, name := range names {
		if strings.Contains(caps, " "+name+" ") {
			offered = append(offered, name)
		}
	}
	return offered
}

const (
	message = "Subject: x\r\n\r\nhi\r\n"
	batch   = "APPEND INBOX {18+}\r\n" + message + " (\\Seen) {18+}\r\n" + message
)

// TestOffers: what servers can and what they say, which isn't the same.
func TestOffers(t *testing.T) {
	t.Parallel()
	dovecot := func(opts imaptest.DovecotOptions) func(testing.TB) *imaptest.Server {
		return func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, opts) }
	}
	for name, s := range map[string]struct {
		start  func(testing.TB) *imaptest.Server
		offers string
		multi  string // answer to a MULTIAPPEND with non-synchronizing literals; none where that would hang
	}{
		"memserver":     {func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb) }, "[MULTIAPPEND LITERAL+ LITERAL- UIDPLUS]", "OK [APPENDUID 1 1:2]"},
		"Dovecot":       {dovecot(imaptest.DovecotOptions{}), "[MULTIAPPEND LITERAL+ UIDPLUS]", "OK [APPENDUID"},
		"Dovecot sdbox": {dovecot(imaptest.DovecotOptions{Format: "sdbox", Fsync: "optimized", Plain: true}), "[MULTIAPPEND LITERAL+ UIDPLUS]", "OK [APPENDUID"},
		"Dovecot mdbox": {dovecot(imaptest.DovecotOptions{Format: "mdbox", Dots: true}), "[MULTIAPPEND LITERAL+ UIDPLUS]", "OK [APPENDUID"},
		"Dovecot, less": {dovecot(imaptest.DovecotOptions{Hide: []string{"multiappend", "LITERAL+"}}), "[UIDPLUS]", "OK [APPENDUID"},
		"Cyrus":         {imaptest.Cyrus, "[MULTIAPPEND LITERAL+ UIDPLUS]", "OK [APPENDUID"},
		"Courier":       {imaptest.Courier, "[UIDPLUS]", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := signIn(t, s.start(t))
			if got := fmt.Sprint(c.offers("MULTIAPPEND", "LITERAL+", "LITERAL-", "UIDPLUS")); got != s.offers {
				t.Errorf("offers: got %s, want %s", got, s.offers)
			}
			if s.multi != "" {
				c.asks(batch, s.multi)
				c.asks("SELECT INBOX", "OK")
				if said := c.asks("SEARCH ALL", "OK"); !strings.HasPrefix(said, "* SEARCH 1 2\r\n") {
					t.Errorf("SEARCH: got %q, want two messages", said)
				}
			}
		})
	}
}

// TestDelayed: a round trip takes its time, and many at once take no more.
func TestDelayed(t *testing.T) {
	t.Parallel()
	const rtt = 100 * time.Millisecond
	near := imaptest.Start(t, func(o *memserver.Options) { o.Security = memserver.Plain })
	c := signIn(t, near.Delayed(t, rtt))
	start := time.Now()
	c.asks("NOOP", "OK")
	if took := time.Since(start); took < rtt || took > 3*rtt {
		t.Errorf("a command: took %v, want about %v", took, rtt)
	}
	start = time.Now()
	c.asks(strings.Repeat(batch+"\r\nb ", 200)+"NOOP\r\na NOOP", "OK")
	if took := time.Since(start); took < rtt || took > 5*rtt {
		t.Errorf("200 commands at once: took %v, want about %v", took, rtt)
	}
	for deadline := time.Now().Add(10 * time.Second); near.Mem.Traffic().Multi() < 200 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // the answer to an early one may be taken for that to the last
	}
	if got := near.Mem.Traffic(); got.Multi() != 200 || got.InFlight < 10 {
		t.Errorf("got %d batches and %d in flight, want 200 and many", got.Multi(), got.InFlight)
	}
}
