package migratetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// conversation is what a client and a server say, turn by turn.
var conversation = []struct{ client, server string }{
	{"", "* OK ready {5}\r\n"}, // text, no literal
	{"a LOGIN {4}\r\n", "+ go\r\n"},
	{"anna {2+}\r\npw\r\n", "a OK in {3}\r\n"},
	{"b APPEND {5+}\r\nINBOX (\\Seen) {12+}\r\nz OK \r\nx {9} ~{4+}\r\nabcd\r\nc NOOP\r\n", "* 2 EXISTS\r\nb OK [APPENDUID 1 1:2] done\r\nc OK\r\n"},
	{"d APPEND INBOX {7}\r\n", "d NO [TOOBIG] no\r\n"},
	{"e APPEND \"a {3}\" {0+}\r\n\r\nf uid fetch 1 (BODY[])\r\n", "e OK\r\n* 1 FETCH (UID 1 BODY[1] {6}\r\nf OK\r\n BODY[2] {6}\r\nf OK\r\n)\r\nf OK\r\n"},
	{"g IDLE\r\n", "+ idling\r\n"},
	{"DONE\r\n", "g OK\r\n"},
}

// play sends the conversation through a link in pieces of a size and returns what comes out and the faults that are due.
func play(p *Proxy, size int) (up, down string, due []string) {
	l := &link{proxy: p}
	pass := func(text string, next step) (out string) {
		for piece := range slices.Chunk([]byte(text), size) {
			for {
				n, bytes, fault := next(piece)
				piece, out = piece[n:], out+string(bytes)
				if fault != nil {
					due = append(due, fault.String())
				}
				if n == 0 && len(bytes) == 0 && fault == nil {
					break
				}
			}
		}
		return out
	}
	for _, turn := range conversation {
		up += pass(turn.client, l.up)
		down += pass(turn.server, l.down)
	}
	return up, down, due
}

func newPlan(faults ...Fault) *Proxy {
	p := &Proxy{seen: make(map[string]int)}
	p.Plan(faults...)
	return p
}

// TestScanInPieces: however the streams are cut into pieces, they come through, and the same moments are found.
func TestScanInPieces(t *testing.T) {
	t.Parallel()
	var client, server string
	for _, turn := range conversation {
		client, server = client+turn.client, server+turn.server
	}
	for size := 1; size < 200; size++ {
		p := newPlan(
			Fault{InLiteral(1, 3), Swallow()}, Fault{InLiteral(1, 99), Swallow()}, Fault{InLiteral(1, 0), Swallow()},
			Fault{AtAppendOK(2), Swallow()}, Fault{AtReply("UID FETCH", 1), Swallow()}, Fault{AtReply("IDLE", 2), Swallow()},
		)
		up, down, due := play(p, size)
		if up != client {
			t.Fatalf("pieces of %d: client: got %q, want %q", size, up, client)
		}
		want := strings.TrimSuffix(strings.Replace(server, "\r\ne OK\r\n", "\r\n", 1), "f OK\r\ng OK\r\n")
		if got := strings.Replace(down, "+ idling\r\ng OK\r\n", "", 1); got != strings.Replace(want, "f OK\r\n+ idling\r\ng OK\r\n", "", 1) {
			t.Fatalf("pieces of %d: server: got %q, want %q", size, got, want)
		}
		if got, all := strings.Join(due, "; "), "literal of append 1 after 3 bytes: swallow; literal of append 1 after 99 bytes: swallow; "+
			"literal of append 1 after 0 bytes: swallow; append ok 2: swallow; reply to UID FETCH 1: swallow"; got != all {
			t.Fatalf("pieces of %d: got %s, want %s", size, got, all)
		}
		if got := fmt.Sprint(p.seen); got != "map[APPEND:3 IDLE:1 LOGIN:1 NOOP:1 UID FETCH:1]" {
			t.Fatalf("pieces of %d: got commands %s", size, got)
		}
	}
}

// TestBytesInPieces: byte faults are due at their bytes, and lose nothing of the rest.
func TestBytesInPieces(t *testing.T) {
	t.Parallel()
	for size := 1; size < 100; size++ {
		p := newPlan(Fault{AtServerByte(3), Swallow()}, Fault{AtServerByte(2), Swallow()}, Fault{AtClientByte(1), Swallow()}, Fault{AtClientByte(50), Swallow()})
		want, wantDown, _ := play(newPlan(), size)
		if up, down, due := play(p, size); up != want || down != wantDown || len(due) != 4 {
			t.Fatalf("pieces of %d: got %q, %q and %q, want all of it and 4 faults", size, up, down, due)
		}
	}
}

// FuzzScan: whatever is said, it comes through unchanged if nothing is planned, and bounded memory is enough.
func FuzzScan(f *testing.F) {
	for _, turn := range conversation {
		f.Add(turn.client, turn.server, 3)
	}
	f.Add("a APPEND x {9223372036854775807+}\r\n", "* 1 FETCH {99999999999999999999}\r\n", 1)
	f.Fuzz(func(t *testing.T, client, server string, size int) {
		size = min(max(size, 1), 1<<16)
		l := &link{proxy: newPlan()}
		for _, c := range []struct {
			text string
			next step
			held func() string
		}{
			{client, l.up, func() string { return "" }},
			{server, l.down, func() string {
				if l.answers.decided || l.opaque {
					return ""
				}
				return string(l.answers.head)
			}},
		} {
			out := ""
			for piece := range slices.Chunk([]byte(c.text), size) {
				for len(piece) > 0 {
					n, bytes, _ := c.next(piece)
					piece, out = piece[n:], out+string(bytes)
				}
			}
			if out+c.held() != c.text {
				t.Errorf("got %q and %q held back, want %q", out, c.held(), c.text)
			}
		}
		if n := max(len(l.asks.head), len(l.answers.head)); n > headMax {
			t.Errorf("head: got %d bytes kept, want %d at most", n, headMax)
		}
	})
}
