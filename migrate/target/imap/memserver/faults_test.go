package memserver_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate/target/imap/memserver"
)

// client is the plainest of clients: it writes and reads lines.
type client struct {
	*testing.T
	conn net.Conn
	in   *bufio.Reader
}

func plain(t *testing.T) *memserver.Server {
	t.Helper()
	server, err := memserver.New(memserver.Options{Users: map[string]string{"anna": "pw"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

func signIn(t *testing.T, server *memserver.Server) *client {
	t.Helper()
	c := connect(t, server)
	c.asks("LOGIN anna pw", "OK")
	return c
}

func connect(t *testing.T, server *memserver.Server) *client {
	t.Helper()
	conn, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	return &client{t, conn, bufio.NewReader(conn)}
}

// answers sends a command and returns what is said up to its tagged response, or to the end.
func (c *client) answers(command string) string {
	c.Helper()
	if _, err := io.WriteString(c.conn, "a "+command+"\r\n"); err != nil {
		return err.Error()
	}
	said := ""
	for {
		line, err := c.in.ReadString('\n')
		if said += line; err != nil || strings.HasPrefix(line, "a ") {
			return said
		}
	}
}

// asks sends a command whose answer, up to its end, must have all of want in it.
func (c *client) asks(command string, want ...string) {
	c.Helper()
	said := c.answers(command)
	for _, w := range want {
		if !strings.Contains(said, w) {
			c.Errorf("%.30q: got %q, want %q in it", command, said, w)
		}
	}
}

// ended checks that the server has closed the connection without another word.
func (c *client) ended(after string) {
	c.Helper()
	if rest, err := io.ReadAll(c.in); err != nil && strings.Contains(err.Error(), "timeout") || len(rest) > 0 {
		c.Errorf("after %s: got %q and %v, want the end", after, rest, err)
	}
}

const appendCmd = "APPEND INBOX (\\Seen) {18+}\r\nSubject: x\r\n\r\nhi\r\n"

// TestPlanEveryCommand refuses each command once; then it works, or says why it can't.
func TestPlanEveryCommand(t *testing.T) {
	t.Parallel()
	server := plain(t)
	c := signIn(t, server)
	c.asks("CREATE Box", "a OK")
	c.asks(appendCmd, "a OK")
	c.asks("SELECT INBOX", "a OK")
	for _, command := range []string{
		"LIST \"\" *", "STATUS INBOX (UIDNEXT)", "NAMESPACE", "CREATE Kiste", "RENAME Kiste Truhe", "SUBSCRIBE Truhe",
		"UNSUBSCRIBE Truhe", "DELETE Truhe", "SELECT INBOX", appendCmd, "FETCH 1 (FLAGS)", "SEARCH ALL", "STORE 1 +FLAGS (\\Deleted)",
		"COPY 1 Box", "MOVE 2 Box", "EXPUNGE", "UNSELECT",
	} {
		name, _, _ := strings.Cut(command, " ")
		if err := server.Plan(strings.ToLower(name), memserver.Answer{Kind: "NO", Code: "SERVERBUG", Text: "not now"}); err != nil {
			t.Errorf("Plan(%s): %v", name, err)
		}
		if left := server.Unfired(); !slices.Equal(left, []string{name + ": NO [SERVERBUG] not now"}) {
			t.Errorf("%s: got %q left, want the answer", name, left)
		}
		c.asks(command, "a NO [SERVERBUG] not now")
		if left := server.Unfired(); len(left) > 0 {
			t.Fatalf("%s: got %q left, want nothing", name, left)
		}
		c.asks(command, "a OK")
	}
	if err := server.Plan("NOOP", memserver.Answer{Kind: "NO"}); err == nil {
		t.Error("Plan(NOOP): got no error, want one")
	}
}

func TestPlannedEnds(t *testing.T) {
	t.Parallel()
	server := plain(t)
	plan := func(command string, answers ...memserver.Answer) {
		if err := server.Plan(command, answers...); err != nil {
			t.Error(err)
		}
	}
	c := signIn(t, server)
	plan("STATUS", memserver.Answer{}, memserver.Answer{Kind: "BYE", Code: "UNAVAILABLE", Text: "later"})
	c.asks("STATUS INBOX (UIDNEXT)", "UIDNEXT 1", "a OK")
	c.asks("STATUS INBOX (UIDNEXT)", "* BYE [UNAVAILABLE] later")
	c.ended("BYE")
	c = signIn(t, server)
	plan("CREATE", memserver.Answer{Kind: "CUT", Done: true})
	if said := c.answers("CREATE Box"); said != "" {
		t.Errorf("CREATE: got %q, want nothing", said)
	}
	c.ended("CUT")
	c = signIn(t, server)
	c.asks("STATUS Box (MESSAGES)", "a OK")
	plan("CREATE", memserver.Answer{Kind: "CUT", Done: true})
	c.asks("CREATE Box", "a NO [ALREADYEXISTS]")
	plan("APPEND", memserver.Answer{Kind: "NO", Text: "or so", Done: true}, memserver.Answer{Kind: "NO", Text: "no"})
	c.asks(appendCmd, "a NO or so")
	c.asks(appendCmd, "a NO no")
	c.asks("STATUS INBOX (MESSAGES)", "MESSAGES 1")
	plan("LOGIN", memserver.Answer{Kind: "NO", Code: "LIMIT", Text: "x"})
	connect(t, server).asks("LOGIN anna pw", "a NO [LIMIT] x")
	if left := server.Unfired(); left != nil {
		t.Errorf("Unfired: got %q, want nothing", left)
	}
}

// TestUnfired lists what is planned, of every kind, in a fixed order.
func TestUnfired(t *testing.T) {
	t.Parallel()
	server := plain(t)
	server.FailAppends(memserver.Answer{}, memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "full"})
	server.FailLogins(memserver.Answer{Kind: "BYE", Text: "no"})
	server.SwallowOK(1)
	server.ForgetUIDs(2)
	server.CutAppend(5)
	server.LateStore(time.Second)
	want := []string{
		"LOGIN: BYE no", "APPEND: NO [OVERQUOTA] full", "APPEND: swallowed OK", "APPEND: OK without APPENDUID", "APPEND: OK without APPENDUID", "APPEND: cut after 5 bytes", "APPEND: stored 1s late",
	}
	if got := server.Unfired(); !slices.Equal(got, want) {
		t.Errorf("Unfired: got %q, want %q", got, want)
	}
}

func TestLateStore(t *testing.T) {
	t.Parallel()
	server := plain(t)
	server.LateStore(300 * time.Millisecond)
	c := signIn(t, server)
	if said := c.answers(appendCmd); said != "" {
		t.Errorf("APPEND: got %q, want nothing", said)
	}
	c = signIn(t, server)
	c.asks("STATUS INBOX (MESSAGES UIDNEXT)", "MESSAGES 0", "UIDNEXT 1")
	server.WaitLate()
	c.asks("STATUS INBOX (MESSAGES)", "MESSAGES 1")
	c.asks("SELECT INBOX", "a OK")
	c.asks("FETCH 1 (FLAGS BODY.PEEK[TEXT])", "\\seen", "hi\r\n")
	c.asks(appendCmd, "a OK")
	server.LateStore(time.Hour)
	_ = c.answers(appendCmd)
	if err := server.Close(); err != nil { // and it doesn't wait
		t.Errorf("Close: %v", err)
	}
	server.WaitLate()
}

func TestSwallowAndCut(t *testing.T) {
	t.Parallel()
	server := plain(t)
	for stored, plan := range []func(){func() { server.CutAppend(5) }, func() { server.SwallowOK(1) }} {
		plan()
		if said := signIn(t, server).answers(appendCmd); strings.Contains(said, "a OK") {
			t.Errorf("APPEND: got %q, want no answer", said)
		}
		signIn(t, server).asks("STATUS INBOX (MESSAGES)", fmt.Sprintf("MESSAGES %d", stored))
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	server := plain(t)
	c, other := signIn(t, server), connect(t, server)
	c.asks(appendCmd, "a OK")
	if greeting, err := other.in.ReadString('\n'); err != nil {
		t.Fatalf("greeting: %q, %v", greeting, err)
	}
	server.Restart(200 * time.Millisecond)
	c.ended("Restart")
	other.ended("Restart")
	connect(t, server).ended("connecting too early")
	time.Sleep(200 * time.Millisecond)
	signIn(t, server).asks("STATUS INBOX (MESSAGES)", "MESSAGES 1")
}
