package maildir

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mutf7"
)

// Bounds of the walk: no real tree comes near them.
const (
	maxDepth = 32
	maxDirs  = 1_000_000
)

// A folder is one directory that holds cur or new, or one that can't be read.
type folder struct {
	name  string   // relative to the root, with slashes; "." for the root
	path  []string // decoded names
	inbox bool
	err   error
}

// A walk finds the folders of a tree: Maildir++ (.A.B), nested directories, KMail's .X.directory, and mixtures of them.
type walk struct {
	root    string
	decode  func(string) string
	quick   bool // stop at the first folder
	seen    map[string]bool
	dirs    int
	folders []folder
}

// errEnough ends a quick walk.
var errEnough = errors.New("enough")

// discover lists the folders below root, sorted by name. It fails if root itself can't be read.
func discover(root string, quick bool, dirs int) ([]folder, error) {
	w := &walk{root: root, decode: mutf7.FileName, quick: quick, seen: map[string]bool{}, dirs: dirs}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, err
	}
	if hasName(entries, evolutionMark) {
		w.decode = decodeEvolution
	}
	err = w.start(entries)
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	w.leaveNamespace()
	slices.SortFunc(w.folders, func(a, b folder) int { return strings.Compare(a.name, b.name) })
	return w.folders, nil
}

// start walks the root, which is the inbox, an ordinary folder or only a place for folders.
func (w *walk) start(entries []fs.DirEntry) error {
	var prefix []string
	if w.isFolder(".", entries) {
		f := folder{name: ".", path: []string{"INBOX"}, inbox: true}
		if !inboxLike(filepath.Base(w.root)) && !isAccount(entries) && !w.hasDotted(entries) {
			f = folder{name: ".", path: w.dotted(strings.TrimPrefix(filepath.Base(w.root), "."))}
			if filepath.Base(w.root)[0] != '.' {
				f.path = []string{w.decode(filepath.Base(w.root))}
			}
			prefix = f.path
		}
		if err := w.found(f); err != nil {
			return err
		}
	}
	return w.children(".", prefix, entries, 0)
}

// inboxLike reports whether a Maildir of this name is an account's inbox.
func inboxLike(base string) bool {
	switch strings.ToLower(strings.TrimPrefix(base, ".")) {
	case "maildir", "inbox", "mail", "mdbox":
		return true
	}
	return migrate.RoleOf(base) == migrate.RoleInbox
}

// namespace is what many servers put before the name of each mailbox but INBOX, and OfflineIMAP keeps.
const namespace = "INBOX."

// leaveNamespace renames the folders of a tree that is a copy of such a server: INBOX, INBOX.Sent, INBOX.Clienti.ACME side by side.
// On such a server a dot always is what separates names.
func (w *walk) leaveNamespace() {
	for _, f := range w.folders {
		if f.name != "INBOX" && (!strings.HasPrefix(f.name, namespace) || strings.Contains(f.name, "/")) {
			return
		}
	}
	for i, f := range w.folders {
		if below, ok := strings.CutPrefix(f.name, namespace); ok {
			w.folders[i].path = w.dotted(below)
		}
	}
}

// accountMarks are files that Dovecot, Courier and quotas leave in the top directory of an account, and in no other.
var accountMarks = []string{
	"dovecot-uidvalidity", "subscriptions", "courierimapsubscribed", "courierpop3dsizelist", "maildirsize",
}

// isAccount reports whether a directory has one of them. Maildir++ has a mark of its own for what is only a folder.
func isAccount(entries []fs.DirEntry) bool {
	return !hasName(entries, "maildirfolder") && slices.ContainsFunc(accountMarks, func(mark string) bool { return hasName(entries, mark) })
}

// hasDotted reports whether a directory has Maildir++ folders.
func (w *walk) hasDotted(entries []fs.DirEntry) bool {
	for _, e := range entries {
		if e.Name()[0] == '.' && w.isDir(".", e) && w.readIsFolder(e.Name()) {
			return true
		}
	}
	return false
}

// children visits the directories of one directory.
func (w *walk) children(dir string, prefix []string, entries []fs.DirEntry, depth int) error {
	if depth > maxDepth {
		return nil
	}
	for _, e := range entries {
		if reserved(e.Name()) || !w.isDir(dir, e) || w.looped(path.Join(dir, e.Name()), e) {
			continue
		}
		if err := w.visit(path.Join(dir, e.Name()), prefix, depth); err != nil {
			return err
		}
	}
	return nil
}

// reserved reports whether a directory never is a folder: the parts of a Maildir and the servers' own files.
func reserved(name string) bool {
	switch name {
	case "cur", "new", "tmp":
		return true
	}
	return strings.HasPrefix(name, "courierimap") || strings.HasPrefix(name, "dovecot")
}

// visit takes one directory: dot names must be folders or KMail's, others are entered anyway.
func (w *walk) visit(dir string, prefix []string, depth int) error {
	if w.dirs--; w.dirs < 0 {
		return errEnough
	}
	base := path.Base(dir)
	entries, err := os.ReadDir(w.local(dir))
	names := []string{w.decode(base)}
	isFolder := w.isFolder(dir, entries)
	if base[0] == '.' {
		names = w.dotted(base[1:])
		if kmail, ok := strings.CutSuffix(base[1:], ".directory"); ok && !isFolder {
			names = []string{w.decode(kmail)}
		} else if !isFolder && err == nil {
			return nil
		}
	}
	names = slices.Concat(prefix, names)
	f := folder{name: dir, path: names, err: err}
	if depth == 0 && isFolder && strings.EqualFold(base, "Maildir") { // of the person whose home directory this is
		f.path, f.inbox, names = []string{"INBOX"}, true, nil
	}
	if err != nil || isFolder {
		if err := w.found(f); err != nil {
			return err
		}
	}
	return w.children(dir, names, entries, depth+1)
}

// dotted splits a Maildir++ name at its dots; empty names between them mean nothing.
func (w *walk) dotted(name string) []string {
	var names []string
	for part := range strings.SplitSeq(name, ".") {
		if part != "" {
			names = append(names, w.decode(part))
		}
	}
	if names == nil {
		return []string{"."}
	}
	return names
}

// found notes a folder. A quick walk wants one that can be read.
func (w *walk) found(f folder) error {
	if w.quick && f.err != nil {
		return nil
	}
	w.folders = append(w.folders, f)
	if w.quick {
		return errEnough
	}
	return nil
}

func (w *walk) readIsFolder(dir string) bool {
	entries, err := os.ReadDir(w.local(dir))
	return err == nil && w.isFolder(dir, entries)
}

// isFolder reports whether a directory holds cur or new.
func (w *walk) isFolder(dir string, entries []fs.DirEntry) bool {
	for _, e := range entries {
		if (e.Name() == "cur" || e.Name() == "new") && w.isDir(dir, e) {
			return true
		}
	}
	return false
}

// isDir reports whether an entry is a directory, or a link to one.
func (w *walk) isDir(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := os.Stat(w.local(path.Join(dir, e.Name())))
	return err == nil && info.IsDir()
}

// looped reports whether a linked directory was visited before, or lies in the tree anyway.
func (w *walk) looped(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return false
	}
	to, err := filepath.EvalSymlinks(w.local(dir))
	root, rootErr := filepath.EvalSymlinks(w.root)
	if err != nil || rootErr != nil || w.seen[to] || within(to, root) || within(root, to) {
		return true
	}
	w.seen[to] = true
	return false
}

// within reports whether a path is dir or lies below it.
func within(p, dir string) bool {
	rel, err := filepath.Rel(dir, p)
	return err == nil && filepath.IsLocal(rel)
}

func (w *walk) local(dir string) string { return filepath.Join(w.root, filepath.FromSlash(dir)) }
