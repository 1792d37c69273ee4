package cfb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"unpop/migrate/mapi/cfb/cfbtest"
)

func open(t testing.TB, data []byte) *File {
	t.Helper()
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestStreams(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"empty": "", "small": "abc", "64": strings.Repeat("x", 64), "65": strings.Repeat("y", 65), "4095": strings.Repeat("z", 4095),
		"4096": strings.Repeat("0123456789abcdef", 256), "\x01large": strings.Repeat("large ", 100_000), "größe": "ü",
	}
	names := []string{"empty", "small", "64", "65", "4095", "4096", "\x01large", "größe"}
	got := map[string]string{}
	for _, s := range open(t, cfbtest.Build(want, names...)).Streams() {
		var b strings.Builder
		if n, err := s.WriteTo(&b); err != nil || n != s.Size {
			t.Errorf("%s: got %d bytes, %v", s.Name, n, err)
		}
		got[s.Name] = b.String()
	}
	for _, name := range names {
		if text, ok := got[name]; !ok || text != want[name] {
			t.Errorf("%s: got %d bytes, want %d", name, len(text), len(want[name]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d streams, want %d", len(got), len(want))
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	good := cfbtest.Build(map[string]string{"a": "b"}, "a")
	change := func(at int, b byte) []byte {
		data := bytes.Clone(good)
		data[at] = b
		return data
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "short": good[:100], "another file": change(0, 'x'), "an odd sector size": change(30, 31), "a directory outside": change(50, 7),
		"only a header": good[:512],
	} {
		if _, err := Open(bytes.NewReader(data), int64(len(data))); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: got %v, want %v", name, err, ErrFormat)
		}
	}
}

type broken struct{ io.ReaderAt }

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	if off >= 512 {
		return 0, iotest.ErrTimeout
	}
	return b.ReaderAt.ReadAt(p, off)
}

func TestReadErrorsPass(t *testing.T) {
	t.Parallel()
	data := cfbtest.Build(map[string]string{"a": "b"}, "a")
	if _, err := Open(broken{bytes.NewReader(data)}, int64(len(data))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

func TestCutStream(t *testing.T) {
	t.Parallel()
	data := cfbtest.Build(map[string]string{"a": strings.Repeat("x", 10_000)}, "a")
	i := bytes.Index(data, []byte{0x10, 0x27, 0, 0}) // its size in the directory
	binary.LittleEndian.PutUint32(data[i:], 20_000)
	s := open(t, data).Streams()[0]
	if n, err := s.WriteTo(io.Discard); !errors.Is(err, ErrFormat) || n > 20*512 {
		t.Errorf("got %d bytes, %v, want %v", n, err, ErrFormat)
	}
}

// FuzzOpen: no file gives more than it has.
func FuzzOpen(f *testing.F) {
	f.Add(cfbtest.Build(map[string]string{"a": "b", "c": strings.Repeat("d", 5000)}, "a", "c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		streams := file.Streams()
		if len(streams)*entrySize > len(data) {
			t.Errorf("got %d streams of %d bytes", len(streams), len(data))
		}
		for _, s := range streams[:min(len(streams), 20)] {
			n, err := s.WriteTo(io.Discard)
			if n > s.Size || err == nil && n != s.Size {
				t.Errorf("got %d bytes, %v, of a stream of %d", n, err, s.Size)
			}
		}
	})
}
