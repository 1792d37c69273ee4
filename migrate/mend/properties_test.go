package mend_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"unpop/dedupe"
	"unpop/migrate/mend"
	"unpop/migrate/migratetest"
)

// decodedField returns the text of the field that keeps an odd line.
func decodedField(message string) (string, error) {
	m, err := mail.ReadMessage(strings.NewReader(message))
	if err != nil {
		return "", err
	}
	d := mime.WordDecoder{CharsetReader: func(_ string, in io.Reader) (io.Reader, error) { return in, nil }}
	return d.DecodeHeader(m.Header.Get("X-Unpop-Line"))
}

// endsFault says what is wrong with the line ends of a text.
func endsFault(text string) string {
	rest := strings.ReplaceAll(text, "\r\n", "")
	switch {
	case strings.ContainsAny(rest, "\r\n\x00"):
		return "bare CR, bare LF or NUL"
	case text != "" && !strings.HasSuffix(text, "\r\n"):
		return "no final line end"
	}
	return ""
}

// fault says what is wrong with a message; it knows nothing of how messages are mended.
func fault(text string) string {
	if f := endsFault(text); f != "" {
		return f
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 998 {
			return fmt.Sprintf("a line of %d octets", len(line))
		}
	}
	header, _, ok := strings.Cut(text, "\r\n\r\n")
	if !ok || header == "" || strings.HasPrefix(header, "\r\n") {
		return "no header"
	}
	for i, line := range strings.Split(header, "\r\n") {
		if !fits(line, i == 0) {
			return fmt.Sprintf("header line %q", line)
		}
	}
	if _, err := mail.ReadMessage(strings.NewReader(text)); err != nil {
		return err.Error()
	}
	return ""
}

func fits(line string, first bool) bool {
	if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
		return !first && strings.Trim(line, " \t") != ""
	}
	name, _, ok := strings.Cut(line, ":")
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	return ok && name != "" && !strings.ContainsFunc(name, odd)
}

var noEnds = strings.NewReplacer("\r", "", "\n", "", "\x00", "")

// lost returns the first octet of a that b, which may have more, doesn't have in its turn. Blanks and line ends don't count.
func lost(a, b string) int {
	for i := range len(a) {
		if strings.IndexByte("\r\n\x00 \t", a[i]) >= 0 {
			continue
		}
		j := strings.IndexByte(b, a[i])
		if j < 0 {
			return i
		}
		b = b[j+1:]
	}
	return -1
}

func checkMended(t *testing.T, text string) {
	t.Helper()
	ends, whole := mended(t, text, mend.LineEnds), mended(t, text, mend.Header)
	if f := endsFault(ends); f != "" || noEnds.Replace(text) != noEnds.Replace(ends) {
		t.Errorf("line ends of %q: got %q (%s)", text, ends, f)
	}
	if endsFault(text) == "" && ends != text || fault(text) == "" && whole != text {
		t.Errorf("%q is legal: got %q and %q", text, ends, whole)
	}
	if f := fault(whole); f != "" {
		t.Errorf("%q: got %q: %s", text, whole, f)
	}
	if mended(t, ends, mend.LineEnds) != ends || mended(t, whole, mend.Header) != whole {
		t.Errorf("%q: got %q, which is mended again to %q", text, whole, mended(t, whole, mend.Header))
	}
	if i := lost(text, whole); i >= 0 && !strings.Contains(whole, "8?B?") && !strings.Contains(whole, "8bit?B?") {
		t.Errorf("%q: octet %d is lost in %q", text, i, whole)
	}
}

func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"To: a\r\n\r\nb\r\n", "From x\nTo: b\n\n", "odd\r\nTo : b\r\n \r\n c", "a\r\r\nb\x00", "é\r\nCc: \xfc\r\n\r\n", ": x\r\n\tTo: b",
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=BC",
	} {
		f.Add(seed, uint8(0), uint16(0))
		f.Add(seed, uint8(3), uint16(1000))
	}
	f.Fuzz(func(t *testing.T, text string, at uint8, more uint16) {
		i := min(int(at), len(text)) // an octet many times makes a long line
		text = text[:i] + strings.Repeat(text[max(i-1, 0):i], int(more%4096)) + text[i:]
		checkMended(t, text)
		for s := mend.LineEnds; s <= mend.Last; s++ {
			want := mended(t, text, s)
			got, err := io.ReadAll(iotest.OneByteReader(mend.Reader(iotest.HalfReader(strings.NewReader(text)), s)))
			if err != nil || string(got) != want {
				t.Errorf("%v of %q in pieces: got %q, %v, want %q", s, text, got, err, want)
			}
			got, err = io.ReadAll(mend.Reader(iotest.DataErrReader(iotest.OneByteReader(strings.NewReader(text))), s))
			if err != nil || string(got) != want {
				t.Errorf("%v of %q octet by octet: got %q, %v, want %q", s, text, got, err, want)
			}
		}
	})
}

// TestCorpora mends real messages, as they are cleaned and as they lie there.
func TestCorpora(t *testing.T) {
	t.Parallel()
	var files, ends, header, legal int
	for _, kind := range []string{"eml", "maildir", "dedup"} {
		if migratetest.Racing && kind != "dedup" {
			continue
		}
		root := filepath.Join("..", "..", "..", "shared", "corpora", kind)
		if _, err := os.Stat(root); err != nil {
			t.Skipf("no corpora: %v", err)
		}
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			clean, err := io.ReadAll(dedupe.NewCleaner(bytes.NewReader(raw)))
			if err != nil {
				return err
			}
			files++
			ends += count(mended(t, string(clean), mend.LineEnds) != string(clean))
			header += count(mended(t, string(clean), mend.Header) != mended(t, string(clean), mend.LineEnds))
			legal += count(fault(string(clean)) == "")
			t.Run(filepath.Base(path), func(t *testing.T) {
				checkMended(t, string(clean))
				checkMended(t, string(raw))
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d files: %d changed by line ends, %d by header, %d were legal", files, ends, header, legal)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
