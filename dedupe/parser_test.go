package dedupe

import (
	"strings"
	"testing"
)

// structure says how a body is taken apart: the kinds of its leaves, or "raw".
func structure(raw string) string {
	p := newParser(true)
	for line := range strings.Lines(raw) {
		text, eol := strings.CutSuffix(line, "\n")
		p.line([]byte(text), eol)
	}
	p.digest()
	if p.bad {
		return "raw"
	}
	var kinds strings.Builder
	for _, leaf := range p.sum {
		kinds.WriteByte(leaf[0])
	}
	return kinds.String()
}

func TestStructure(t *testing.T) {
	t.Parallel()
	const mixed = "Content-Type: multipart/mixed; boundary=b\n\n"
	const inner = "--b\nContent-Type: multipart/alternative; boundary=c\n\n"
	for _, c := range []struct{ name, raw, want string }{
		{"text", "A: b\n\nc", "T"},
		{"no body", "A: b\n", "T"},
		{"image", "Content-Type: image/png\n\nc", "B"},
		{"text that isn't", "Content-Type: text/plain; charset=euc-jp\n\n\xff\n", "t"},
		{"two parts", mixed + "--b\n\nx\n--b\nContent-Type: a/b\n\ny\n--b--\n", "TB"},
		{"no parts", mixed + "--b--\n", ""},
		{"preamble and epilogue", mixed + "-- b\nx\n--b\n\nx\n--b--\n--\nepilogue: x\n", "T"},
		{"close without line end", mixed + "--b\n\nx\n--b--", "T"},
		{"blanks after the boundary", mixed + "--b \t\n\nx\n--b-- \n", "T"},
		{"boundary is a prefix", mixed + "--b\n\n--bb\n--b-\n--b---\n--b--\n", "T"},
		{"header without body", mixed + "--b\nContent-Type: a/b\n--b\n--b--\n", "BT"},
		{"nested", mixed + inner + "--c\n\nx\n--c\n\ny\n--c--\n--b\n\nz\n--b--\n", "TTT"},
		{"nested, preamble and epilogue", mixed + inner + "p\n--c\n\nx\n--c--\ne\n--b--\n", "T"},
		{"nested, not closed", mixed + inner + "--c\n\nx\n--b--\n", "raw"},
		{"nested, opened again", mixed + inner + "--c\n\nx\n--c--\n--c\n\ny\n--b--\n", "raw"},
		{"not closed", mixed + "--b\n\nx\n", "raw"},
		{"never opened", mixed + "x\n", "raw"},
		{"no boundary", "Content-Type: multipart/mixed\n\nx\n", "raw"},
		{"empty boundary", "Content-Type: multipart/mixed; boundary=\" \"\n\n--\n\nx\n----\n", "raw"},
		{"long boundary", "Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", maxBoundary+1) + "\n\nx\n", "raw"},
		{"message", "Content-Type: message/rfc822\n\nContent-Type: a/b\n\nx\n", "B"},
		{"message in base64", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nQQ==\n", "B"},
		{"message without body", mixed + "--b\nContent-Type: message/rfc822\n\n--b--\n", "T"},
		{"message with parts", mixed + "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/x; boundary=c\n\n--c\n\nx\n--c--\n--b\n\ny\n--b--\n", "TT"},
		{"digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\nx\n--b\nContent-Type: a/b\n\ny\n--b--\n", "TB"},
		{"attached messages side by side", mixed + strings.Repeat("--b\nContent-Type: message/rfc822\n\nA: b\n\nx\n", maxDepth+5) + "--b--\n", strings.Repeat("T", maxDepth+5)},
		{"junk in the header", "A: b\njunk\n\nx\n", "raw"},
		{"junk in a part's header", mixed + "--b\njunk\n\nx\n--b--\n", "raw"},
		{"first type counts", "Content-Type: a/b\nContent-Type: text/plain\n\nx\n", "B"},
		{"folded type", "Content-Type:\n a/b;\n\tc=d\n\nx\n", "B"},
		{"bad base64", mixed + "--b\nContent-Transfer-Encoding: base64\n\n***\n--b--\n", "raw"},
		{"cut base64", mixed + "--b\nContent-Transfer-Encoding: base64\n\nA\n--b--\n", "raw"},
	} {
		if got := structure(c.raw); got != c.want {
			t.Errorf("%s: structure of %.200q: got %q, want %q", c.name, c.raw, got, c.want)
		}
	}
}

func TestFieldScanner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ raw, want string }{
		{"", ""},
		{"A: b\r\n\r\nC: d", "A= b\r\n"},
		{"A: b\n c\nB:d\n\nC: d", "A= b\n c\n|B=d\n"},
		{"junk\nA: b\n>From x: y\n cont\nB : c", "A= b\n|B= c"},
		{" first\nA: b", "A= b"},
		{"A: b\n \n c\n\n", "A= b\n \n c\n"},
		{"\nA: b\n", ""},
		{"\r\nA: b\n", ""},
		{"A: \xff\x00\n", "A= \xff\x00\n"},
	} {
		for size := 1; size <= len(c.raw)+1; size++ {
			var got []string
			s := fieldScanner{each: func(name, value []byte, cut bool) {
				if !cut {
					got = append(got, string(name)+"="+string(value))
				}
			}}
			for rest := c.raw; rest != ""; {
				n := min(size, len(rest))
				s.feed([]byte(rest[:n]))
				rest = rest[n:]
			}
			s.flush()
			if text := strings.Join(got, "|"); strings.TrimSuffix(text, "\r\n\r\n") != c.want {
				t.Errorf("fields of %q by %d bytes: got %q, want %q", c.raw, size, text, c.want)
			}
		}
	}
}

func TestFieldScannerBounds(t *testing.T) {
	t.Parallel()
	cuts := 0
	s := fieldScanner{each: func(name, value []byte, cut bool) {
		if len(name)+len(value) > fieldLimit {
			t.Errorf("field %s: got %d bytes, want at most %d", name, len(value), fieldLimit)
		}
		if cut {
			cuts++
		}
	}}
	for range 3 {
		s.feed([]byte("A: " + strings.Repeat("x", 3*fieldLimit) + "\n"))
		s.feed([]byte("B: " + strings.Repeat("y\n ", fieldLimit/8) + "\n"))
	}
	s.flush()
	if cuts != 3 {
		t.Errorf("cut fields: got %d, want 3", cuts)
	}
	if id := identify(t, "Message-ID: "+strings.Repeat(" ", fieldLimit)+"<a@b>\nMessage-ID: <c@d>\n\n"); id.MessageID != "<c@d>" {
		t.Errorf("a cut Message-ID: got %q, want the next one", id.MessageID)
	}
}
