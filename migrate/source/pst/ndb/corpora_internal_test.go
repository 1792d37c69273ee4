package ndb

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate/migratetest"
)

// corpora yields the real files, unpacked, by their paths.
func corpora(tb testing.TB, use func(path string, b []byte)) {
	tb.Helper()
	dir := migratetest.Corpora(tb, "pst")
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && strings.HasSuffix(path, ".gz") {
			var z *gzip.Reader
			if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
				b, err = io.ReadAll(z)
			}
		}
		if err == nil {
			use(strings.TrimPrefix(path, dir), b)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// Two of the real files are broken: one is no PST, one has the header of another state of itself.
func broken(path string) bool {
	return strings.Contains(path, "albert_meyers_000") || strings.Contains(path, "AddingBulkMessages")
}

// Every block of every real file is read, and none is found wrong.
func TestCorporaBlocks(t *testing.T) {
	t.Parallel()
	corpora(t, func(path string, b []byte) {
		if broken(path) {
			return
		}
		f, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%s: got %v", path, err)
			return
		}
		blocks := 0
		f.walk(f.bbt, blockPage, -1, anywhere, func(e []byte, err error) bool {
			x := extent{}
			if err == nil {
				x = f.parseExtent(e)
				_, err = f.readBlock(x)
			}
			if err != nil {
				t.Errorf("%s: block %v: got %v", path, x.id, err)
			}
			blocks++
			return true
		})
		if first, n := f.Warnings(); n > 0 || blocks < 10 || f.Missing() > 0 {
			t.Errorf("%s: got %d blocks, %d bytes missing and the warnings %v", path, blocks, f.Missing(), first)
		}
	})
}

// Every node is found again by its id, and all its data and subnodes are there.
func TestCorporaNodes(t *testing.T) {
	t.Parallel()
	corpora(t, func(path string, b []byte) {
		f, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil || broken(path) {
			return
		}
		for n, err := range f.Nodes() {
			if err != nil {
				t.Errorf("%s: got %v", path, err)
				continue
			}
			if found, err := f.Node(n.ID); err != nil || found != n {
				t.Errorf("%s: node %v: got %v, %v", path, n.ID, found, err)
			}
			checkNode(t, path, n)
		}
	})
}

// checkNode reads what a node has.
func checkNode(t *testing.T, path string, n Node) {
	t.Helper()
	d, err := n.Open()
	if err != nil {
		t.Errorf("%s: node %v: got %v", path, n.ID, err)
		return
	}
	if got, err := io.Copy(io.Discard, io.NewSectionReader(d, 0, d.Size())); err != nil || got != d.Size() {
		t.Errorf("%s: node %v: got %d bytes and %v, want %d", path, n.ID, got, err, d.Size())
	}
	for s, err := range n.Subnodes() {
		if err != nil {
			t.Errorf("%s: node %v: got %v", path, n.ID, err)
			continue
		}
		if _, ok := n.descend(s.ID); !ok {
			t.Errorf("%s: subnode %v of %v: not found again", path, s.ID, n.ID)
		}
		checkNode(t, path, s)
	}
}
