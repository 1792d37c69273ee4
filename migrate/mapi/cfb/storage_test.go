package cfb

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"

	"unpop/migrate/mapi/cfb/cfbtest"
)

// paths reads all streams of a storage and those within it, by their paths.
func paths(t *testing.T, s Storage, prefix string, depth int) map[string]string {
	t.Helper()
	all := map[string]string{}
	streams, storages := s.List()
	for _, stream := range streams {
		r, err := stream.Open()
		if err != nil {
			t.Errorf("%s%s: %v", prefix, stream.Name, err)
			continue
		}
		data, err := io.ReadAll(io.NewSectionReader(r, 0, stream.Size))
		if err != nil {
			t.Errorf("%s%s: %v", prefix, stream.Name, err)
		}
		all[prefix+stream.Name] = string(data)
	}
	for _, storage := range storages {
		if depth > 0 {
			maps.Copy(all, paths(t, storage, prefix+storage.Name+"/", depth-1))
		}
	}
	return all
}

func TestStorages(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"top": "a", "one/small": "b", "one/large": strings.Repeat("0123456789", 5000), "one/two/three": strings.Repeat("x", 4096), "two/empty": "",
	}
	if got := paths(t, open(t, cfbtest.BuildTree(want)).Root(), "", 9); !maps.Equal(got, want) {
		t.Errorf("got %d streams, want %d, equal", len(got), len(want))
	}
}

// A piece from anywhere is the same as of the whole.
func TestReadAt(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789abcdef-", 1000)
	streams, _ := open(t, cfbtest.BuildTree(map[string]string{"large": text})).Root().List()
	r, err := streams[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 1, 511, 512, 513, 5000, len(text) - 1} {
		for _, n := range []int{1, 511, 512, 1025, 9000} {
			p := make([]byte, n)
			got, err := r.ReadAt(p, int64(at))
			want := text[at:min(at+n, len(text))]
			if string(p[:got]) != want || (got < n) != errors.Is(err, io.EOF) {
				t.Errorf("%d bytes at %d: got %d, %v, want %d", n, at, got, err, len(want))
			}
		}
	}
	for _, at := range []int64{-1, int64(len(text)), 1 << 40} {
		if n, err := r.ReadAt(make([]byte, 1), at); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("at %d: got %d, %v, want the end", at, n, err)
		}
	}
}

// FuzzList holds that no file makes reading endless or fail in another way than with an error.
func FuzzList(f *testing.F) {
	f.Add(cfbtest.BuildTree(map[string]string{"a": "b", "c/d": strings.Repeat("e", 5000)}))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		streams, _ := file.Root().List()
		for _, s := range streams {
			r, err := s.Open()
			if err != nil {
				continue
			}
			var b bytes.Buffer
			n, err := io.Copy(&b, io.NewSectionReader(r, 0, s.Size))
			if n > s.Size || err == nil && n < s.Size && s.Size <= int64(len(data)) && n+4096 < s.Size {
				t.Errorf("%q: got %d bytes of %d, %v", s.Name, n, s.Size, err)
			}
		}
	})
}

// TestPack: a storage as a file of its own has all that it had, in small sectors and in large ones.
func TestPack(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"CONTENTS": "%PDF-1.4", "\x01Ole": "", "Workbook": strings.Repeat("cells ", 2000), "deep/er/x": "y", "deep/large": strings.Repeat("z", 5000), "größe": strings.Repeat("m", 4095),
	}
	for name, more := range map[string]int{"small": 1, "large": 6 << 20} {
		streams := map[string]string{"other": strings.Repeat("o", more)}
		for path, text := range want {
			streams["object/"+path] = text
		}
		_, storages := open(t, cfbtest.BuildTree(streams)).Root().List()
		data, err := storages[0].Pack()
		if err != nil {
			t.Fatal(err)
		}
		if got := paths(t, open(t, data).Root(), "", 9); !maps.Equal(got, want) || len(data) > 200_000 {
			t.Errorf("%s: got %d streams and %d bytes, want the storage", name, len(got), len(data))
		}
	}
}

// TestPackDamaged: what can't be read whole, or refers to itself, doesn't become a file without end.
func TestPackDamaged(t *testing.T) {
	t.Parallel()
	data := cfbtest.BuildTree(map[string]string{"object/a": strings.Repeat("x", 5000)})
	f := open(t, data)
	for i := range f.entries[1:] {
		f.entries[i+1].left, f.entries[i+1].child = uint32(i+1), 1
	}
	_, storages := f.Root().List()
	if data, err := storages[0].Pack(); err != nil || len(data) > 20_000 {
		t.Errorf("within itself: got %d bytes, %v", len(data), err)
	}
	for i := range f.entries {
		f.entries[i].size = 6000
	}
	if _, err := storages[0].Pack(); !errors.Is(err, ErrFormat) {
		t.Errorf("cut off: got %v, want %v", err, ErrFormat)
	}
}
