package migrate_test

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// cool takes a file out of the page cache where UNPOP_BENCH_COLD asks for it, so that it comes from the disk as the first time.
func cool(b *testing.B, path string) {
	b.Helper()
	if os.Getenv("UNPOP_BENCH_COLD") == "" {
		return
	}
	b.StopTimer()
	defer b.StartTimer()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil { // what is not on the disk stays
		b.Fatal(err)
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		b.Fatal(err)
	}
}
