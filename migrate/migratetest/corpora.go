package migratetest

import (
	"os"
	"path/filepath"
	"testing"
)

// Corpora returns a path below the folder of real mail files that lies beside the module, and skips the test
// where it is absent.
func Corpora(tb testing.TB, path ...string) string {
	tb.Helper()
	dir := filepath.Join(append([]string{moduleRoot(tb), "..", "shared", "corpora"}, path...)...)
	if _, err := os.Stat(dir); err != nil {
		tb.Skipf("no corpora: %v", err)
	}
	return dir
}

// moduleRoot is the nearest folder above the working directory that holds go.mod.
func moduleRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	tb.Fatalf("no go.mod above the working directory: %v", err)
	return ""
}
