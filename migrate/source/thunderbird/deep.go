package thunderbird

import (
	"os"
	"path/filepath"
)

// A disk or a home directory is searched so deep, and in so many directories, for profiles: the one of a portable Thunderbird is three
// levels down, on Windows it is six below the user's directory.
const (
	deepest  = 7
	mostDirs = 4096
)

// deepProfiles lists the profiles somewhere below a directory, hidden directories included, the nearest ones first.
func deepProfiles(root string) []profile {
	var all []profile
	level := []string{root}
	for depth, looked := 0, 0; depth < deepest && looked < mostDirs; depth++ {
		var next []string
		for _, dir := range level[:min(len(level), mostDirs-looked)] {
			for _, sub := range plainDirs(dir) {
				if exists(filepath.Join(sub, "prefs.js")) && isProfile(sub) {
					all = withProfile(all, profile{dir: sub})
				} else {
					next = append(next, sub)
				}
			}
		}
		looked += len(level)
		level = next
	}
	return withNested(all)
}

// plainDirs lists the directories of a directory, but for links and for those of a Maildir.
func plainDirs(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var dirs []string
	for _, e := range entries {
		if name := e.Name(); e.IsDir() && name != "cur" && name != "new" && name != "tmp" {
			dirs = append(dirs, filepath.Join(dir, name))
		}
	}
	return dirs
}
