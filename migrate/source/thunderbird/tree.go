package thunderbird

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"unpop/migrate"
	"unpop/migrate/source/mbox"
)

// maxDepth bounds the walk; Thunderbird's own trees end long before.
const maxDepth = 64

// A store is one folder with messages: an mbox file, or a directory with cur.
type store struct {
	path    string
	maildir bool
	folder  migrate.Folder
	err     error
}

// A tree walks the folders of one account: X holds the messages, X.sbd the folders below.
type tree struct {
	account   account
	seen      map[string]bool // directories, links resolved
	stores    []store
	leftovers []string // files with mail that are no folders
}

// walkAccount finds an account's folders, a folder before those below it.
func walkAccount(a account) tree {
	t := tree{account: a, seen: map[string]bool{}}
	t.walk(a.dir, nil, migrate.RoleNone)
	return t
}

func (t *tree) walk(dir string, path []string, role migrate.Role) {
	resolved, err := filepath.EvalSymlinks(dir)
	if err == nil && (t.seen[resolved] || len(path) > maxDepth) {
		return
	}
	t.seen[resolved] = true
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.add(store{path: dir, err: err}, path, role)
	}
	for _, e := range entries {
		file := filepath.Join(dir, e.Name())
		info, err := os.Stat(file)
		if err != nil || neverMail(e.Name()) {
			continue
		}
		name, children := strings.CutSuffix(e.Name(), ".sbd")
		below := slices.Concat(path, []string{folderName(filepath.Join(dir, name))})
		if len(path) == 0 {
			role = t.account.role(name, below[0])
		}
		switch {
		case info.IsDir() && children && name != "":
			t.walk(file, below, role)
		case info.IsDir() && holdsCur(file):
			t.add(store{path: file, maildir: true}, below, role)
		case info.Mode().IsRegular() && isLeftover(file):
			t.leave(file)
		case info.Mode().IsRegular() && isFolderFile(file, info):
			t.add(store{path: file}, below, role)
		}
	}
}

func (t *tree) add(s store, path []string, role migrate.Role) {
	if len(path) == 0 {
		path = []string{t.account.label}
	}
	s.folder = migrate.Folder{Account: t.account.label, Path: path, Role: role}
	t.stores = append(t.stores, s)
}

// leave notes a leftover that has mail in it.
func (t *tree) leave(file string) {
	if is, err := mbox.IsMbox(file); is && err == nil {
		t.leftovers = append(t.leftovers, file)
	}
}

// isLeftover reports whether a file is what a compaction left behind, or a copy that somebody or an editor made of a folder's file.
// Thunderbird hides "#Inbox#" and "Inbox~", and gives no folder's file such a name; "Inbox.bak" becomes a folder once it has an index.
func isLeftover(file string) bool {
	name := strings.ToLower(filepath.Base(file))
	editors := name[0] == '#' || strings.HasSuffix(name, "~")
	return strings.HasPrefix(name, "nstmp") || editors || strings.HasSuffix(name, ".bak") && !exists(file+".msf")
}

// neverMail reports whether a name is Thunderbird's own bookkeeping, whatever lies beside it: dot files (.compact-temp) and indexes.
func neverMail(name string) bool {
	switch strings.ToLower(name) {
	case "popstate.dat", "msgfilterrules.dat", "rules.dat", "filterlog.html", "virtualfolders.dat", "foldertree.json":
		return true
	}
	return name[0] == '.' || strings.HasSuffix(strings.ToLower(name), ".msf")
}

// otherEndings are those of files that are no folders as long as they are empty and no index lies beside them.
var otherEndings = []string{
	".dat", ".html", ".json", ".sqlite", ".sqlite-wal", ".sqlite-shm", ".lock", ".toc", ".snm", ".rdf", ".xml", ".js", ".ini", ".txt", ".log",
}

// isFolderFile reports whether a file is a folder: it has an index beside it, holds mail or is empty.
func isFolderFile(path string, info fs.FileInfo) bool {
	if index, err := os.Stat(path + ".msf"); err == nil && index.Mode().IsRegular() {
		return true
	}
	if info.Size() == 0 {
		return !slices.Contains(otherEndings, strings.ToLower(filepath.Ext(path)))
	}
	is, err := mbox.IsMbox(path)
	return is || err != nil // an unreadable one is reported when it is listed
}

func holdsCur(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "cur"))
	return err == nil && info.IsDir()
}

// hashed is the end of a file name that Thunderbird shortened or cleaned: a digest of the real name.
var hashed = regexp.MustCompile(`[0-9a-f]{8}$`)

// percent are the escapes that newer versions use for what can't be in a file name on any system, and no others.
var percent = regexp.MustCompile(`%(?:25|3[Cc]|3[Ee]|3[Aa]|22|2[Ff]|5[Cc]|7[Cc]|3[Ff]|2[Aa])`)

// folderName returns a folder's name as the user knows it. path is its file or directory without ".sbd".
func folderName(path string) string {
	base := filepath.Base(path)
	if hashed.MatchString(base) {
		if name := indexOf(path, math.MaxInt64).name; name != "" {
			return name
		}
	}
	return utf8Name(percent.ReplaceAllStringFunc(base, func(escape string) string {
		return string([]byte{byte(hexDigit(escape[1])<<4 | hexDigit(escape[2]))})
	}))
}
