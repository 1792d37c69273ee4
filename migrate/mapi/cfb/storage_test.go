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
