package memserver

import (
	"bytes"
	"io"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"
)

// chunked is a connection whose reads bring a few bytes each, of one size after the other.
type chunked struct {
	net.Conn // nil: nothing else is called
	left     []byte
	sizes    []byte
	turn     int
}

// Read implements [net.Conn].
func (c *chunked) Read(p []byte) (int, error) {
	if len(c.left) == 0 {
		return 0, io.EOF
	}
	size := len(c.left)
	if len(c.sizes) > 0 {
		size = 1 + int(c.sizes[c.turn%len(c.sizes)])
		c.turn++
	}
	n := copy(p[:min(len(p), size)], c.left)
	c.left = c.left[n:]
	return n, nil
}

// readAll reads a wire to its end, in buffers of one size after the other, and returns what each read brought.
func readAll(t *testing.T, input, sizes []byte) (reads [][]byte, traffic Traffic) {
	t.Helper()
	server := &Server{}
	w := server.newWire(&chunked{left: input, sizes: sizes}, nil)
	for turn := 0; ; turn++ {
		size := 4096
		if len(sizes) > 0 {
			size = 1 + int(sizes[(turn+1)%len(sizes)])
		}
		p := make([]byte, size)
		n, err := w.Read(p)
		if n > 0 {
			reads = append(reads, p[:n])
		}
		if err != nil {
			if err != io.EOF {
				t.Fatalf("input %q: got %v, want EOF", input, err)
			}
			return reads, server.Traffic()
		}
	}
}

// FuzzPass: what go-imap reads is what the client sent, however it is cut into pieces; no read goes beyond the end of a line into
// what follows, unless it is within a literal; and the same commands are counted.
func FuzzPass(f *testing.F) {
	for _, input := range []string{
		"a APPEND INBOX (\\Seen) {5+}\r\nab\r\nc (x) {3}\r\nb NOOP\r\n", "a LOGIN {4+}\r\nanna {2+}\r\npw\r\nb APPEND {5}\r\n",
		"a AUTHENTICATE PLAIN\r\nAGFubmEAcHc=\r\nb IDLE\r\nDONE\r\nc UID FETCH 1:* (FLAGS)\r\n", "a APPEND x {0+}\r\n {0+}\r\n\r\nb",
		"\x16\x03\x01", "a X {99999999999999999999+}\r\nb Y {5 }\r\n{3+} \r\nabc\n\n\r\n", "a APPEND x ~{3+}\r\n{1}{1+}\r\na\r\n",
	} {
		f.Add([]byte(input), []byte{})
		f.Add([]byte(input), []byte{0})
		f.Add([]byte(input), []byte{1, 0, 6, 2})
	}
	f.Fuzz(func(t *testing.T, input, sizes []byte) {
		reads, traffic := readAll(t, input, sizes)
		if got := bytes.Join(reads, nil); !bytes.Equal(got, input) {
			t.Errorf("got %q, want %q", got, input)
		}
		whole, same := readAll(t, input, nil)
		if traffic.InFlight, same.InFlight = 0, 0; !reflect.DeepEqual(traffic, same) && !bytes.ContainsFunc(input, isControl) {
			t.Errorf("%q in pieces: counted %+v, want %+v as in one", input, traffic, same)
		}
		for _, read := range whole {
			if line, rest, _ := bytes.Cut(read, []byte("\n")); len(rest) > 0 && !bytes.Contains(input, []byte("}")) {
				t.Errorf("got %q behind %q at once, want a line", rest, line)
			}
		}
	})
}

// isControl tells what no line begins with.
func isControl(r rune) bool { return r < ' ' && r != '\r' && r != '\n' }

// TestEdges: each read ends where a line or a literal does.
func TestEdges(t *testing.T) {
	t.Parallel()
	input := "a APPEND INBOX (\\Seen) {5+}\r\nab\r\nc (x) {3+}\r\n\r\n \r\nb X {4}\r\nc NOOP\r\nDONE"
	want := []string{"a APPEND INBOX (\\Seen) {5+}\r\n", "ab\r\nc", " (x) {3+}\r\n", "\r\n ", "\r\n", "b X {4}\r\n", "c NOOP\r\n", "DONE"}
	reads, traffic := readAll(t, []byte(input), nil)
	var got []string
	for _, read := range reads {
		got = append(got, string(read))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if traffic.Commands["APPEND"] != 1 || traffic.Messages[2] != 1 || traffic.Commands["NOOP"] != 1 || len(traffic.Commands) != 3 {
		t.Errorf("got %+v, want an APPEND of two messages, X and NOOP", traffic)
	}
}

// TestAskedLiteral: one that the server has asked for comes, and one that it has refused doesn't, also behind one that it
// had no choice about.
func TestAskedLiteral(t *testing.T) {
	t.Parallel()
	client, network := net.Pipe()
	w := (&Server{}).newWire(network, nil)
	go func() { _, _ = io.Copy(io.Discard, client) }()
	p := make([]byte, 100)
	for _, step := range []struct{ send, want, say string }{
		{"a APPEND x {3}\r\n", "a APPEND x {3}\r\n", "+ go on\r\n"},
		{"a b {3}\r\n", "a b", ""},
		{"", " {3}\r\n", "a NO not this\r\n"},
		{"b APPEND x {3+}\r\n", "b APPEND x {3+}\r\n", "b BAD no\r\n"}, // the rest of it is thrown away
		{"{2} {2+}\r\n{9 {3}\r\nc NOOP\r\n", "c NOOP\r\n", "* c OK\r\n"},
		{"d NOOP\r\n", "d NOOP\r\n", ""},
	} {
		if step.send != "" {
			go func() { _, _ = io.WriteString(client, step.send) }()
		}
		_ = w.SetReadDeadline(time.Now().Add(5 * time.Second))
		if n, err := w.Read(p); string(p[:n]) != step.want || err != nil {
			t.Errorf("after %q: got %q and %v, want %q", step.send, p[:n], err, step.want)
		}
		if _, err := io.WriteString(w, step.say); err != nil {
			t.Errorf("say %q: %v", step.say, err)
		}
	}
	_ = w.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if n, err := w.Read(p); err == nil || !err.(net.Error).Timeout() { //nolint:errorlint // as go-imap looks at it
		t.Errorf("nothing sent: got %q and %v, want a timeout", p[:n], err)
	}
	_ = w.Close()
	if n, err := w.Read(p); err != net.ErrClosed { //nolint:errorlint // the very same
		t.Errorf("closed: got %q and %v, want %v", p[:n], err, net.ErrClosed)
	}
}

func TestOffer(t *testing.T) {
	t.Parallel()
	hides := func(hidden ...string) func(string) bool {
		return (&Server{opts: Options{Hide: hidden}}).hides
	}
	for _, c := range []struct {
		said, want string
		hidden     []string
	}{
		{"* CAPABILITY IMAP4rev1 A\r\n", "* CAPABILITY IMAP4rev1\r\n", []string{"a"}},
		{"a OK [CAPABILITY A B APPENDLIMIT=5] B\r\n", "a OK [CAPABILITY A MULTIAPPEND APPENDLIMIT=5] B\r\n", []string{"B"}},
		{"a OK [CAPABILITY A APPENDLIMIT=5] B\r\n", "a OK [CAPABILITY A APPENDLIMIT=5] B\r\n", []string{"MULTIAPPEND"}},
		{"* CAPABILITY A APPENDLIMIT=5\r\n", "* CAPABILITY A MULTIAPPEND\r\n", []string{"APPENDLIMIT"}},
		{"* CAPABILITY A AUTH=PLAIN\r\n", "* CAPABILITY A\r\n", []string{"AUTH=PLAIN"}},
		{"* 1 FETCH (BODY[] {17}\r\n CAPABILITY A B\r\n)\r\n", "", []string{"A"}},
		{"CAPABILITY A\r\n", "", []string{"A"}},
		{"* CAPABILITY A B", "", []string{"A"}},
		{"a NO [CAPABILITY A] x\r\n", "", []string{"A"}},
	} {
		if c.want == "" {
			c.want = c.said
		}
		if got := string(offer([]byte(c.said), hides(c.hidden...))); got != c.want {
			t.Errorf("%q without %s: got %q, want %q", c.said, strings.Join(c.hidden, " "), got, c.want)
		}
	}
}
