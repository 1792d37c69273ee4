package mapi

import (
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// inPieces writes a text in pieces of one size.
func inPieces(t *testing.T, w io.Writer, text string, size int) {
	t.Helper()
	for piece := range slices.Chunk([]byte(text), size) {
		if n, err := w.Write(piece); n != len(piece) || err != nil {
			t.Fatalf("got %d, %v, want %d", n, err, len(piece))
		}
	}
}

func TestLineEnds(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":               "",
		"a":              "a",
		"a\r\nb\r\n":     "a\r\nb\r\n",
		"a\nb\n":         "a\r\nb\r\n",
		"a\rb\r":         "a\r\nb\r\n",
		"\n\n":           "\r\n\r\n",
		"\r\r\n\n":       "\r\n\r\n\r\n",
		"a\x00b\x00\r\n": "ab\r\n",
		"a\r\x00\nb":     "a\r\n\r\nb",
	} {
		for size := 1; size <= 4; size++ {
			var b strings.Builder
			inPieces(t, &lineEnds{w: &b}, in, size)
			if b.String() != want {
				t.Errorf("%q in pieces of %d: got %q, want %q", in, size, b.String(), want)
			}
		}
	}
}

func TestBareLF(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\r\nb\r\n": "a\r\nb\r\n",
		"a\nb\r\n":   "a\r\nb\r\n",
		"a\rb":       "a\rb",
		"\n":         "\r\n",
		"\x00\xff\n": "\x00\xff\r\n",
	} {
		for size := 1; size <= 3; size++ {
			var b strings.Builder
			inPieces(t, &bareLF{w: &b}, in, size)
			if b.String() != want {
				t.Errorf("%q in pieces of %d: got %q, want %q", in, size, b.String(), want)
			}
		}
	}
}

func TestSkipper(t *testing.T) {
	t.Parallel()
	for skip := range 8 {
		for size := 1; size <= 7; size++ {
			var b strings.Builder
			inPieces(t, &skipper{w: &b, left: skip}, "0123456", size)
			if want := "0123456"[min(skip, 7):]; b.String() != want {
				t.Errorf("%d of pieces of %d: got %q, want %q", skip, size, b.String(), want)
			}
		}
	}
}

func TestSurvey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want survey
	}{
		{"", survey{}},
		{" \r\n\t\r\n", survey{size: 6, longest: 1}},
		{"abc\r\nde\r\n", survey{size: 9, longest: 3, text: true}},
		{"\xe9t\xe9\r\n", survey{size: 5, high: 2, longest: 3, text: true}},
		{"--=_x\r\n", survey{size: 7, longest: 5, text: true, dashes: true}},
		{" --=_x\r\n", survey{size: 8, longest: 6, text: true}},
		{"a--=_x", survey{size: 6, longest: 6, text: true}},
		{"--=", survey{size: 3, longest: 3, text: true}},
		{"a\x00", survey{size: 2, longest: 2, text: true, nul: true}},
		{"a\nb", survey{size: 3, longest: 1, text: true, bare: true}},
		{"a\rb", survey{size: 3, longest: 2, text: true, bare: true}},
	} {
		for size := 1; size <= 5; size++ {
			var got survey
			inPieces(t, &got, c.in, size)
			got.line, got.start, got.lastWasCR = 0, [len(boundaryStart)]byte{}, false
			if got != c.want {
				t.Errorf("%q in pieces of %d: got %+v, want %+v", c.in, size, got, c.want)
			}
		}
	}
}

func TestBase64Lines(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 56, 57, 58, 114, 115, 1000} {
		text := strings.Repeat("x", n)
		var b strings.Builder
		if err := encoded(contentOf(text), asBase64)(&b); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\r\n") {
			if len(line) > softLine {
				t.Errorf("%d octets: got a line of %d", n, len(line))
			}
		}
		if strings.HasSuffix(b.String(), "\r\n") {
			t.Errorf("%d octets: got an empty line at the end", n)
		}
		got, err := base64.StdEncoding.DecodeString(b.String())
		if err != nil || string(got) != text {
			t.Errorf("%d octets: got %q, %v", n, got, err)
		}
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"":          false,
		"\n":        false,
		"a\n":       false,
		"\r\n":      true,
		"a\r\n":     true,
		"a\r\nb":    false,
		"a\r\n\r":   false,
		"a\r\n\r\n": true,
	} {
		for size := 1; size <= 5; size++ {
			w := &tail{w: io.Discard}
			inPieces(t, w, in, size)
			if got := w.ended(); got != want {
				t.Errorf("%q in pieces of %d: got %v, want %v", in, size, got, want)
			}
		}
	}
}

func TestHeadOf(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, headSize - 1, headSize, headSize + 1, 10 * headSize} {
		got := headOf(func(w io.Writer) error {
			for range n {
				if _, err := w.Write([]byte("x")); err != nil {
					return err
				}
			}
			return nil
		})
		if len(got) != min(n, headSize) {
			t.Errorf("of %d octets: got %d", n, len(got))
		}
	}
}

func TestCIDScanner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		html string
		want []string
	}{
		{`<img src="cid:a@b">`, []string{"a@b"}},
		{`<img src=CID:A@B>`, []string{"a@b"}},
		{`url(cid:a@b)`, []string{"a@b"}},
		{`"cid:a" 'cid:b' cid:c`, []string{"a", "b", "c"}},
		{`"ccid:a" "cicid:b"`, []string{"a", "b"}},
		{`cid: a`, nil},
		{`cid:a%20b`, []string{"a b", "a%20b"}},
		{`cid:a&amp;b`, []string{"a&b"}},
		{`acid:x cid`, []string{"x"}},
	} {
		for size := 1; size <= 6; size++ {
			s := &cidScanner{found: map[string]bool{}}
			inPieces(t, s, c.html, size)
			s.end()
			var got []string
			for id := range s.found {
				got = append(got, id)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s in pieces of %d: got %q, want %q", c.html, size, got, c.want)
			}
		}
	}
}

func TestCIDScannerIsBounded(t *testing.T) {
	t.Parallel()
	s := &cidScanner{found: map[string]bool{}}
	for i := range 3 * maxReferences {
		_, _ = io.WriteString(s, "cid:"+strings.Repeat("x", i%50)+string(rune('a'+i%26))+strings.Repeat("y", i/1300)+" ")
	}
	_, _ = io.WriteString(s, "cid:"+strings.Repeat("z", 1<<20))
	s.end()
	if len(s.found) > 2*maxReferences {
		t.Errorf("got %d references", len(s.found))
	}
	for id := range s.found {
		if len(id) > maxReference {
			t.Errorf("got a reference of %d octets", len(id))
		}
	}
}

func TestContentErrorsPass(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	c := func(io.Writer) error { return broken }
	for _, how := range []string{as7bit, asQuoted, asBase64} {
		if err := encoded(c, how)(io.Discard); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", how, err)
		}
	}
	if _, err := surveyOf(c); !errors.Is(err, broken) {
		t.Errorf("survey: got %v", err)
	}
	if _, err := newText(c, "plain", "utf-8"); !errors.Is(err, broken) {
		t.Errorf("text: got %v", err)
	}
}
