package imap_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// A script is a server that says what a test wants: lines by command name, with %T for the tag. Commands without an entry
// get a plain OK, and literals are taken after a "+".
type script map[string]string

const scriptCaps = "* CAPABILITY IMAP4rev1 UIDPLUS NAMESPACE AUTH=PLAIN SASL-IR\n%T OK done"

// start serves the script on a port of its own and returns the options to reach it.
func (s script) start(t *testing.T) imap.Options {
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
			go s.serve(conn)
		}
	}()
	addr, _ := listener.Addr().(*net.TCPAddr)
	return imap.Options{
		Host: "127.0.0.1", Port: addr.Port, User: "anna", Plaintext: true, Timeout: 5 * time.Second,
		Password: func(context.Context) (migrate.Secret, error) { return "pässword", nil },
	}
}

func (s script) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	greeting := s["greeting"]
	if greeting == "" {
		greeting = "* OK ready"
	}
	_, _ = io.WriteString(conn, greeting+"\r\n")
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		tag, name := commandName(line)
		reply, known := s[name]
		if !known {
			reply = "%T OK done"
		}
		if reply == "" { // never answers
			continue
		}
		if !strings.HasPrefix(reply, "!") && !takeLiteral(conn, in, line) {
			return
		}
		reply = strings.TrimPrefix(reply, "!")
		_, _ = io.WriteString(conn, strings.ReplaceAll(strings.ReplaceAll(reply, "%T", tag), "\n", "\r\n")+"\r\n")
		if strings.Contains(reply, "* BYE") {
			return
		}
	}
}

func commandName(line string) (tag, name string) {
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return "?", "?"
	}
	name = strings.ToUpper(fields[1])
	if name == "UID" && len(fields) > 2 {
		name += " " + strings.ToUpper(fields[2])
	}
	return fields[0], name
}

// takeLiteral reads the literals that a line announces, and the rest of the line after each.
func takeLiteral(conn io.Writer, in *bufio.Reader, line string) bool {
	for {
		line = strings.TrimRight(line, "\r\n")
		start := strings.LastIndexByte(line, '{')
		if start < 0 || !strings.HasSuffix(line, "}") {
			return true
		}
		size, err := strconv.ParseInt(strings.TrimSuffix(line[start+1:len(line)-1], "+"), 10, 64)
		if err != nil {
			return true
		}
		if !strings.HasSuffix(line, "+}") {
			_, _ = io.WriteString(conn, "+ go\r\n")
		}
		if _, err := io.CopyN(io.Discard, in, size); err != nil {
			return false
		}
		if line, err = in.ReadString('\n'); err != nil {
			return false
		}
	}
}

func (s script) with(more script) script {
	all := script{"CAPABILITY": scriptCaps, "SELECT": "* 0 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 3] x\n%T OK [READ-WRITE] done"}
	for _, part := range []script{s, more} {
		for name, reply := range part {
			all[name] = reply
		}
	}
	return all
}

func (s script) dial(t *testing.T) migrate.Session {
	t.Helper()
	session, err := imap.New(s.start(t)).Dial(t.Context())
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// noise is what a server may say at any time and go-imap does not survive.
const noise = "* XNOTICE be nice\n* VANISHED 1:3\n* OK [HIGHESTMODSEQ x] y\n* OK Still here\n* NO [ALERT] disk almost full\n" +
	"* LSUB () \"/\" x\n* FLAGS (\\Seen $we]ird)\n* OK [PERMANENTFLAGS (\\Seen $we[ird [todo] \\*)] x\n* LIST () \"/\" \"R&D\"\n" +
	"* CAPABILITY IMAP4rev2\n\n* 5 XFOO\n* 3 EXISTS\n* LIST () \"\" x\n"

func TestScriptNoise(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{
		"SELECT": noise + "* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 3] x\n%T OK done",
		"APPEND": noise + "%T OK [APPENDUID 7 4:5] Success [THROTTLED]",
		"LIST":   noise + "* LIST (\\Sent) \".\" \"Gesendet &ZeVnLIqe-\"\n* LIST (\\Noselect) \".\" no\n%T OK done",
		"LOGOUT": noise + "%T OK done",
	}).dial(t)
	box, err := session.Select(t.Context(), "x")
	if err != nil || box.UIDNext != 3 || box.UIDValidity != 7 || !box.AnyKeyword || fmt.Sprint(box.Permanent) != `[\Seen $we[ird [todo]]` {
		t.Errorf("Select: got %+v and %v, want it through the noise", box, err)
	}
	for range 3 {
		if kinds, err := appendAll(t, session, outgoing("one", 100)); err != nil || kinds[0] != -1 {
			t.Errorf("Append: got %v and %v, want it stored", kinds, err)
		}
	}
	infos, err := session.(migrate.Arranger).Mailboxes(t.Context())
	want := []migrate.MailboxInfo{{Name: "R\uef26D"}, {Name: "x"}, {Name: "Gesendet 日本語", Role: migrate.RoleSent}}
	if err != nil || !slices.Equal(infos, want) {
		t.Errorf("Mailboxes: got %+v and %v, want %+v", infos, err, want)
	}
}

// TestScriptSelect: what old servers leave out.
func TestScriptSelect(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{
		"SELECT": "* FLAGS (\\Seen old)\n* 2 EXISTS\n%T OK done", "STATUS": "* STATUS x (UIDNEXT 9 UIDVALIDITY 8)\n%T OK done",
	}).dial(t)
	box, err := session.Select(t.Context(), "x")
	if err != nil || box.UIDNext != 9 || box.UIDValidity != 8 || box.Messages != 2 || box.AnyKeyword || fmt.Sprint(box.Permanent) != `[\Seen old]` {
		t.Errorf("Select: got %+v and %v, want UIDNEXT 9 of STATUS and the flags of FLAGS", box, err)
	}
	none := script{}.with(script{"SELECT": "* OK [PERMANENTFLAGS ()] none\n* FLAGS (\\Seen)\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 3] x\n%T OK done"}).dial(t)
	if box, err := none.Select(t.Context(), "x"); err != nil || len(box.Permanent) != 0 || box.AnyKeyword {
		t.Errorf("Select: got %+v and %v, want no permanent flags", box, err)
	}
}

// TestScriptSelectNo: a NO without a code is a missing mailbox only if LIST agrees.
func TestScriptSelectNo(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]bool{
		"%T OK done": true, "* LIST () \"/\" other\n%T OK done": true, "* LIST (\\Noselect) \"/\" x\n%T OK done": true,
		"* LIST () \"/\" x\n%T OK done": false, "%T NO no": false,
	} {
		session := script{}.with(script{"SELECT": "%T NO Unable to open this mailbox.", "LIST": list}).dial(t)
		if _, err := session.Select(t.Context(), "x"); errors.Is(err, migrate.ErrNoMailbox) != want || err == nil {
			t.Errorf("LIST %q: got %v, want a missing mailbox: %v", list, err, want)
		}
	}
}

func TestScriptSignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script script
		want   int
	}{
		"LOGIN with literals":   {script{"CAPABILITY": "* CAPABILITY IMAP4rev1\n%T OK done"}, -1},
		"two greetings":         {script{"greeting": "* OK Waiting for authentication process to respond..\r\n* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready"}, -1},
		"preauth":               {script{"greeting": "* PREAUTH hello"}, -1},
		"no way in":             {script{"CAPABILITY": "* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2\n%T OK done"}, int(migrate.Unfit)},
		"POP3":                  {script{"greeting": "+OK POP3 ready"}, int(migrate.Unfit)},
		"HTTP":                  {script{"greeting": "HTTP/1.1 400 Bad Request"}, int(migrate.Unfit)},
		"BYE greeting":          {script{"greeting": "* BYE Too many connections from your IP"}, int(migrate.Crowded)},
		"no capability":         {script{"CAPABILITY": "%T BAD what"}, int(migrate.Unfit)},
		"challenge without end": {script{"AUTHENTICATE": "+ \n+ "}, int(migrate.Broken)},
		"endless line":          {script{"AUTHENTICATE": "* OK " + strings.Repeat("x", 1<<20)}, int(migrate.Broken)},
		"huge literal":          {script{"AUTHENTICATE": "* ID {99999999999}"}, int(migrate.Broken)},
		"gmail":                 {script{"AUTHENTICATE": "* NO [WEBALERT x] Web login required.\n%T NO [ALERT] Please log in via your web browser"}, int(migrate.Denied)},
		"ID refused":            {script{"CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR ID\n%T OK done", "ID": "%T NO no"}, -1},
	} {
		session, err := imap.New(c.script.with(c.script).start(t)).Dial(t.Context())
		if kindOf(err) != c.want {
			t.Errorf("%s: got %v, want kind %d", name, err, c.want)
		}
		if err == nil {
			_ = session.Close()
		}
	}
}

// TestScriptRefusesEarly: NO in place of "+" settles the message and keeps the session.
func TestScriptRefusesEarly(t *testing.T) {
	t.Parallel()
	session := script{}.with(script{"APPEND": "!%T NO [TOOBIG] Message too large"}).dial(t)
	if _, err := session.Select(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	kinds, err := appendAll(t, session, outgoing("one", 9000), outgoing("two", 5<<20))
	if want := fmt.Sprint([]int{int(migrate.Refused), int(migrate.Refused)}); fmt.Sprint(kinds) != want || err != nil {
		t.Errorf("refused early: got %v and %v, want %s", kinds, err, want)
	}
}

func TestScriptSilence(t *testing.T) {
	t.Parallel()
	for _, silent := range []string{"SELECT", "APPEND", "UID SEARCH", "LIST", "CREATE"} {
		opts := script{}.with(script{silent: ""}).start(t)
		opts.Timeout = 300 * time.Millisecond
		session, err := imap.New(opts).Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := useAll(t, session); kindOf(err) != int(migrate.Broken) {
			t.Errorf("%s never answered: got %v, want Broken", silent, err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s never answered: took %v, want about 300ms", silent, took)
		}
		_ = session.Close()
	}
}

// TestIdleIsNoSilence: a session that nobody uses for longer than the timeout is alive.
func TestIdleIsNoSilence(t *testing.T) {
	t.Parallel()
	opts := script{}.with(nil).start(t)
	opts.Timeout = 100 * time.Millisecond
	session, err := imap.New(opts).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	for range 3 {
		if err := useAll(t, session); err != nil {
			t.Errorf("after a rest: %v", err)
		}
		time.Sleep(250 * time.Millisecond)
	}
}

// useAll runs one of each command and returns the first error.
func useAll(t *testing.T, session migrate.Session) error {
	t.Helper()
	_, err := session.Select(t.Context(), "x")
	if err != nil {
		return err
	}
	if _, err := appendAll(t, session, outgoing("one", 9000)); err != nil {
		return err
	}
	for _, err := range session.(migrate.Finder).Find(t.Context(), 1, 0, true) {
		return err
	}
	if _, err := session.(migrate.Arranger).Mailboxes(t.Context()); err != nil {
		return err
	}
	_, err = session.(migrate.Arranger).Create(t.Context(), "x", migrate.RoleNone)
	return err
}

// TestSlowSourceAndLine: a message that takes longer than the timeout in all, but moves, passes.
func TestSlowSource(t *testing.T) {
	t.Parallel()
	opts := script{}.with(nil).start(t)
	opts.Timeout = 200 * time.Millisecond
	session, err := imap.New(opts).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	if _, err := session.Select(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	const pieces, piece = 5, 1 << 20
	slow := migrate.Outgoing{Size: pieces * piece, Open: func() (io.ReadCloser, error) { return io.NopCloser(&slowReader{left: pieces * piece}), nil }}
	if kinds, err := appendAll(t, session, slow); err != nil || kinds[0] != -1 {
		t.Errorf("slow source: got %v and %v, want it stored", kinds, err)
	}
}

// slowReader rests for longer than the timeout after each MiB.
type slowReader struct{ left int }

func (s *slowReader) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if s.left%(1<<20) == 0 {
		time.Sleep(300 * time.Millisecond)
	}
	n := min(len(p), s.left, 1<<19)
	s.left -= n
	return n, nil
}
