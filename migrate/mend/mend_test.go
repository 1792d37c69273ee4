package mend_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"testing/iotest"

	"unpop/migrate/mend"
	"unpop/migrate/migratetest"
)

func mended(tb testing.TB, text string, s mend.Step) string {
	tb.Helper()
	out, err := io.ReadAll(mend.Reader(strings.NewReader(text), s))
	if err != nil {
		tb.Fatalf("%v of %.80q: got %v", s, text, err)
	}
	return string(out)
}

func TestAsIs(t *testing.T) {
	t.Parallel()
	const text = "a\rb\x00\nFrom c"
	if got := mended(t, text, mend.AsIs); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestLineEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"\x00", ""},
		{"A: b\r\n\r\nc\r\n", "A: b\r\n\r\nc\r\n"},
		{"a\nb\n", "a\r\nb\r\n"},
		{"a\rb\r", "a\r\nb\r\n"},
		{"a\r\r\nb\r\r\r\n", "a\r\nb\r\n"},
		{"a\r\rb", "a\r\n\r\nb\r\n"},
		{"a\r\r", "a\r\n\r\n"},
		{"a\n\rb", "a\r\n\r\nb\r\n"},
		{"a\r\x00\nb\x00c", "a\r\nbc\r\n"},
		{"a\r\n\x00", "a\r\n"},
		{"\r\n\n\r", "\r\n\r\n\r\n"},
		{"no end", "no end\r\n"},
		{strings.Repeat("\r", 70000) + "x", strings.Repeat("\r\n", 70000) + "x\r\n"},
		{strings.Repeat("\r", 70000) + "\nx", "\r\nx\r\n"},
		{strings.Repeat("ab\n", 70000), strings.Repeat("ab\r\n", 70000)},
	} {
		if got := mended(t, c.in, mend.LineEnds); got != c.want {
			t.Errorf("%.60q: got %.80q, want %.80q", c.in, got, c.want)
		}
	}
}

const minimal = "MIME-Version: 1.0\r\n"

func TestHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, in, want string }{
		{"legal", "A: b\r\n c\r\nD:\r\n\r\n\r\n: x\r\nFrom y\r\n", "A: b\r\n c\r\nD:\r\n\r\n\r\n: x\r\nFrom y\r\n"},
		{"empty", "", minimal + "\r\n"},
		{"blank line alone", "\r\n", minimal + "\r\n"},
		{"no header, blank line", "\r\nHello: a\r\n", minimal + "\r\nHello: a\r\n"},
		{"no header", "Hello,\r\n world\r\n", minimal + "\r\nHello,\r\n world\r\n"},
		{"no header, a link", "See\r\nhttp://x/\r\n\r\nb\r\n", minimal + "\r\nSee\r\nhttp://x/\r\n\r\nb\r\n"},
		{"no header, indented", "  Hello\r\nx\r\n", minimal + "\r\n  Hello\r\nx\r\n"},
		{"no header, blanks first", " \r\nHello\r\n", minimal + "\r\n \r\nHello\r\n"},
		{"no body", "To: b\r\n", "To: b\r\n\r\n"},
		{"no end", "To: b", "To: b\r\n\r\n"},
		{"From_ line", "From a@b Mon Jan  1\r\nTo: b\r\n\r\n", "X-Unpop-Line: From a@b Mon Jan  1\r\nTo: b\r\n\r\n"},
		{">From_ line", ">From a\r\nTo: b\r\n\r\n", "X-Unpop-Line: >From a\r\nTo: b\r\n\r\n"},
		{"continuation first", "\t(x)\r\nTo: b\r\n\r\n", "X-Unpop-Line: \t(x)\r\nTo: b\r\n\r\n"},
		{"blanks first", " \t\r\nTo: b\r\n\r\n", "To: b\r\n\r\n"},
		{"no colon", "Subject: a\r\nrest\r\n more\r\nTo: b\r\n\r\nx\r\n", "Subject: a\r\nX-Unpop-Line: rest\r\n more\r\nTo: b\r\n\r\nx\r\n"},
		{"empty name", "To: a\r\n: x\r\nX-Y: z\r\n\r\n", "To: a\r\nX-Unpop-Line: : x\r\nX-Y: z\r\n\r\n"},
		{"name with a blank", "To: a\r\nMy own: x\r\nCc: z\r\n\r\n", "To: a\r\nX-Unpop-Line: My own: x\r\nCc: z\r\n\r\n"},
		{"name with a control", "To: a\r\nMy\x01: x\r\nCc: z\r\n\r\n", "To: a\r\nX-Unpop-Line: My\x01: x\r\nCc: z\r\n\r\n"},
		{"UTF-8", "To: a\r\nÜmläut\r\nCc: z\r\n\r\n", "To: a\r\nX-Unpop-Line: =?utf-8?B?w5xtbMOkdXQ=?=\r\nCc: z\r\n\r\n"},
		{"8 bits", "To: a\r\n\xfc\r\nCc: \xfc\r\n\r\n", "To: a\r\nX-Unpop-Line: =?unknown-8bit?B?/A==?=\r\nCc: \xfc\r\n\r\n"},
		{"missing separator", "To: a\r\nHello\r\nyou\r\n\r\nCc: z\r\n", "To: a\r\n\r\nHello\r\nyou\r\n\r\nCc: z\r\n"},
		{"mostly text", "To: a\r\nHello\r\nyou\r\nDate: today\r\n", "To: a\r\n\r\nHello\r\nyou\r\nDate: today\r\n"},
		{"more fields than odd lines", "To: a\r\nb\r\nc\r\nCc: d\r\nDate: e\r\nf\r\n", "To: a\r\nX-Unpop-Line: b\r\nX-Unpop-Line: c\r\nCc: d\r\nDate: e\r\n\r\nf\r\n"},
		{"blanks before the colon", "Subject \t: a\r\nTo :b\r\n\r\n", "Subject: a\r\nTo:b\r\n\r\n"},
		{"blank header line", "To: a\r\n \t\r\n b\r\n\r\nx\r\n", "To: a\r\n b\r\n\r\nx\r\n"},
		{"blank line for the separator", "To: a\r\n \r\nHello\r\n", "To: a\r\n\r\nHello\r\n"},
		{"boundary for the separator", "To: a\r\nIn MIME format.\r\n--B\r\nContent-Type: a/b\r\nX-Y: z\r\n\r\n", "To: a\r\n\r\nIn MIME format.\r\n--B\r\nContent-Type: a/b\r\nX-Y: z\r\n\r\n"},
		{"empty name at the end", "To: a\r\n: x\r\n\r\ny\r\n", "To: a\r\nX-Unpop-Line: : x\r\n\r\ny\r\n"},
		{"a face", "To: a\r\n:-) hi\r\n", "To: a\r\n\r\n:-) hi\r\n"},
		{"bare CRs", "To: a\rCc: b\r\rx", "To: a\r\nCc: b\r\n\r\nx\r\n"},
	} {
		if got := mended(t, c.in, mend.Header); got != c.want {
			t.Errorf("%s: %q:\ngot  %q\nwant %q", c.what, c.in, got, c.want)
		}
	}
}

func TestLongLines(t *testing.T) {
	t.Parallel()
	r := strings.Repeat
	for _, c := range []struct{ what, in, want string }{
		{"998 octets", "A: " + r("x", 995) + "\r\n\r\n" + r("y", 998) + "\r\n", "A: " + r("x", 995) + "\r\n\r\n" + r("y", 998) + "\r\n"},
		{"folded", "A: " + r("x", 985) + " " + r("y", 20) + "\r\n\r\n", "A: " + r("x", 985) + "\r\n " + r("y", 20) + "\r\n\r\n"},
		{"folded twice", "A: " + r(r("x", 499)+" ", 3) + "z\r\n\r\n", "A: " + r("x", 499) + "\r\n " + r("x", 499) + "\r\n " + r("x", 499) + " z\r\n\r\n"},
		{"no blank", "A:" + r("x", 1996) + "\r\n\r\n", "A:" + r("x", 996) + "\r\n " + r("x", 997) + "\r\n xxx\r\n\r\n"},
		{"no blank, UTF-8", "A:" + r("ü", 500) + "\r\n\r\n", "A:" + r("ü", 498) + "\r\n üü\r\n\r\n"},
		{"odd line", "From " + r("x", 990) + "\r\nTo: a\r\n\r\n", "X-Unpop-Line: From\r\n " + r("x", 990) + "\r\nTo: a\r\n\r\n"},
		{"blanks at the end", "A: b" + r(" ", 1500) + "\r\n\r\n", "A: b" + r(" ", 994) + "\r\n\r\n"},
		{"blanks within", "A: b" + r(" ", 3500) + "c\r\n\r\n", "A: b" + r(" ", 994) + "\r\n" + r(" ", 512) + "c\r\n\r\n"},
		{"a blank line", "A: b\r\n" + r(" ", 5000) + "\r\n\r\n", "A: b\r\n\r\n"},
		{"base64", "A: b\r\n\r\n" + r("QUJD", 300) + "\r\n", "A: b\r\n\r\n" + r("QUJD", 247) + "\r\n" + r("QUJD", 53) + "\r\n"},
		{"text", "A: b\r\n\r\n" + r("x", 990) + " " + r("y", 10) + "\r\n", "A: b\r\n\r\n" + r("x", 990) + "\r\n " + r("y", 10) + "\r\n"},
		{"text without a blank", "A: b\r\n\r\n" + r("ü", 500), "A: b\r\n\r\n" + r("ü", 499) + "\r\nü\r\n"},
	} {
		got := mended(t, c.in, mend.Header)
		if c.what == "blanks within" { // how many are left is of no matter
			got, c.want = strings.Join(strings.Fields(got), " "), strings.Join(strings.Fields(c.want), " ")
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.what, got, c.want)
		}
	}
}

// TestDecodesToTheSame holds that a part in a transfer encoding stays what it is.
func TestDecodesToTheSame(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("--Grüße = ", 2000)
	var long strings.Builder
	q := quotedprintable.NewWriter(&long)
	_, _ = q.Write([]byte(text))
	_ = q.Close()
	quoted := strings.ReplaceAll(long.String(), "=\r\n", "")
	const part = "--B\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\n"
	for _, header := range []string{"content-transfer-encoding: quoted-printable\r\n\r\n", "A: b\r\n\r\n" + part, "A: b\r\n\r\n" + part + "-- \r\n-----Old Mail-----\r\n------\r\n"} {
		got := strings.TrimPrefix(mended(t, header+quoted+"\r\n", mend.Header), header)
		decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(got)))
		if err != nil || string(decoded) != text+"\r\n" {
			t.Errorf("quoted-printable after %q: got %.2000q, %v, want the text", header, got, err)
		}
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	got := strings.TrimPrefix(mended(t, "A: b\r\n\r\n"+encoded, mend.Header), "A: b\r\n\r\n")
	if decoded, err := base64.StdEncoding.DecodeString(got); err != nil || string(decoded) != text {
		t.Errorf("base64: got %.2000q, %v, want the text", got, err)
	}
}

// TestQuotedEndsAtBoundary holds that a text part behind a quoted-printable one gets no "=".
func TestQuotedEndsAtBoundary(t *testing.T) {
	t.Parallel()
	const header = "A: b\r\n\r\n--B\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n--B\r\n\r\n"
	if got := mended(t, header+strings.Repeat("ä.", 1000), mend.Header); strings.Contains(got, "=") {
		t.Errorf("got %.2000q, want no soft line break", got)
	}
}

func TestEncodedLine(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("für alle ", 400)
	got := mended(t, "To: a\r\n"+line+"\r\nCc: b\r\n\r\n", mend.Header)
	for l := range strings.SplitSeq(got, "\r\n") {
		if len(l) > 76 {
			t.Errorf("got %q, want at most 76 octets", l)
		}
	}
	if text, err := decodedField(got); err != nil || text != line {
		t.Errorf("got %q, %v, want %q", text, err, line)
	}
}

// TestAttachedHeader holds that a long field within the body is folded and not cut.
func TestAttachedHeader(t *testing.T) {
	t.Parallel()
	field := "References: " + strings.Repeat("<1@example.org> ", 300) + "<2@example.org>\r\n"
	got := mended(t, "A: b\r\n\r\n"+field+"\r\n", mend.Header)
	_, inner, _ := strings.Cut(got, "\r\n\r\n")
	m, err := mail.ReadMessage(strings.NewReader(inner))
	if err != nil || m.Header.Get("References")+"\r\n" != strings.TrimPrefix(field, "References: ") {
		t.Errorf("got %q, %v, want the field folded", inner, err)
	}
}

func TestHugeLinesStream(t *testing.T) {
	t.Parallel()
	if migratetest.Racing {
		t.Skip("one goroutine reads a hundred megabytes")
	}
	for _, start := range []string{"A: ", "A: b\r\n\r\n", "A: b\r\n ", "A", "", "A: b\r\nc"} {
		for _, unit := range []string{"x", " ", "x ", "\r", "\x00", "ü", "a\r\n", "Ab-c: d\r\n", " \r\n", "\xfcx\r\nTo: b\r\n"} {
			in := io.MultiReader(strings.NewReader(start), io.LimitReader(&endless{unit: unit}, 2<<20))
			out := mend.Reader(in, mend.Header)
			if n, err := io.Copy(io.Discard, out); err != nil || n > 20<<20 {
				t.Errorf("%q and much of %q: got %d octets, %v", start, unit, n, err)
			}
		}
	}
}

type endless struct {
	unit string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.unit[e.at]
		e.at = (e.at + 1) % len(e.unit)
	}
	return len(p), nil
}

func TestErrorsPass(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk: gone")
	for s := mend.AsIs; s <= mend.Last; s++ {
		for _, text := range []string{"", "To: b", "To: b\r\n\r\nc\r\nd", "odd\r\n"} {
			got, err := io.ReadAll(mend.Reader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), s))
			if !errors.Is(err, broken) || !strings.HasPrefix(text, string(got)) {
				t.Errorf("%v of %q: got %q, %v, want nothing more and %v", s, text, got, err, broken)
			}
		}
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	for s, want := range map[mend.Step]string{mend.AsIs: "as it is", mend.LineEnds: "line ends and NUL made legal", mend.Header: "header mended, long lines folded", 7: "step 7"} {
		if got := s.String(); got != want {
			t.Errorf("%d: got %q, want %q", int(s), got, want)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	message := []byte("From: a@example.org\r\nTo: b@example.org\r\nSubject: c\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\n" +
		strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 1<<20/78))
	long := bytes.ReplaceAll(message, []byte("\r\nQ"), []byte("Q"))
	long = bytes.Replace(long, []byte("\r\n\r\n"), []byte("\r\n\r\nx"), 1)
	for _, c := range []struct {
		name string
		step mend.Step
		text []byte
	}{
		{"lineends/legal", mend.LineEnds, message},
		{"lineends/lf", mend.LineEnds, bytes.ReplaceAll(message, []byte("\r"), nil)},
		{"lineends/cr", mend.LineEnds, bytes.ReplaceAll(message, []byte("\n"), nil)},
		{"header/legal", mend.Header, message},
		{"header/long", mend.Header, long},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := io.Copy(io.Discard, mend.Reader(bytes.NewReader(c.text), c.step)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
