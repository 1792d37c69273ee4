package ltp

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate/migratetest"
	"unpop/migrate/source/pst/ndb"
)

// truth is what is known of a real file: how many items another program exported from each folder, by their kinds.
type truth struct {
	Pffexport struct {
		Export map[string]map[string]int
	}
}

// items is how many items the other program found.
func (g truth) items() int {
	n := 0
	for _, kinds := range g.Pffexport.Export {
		for _, count := range kinds {
			n += count
		}
	}
	return n
}

// truths reads what is known of the real files, by their paths.
func truths(tb testing.TB) map[string]truth {
	tb.Helper()
	b, err := os.ReadFile(migratetest.Corpora(tb, "pst-groundtruth.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var list map[string]truth
	if err := json.Unmarshal(b, &list); err != nil {
		tb.Fatal(err)
	}
	return list
}

// realFile reads a real file, or one that is packed.
func realFile(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		return b
	}
	packed, err := os.ReadFile(path + ".gz")
	if err != nil {
		tb.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		tb.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		tb.Fatal(err)
	}
	return b
}

// A real file whose header is older than its trees, which other programs find nothing in, gives its folders and its item.
func TestOutdatedRealFile(t *testing.T) {
	t.Parallel()
	b := realFile(t, migratetest.Corpora(t, "pst", "aspose-email+Aspose.Email-for-.NET", "Examples", "Data", "Outlook",
		"AddingBulkMessagesWithImprovedPerformance.pst"))
	f, err := ndb.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	got := walkFile(f)
	if got.messages != 1 || len(got.errors) != 1 || !errors.Is(got.errors[0], ndb.ErrOutdated) {
		t.Errorf("got %d items and %v, want 1 and %v", got.messages, got.errors, ndb.ErrOutdated)
	}
}

// In every real file all properties of all items are read, and no item is missing that another program found.
func TestCorpora(t *testing.T) {
	t.Parallel()
	dir := migratetest.Corpora(t)
	for path, known := range truths(t) {
		if strings.Contains(path, "AddingBulkMessages") || strings.Contains(path, "albert_meyers") { // nothing reads them
			continue
		}
		b := realFile(t, filepath.Join(dir, filepath.FromSlash(path)))
		f, err := ndb.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%s: got %v", path, err)
			continue
		}
		got := walkFile(f)
		if got.messages < known.items() || len(got.errors) > 0 || got.unsized > 0 {
			t.Errorf("%s: got %d items, %d odd values, %v; want %d items", path, got.messages, got.unsized, got.errors, known.items())
		}
		if first, n := f.Warnings(); n > 0 {
			t.Errorf("%s: got the warnings %v", path, first)
		}
	}
}
