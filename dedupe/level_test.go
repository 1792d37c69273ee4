package dedupe

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
)

func levelled(pieces ...string) Digest {
	var l leveller
	l.reset()
	for _, piece := range pieces {
		_, _ = l.Write([]byte(piece))
	}
	return l.digest()
}

func TestLeveller(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"one byte", "a", "a"},
		{"LF", "a\nb\n", "a\nb"},
		{"CRLF", "a\r\nb\r\n", "a\nb"},
		{"CR", "a\rb\r", "a\nb"},
		{"CR CR LF", "a\r\r\nb", "a\n\nb"},
		{"CR at the end of a line and text", "a\r\nb\rc\n\rd", "a\nb\nc\n\nd"},
		{"trailing blanks", "a \t\nb  c\t \n \n", "a\nb  c"},
		{"leading blanks", " a\n\tb", " a\n\tb"},
		{"blank lines between", "a\n \n\t\n\nb", "a\n\n\n\nb"},
		{"blank lines first", "\n\na", "\n\na"},
		{"blank lines only", " \n\t\r\n\n", ""},
		{"byte order mark", byteOrder + "a", "a"},
		{"byte order mark alone", byteOrder, ""},
		{"half a byte order mark", byteOrder[:2], byteOrder[:2]},
		{"NUL first", "\x00abc", "abc"},
		{"NUL within", "a\x00bc", "a\x00bc"},
		{"byte order mark within", "abc" + byteOrder, "abc" + byteOrder},
		{"8 bit", "\xff\xfe\xfd\n", "\xff\xfe\xfd"},
		{"many newlines", "a" + strings.Repeat("\n", 2000) + "b", "a" + strings.Repeat("\n", 2000) + "b"},
		{"many blanks", "a" + strings.Repeat(" ", 3*maxBlanks+1) + "b", "a" + strings.Repeat(" ", 3*maxBlanks+1) + "b"},
		{"quoted From_ lines", ">From a\n>>>From b\nFrom c\r>From", "From a\nFrom b\nFrom c\nFrom"},
		{"no From_ lines", ">\n> From a\n>>Fro\n>>Frog\nF>From\n >From\n>", ">\n> From a\n>>Fro\n>>Frog\nF>From\n >From\n>"},
		{"a From_ line quoted too often", strings.Repeat(">", maxQuotes+1) + "From a", strings.Repeat(">", maxQuotes+1) + "From a"},
		{"quotes and blanks", ">> \n>From \n> >", ">>\nFrom\n> >"},
		{"many trailing blanks", "a" + strings.Repeat(" ", maxBlanks-1) + "\n", "a"},
	} {
		want := Digest(sha256.Sum256([]byte(c.want)))
		if levelled(c.text) != want {
			t.Errorf("%s: level %.60q: got another digest, want that of %.60q", c.name, c.text, c.want)
		}
		if levelled(strings.Split(c.text, "")...) != want {
			t.Errorf("%s: level %.60q by characters: got another digest, want that of %.60q", c.name, c.text, c.want)
		}
	}
}

func TestLevellerCopy(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "ab", "abc \n ", "abc\r", "abc\n\n\n", "abc\n>>", "abc\n>Fro"} {
		var a, b leveller
		a.reset()
		_, _ = a.Write([]byte(text))
		if err := b.copyFrom(&a); err != nil {
			t.Fatalf("copy: got %v, want no error", err)
		}
		_, _ = a.Write([]byte("\nfirst"))
		_, _ = b.Write([]byte("\nsecond"))
		if a.digest() != levelled(text+"\nfirst") {
			t.Errorf("original of %q: got another digest, want that of the text and its end", text)
		}
		if b.digest() != levelled(text+"\nsecond") {
			t.Errorf("copy of %q: got another digest, want that of the text and its end", text)
		}
	}
}

func TestLineReader(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("y", maxPiece)
	for _, c := range []struct {
		name, text string
		want       []string // with \n where a line ends
	}{
		{"empty", "", nil},
		{"one", "a", []string{"a"}},
		{"ends", "a\r\nb\n\r\n\nc", []string{"a\n", "b\n", "\n", "\n", "c"}},
		{"CR stays", "a\r\r\nb\rc\n", []string{"a\r\n", "b\rc\n"}},
		{"as long as a piece", long[1:] + "\n", []string{long[1:] + "\n"}},
		{"longer than a piece", long + "z\n", []string{long, "z\n"}},
		{"end right after a piece", long + "\r\nz", []string{long, "\n", "z"}},
		{"CR at the end of a piece", long[1:] + "\r\nz", []string{long[1:], "\n", "z"}},
		{"many pieces", strings.Repeat(long, 9) + "\n", append(repeat(long, 9), "\n")},
	} {
		lines := newLineReader(strings.NewReader(c.text))
		var got []string
		for {
			text, eol, err := lines.next()
			if err != nil {
				break
			}
			line := string(text)
			if eol {
				line += "\n"
			}
			got = append(got, line)
		}
		lines.close()
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: got %d lines %.80q, want %d %.80q", c.name, len(got), got, len(c.want), c.want)
		}
	}
}

func repeat(s string, n int) (all []string) {
	for range n {
		all = append(all, s)
	}
	return all
}

// decode undoes a transfer encoding of lines.
func decode(encoding string, lines ...string) (string, error) {
	var out bytes.Buffer
	var tr transfer
	tr.reset(encoding)
	tr.to = func(b []byte) { out.Write(b) }
	for _, line := range lines {
		if err := tr.line([]byte(line), true); err != nil {
			return out.String(), err
		}
	}
	err := tr.finish()
	return out.String(), err
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		encoding string
		lines    []string
		want     string
	}{
		{"7bit", []string{"a", "", "b "}, "a\r\n\r\nb "},
		{"", []string{"=41"}, "=41"},
		{"x-uuencode", []string{"begin 644 x"}, "begin 644 x"},
		{"quoted-printable", []string{"a=41=", "b  ", "c= ", "d"}, "aAb\r\ncd"},
		{"quoted-printable", []string{"=3D=3d=3", "=", "=G1=", ""}, "===3\r\n=G1"},
		{"quoted-printable", []string{"a=20", "b=09"}, "a \r\nb\t"},
		{"quoted-printable", []string{"=C3=BC", "ü"}, "ü\r\nü"},
		{"base64", []string{"YWJj"}, "abc"},
		{"base64", []string{"YW", "Jj", "", "ZA=="}, "abcd"},
		{"base64", []string{"YW Jj\t", "ZGU="}, "abcde"},
		{"base64", []string{"YWI"}, "ab"},
		{"base64", []string{"YQ"}, "a"},
		{"base64", []string{"YQ==", "Yg=="}, "ab"},
		{"base64", []string{"YQ==Yg=="}, "ab"},
		{"base64", []string{"YQ=", "="}, "a"},
		{"base64", nil, ""},
	} {
		if got, err := decode(c.encoding, c.lines...); got != c.want || err != nil {
			t.Errorf("%s %q: got %q, %v, want %q", c.encoding, c.lines, got, err, c.want)
		}
	}
	for _, lines := range [][]string{{"Y"}, {"YWJj", "_____"}, {"YWJjZ"}, {"=YWJj"}, {"Y==="}, {"YW\x00Jj"}, {"ü"}} {
		if got, err := decode("base64", lines...); err == nil {
			t.Errorf("base64 %q: got %q without error, want an error", lines, got)
		}
	}
}
