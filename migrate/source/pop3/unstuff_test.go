package pop3

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"unpop/migrate/source/pop3/pop3test"
)

func TestUnstuff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, wire, want, rest string
		bareLF                 bool
		err                    error
	}{
		{"empty", ".\r\n+OK", "", "+OK", false, nil},
		{"dots", "..\r\n...\r\n..a\r\n.b\r\n.\r\n", ".\r\n..\r\n.a\r\nb\r\n", "", false, nil},
		{"a dot behind a bare LF is the message's", "line1\n.\nline2\r\n.\r\n-ERR", "line1\n.\nline2\r\n", "-ERR", false, nil},
		{"bare LF, dot, CRLF", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", "", false, nil},
		{"bare CR", "a\r.\r\n.\rb\r\r\n.\r\n", "a\r.\r\n\rb\r\r\n", "", false, nil},
		{"NUL and 8 bit", "\x00\xff\r\n.\r\n", "\x00\xff\r\n", "", false, nil},
		{"LF server", "..a\nb\n.\n+OK", ".a\nb\n", "+OK", true, nil},
		{"LF server ends with CRLF", "a\n.\r\n+OK", "a\n", "+OK", true, nil},
		{"cut before the end", "a\r\n", "a\r\n", "", false, io.ErrUnexpectedEOF},
		{"cut in the end", "a\r\n.\r", "a\r\n", "", false, io.ErrUnexpectedEOF},
		{"cut at once", "", "", "", false, io.ErrUnexpectedEOF},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, read := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader} {
				br := bufio.NewReader(read(strings.NewReader(c.wire)))
				got, err := io.ReadAll(iotest.OneByteReader(newUnstuffer(br, c.bareLF)))
				rest, _ := io.ReadAll(br)
				if c.err != nil {
					rest = nil
				}
				if string(got) != c.want || string(rest) != c.rest || !errors.Is(err, c.err) {
					t.Errorf("%q: got %q, then %q, %v, want %q, then %q, %v", c.wire, got, rest, err, c.want, c.rest, c.err)
				}
			}
		})
	}
}

// Whatever a message is made of, it comes back as it was, and what follows it stays.
func FuzzUnstuff(f *testing.F) {
	for _, body := range []string{"", ".", "..\r\n.", "a\r\n.\r\nb", "\r", "\r\n.\n.\r", "a\n.\nb\r\n", "\r\n\r\n..\r"} {
		f.Add(body, 3, 5)
	}
	f.Fuzz(func(t *testing.T, body string, in, out int) {
		body = body[:min(len(body), 1<<14)]
		body += "\r\n"
		const rest = "+OK next\r\n"
		br := bufio.NewReaderSize(&chunks{strings.NewReader(pop3test.Stuff(body) + ".\r\n" + rest), 1 + in&31}, 16+in&63)
		got, err := io.ReadAll(&chunks{newUnstuffer(br, false), 1 + out&31})
		if err != nil || string(got) != body {
			t.Fatalf("%q: got %q, %v", body, got, err)
		}
		if left, err := io.ReadAll(br); err != nil || string(left) != rest {
			t.Errorf("%q: got %q left, %v, want %q", body, left, err, rest)
		}
	})
}

// chunks reads so many bytes at a time.
type chunks struct {
	io.Reader
	n int
}

func (c *chunks) Read(p []byte) (int, error) { return c.Reader.Read(p[:min(len(p), c.n)]) }

func BenchmarkUnstuff(b *testing.B) {
	body := strings.Repeat(strings.Repeat("x", 76)+"\r\n", 1<<14)
	wire := []byte(body + ".\r\n")
	br := bufio.NewReaderSize(nil, 64<<10)
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		br.Reset(bytes.NewReader(wire))
		if n, err := io.Copy(io.Discard, newUnstuffer(br, false)); err != nil || n != int64(len(body)) {
			b.Fatal(n, err)
		}
	}
}
