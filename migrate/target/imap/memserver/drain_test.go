package memserver_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate/target/imap/memserver"
)

// flood sends twenty APPENDs, the last of them without its end, and cuts the connection.
func flood(t *testing.T, server *memserver.Server, cut func(*net.TCPConn)) {
	t.Helper()
	c := signIn(t, server)
	all := ""
	for i := range 20 {
		all += fmt.Sprintf("t%d APPEND INBOX {16+}\r\n%s\r\n", i, one)
	}
	if _, err := io.WriteString(c.conn, all[:len(all)-3]); err != nil {
		t.Fatal(err)
	}
	cut(c.conn.(*net.TCPConn))
}

// count asks how many messages INBOX has.
func count(t *testing.T, server *memserver.Server) (n int) {
	t.Helper()
	said := signIn(t, server).answers("STATUS INBOX (MESSAGES)")
	if _, err := fmt.Sscanf(said, "* STATUS INBOX (MESSAGES %d)", &n); err != nil {
		t.Fatalf("STATUS: got %q", said)
	}
	return n
}

// TestDrainAfterCut: what came whole is stored one after the other, whatever the end of the connection was like.
func TestDrainAfterCut(t *testing.T) {
	t.Parallel()
	const d = 400 * time.Millisecond
	for name, cut := range map[string]func(*net.TCPConn){
		"end":        func(c *net.TCPConn) { _ = c.Close() },
		"reset":      func(c *net.TCPConn) { _ = c.SetLinger(0); _ = c.Close() },
		"half-close": func(c *net.TCPConn) { _ = c.CloseWrite() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := withOptions(t, memserver.Options{})
			server.DrainAfterCut(d)
			server.SlowStore(2 * time.Millisecond)
			start := time.Now()
			flood(t, server, cut)
			early := count(t, server)
			server.WaitLate()
			if took := time.Since(start); took < d || took > 3*d {
				t.Errorf("drained after %v, want about %v", took, d)
			}
			if late := count(t, server); early >= late || late != 19 {
				t.Errorf("stored: got %d at once and %d in the end, want some and 19", early, late)
			}
			if got := server.Traffic().Drained; got < 10 {
				t.Errorf("Drained: got %d, want most of 20", got)
			}
		})
	}
}

// TestDrainEnds: neither the server's end nor its restart waits for what is left.
func TestDrainEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*memserver.Server){
		"Close": func(s *memserver.Server) { _ = s.Close() }, "Restart": func(s *memserver.Server) { s.Restart(0) },
	} {
		server := withOptions(t, memserver.Options{})
		server.DrainAfterCut(time.Hour)
		flood(t, server, func(c *net.TCPConn) { _ = c.Close() })
		time.Sleep(50 * time.Millisecond)
		end(server)
		start := time.Now()
		if server.WaitLate(); time.Since(start) > time.Second {
			t.Errorf("%s: WaitLate took %v, want no time", name, time.Since(start))
		}
	}
}

// TestNoDrain: a server that isn't told to drain carries on as long as it can say so, and a fault of its own ends it.
func TestNoDrain(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{})
	flood(t, server, func(c *net.TCPConn) { _ = c.CloseWrite() })
	time.Sleep(100 * time.Millisecond)
	if got := count(t, server); got != 19 {
		t.Errorf("half-closed: got %d stored, want 19", got)
	}
	server.DrainAfterCut(100 * time.Millisecond)
	server.SwallowOK(1)
	flood(t, server, func(*net.TCPConn) {})
	time.Sleep(200 * time.Millisecond)
	if got := count(t, server); got != 20 {
		t.Errorf("OK swallowed: got %d stored, want one more and no other", got)
	}
	if left := strings.Join(server.Unfired(), ""); left != "" {
		t.Errorf("Unfired: got %q, want nothing", left)
	}
}
