package mbox

import (
	"path/filepath"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mutf7"
)

// folderOf derives the folder from a file's path below the root. parent is the name of the directory above the path.
//
//	Work.sbd/ACME             Thunderbird, Evolution 2    Work/ACME
//	.Work.directory/ACME      KMail                       Work/ACME
//	Work.mbox/mbox            Apple Mail                  Work
//	Work/subfolders/ACME/mbox Evolution 1                 Work/ACME
//	Takeout/Mail/Work.mbox    Google Takeout              Work
//	Universit&AOA-            UW imapd, Pine, Dovecot     Università
func folderOf(rel, parent string) migrate.Folder {
	names := withoutTakeout(strings.Split(filepath.ToSlash(rel), "/"), parent)
	if last := len(names) - 1; strings.EqualFold(names[last], "mbox") {
		if last == 0 {
			names = []string{parent}
		} else {
			names = names[:last]
		}
	}
	var path []string
	for i, name := range names {
		if i > 0 && i < len(names)-1 && name == "subfolders" {
			continue
		}
		path = append(path, mutf7.FileName(folderName(name)))
	}
	return migrate.Folder{Path: path, Role: migrate.RoleOf(path[0])}
}

// withoutTakeout leaves out the directories that Google puts around its files: Takeout, and the service's name in the account's language.
func withoutTakeout(names []string, parent string) []string {
	const top = "Takeout"
	switch {
	case len(names) > 2 && names[0] == top:
		return names[2:]
	case len(names) > 1 && parent == top:
		return names[1:]
	}
	return names
}

// folderName removes what a client adds to the name of a folder.
func folderName(name string) string {
	if inner, ok := strings.CutSuffix(name, ".directory"); ok && strings.HasPrefix(inner, ".") && len(inner) > 1 {
		return inner[1:]
	}
	for _, suffix := range []string{".sbd", ".mbox", ".mbx"} {
		if n := len(name) - len(suffix); n > 0 && strings.EqualFold(name[n:], suffix) {
			return name[:n]
		}
	}
	return name
}
