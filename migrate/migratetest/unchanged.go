package migratetest

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Unchanged notes the names, sizes, times and contents of all files below a directory. The function it returns
// fails the test where anything is no longer as it was:
//
//	defer migratetest.Unchanged(t, dir)()
func Unchanged(tb testing.TB, dir string) (check func()) {
	tb.Helper()
	before := fingerprints(tb, dir)
	return func() {
		tb.Helper()
		after := fingerprints(tb, dir)
		for _, name := range slices.Sorted(maps.Keys(before)) {
			if after[name] != before[name] {
				tb.Errorf("%s: got %q afterwards, want it unchanged: %q", name, after[name], before[name])
			}
		}
		for _, name := range slices.Sorted(maps.Keys(after)) {
			if _, known := before[name]; !known {
				tb.Errorf("%s: got a new file, want none", name)
			}
		}
	}
}

func fingerprints(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	prints := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		prints[path] = info.Mode().String() + " " + info.ModTime().String()
		if !entry.Type().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		prints[path] += " " + hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		tb.Fatalf("%s: %v", dir, err)
	}
	return prints
}
