package migratetest_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate/migratetest"
)

// TestNoFault: what goes through is what was sent, whatever it is.
func TestNoFault(t *testing.T) {
	s := newStage(t)
	c := s.signIn()
	for range 3 {
		head, body, _ := strings.Cut(message("a", ""), "\n")
		c.send(head + "\n")
		c.want("+ ")
		c.send(body + "\r\n")
		c.want("a OK")
	}
	c.send("b SELECT INBOX\r\nc UID FETCH 1:* (UID BODY.PEEK[] FLAGS)\r\nd NOOP\r\n")
	c.want("b OK")
	if got := c.want("* 1 FETCH"); !strings.Contains(got, "{100}") {
		t.Errorf("FETCH: got %q, want a literal of 100 bytes", got)
	}
	c.want("d OK")
	s.stored(3)
	if got := s.proxy.Seen("append"); got != 3 {
		t.Errorf("Seen(append): got %d, want 3", got)
	}
	if got := s.proxy.Seen("UID FETCH"); got != 1 {
		t.Errorf("Seen(UID FETCH): got %d, want 1", got)
	}
	s.allFired()
}

// TestCutClientBytes counts exactly: the server gets the nth byte and not the one behind it.
func TestCutClientBytes(t *testing.T) {
	login, whole := "in LOGIN anna pw\r\n", message("a", "+")+"\r\n"
	for _, c := range []struct {
		name   string
		after  int
		stored int
	}{{"before the end", len(whole) - 3, 0}, {"at the end", len(whole), 1}} {
		for end, action := range map[string]migratetest.Action{reset: migratetest.Reset(), hangUp: migratetest.HangUp(), silent: migratetest.Freeze()} {
			t.Run(c.name+" "+end, func(t *testing.T) {
				s := newStage(t, migratetest.CutAfter(int64(len(login)+c.after)).With(action))
				client := s.signIn()
				client.send(whole)
				if got := client.ends(end); strings.Contains(got, "a OK") && c.stored == 0 {
					t.Errorf("answer: got %q, want none", got)
				}
				s.stored(c.stored)
				s.allFired()
			})
		}
	}
}

func TestCutServerBytes(t *testing.T) {
	s := newStage(t, migratetest.CutRepliesAfter(7).With(migratetest.HangUp()), migratetest.CutRepliesAfter(3), migratetest.Fault{When: migratetest.AtServerByte(1), Do: migratetest.Delay(0)})
	if got := s.dial(s.proxy.Addr()).ends(hangUp); got != "* OK [C" {
		t.Errorf("first 7 bytes: got %q, want \"* OK [C\"", got)
	}
	s.dial(s.proxy.Addr()).ends(reset) // what came before it may be lost with it
	s.signIn()                         // the last fault leaves the rest of the greeting in place
	s.allFired("server byte: hang up", "server byte: reset", "server byte: delay")
}

// TestCutInAppend cuts before, in and after the second of two pipelined messages.
func TestCutInAppend(t *testing.T) {
	for name, at := range map[string]struct {
		after  int64
		stored int
	}{"before": {0, 1}, "within": {40, 1}, "last byte": {99, 1}, "after": {1 << 30, 1}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, migratetest.CutInAppend(2, at.after).With(migratetest.HangUp()))
			c := s.signIn()
			c.send(message("a", "+") + "\r\n" + message("b", "+") + "\r\n")
			if got := c.ends(hangUp); strings.Contains(got, "b OK") {
				t.Errorf("answers: got %q, want none to b", got)
			}
			s.stored(at.stored)
			s.allFired()
		})
	}
}

// TestCutInBatch: the messages of one APPEND count one by one, its OK is one, and a cut within loses all of them. What is whole
// behind a lost OK is stored.
func TestCutInBatch(t *testing.T) {
	batch := "a APPEND INBOX {100+}\r\n" + body + " (\\Seen) {100+}\r\n" + body + " {100+}\r\n" + body + "\r\n"
	for name, at := range map[string]struct {
		fault  migratetest.Fault
		stored int
	}{
		"first": {migratetest.CutInAppend(1, 50), 0}, "second": {migratetest.CutInAppend(2, 0), 0}, "third": {migratetest.CutInAppend(3, 99), 0},
		"next command": {migratetest.CutInAppend(4, 1), 3}, "OK": {migratetest.SwallowOKAndCut(1), 6}, "second OK": {migratetest.SwallowOKAndCut(2), 6},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, at.fault)
			c := s.signIn()
			c.send(batch + strings.Replace(batch, "a APPEND", "b APPEND", 1))
			c.ends(reset)
			s.stored(at.stored)
			s.allFired()
		})
	}
}

// TestCutInAskedLiteral: one that the server refuses to take doesn't count, and the proxy isn't lost in the stream.
func TestCutInAskedLiteral(t *testing.T) {
	s := newStage(t, migratetest.CutInAppend(1, 5))
	c := s.signIn()
	c.send("a APPEND INBOX {999999999}\r\n")
	c.want("a NO")
	c.send("b NOOP\r\n")
	c.want("b OK")
	c.send("c APPEND {5}\r\n") // the mailbox's name is no message
	c.want("+")
	c.send("INBOX {100}\r\n")
	c.want("+")
	c.send(body + "\r\n")
	c.ends(reset)
	s.stored(0)
	s.allFired("literal of append: reset")
}

func TestSwallowOK(t *testing.T) {
	s := newStage(
		t, migratetest.SwallowOK(2), migratetest.SwallowOKAndCut(1), migratetest.ByeAtOK(1, "so long"),
		migratetest.Fault{When: migratetest.AtAppendOK(1), Do: migratetest.Swallow()},
	)
	c := s.signIn()
	c.send(message("a", "+") + "\r\n")
	c.want("a OK")
	c.send(message("b", "+") + "\r\nc NOOP\r\n")
	if got := c.ends(silent); strings.Contains(got, "b OK") || strings.Contains(got, "c OK") {
		t.Errorf("after b: got %q, want no OK to b or c", got)
	}
	c = s.signIn()
	c.send(message("d", "+") + "\r\n")
	c.ends(reset)
	c = s.signIn()
	c.send(message("e", "+") + "\r\n")
	if got := c.ends(hangUp); !strings.HasSuffix(got, "* BYE so long\r\n") {
		t.Errorf("after e: got %q, want BYE", got)
	}
	c = s.signIn()
	c.send(message("f", "+") + "\r\ng NOOP\r\n")
	if got := c.want("g OK"); got == "" {
		t.Error("g: got no answer, want OK")
	}
	s.stored(5)
	s.allFired("append ok: freeze", "append ok: reset", "append ok: bye", "append ok: swallow")
}

func TestSwallowReply(t *testing.T) {
	s := newStage(t, migratetest.SwallowReply("uid search", 2), migratetest.SwallowReply("", 7))
	c := s.signIn() // reply 1
	c.send("a SELECT INBOX\r\nb UID SEARCH ALL\r\nc UID SEARCH ALL\r\nd NOOP\r\n")
	c.want("b OK")
	if got := c.want("* SEARCH") + c.want("d"); !strings.Contains(got, "d OK") {
		t.Errorf("after c: got %q, want the data and the answer to d", got)
	}
	c.send("e NOOP\r\nf NOOP\r\ng NOOP\r\n")
	c.want("e OK")
	if got := c.want("g "); !strings.Contains(got, "OK") { // f was the 7th
		t.Errorf("after f: got %q, want g OK", got)
	}
	s.allFired("reply to UID SEARCH: swallow", "reply to: swallow")
}

func TestConnections(t *testing.T) {
	s := newStage(
		t, migratetest.DropGreeting(1), migratetest.Fault{When: migratetest.AtConnect(1), Do: migratetest.Freeze()},
		migratetest.Fault{When: migratetest.AtConnect(1), Do: migratetest.Bye("busy")},
		migratetest.Fault{When: migratetest.AtConnect(1), Do: migratetest.Refuse(200 * time.Millisecond)},
	)
	for _, c := range []struct{ end, said string }{{hangUp, ""}, {silent, ""}, {hangUp, "* BYE busy\r\n"}, {reset, ""}, {reset, ""}} {
		if got := s.dial(s.proxy.Addr()).ends(c.end); got != c.said {
			t.Errorf("greeting: got %q, want %q", got, c.said)
		}
	}
	time.Sleep(200 * time.Millisecond)
	s.signIn()
	s.allFired()
}

func TestRestart(t *testing.T) {
	s := newStage(t, migratetest.RestartAfter(30, 200*time.Millisecond))
	other := s.dial(s.proxy.Addr())
	other.want("* OK")
	c := s.signIn()
	c.send("a NOOP\r\nb NOOP\r\n")
	c.ends(reset)
	other.ends(reset)
	s.dial(s.proxy.Addr()).ends(reset)
	time.Sleep(200 * time.Millisecond)
	s.signIn()
	s.allFired("client byte: restart")
}

func TestBye(t *testing.T) {
	s := newStage(t, migratetest.ByeAfter(60, "Server shutting down."))
	c := s.signIn()
	c.send(message("a", "+"))
	if got := c.ends(hangUp); got != "* BYE Server shutting down.\r\n" {
		t.Errorf("end: got %q, want BYE", got)
	}
	s.stored(0)
	s.allFired()
}

func TestSlow(t *testing.T) {
	s := newStage(t, migratetest.DelayConnection(1, 50*time.Millisecond))
	start := time.Now()
	c := s.signIn() // greeting, command, response
	if took := time.Since(start); took < 150*time.Millisecond {
		t.Errorf("sign-in with a delay of 50 ms: took %v, want 150ms or more", took)
	}
	start = time.Now()
	c.send("a NOOP\r\n" + strings.Repeat("b NOOP\r\n", 50))
	for range 50 {
		c.want("b OK")
	}
	if took := time.Since(start); took < 100*time.Millisecond || took > 2*time.Second {
		t.Errorf("51 commands at once: took %v, want one round trip of 100 ms", took)
	}
	s.allFired("connection: delay")
	s.stored(0)
}

func TestTrickle(t *testing.T) {
	s := newStage(t)
	c := s.signIn()
	_ = c.conn.Close()
	s.proxy.Plan(migratetest.Fault{When: migratetest.AtReply("", 1), Do: migratetest.Swallow()}, migratetest.TrickleConnection(1, 1000))
	start := time.Now()
	c = s.dial(s.proxy.Addr())
	line := c.want("* OK")
	if took, least := time.Since(start), time.Duration(len(line)-50)*time.Millisecond; took < least {
		t.Errorf("%d bytes at 1000 B/s: took %v, want %v or more", len(line), took, least)
	}
	if got := s.proxy.Unfired(); len(got) != 1 || got[0].String() != "reply to 1: swallow" {
		t.Errorf("Unfired: got %v, want the reply that nobody asked for", got)
	}
}

// TestAllFired fails a test for what didn't happen, and tells why it couldn't.
func TestAllFired(t *testing.T) {
	s := newStage(t, migratetest.SwallowOK(1))
	c := s.dial(s.proxy.Addr())
	c.send("\x16\x03\x01")
	c.ends(hangUp)
	judge := &recorder{TB: t}
	if s.proxy.AllFired(judge); len(judge.said) != 1 || !strings.Contains(judge.said[0], "append ok 1: freeze: got no such moment, want one (1 conn") {
		t.Errorf("AllFired: got %q, want one complaint", judge.said)
	}
}

// TestClose ends frozen and idle connections and leaves no goroutine behind: Close waits for them.
func TestClose(t *testing.T) {
	s := newStage(t, migratetest.FreezeAfter(1))
	idle := s.dial(s.proxy.Addr())
	idle.want("* OK")
	frozen := s.dial(s.proxy.Addr())
	frozen.want("* OK")
	frozen.send("a NOOP\r\n")
	frozen.ends(silent)
	ended := make(chan struct{})
	go func() { s.proxy.Close(); s.proxy.Close(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("Close: got no end in 5 s, want one")
	}
	if _, err := io.ReadAll(frozen.conn); err == nil {
		t.Log("frozen connection: ended in good order")
	}
	if _, err := net.DialTCP("tcp", nil, s.proxy.Addr()); err == nil {
		t.Error("dial after Close: got a connection, want none")
	}
}
