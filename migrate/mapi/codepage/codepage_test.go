package codepage

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		page int
		in   string
		want string
	}{
		{"Western", 1252, "\x80 \xe9", "€ é"},
		{"a byte that isn't used", 1252, "\x81", "\ufffd"},
		{"Japanese", 932, "\x93\xfa\x96\x7b", "日本"},
		{"half a character", 932, "a\x93", "a\ufffd"},
		{"UTF-8", UTF8, "日本", "日本"},
		{"not UTF-8", UTF8, "a\xff", "a\ufffd"},
		{"UTF-7", UTF7, "Hi +2D3eAA-!", "Hi 😀!"},
		{"UTF-16", UTF16, "a\x00\xe9\x00", "aé"},
		{"ASCII that isn't", ASCII, "\xe9", "é"},
		{"unknown, UTF-8", 4711, "日本", "日本"},
		{"unknown, not UTF-8", 4711, "\xe9", "é"},
		{"none", 0, "abc", "abc"},
		{"empty", 932, "", ""},
	} {
		if got := Decode([]byte(c.in), c.page); got != c.want {
			t.Errorf("%s: %q in %d: got %q, want %q", c.name, c.in, c.page, got, c.want)
		}
	}
}

func TestDecodeUTF16(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                         "",
		"a\x00b\x00":               "ab",
		"\xe5\x65\x2c\x67":         "日本",
		"\x3d\xd8\x00\xde":         "😀",
		"\x3d\xd8":                 "\ufffd",
		"\x00\xdea\x00":            "\ufffda",
		"a\x00b":                   "a",
		"a\x00\x00\x00":            "a\x00",
		"\xff\xfea\x00":            "\ufeffa",
		"\x3d\xd8\x3d\xd8\x00\xde": "\ufffd😀",
	} {
		if got := DecodeUTF16([]byte(in)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestUTF7(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                  "plain",
		"A+ImIDkQ.":              "A≢Α.", // the examples of RFC 2152
		"Hi Mom -+Jjo--!":        "Hi Mom -☺-!",
		"+ZeVnLIqe-":             "日本語",
		"Item 3 is +AKM-1.":      "Item 3 is £1.",
		"1 +- 1":                 "1 + 1",
		"+":                      "",
		"+AGE":                   "a",
		"+AGE-b":                 "ab",
		"+AGE b":                 "a b",
		"+2D3":                   "",
		"+AGE-+AGI-":             "ab",
		"a\r\nb":                 "a\r\nb",
		"+//8-":                  "\uffff",
		"+2D0AYQ-":               "\ufffd",
		strings.Repeat("+-", 10): strings.Repeat("+", 10),
	} {
		if got := Decode([]byte(in), UTF7); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		// The same, a byte at a time.
		r := transform.NewReader(iotest.OneByteReader(strings.NewReader(in)), utf7{}.NewDecoder())
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil || b.String() != want {
			t.Errorf("%q by bytes: got %q, %v, want %q", in, b.String(), err, want)
		}
	}
}

// TestNamesAreKnown holds that what is written as a charset can be read by others.
func TestNamesAreKnown(t *testing.T) {
	t.Parallel()
	for page, cs := range charsets {
		if cs.Encoding == nil {
			t.Errorf("%d: got no encoding", page)
		}
		if cs.Name == "" {
			continue
		}
		_, htmlErr := htmlindex.Get(cs.Name)
		_, mimeErr := ianaindex.MIME.Encoding(cs.Name)
		if htmlErr != nil && mimeErr != nil {
			t.Errorf("%d: nobody knows %q: %v, %v", page, cs.Name, htmlErr, mimeErr)
		}
		if strings.ToLower(cs.Name) != cs.Name {
			t.Errorf("%d: got %q, want lower case", page, cs.Name)
		}
	}
}

// TestASCII holds that ASCII is ASCII in every code page that has a name, so that HTML in it can stay as it is.
func TestASCII(t *testing.T) {
	t.Parallel()
	text := "<p class=\"x\">\r\n\t0123 abc</p>"
	for page, cs := range charsets {
		if cs.Name == "" {
			continue
		}
		if got := Decode([]byte(text), page); got != text {
			t.Errorf("%d: got %q, want %q", page, got, text)
		}
	}
}

func TestUTF7DoesNotEncode(t *testing.T) {
	t.Parallel()
	if got, err := (utf7{}).NewEncoder().String("é"); err == nil && strings.Contains(got, "+") {
		t.Errorf("got %q, want no UTF-7", got)
	}
}

// FuzzDecode: what comes out is UTF-8, whatever the code page, and the same in pieces.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("+ZeVnLIqe- \x93\xfa"), 65000)
	f.Add([]byte("\x93\xfa\x96\x7b"), 932)
	f.Add([]byte("\x1b$B\x46\x7c"), 50220)
	f.Fuzz(func(t *testing.T, in []byte, page int) {
		got := Decode(in, page)
		if !utf8.ValidString(got) {
			t.Errorf("%q in %d: got %q", in, page, got)
		}
		if len(got) > 10*len(in)+10 {
			t.Errorf("%q in %d: got %d bytes of %d", in, page, len(got), len(in))
		}
	})
}

// TestDecodersGiveUTF8 holds what streams of text rely on: nothing else comes out of a decoder, whatever goes in.
func TestDecodersGiveUTF8(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 64<<10)
	for i := range noise {
		noise[i] = byte(r.Uint32() >> (r.Uint32() % 3 * 8)) // some of it with many small bytes
	}
	for page, cs := range charsets {
		got, err := cs.Encoding.NewDecoder().Bytes(noise)
		if err != nil || !utf8.Valid(got) {
			t.Errorf("%d: got %v and text that is no UTF-8", page, err)
		}
	}
}
