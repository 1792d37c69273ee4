package mbox

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// asideSuffixes are those of files that may hold mail and are not read: packed ones, and those of a single message or another program.
var asideSuffixes = []string{".gz", ".bz2", ".xz", ".zst", ".lz", ".zip", ".eml", ".emlx", ".dbx", ".tbb", ".pmm", ".mmf"}

// An aside counts such files by their suffix.
type aside map[string]int

func (a aside) note(name string) {
	if suffix := strings.ToLower(filepath.Ext(name)); slices.Contains(asideSuffixes, suffix) {
		a[suffix]++
	}
}

// String lists them, empty if there are none.
func (a aside) String() string {
	var parts []string
	for _, suffix := range slices.Sorted(maps.Keys(a)) {
		parts = append(parts, fmt.Sprintf("%d %s", a[suffix], suffix))
	}
	return strings.Join(parts, ", ")
}
