package dedupe

import (
	"bytes"
	"crypto/sha256"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless gives a byte n times.
type endless struct {
	b byte
	n int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.n == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), e.n)]
	for i := range p {
		p[i] = e.b
	}
	e.n -= int64(len(p))
	return len(p), nil
}

// TestBounded holds that memory doesn't grow with a message, a line or a field.
func TestBounded(t *testing.T) {
	if testing.Short() || racing {
		t.Skip("reads some hundred megabytes")
	}
	text := func(parts ...any) io.Reader {
		var all []io.Reader
		for _, part := range parts {
			switch part := part.(type) {
			case string:
				all = append(all, strings.NewReader(part))
			case io.Reader:
				all = append(all, part)
			}
		}
		return io.MultiReader(all...)
	}
	const encoded = "Content-Transfer-Encoding: "
	for name, raw := range map[string]func() io.Reader{
		"line":         func() io.Reader { return text("A: 1\n\n", &endless{'x', 256 << 20}) },
		"field":        func() io.Reader { return text("A: 1\nSubject: ", &endless{'x', 64 << 20}, "\n\nb\n") },
		"client field": func() io.Reader { return text("A: 1\nX-UIDL: ", &endless{'x', 64 << 20}, "\n\nb\n") },
		"first line":   func() io.Reader { return text(&endless{'x', 64 << 20}) },
		"blanks":       func() io.Reader { return text("A: 1\n\n", &endless{' ', 64 << 20}, "b\n") },
		"newlines":     func() io.Reader { return text(&endless{'\n', 16 << 20}, "b\n") },
		"CR":           func() io.Reader { return text("A: 1\r\r", &endless{'\r', 8 << 20}, "b") },
		"quoted":       func() io.Reader { return text(encoded+"quoted-printable\n\n", &endless{'=', 64 << 20}) },
		"base64":       func() io.Reader { return text(encoded+"base64\n\n", &endless{'x', 64 << 20}) },
		"8 bit":        func() io.Reader { return text("Content-Type: text/plain\n\n", &endless{0xfc, 16 << 20}) },
	} {
		for step, run := range map[string]func(io.Reader) error{
			"identify": func(r io.Reader) error { _, err := Identify(NewCleaner(r)); return err },
			"content":  func(r io.Reader) error { _, err := Content(NewCleaner(r)); return err },
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := run(raw())
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; err != nil || got > 4<<20 {
				t.Errorf("%s of a message with long %s: got %d bytes allocated, error %v, want at most 4 MiB", step, name, got, err)
			}
		}
	}
}

// benchMessage is a message of 76 KB with lines of ordinary length.
func benchMessage(end string) []byte {
	head := strings.Repeat("Received: from a.example by b.example with ESMTP; Tue, 1 Jul 2003 10:52:37 +0200\n", 12) +
		"Message-ID: <x@y>\nX-Mozilla-Status: 0001\nSubject: about =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nDate: Tue, 1 Jul 2003 10:52:37 +0200\n\n"
	raw := head + strings.Repeat(strings.Repeat("x", 76)+"\n", 970)
	return []byte(strings.ReplaceAll(raw, "\n", end))
}

func BenchmarkSHA256(b *testing.B) {
	raw := benchMessage("\r\n")
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		sha256.Sum256(raw)
	}
}

func BenchmarkIdentify(b *testing.B) {
	for name, end := range map[string]string{"CRLF": "\r\n", "LF": "\n"} {
		b.Run(name, func(b *testing.B) {
			raw := benchMessage(end)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Identify(NewCleaner(bytes.NewReader(raw))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkContent(b *testing.B) {
	for name, body := range encodings(b, string(benchMessage("\r\n"))) {
		b.Run(name, func(b *testing.B) {
			raw := []byte("Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: " + name + "\r\n\r\n" + body)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Content(bytes.NewReader(raw)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
