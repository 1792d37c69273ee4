package rtf

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// tokens takes a text apart.
func tokens(t testing.TB, r io.Reader) []token {
	t.Helper()
	lex := newLexer(r)
	var all []token
	for {
		next, err := lex.next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, next)
	}
}

func TestLexer(t *testing.T) {
	t.Parallel()
	word := func(s string) token { return token{kind: tokenWord, word: s} }
	with := func(s string, n int) token { return token{kind: tokenWord, word: s, param: n, has: true} }
	char := func(c byte) token { return token{kind: tokenByte, char: c} }
	symbol := func(c byte) token { return token{kind: tokenSymbol, char: c} }
	open, end := token{kind: tokenOpen}, token{kind: tokenClose}
	for _, c := range []struct {
		in   string
		want []token
	}{
		{"", nil},
		{"{}", []token{open, end}},
		{`\b`, []token{word("b")}},
		{`\b x`, []token{word("b"), char('x')}},
		{`\b  x`, []token{word("b"), char(' '), char('x')}},
		{`\b0x`, []token{with("b", 0), char('x')}},
		{`\fi-360 `, []token{with("fi", -360)}},
		{`\b-x`, []token{word("b"), char('x')}},
		{`\b\i`, []token{word("b"), word("i")}},
		{`\b{`, []token{word("b"), open}},
		{"\\b\r\nx", []token{word("b"), char('x')}},
		{`\'e9\'E9`, []token{char(0xE9), char(0xE9)}},
		{`\'e`, []token{char('\''), char('e')}},
		{`\'`, []token{char('\'')}},
		{`\{\}\\`, []token{char('{'), char('}'), char('\\')}},
		{`\~\-\*`, []token{symbol('~'), symbol('-'), symbol('*')}},
		{"\\\r\nx", []token{word("par"), char('x')}},
		{"\\\tx", []token{word("tab"), char('x')}},
		{"a\r\n\x00b", []token{char('a'), char('b')}},
		{`\bin3 {}\x`, []token{with("bin", 3), char('x')}},
		{`\bin-3 x`, []token{with("bin", -3), char('x')}},
		{`\bin99 x`, []token{with("bin", 99)}},
		{`\`, nil},
		{`\u99999999999999999999 `, []token{with("u", 999999999)}},
		{`\` + strings.Repeat("a", 100) + "1", []token{with(strings.Repeat("a", maxWord), 1)}},
	} {
		if got := tokens(t, strings.NewReader(c.in)); !slices.Equal(got, c.want) {
			t.Errorf("%q: got %v, want %v", c.in, got, c.want)
		}
		if got := tokens(t, iotest.OneByteReader(strings.NewReader(c.in))); !slices.Equal(got, c.want) {
			t.Errorf("%q by bytes: got %v, want %v", c.in, got, c.want)
		}
	}
}

// TestReadErrorsPass holds that a store's error isn't taken for the end of the text.
func TestReadErrorsPass(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	in := func() io.Reader {
		return io.MultiReader(strings.NewReader(`{\rtf1\fromhtml1 text`), iotest.ErrReader(broken))
	}
	if err := HTML(io.Discard, in()); !errors.Is(err, broken) {
		t.Errorf("HTML: got %v", err)
	}
	if err := Text(io.Discard, in()); !errors.Is(err, broken) {
		t.Errorf("text: got %v", err)
	}
	if _, err := Render(io.Discard, in()); !errors.Is(err, broken) {
		t.Errorf("render: got %v", err)
	}
	if _, err := Sniff(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("sniff: got %v", err)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriteErrorsPass(t *testing.T) {
	t.Parallel()
	in := `{\rtf1\fromhtml1 ` + strings.Repeat("text ", 3000) + "}"
	if err := HTML(full{}, strings.NewReader(in)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("HTML: got %v", err)
	}
	if err := Text(full{}, strings.NewReader(in)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("text: got %v", err)
	}
	if _, err := Render(full{}, strings.NewReader(in)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("render: got %v", err)
	}
}

// TestTablesAreBounded holds that tables of fonts and colours, and fields, take no more than their share.
func TestTablesAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{\rtf1{\fonttbl`)
	for i := range 3 * maxFonts {
		b.WriteString(`\f` + strings.Repeat("1", 1+i%5) + `\fcharset204 A;`)
	}
	b.WriteString(`}{\colortbl` + strings.Repeat(`\red1;`, 3*maxColours) + `}`)
	b.WriteString(`{\field{\*\fldinst ` + strings.Repeat("x", 3*maxField) + `}{\fldrslt y}}}`)
	h := &texter{}
	h.parser = newParser(strings.NewReader(b.String()), h)
	h.out = newDiscard()
	if err := h.parser.parse(); err != nil {
		t.Fatal(err)
	}
	if n := len(h.parser.fonts); n > maxFonts {
		t.Errorf("got %d fonts", n)
	}
	if n := len(h.parser.colours); n > maxColours {
		t.Errorf("got %d colours", n)
	}
	if n := len(h.parser.field); n > maxField {
		t.Errorf("got a field of %d octets", n)
	}
}

func TestHyperlink(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`HYPERLINK "http://example.com/"`:           "http://example.com/",
		` HYPERLINK  "HTTPS://example.com/" \o "x"`: "HTTPS://example.com/",
		`HYPERLINK mailto:a@example.com`:            "mailto:a@example.com",
		`HYPERLINK http://example.com/ \l x`:        "http://example.com/",
		`HYPERLINK "javascript:alert(1)"`:           "",
		`HYPERLINK "data:text/html,x"`:              "",
		`HYPERLINK`:                                 "",
		`PAGE`:                                      "",
		``:                                          "",
	} {
		if got := hyperlink(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func newDiscard() *bufio.Writer { return bufio.NewWriter(io.Discard) }
