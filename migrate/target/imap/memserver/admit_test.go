package memserver

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
)

func TestParsePart(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		" {3}\r\n":                   "[] 0001-01-01T00:00:00Z 3 false",
		" {0+}\n":                    "[] 0001-01-01T00:00:00Z 0 true",
		" ~{3+}\r\n":                 "[] 0001-01-01T00:00:00Z 3 true",
		" () {3+}\r\n":               "[] 0001-01-01T00:00:00Z 3 true",
		" (\\Seen a-b $c) {3+} \r\n": `[\Seen a-b $c] 0001-01-01T00:00:00Z 3 true`,
		` " 1-Feb-2003 04:05:06 -0730" {9}` + "\r\n":     "[] 2003-02-01T04:05:06-07:30 9 false",
		` (a) "01-Feb-2003 04:05:06 +0000" {9}` + "\r\n": "[a] 2003-02-01T04:05:06Z 9 false",
		"{3}\r\n": "BAD", "  {3}\r\n": "BAD", " (a) {3\r\n": "BAD", " {-3}\r\n": "BAD", " {3": "BAD", "\r\n": "BAD", " (a{3}\r\n": "BAD",
		" (a  b) {3}\r\n": "BAD", " (\\) {3}\r\n": "BAD", " (a)(b) {3}\r\n": "BAD", " (caffè) {3}\r\n": "BAD", " (a) x {3}\r\n": "BAD",
		` "1-Feb-2003" {9}` + "\r\n": "BAD", ` " 1-Feb-2003 04:05:06 -0730 {9}` + "\r\n": "BAD", ` " 1-Feb-2003 04:05:06 -0730" (a) {9}` + "\r\n": "BAD",
		" {9223372036854775808}\r\n": "BAD",
	} {
		p, err := parsePart(line)
		got := fmt.Sprint(p.options.Flags, " ", p.options.Time.Format(time.RFC3339), " ", p.size, " ", p.nonSync)
		if err != nil {
			got = string(err.(*imap.Error).Type) //nolint:errorlint // as go-imap looks at it
		}
		if got != want {
			t.Errorf("%q: got %s (%v), want %s", line, got, err, want)
		}
	}
}

func TestUIDSet(t *testing.T) {
	t.Parallel()
	for want, uids := range map[string][]imap.UID{
		"4": {4}, "4:6": {4, 5, 6}, "4,6,9": {4, 6, 9}, "1:2,4,6:8": {1, 2, 4, 6, 7, 8}, "9,3:4": {9, 3, 4}, "": nil,
	} {
		if got := uidSet(uids); got != want {
			t.Errorf("%v: got %s, want %s", uids, got, want)
		}
	}
}

func TestCommandOf(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]command{
		"a append INBOX {3}\r\n":    {tag: "a", name: "APPEND"},
		"a APPEND {5+}\r\n":         {tag: "a", name: "APPEND", box: true},
		"b1 uid fetch 1 (FLAGS)\n":  {tag: "b1", name: "UID FETCH"},
		"DONE\r\n":                  {},
		"\r\n":                      {},
		"a UID\r\n":                 {tag: "a", name: "UID"},
		strings.Repeat("x", 10_000): {},
	} {
		if got := commandOf([]byte(line)); got != want {
			t.Errorf("%.40q: got %+v, want %+v", line, got, want)
		}
	}
}

// TestInFlight counts from anywhere in the conversation: commands that have begun, and not what looks like one in a literal.
func TestInFlight(t *testing.T) {
	t.Parallel()
	const input = "a NOOP\r\nb APPEND x {12+}\r\nz APPEND x\r\n (\\Seen) {3+}\r\nabc\r\nc NOOP\r\nd APPEND {1}\r\nx {3}\r\nabc\r\ne APPEND x {99+}\r\nf APP"
	w := (&Server{}).newWire(nil, nil)
	w.input.WriteString(input)
	w.err = net.ErrClosed
	w.beginning.Do(func() {}) // all has come
	for read, want := range []int{3, 3, 3, 3, 3, 3, 2, 2} {
		if got := w.inFlight(); got != want {
			t.Errorf("after %d reads, in %q: got %d in flight, want %d", read, w.command.name, got, want)
		}
		p := make([]byte, 4096)
		n, err := w.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		if string(p[:n]) == "\r\n" {
			w.command.answered = true
		}
	}
}
