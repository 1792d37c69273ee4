package migratetest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap/memserver"
)

// stage is a server in memory behind a proxy.
type stage struct {
	*testing.T
	server *memserver.Server
	proxy  *migratetest.Proxy
}

func newStage(t *testing.T, faults ...migratetest.Fault) *stage {
	t.Helper()
	t.Parallel()
	server, err := memserver.New(memserver.Options{Users: map[string]string{"anna": "pw"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	proxy := migratetest.StartProxy(t, server.Addr().String())
	proxy.Plan(faults...)
	return &stage{t, server, proxy}
}

// client is the plainest of clients: it writes and reads lines.
type client struct {
	*testing.T
	conn *net.TCPConn
	in   *bufio.Reader
}

func (s *stage) dial(addr *net.TCPAddr) *client {
	s.Helper()
	conn, err := net.DialTCP("tcp", nil, addr)
	if err != nil { // a reset may be that quick
		return &client{T: s.T, in: bufio.NewReader(strings.NewReader("dial: " + err.Error()))}
	}
	s.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return &client{s.T, conn, bufio.NewReader(conn)}
}

// signIn connects through the proxy and signs in.
func (s *stage) signIn() *client {
	s.Helper()
	c := s.dial(s.proxy.Addr())
	c.want("* OK")
	c.send("in LOGIN anna pw\r\n")
	c.want("in OK")
	return c
}

// stored asks the server, past the proxy, how many messages it has. What was sent before may take a moment.
func (s *stage) stored(want int) {
	s.Helper()
	c := s.dial(s.server.Addr())
	c.want("* OK")
	c.send("in LOGIN anna pw\r\n")
	c.want("in OK")
	got := ""
	for range 50 {
		c.send("st STATUS INBOX (MESSAGES)\r\n")
		got = c.want("* STATUS")
		c.want("st OK")
		if strings.Contains(got, fmt.Sprintf("MESSAGES %d)", want)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Errorf("stored: got %q, want %d messages", strings.TrimSpace(got), want)
}

func (c *client) send(text string) {
	c.Helper()
	if _, err := io.WriteString(c.conn, text); err != nil {
		c.Fatalf("send %.40q: %v", text, err)
	}
}

// want skips lines up to one with a prefix and returns it.
func (c *client) want(prefix string) string {
	c.Helper()
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			c.Fatalf("got %q and %v, want %q", line, err, prefix)
		}
		if strings.HasPrefix(line, prefix) {
			return line
		}
	}
}

// message is an APPEND command of a message of 100 bytes.
func message(tag, plus string) string {
	return tag + " APPEND INBOX (\\Seen) {100" + plus + "}\r\n" + body
}

var body = "Subject: x\r\n\r\n" + strings.Repeat("x", 84) + "\r\n"

// The ends of a connection.
const (
	reset  = "reset"
	hangUp = "hang up"
	silent = "silent"
)

// ends reads up to the end of the connection, which must be of a kind, and returns what came before.
func (c *client) ends(want string) string {
	c.Helper()
	if c.conn == nil && want == reset {
		return ""
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	rest, err := io.ReadAll(c.in)
	got := hangUp
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		got = silent
	case err != nil: // each system has its own words for it
		got = reset
	}
	if got != want {
		c.Errorf("end: got %s after %q, want %s", got, rest, want)
	}
	return string(rest)
}

func (s *stage) allFired(want ...string) {
	s.Helper()
	s.proxy.AllFired(s)
	fired := s.proxy.Fired()
	for _, kind := range want {
		if fired[kind] == 0 {
			s.Errorf("Fired: got %v, want %q in it", fired, kind)
		}
	}
}
