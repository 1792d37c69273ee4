package pop3

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/source/pop3/pop3test"
)

// once answers a command so, the first time, or always.
func once(command, answer string, always bool) func(string) (string, bool) {
	left := 1
	return func(got string) (string, bool) {
		if got != command || left == 0 && !always {
			return "", false
		}
		left--
		return answer, true
	}
}

const listing = "+OK\r\n1 a\r\n2\r\n\r\njunk\r\n3 c\r\n.\r\n"

func TestMisbehaviour(t *testing.T) {
	t.Parallel()
	three := []pop3test.Message{{UIDL: "a", Body: mail(1, "")}, {UIDL: "b", Body: mail(2, ".\r\n")}, {UIDL: "c", Body: mail(3, "x\r\n")}}
	for _, c := range []struct {
		name   string
		answer func(string) (string, bool)
		retr   int // of three messages
	}{
		{"malformed and empty lines in UIDL", once("UIDL", listing, true), 3},
		{"malformed and empty lines in LIST", once("LIST", "+OK\r\n1 100\r\n\r\n2\r\n3 x\r\n.\r\n", true), 3},
		{"no UIDL", once("UIDL", "-ERR no\r\n", true), 3},
		{"one UIDL for all", once("UIDL", "+OK\r\n1 x\r\n2 x\r\n3 x\r\n.\r\n", true), 3},
		{"+OK in small letters and glued", once("LIST", "+okthree messages\r\n1 1\r\n2 2\r\n3 3\r\n.\r\n", true), 3},
		{"hangs up at LIST", once("LIST", pop3test.HangUp, false), 3},
		{"hangs up before an answer", once("RETR 2", pop3test.HangUp, false), 4},
		{"hangs up in a message", once("RETR 2", "+OK\r\nReceived: x"+pop3test.HangUp, false), 4},
		{"hangs up before the last line", once("RETR 2", "+OK\r\n"+mail(2, "..\r\n")+".\r"+pop3test.HangUp, false), 4},
		{"loses its head", once("RETR 2", "what?\r\n", false), 4},
		{"an empty line for an answer", once("RETR 2", "\r\n", false), 4},
		{"CAPA refused", once("CAPA", "-ERR what?\r\n", true), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, pop3test.Options{Messages: three, Answer: c.answer, Hide: []string{"PIPELINING"}})
			opts := options(t, server)
			fetchAll(t, opts).same(t, three)
			second := fetchAll(t, opts)
			if len(second.bodies) != 3 || server.Seen("RETR") != c.retr {
				t.Errorf("second run: got %d messages, %d RETR in all, want 3, %d", len(second.bodies), server.Seen("RETR"), c.retr)
			}
		})
	}
}

// A server without UIDL and TOP tells nothing: every run fetches all, and keeps each message once.
func TestNoUIDLAndNoTOP(t *testing.T) {
	t.Parallel()
	want := mails(12)
	server := serve(t, pop3test.Options{Messages: want, Hide: []string{"UIDL", "TOP"}})
	opts := options(t, server)
	for run := 1; run <= 2; run++ {
		g := fetchAll(t, opts)
		g.same(t, want)
		if g.stamp != "" || server.Seen("RETR") != 12*run {
			t.Errorf("run %d: got stamp %q, %d RETR, want none, %d", run, g.stamp, server.Seen("RETR"), 12*run)
		}
	}
}

// One message that can't be had does not keep the others.
func TestBadMessage(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"refused":     "-ERR [SYS/PERM] damaged\r\n",
		"always cut":  "+OK\r\nReceived: x" + pop3test.HangUp,
		"nothing":     pop3test.HangUp,
		"never ended": "+OK\r\nSubject: x\r\n" + pop3test.HangUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := mails(9)
			server := serve(t, pop3test.Options{Messages: want, Answer: once("RETR 4", answer, true)})
			g := fetchAll(t, options(t, server))
			var bad *migrate.CopyError
			if len(g.bodies) != 8 || len(g.errs) != 1 || !errors.As(g.errs[0], &bad) || bad.Message != 4 {
				t.Errorf("got %d messages, errors %v, want 8 and one about message 4", len(g.bodies), g.errs)
			}
		})
	}
}

// silent accepts connections, says something, and nothing more.
func silent(t *testing.T, says func(conn net.Conn)) Options {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go says(conn)
		}
	}()
	return Options{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, User: testUser, Plaintext: true, Spool: t.TempDir(),
		Timeout: 150 * time.Millisecond, Patience: time.Second,
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]func(net.Conn){
		"at the greeting": func(net.Conn) {},
		"in a line":       func(c net.Conn) { _, _ = c.Write([]byte("+OK wel")) },
		"at CAPA":         func(c net.Conn) { _, _ = c.Write([]byte("+OK\r\n")) },
		"endless line": func(c net.Conn) {
			for _, err := c.Write([]byte("+OK ")); err == nil; _, err = c.Write(make([]byte, 1000)) {
			}
		},
		"another protocol": func(c net.Conn) { _, _ = c.Write([]byte("* OK IMAP4rev1\r\n")) },
		"nothing":          func(c net.Conn) { _, _ = c.Write([]byte("\r\n")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := silent(t, says)
			began := time.Now()
			g := fetchAll(t, opts)
			if len(g.errs) != 1 || time.Since(began) > 5*time.Second {
				t.Errorf("got %v after %v, want an error soon", g.errs, time.Since(began))
			}
		})
	}
}

// A server that falls silent within a message, and a user who does not want to wait.
func TestCancelWithinMessage(t *testing.T) {
	t.Parallel()
	server := serve(t, pop3test.Options{Messages: mails(5), Answer: once("RETR 3", "+OK\r\nReceived: x\r\n", true), Hide: []string{"PIPELINING"}})
	opts := options(t, server)
	opts.Timeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := open(t, opts)
	var last error
	n := 0
	for part, err := range s.Parts(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(300*time.Millisecond, cancel)
		for c, err := range part.Copies(ctx) {
			if last = err; c != nil {
				n++
			}
		}
	}
	if n != 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("got %d messages and %v, want 2 and the context's error", n, last)
	}
}

// Endless lines of UIDL and endless messages are ended here.
func TestEndless(t *testing.T) {
	t.Parallel()
	server := serve(t, pop3test.Options{Messages: mails(2), Answer: once("UIDL", "+OK\r\n1 "+strings.Repeat("u", 1<<20), true)})
	opts := options(t, server)
	opts.Patience = time.Second
	if g := fetchAll(t, opts); len(g.errs) != 1 || !strings.Contains(g.errs[0].Error(), "longer than") {
		t.Errorf("got %v, want it refused", g.errs)
	}
	b := bounded{Reader: strings.NewReader("0123456789"), left: 5, size: 3}
	if _, err := b.Read(make([]byte, 10)); !errors.Is(err, errTooLong) {
		t.Errorf("got %v, want %v", err, errTooLong)
	}
}

// changed runs twice, with a change of the server's in between.
func changed(t *testing.T, hide string, before, after []pop3test.Message) (second got, retr int) {
	t.Helper()
	server := serve(t, pop3test.Options{Messages: before, Hide: []string{hide}})
	opts := options(t, server)
	fetchAll(t, opts).same(t, before)
	n := server.Seen("RETR")
	server.Change(func(o *pop3test.Options) { o.Messages = after })
	second = fetchAll(t, opts)
	if len(second.errs) > 0 {
		t.Errorf("got %v, want no errors", second.errs)
	}
	third := fetchAll(t, opts)
	if third.stamp != second.stamp || len(third.bodies) != len(second.bodies) {
		t.Errorf("third run: got %d messages, stamp %s, want %d, %s", len(third.bodies), third.stamp, len(second.bodies), second.stamp)
	}
	return second, server.Seen("RETR") - n
}

func TestUIDLsChange(t *testing.T) {
	t.Parallel()
	for _, hide := range []string{"", "TOP", "PIPELINING"} {
		t.Run(hide, func(t *testing.T) {
			t.Parallel()
			before, after := mails(30), mails(30)
			for i := range after {
				after[i].UIDL = fmt.Sprintf("new%d", i)
			}
			g, retr := changed(t, hide, before, after)
			g.same(t, before)
			if want := map[string]int{"TOP": 30}[hide]; retr != want {
				t.Errorf("got %d RETR, want %d", retr, want)
			}
		})
	}
}

// A server whose UIDLs are but numbers gives those of messages that were deleted to the next ones.
func TestUIDLsMoveUp(t *testing.T) {
	t.Parallel()
	for _, hide := range []string{"", "TOP"} {
		before, after := mails(31), mails(31)[1:]
		for i := range before {
			before[i].UIDL = fmt.Sprint(i + 1)
			before[i].Size = len(before[i].Body) + 10*i // else nothing speaks against them without TOP
		}
		for i := range after {
			after[i].UIDL, after[i].Size = before[i].UIDL, before[i+1].Size
		}
		g, retr := changed(t, hide, before, after)
		g.same(t, before)
		if want := map[string]int{"TOP": 30}[hide]; retr != want {
			t.Errorf("without %q: got %d RETR, want %d", hide, retr, want)
		}
	}
}

// A UIDL that comes back with another message, of the same size, is another message; the first one stays in the spool.
func TestUIDLReused(t *testing.T) {
	t.Parallel()
	before, after := mails(40), mails(40)
	for i := range after { // all of them: a sample will do
		after[i].Body = strings.Replace(after[i].Body, "@x>", "@y>", 1)
	}
	g, retr := changed(t, "", before, after)
	if len(g.bodies) != 80 || retr != 40 {
		t.Errorf("all: got %d messages, %d RETR, want 80, 40", len(g.bodies), retr)
	}
	after = mails(40)
	after[7].Body = strings.Replace(after[7].Body, "..line", "...another line", 1) + "longer\r\n"
	after[7].Body = strings.Replace(after[7].Body, "<7@x>", "<7@y>", 1)
	g, retr = changed(t, "", before, after)
	if len(g.bodies) != 41 || retr != 1 {
		t.Errorf("one of another size: got %d messages, %d RETR, want 41, 1", len(g.bodies), retr)
	}
}

// A server that counts otherwise after an update is believed to have the same messages.
func TestSizesChange(t *testing.T) {
	t.Parallel()
	before, after := mails(30), mails(30)
	for i := range after {
		after[i].Size = len(after[i].Body) + 10
	}
	g, retr := changed(t, "", before, after)
	g.same(t, before)
	if retr != 0 {
		t.Errorf("got %d RETR, want none", retr)
	}
}

// A server that shows a part of its messages in each session is asked until nothing new comes.
func TestPartial(t *testing.T) {
	t.Parallel()
	all := mails(25)
	var server *pop3test.Server
	shown := 10
	server = serve(t, pop3test.Options{Messages: all[:10], Answer: func(command string) (string, bool) {
		if command == "QUIT" {
			next := min(shown+10, len(all))
			server.Change(func(o *pop3test.Options) { o.Messages = all[shown:next] })
			shown = next
			return "+OK\r\n" + pop3test.HangUp, true
		}
		return "", false
	}})
	opts := options(t, server)
	opts.Partial = true
	fetchAll(t, opts).same(t, all)
	if gmail, err := ParseURL("pop3s://recent%3Aanna@gmail.com@pop.gmail.com"); err != nil || !gmail.Partial || gmail.User != "recent:anna@gmail.com" {
		t.Errorf("got %+v, %v, want Gmail known", gmail, err)
	}
}

// A server that says PIPELINING and loses commands that come in a row gets them one by one in the end.
func TestPipeliningThatIsNone(t *testing.T) {
	t.Parallel()
	want := mails(12)
	server := serve(t, pop3test.Options{Messages: want, OneByOne: true})
	opts := options(t, server)
	fetchAll(t, opts).same(t, want)
	fetchAll(t, opts).same(t, want) // which looks at headers
}

// Messages with the same header and size and another body, made on purpose, are all kept.
func TestTwins(t *testing.T) {
	t.Parallel()
	header := "Message-ID: <1@x>\r\nReceived: by x; Mon, 2 Jan 2006 15:04:05 +0000\r\n\r\n"
	twins := []pop3test.Message{{UIDL: "a", Body: header + "one\r\n"}, {UIDL: "b", Body: header + "two\r\n"}, {UIDL: "c", Body: header + "one\r\n"}}
	for _, hide := range []string{"", "UIDL", "TOP"} {
		server := serve(t, pop3test.Options{Messages: twins, Hide: []string{hide}})
		g := fetchAll(t, options(t, server))
		all := strings.Join(g.bodies, "")
		if len(g.bodies) < 2 || len(g.errs) > 0 || !strings.Contains(all, "one") || !strings.Contains(all, "two") {
			t.Errorf("without %q: got %q, %v, want both", hide, g.bodies, g.errs)
		}
	}
}
