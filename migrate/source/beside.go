package source

import (
	"os"
	"path/filepath"
	"slices"

	"unpop/migrate/source/maildir"
	"unpop/migrate/source/mbox"
	"unpop/migrate/source/thunderbird"
)

// besideThunderbird lists the paths below a directory that hold mail and are none of Thunderbird's.
func besideThunderbird(dir string) []string {
	s, err := thunderbird.Open(dir)
	if err != nil {
		return nil
	}
	defer s.Close()
	return beside(dir, s.Dirs())
}

// beside lists the paths with mail that lie in none of some directories. What is hidden is left alone.
func beside(path string, known []string) []string {
	leads := func(k string) bool {
		rel, err := filepath.Rel(path, k)
		return err == nil && filepath.IsLocal(rel)
	}
	switch {
	case slices.Contains(known, path):
		return nil
	case !slices.ContainsFunc(known, leads):
		if holdsMail(path) {
			return []string{path}
		}
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil
	}
	var others []string
	for _, e := range entries {
		if e.Name()[0] != '.' {
			others = append(others, beside(filepath.Join(path, e.Name()), known)...)
		}
	}
	return others
}

// holdsMail reports whether a path is an mbox file, or a directory with one or with a Maildir in it.
func holdsMail(path string) bool {
	if isDir(path) {
		return maildir.IsMaildir(path) || isMbox(path)
	}
	is, err := mbox.IsMbox(path)
	return is && err == nil
}
