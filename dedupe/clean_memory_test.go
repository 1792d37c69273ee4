package dedupe

import (
	"bytes"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// checkInMemory holds that a message in memory is cleaned as one that is read, and is left as it is.
func checkInMemory(tb testing.TB, raw []byte) {
	tb.Helper()
	want, removed := clean(tb, string(raw))
	held := bytes.Clone(raw)
	for name, wrap := range map[string]func(io.Reader) io.Reader{"at once": func(r io.Reader) io.Reader { return r }, "in pieces": odd} {
		c := NewCleaner(bytes.NewBuffer(held))
		got, err := io.ReadAll(wrap(c))
		if err != nil || string(got) != want || !reflect.DeepEqual(c.Removed(), removed) {
			tb.Errorf("%s, %.300q in memory: got %d bytes, %v, removed %v, want %d bytes, removed %v", name, raw, len(got), err, c.Removed(), len(want), removed)
		}
	}
	if !bytes.Equal(held, raw) {
		tb.Errorf("%.300q: cleaning changed what lies in memory", raw)
	}
}

// odd asks for up to 7 bytes at a time.
func odd(r io.Reader) io.Reader { return oddReader{r} }

type oddReader struct{ io.Reader }

func (r oddReader) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 7)]) }

func TestCleanInMemory(t *testing.T) {
	t.Parallel()
	for _, c := range cleanCases {
		checkInMemory(t, []byte(c.raw))
	}
	for _, folder := range []string{"eml", "dedup"} {
		eachFile(t, corpora(t, folder), func(_ string, raw []byte) { checkInMemory(t, raw) })
	}
}

// Messages of about the size of the buffers, of lines that break where these do.
func TestCleanInMemoryLarge(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	lines := []string{"text\n", "\n", "\r\n", "a\r\n", "\r", "Status: R\n", "A: 1\n", strings.Repeat("x", 500) + "\n", strings.Repeat("y", window) + "\r\n", "\xef\xbb\xbf", ">From x\n"}
	for range 60 {
		var b strings.Builder
		for size := random.IntN(3 * bufSize); b.Len() < size; {
			line := lines[random.IntN(len(lines))]
			b.WriteString(strings.Repeat(line, 1+random.IntN(1+2000/len(line))))
		}
		checkInMemory(t, []byte(b.String()))
	}
}

// However the bytes arrive, and wherever lines end, the LFs get their CRs.
func TestEmitLines(t *testing.T) {
	t.Parallel()
	raw := "A: 1\n\n\nb\r\nc\r\r\n\n" + strings.Repeat("d\n", 100) + "e"
	want := strings.ReplaceAll(strings.ReplaceAll(raw, "\r\n", "\n"), "\n", "\r\n")
	for size := 1; size < 40; size++ {
		for name, r := range map[string]io.Reader{"memory": bytes.NewBufferString(raw), "stream": strings.NewReader(raw), "bytes": iotest.OneByteReader(strings.NewReader(raw))} {
			c, got, p := NewCleaner(r), "", make([]byte, size)
			for {
				n, err := c.Read(p)
				got += string(p[:n])
				if err != nil {
					break
				}
			}
			if got != want {
				t.Fatalf("%s, %d bytes at a time: got %q, want %q", name, size, got, want)
			}
		}
	}
}
