package memserver_test

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"unpop/migrate/target/imap/memserver"
)

// withOptions starts a server in plain text with one user.
func withOptions(t *testing.T, opts memserver.Options) *memserver.Server {
	t.Helper()
	opts.Users = map[string]string{"anna": "pw"}
	server, err := memserver.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// says sends bytes as they are and wants these back, no more and no less.
func (c *client) says(send, want string) {
	c.Helper()
	if _, err := io.WriteString(c.conn, send); err != nil {
		c.Fatalf("send %.60q: %v", send, err)
	}
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c.in, got); err != nil || string(got) != want {
		c.Fatalf("after %.200q: got %q and %v, want %q", send, got[:n], err, want)
	}
	if more := c.in.Buffered(); more > 0 {
		rest, _ := c.in.Peek(more)
		c.Fatalf("after %.200q: got %q too, want %q", send, rest, want)
	}
}

// holds checks how many messages INBOX has, and its next UID.
func holds(t *testing.T, server *memserver.Server, messages, next int) {
	t.Helper()
	signIn(t, server).asks("STATUS INBOX (MESSAGES UIDNEXT)", fmt.Sprintf("MESSAGES %d", messages), fmt.Sprintf("UIDNEXT %d)", next))
}

// Messages of 16 bytes.
const (
	one   = "Subject: 1\r\n\r\n1\n"
	two   = "Subject: 2\r\n\r\n2\n"
	three = "Subject: 3\r\n\r\n3\n"
	batch = "b APPEND INBOX (\\Seen) {16+}\r\n" + one + " (\\Flagged $x) \" 2-Jan-2003 04:05:06 +0700\" {16+}\r\n" + two + " {16+}\r\n" + three + "\r\n"
)

// TestMultiAppend stores three messages with their own flags and dates.
func TestMultiAppend(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{})
	c := signIn(t, server)
	c.asks("CAPABILITY", " MULTIAPPEND APPENDLIMIT=104857600")
	c.says(batch, "b OK [APPENDUID 1 1:3] APPEND completed\r\n")
	c.asks("SELECT INBOX", "* 3 EXISTS")
	c.asks("FETCH 2 (FLAGS INTERNALDATE BODY.PEEK[])", "\\flagged", "$x", "\" 2-Jan-2003 04:05:06 +0700\"", "{16}\r\n"+two+")")
	c.asks("FETCH 1 (FLAGS BODY.PEEK[])", "(\\seen)", one)
	c.asks("FETCH 3 (FLAGS BODY.PEEK[])", "FLAGS ()", three)
	c.says(batch, "* 4 EXISTS\r\n* 5 EXISTS\r\n* 6 EXISTS\r\nb OK [APPENDUID 1 4:6] APPEND completed\r\n")
	c.asks("UNSELECT", "a OK")
	c.says(strings.ReplaceAll(batch, "b APPEND INBOX", "b append {5+}\r\ninbox"), "b OK [APPENDUID 1 7:9] APPEND completed\r\n")
	server.Scatter(true)
	c.says(batch, "b OK [APPENDUID 1 10,12,14] APPEND completed\r\n")
	server.Scatter(false)
	c.says(batch, "b OK [APPENDUID 1 15:17] APPEND completed\r\n")
	holds(t, server, 15, 18)
}

// dialogues are what a client sends and what it gets, to the byte; then INBOX has so many messages.
var dialogues = map[string]struct {
	opts   memserver.Options
	lines  [][2]string
	stored int
}{
	"synchronizing literals": {lines: [][2]string{
		{"b APPEND INBOX {16}\r\n", "+ Ready for literal data\r\n"},
		{one + " {16}\r\n", "+ Ready for the message\r\n"},
		{two + " (\\Seen) {16}\r\n", "+ Ready for the message\r\n"},
		{three + "\r\n", "b OK [APPENDUID 1 1:3] APPEND completed\r\n"},
	}, stored: 3},
	"pipelined": {lines: [][2]string{{
		batch + "c NOOP\r\n" + strings.ReplaceAll(batch, "b APPEND", "d APPEND") + "e APPEND INBOX {16+}\r\n" + one + "\r\n",
		"b OK [APPENDUID 1 1:3] APPEND completed\r\nc OK NOOP completed\r\nd OK [APPENDUID 1 4:6] APPEND completed\r\ne OK [APPENDUID 1 7] APPEND completed\r\n",
	}}, stored: 7},
	"without MULTIAPPEND": {opts: memserver.Options{Hide: []string{"MULTIAPPEND"}}, lines: [][2]string{
		{batch + "c NOOP\r\n", "b BAD [CLIENTBUG] Syntax error: expected CRLF\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + "\r\n", "b OK [APPENDUID 1 1] APPEND completed\r\n"},
	}, stored: 1},
	"without UIDPLUS": {opts: memserver.Options{Hide: []string{"UIDPLUS"}}, lines: [][2]string{{batch, "b OK APPEND completed\r\n"}}, stored: 3},
	"LITERAL- only": {opts: memserver.Options{Hide: []string{"LITERAL+"}}, lines: [][2]string{
		{batch, "b OK [APPENDUID 1 1:3] APPEND completed\r\n"},
		{"b APPEND INBOX {4097+}\r\n" + strings.Repeat("x", 4097) + " {16+}\r\n" + one + "\r\nc NOOP\r\n", "b BAD Non-synchronizing literals are limited to 4096 bytes\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " {4097+}\r\n" + strings.Repeat("x", 4097) + "\r\nc NOOP\r\n", "b BAD Non-synchronizing literals are limited to 4096 bytes\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " {4097}\r\n", "+ Ready for the message\r\n"},
		{strings.Repeat("x", 4097) + "\r\n", "b OK [APPENDUID 1 4:5] APPEND completed\r\n"},
	}, stored: 5},
	"synchronizing only": {opts: memserver.Options{Hide: []string{"LITERAL+", "LITERAL-"}}, lines: [][2]string{
		{batch + "c NOOP\r\n", "b BAD Non-synchronizing literals are not supported\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {16}\r\n", "+ Ready for literal data\r\n"},
		{one + " {16}\r\n", "+ Ready for the message\r\n"},
		{two + "\r\n", "b OK [APPENDUID 1 1:2] APPEND completed\r\n"},
	}, stored: 2},
	"no such mailbox": {lines: [][2]string{
		{strings.ReplaceAll(batch, "INBOX", "Box") + "c NOOP\r\n", "b NO [TRYCREATE] No such mailbox\r\nc OK NOOP completed\r\n"},
	}},
	"quota, unasked": {opts: memserver.Options{Quota: 40}, lines: [][2]string{
		{batch + "c NOOP\r\n", "b NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " {16+}\r\n" + two + "\r\n", "b OK [APPENDUID 1 1:2] APPEND completed\r\n"},
		{"b APPEND INBOX {9+}\r\nA: b\r\n\r\nx\r\n", "b NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n"},
	}, stored: 2},
	"quota, asked": {opts: memserver.Options{Quota: 40}, lines: [][2]string{
		{"b APPEND INBOX {16+}\r\n" + one + " {16+}\r\n" + two + " {16}\r\n", "b NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n"},
		{"c NOOP\r\n", "c OK NOOP completed\r\n"},
	}},
	"too large": {opts: memserver.Options{AppendMax: 20}, lines: [][2]string{
		{"b APPEND INBOX {16+}\r\n" + one + " {21+}\r\n" + one + "12345 {16+}\r\n" + two + "\r\n", "b NO [TOOBIG] Literals are limited to 20 bytes for this command\r\n"},
		{"b APPEND INBOX {21+}\r\n" + one + "1 X\r\n {16+}\r\n" + two + "\r\nc NOOP\r\n", "b NO [TOOBIG] Literals are limited to 20 bytes for this command\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {21}\r\n", "b NO [TOOBIG] Literals are limited to 20 bytes for this command\r\n"},
		{batch, "b OK [APPENDUID 1 1:3] APPEND completed\r\n"},
	}, stored: 3},
	"refused early": {opts: memserver.Options{Quota: 40, RefuseEarly: true}, lines: [][2]string{
		{"b APPEND INBOX {41}\r\n", "b NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n"},
		{"b APPEND Box {16}\r\n", "b NO [TRYCREATE] No such mailbox\r\n"},
		{"b APPEND {3}\r\n", "+ Ready for literal data\r\n"},
		{"Box {16}\r\n", "b NO [TRYCREATE] No such mailbox\r\n"},
		{"b APPEND INBOX {16}\r\n", "+ Ready for the message\r\n"},
		{one + " {16}\r\n", "+ Ready for the message\r\n"},
		{two + " {9}\r\n", "b NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n"},
		{"b APPEND INBOX {41+}\r\n" + strings.Repeat("x", 41) + "\r\n", "b NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + "\r\nc NOOP\r\n", "b OK [APPENDUID 1 1] APPEND completed\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {16}\r\n", "+ Ready for the message\r\n"},
		{one + "\r\n", "b OK [APPENDUID 1 2] APPEND completed\r\n"},
	}, stored: 2},
	"cancelled": {lines: [][2]string{
		{"b APPEND INBOX {16+}\r\n" + one + " {0+}\r\n\r\n", "b NO APPEND cancelled\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " {0}\r\n", "b NO APPEND cancelled\r\n"},
	}},
	"malformed": {lines: [][2]string{
		{"b APPEND INBOX {16+}\r\n" + one + "x\r\n", "b BAD [CLIENTBUG] Syntax error: expected literal\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + "x {16+}\r\n" + two + "\r\n", "b BAD [CLIENTBUG] Syntax error: expected SP and literal\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " (\\Seen {16+}\r\n" + two + "\r\n", "b BAD [CLIENTBUG] Syntax error: expected flag list\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " (a(b) {16+}\r\n" + two + "\r\n", "b BAD [CLIENTBUG] Syntax error: expected flag list\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " \"today\" {16}\r\n", "b BAD [CLIENTBUG] Syntax error: expected date-time\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " " + strings.Repeat("x", 100_000) + " {16+}\r\n" + two + "\r\n", "b BAD [CLIENTBUG] Syntax error: line too long\r\n"},
		{"b APPEND INBOX (x{y) {16+}\r\n" + one + " {16+}\r\n" + two + "\r\nc NOOP\r\n", "b BAD [CLIENTBUG] Syntax error: expected SP, got \"{\"\r\nc OK NOOP completed\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + "\n", "b OK [APPENDUID 1 1] APPEND completed\r\n"},
		{"b APPEND INBOX {16+}\r\n" + one + " \r\n", "b OK [APPENDUID 1 2] APPEND completed\r\n"},
		{"b APPEND INBOX UTF8 (~{16+}\r\n" + one + ")\r\n", "b OK [APPENDUID 1 3] APPEND completed\r\n"},
		{"b APPEND INBOX ~{16+}\r\n" + one + " () ~{16+}\r\n" + two + "\r\n", "b OK [APPENDUID 1 4:5] APPEND completed\r\n"},
	}, stored: 5},
}

func TestDialogues(t *testing.T) {
	t.Parallel()
	for name, d := range dialogues {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := withOptions(t, d.opts)
			c := signIn(t, server)
			for _, line := range d.lines {
				c.says(line[0], line[1])
			}
			holds(t, server, d.stored, d.stored+1)
		})
	}
}

// TestRefuseOne: the server is asked about each message, and what it says about one is for all.
func TestRefuseOne(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{})
	var asked []int64
	server.Refuse(func(_ string, size int64) *memserver.Answer {
		if asked = append(asked, size); size == 17 {
			return &memserver.Answer{Kind: "NO", Code: "LIMIT", Text: "not this one"}
		}
		return nil
	})
	c := signIn(t, server)
	c.says("b APPEND INBOX {16+}\r\n"+one+" {17+}\r\n"+two+"\n {18+}\r\n"+three+"\n\n\r\n", "b NO [LIMIT] not this one\r\n")
	c.says("b APPEND INBOX {16+}\r\n"+one+" {17}\r\n", "b NO [LIMIT] not this one\r\n")
	c.says(batch, "b OK [APPENDUID 1 1:3] APPEND completed\r\n")
	if want := []int64{16, 17, 16, 17, 16, 16, 16}; !reflect.DeepEqual(asked, want) {
		t.Errorf("asked about: got %v, want %v", asked, want)
	}
	server.Refuse(nil)
	server.FailAppends(memserver.Answer{Kind: "NO", Text: "no"}, memserver.Answer{Kind: "NO", Text: "or so", Done: true})
	c.says(batch, "b NO no\r\n")
	c.says(batch, "b NO or so\r\n")
	holds(t, server, 6, 7)
	server.ForgetUIDs(1)
	c.says(batch, "b OK APPEND completed\r\n")
	server.FailAppends(memserver.Answer{Kind: "BYE", Text: "enough"})
	c.says(batch, "* BYE enough\r\n")
	c.ended("BYE")
	holds(t, server, 9, 10)
}

// TestMultiFaults: a batch is lost, swallowed or late as a whole.
func TestMultiFaults(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]struct {
		plan   func(*memserver.Server)
		stored int
	}{
		"cut in the first":   {func(s *memserver.Server) { s.CutAppend(5) }, 0},
		"cut in the second":  {func(s *memserver.Server) { s.CutAppend(20) }, 0},
		"cut at the end":     {func(s *memserver.Server) { s.CutAppend(48) }, 0},
		"cut behind the end": {func(s *memserver.Server) { s.CutAppend(100) }, 0},
		"OK swallowed":       {func(s *memserver.Server) { s.SwallowOK(1) }, 3},
		"stored, and cut":    {func(s *memserver.Server) { s.FailAppends(memserver.Answer{Kind: "CUT", Done: true}) }, 3},
		"late":               {func(s *memserver.Server) { s.LateStore(200 * time.Millisecond) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := withOptions(t, memserver.Options{})
			f.plan(server)
			c := signIn(t, server)
			if _, err := io.WriteString(c.conn, batch+batch); err != nil {
				t.Fatal(err)
			}
			c.ended(name)
			if name == "late" {
				holds(t, server, 0, 1)
				server.WaitLate()
			}
			holds(t, server, f.stored, f.stored+1)
			if left := server.Unfired(); len(left) > 0 {
				t.Errorf("Unfired: got %q, want nothing", left)
			}
		})
	}
}

// TestBrokenOff: a command that the client doesn't finish stores nothing, wherever it ends.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{})
	for n := range len(batch) {
		c := signIn(t, server)
		if _, err := io.WriteString(c.conn, batch[:n]); err != nil {
			t.Fatal(err)
		}
		_ = c.conn.Close()
	}
	signIn(t, server).says(batch, "b OK [APPENDUID 1 1:3] APPEND completed\r\n")
	time.Sleep(50 * time.Millisecond)
	holds(t, server, 3, 4)
}

// TestLargeBatch: messages that are far larger than what waits at the server.
func TestLargeBatch(t *testing.T) {
	t.Parallel()
	server := withOptions(t, memserver.Options{})
	c := signIn(t, server)
	const size = 3 << 20
	text := "Subject: large\r\n\r\n" + strings.Repeat("x", size)
	text = text[:size-2] + "\r\n"
	send := "b APPEND INBOX"
	for range 3 {
		send += fmt.Sprintf(" {%d+}\r\n%s", size, text)
	}
	c.says(send+"\r\n", "b OK [APPENDUID 1 1:3] APPEND completed\r\n")
	c.asks("SELECT INBOX", "* 3 EXISTS")
	if got := c.answers("FETCH 3 BODY.PEEK[]"); !strings.Contains(got, text) {
		t.Errorf("third message: got %d bytes back, want the %d sent", len(got), size)
	}
}
