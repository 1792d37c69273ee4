package pst

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// A file that goes on behind 48 GB opens and is read at once.
func TestBeyond48GB(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("files with holes are no matter of course")
	}
	const start = 48 << 30
	f := psttest.Sample(ndb.Unicode, ndb.Permute)
	f.Limits.Start = start
	image, err := f.Image()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "large.pst")
	disk, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range [][2]int64{{0, 1 << 20}, {start, image.Size() - start}} {
		if _, err := io.Copy(io.NewOffsetWriter(disk, piece[0]), io.NewSectionReader(image, piece[0], piece[1])); err != nil {
			disk.Close()
			t.Skip(err) // no such large files here
		}
	}
	if err := disk.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	got := list(t, open(t, name))
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("got %v, want it at once", took)
	}
	if len(got.copies) != 6 || len(got.errors)+len(got.remarks) != 0 {
		t.Errorf("got %q, errors %q, remarks %q, want 6 messages", got.copies, got.errors, got.remarks)
	}
}
