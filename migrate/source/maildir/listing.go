package maildir

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// subdirs are where the messages of a folder lie; tmp holds what is not yet delivered.
var subdirs = [2]string{"cur", "new"}

// An entry is one message file.
type entry struct {
	file string // the name within cur or new
	base int32  // length of its unique part
	sub  int8   // index into subdirs
}

func (e entry) unique() string { return e.file[:e.base] }

func (e entry) path(dir string) string { return filepath.Join(dir, subdirs[e.sub], e.file) }

// A listing is the message files of one folder, sorted by unique part, then by place and name. It needs about 90 bytes a file.
type listing struct {
	entries []entry
	times   [2]time.Time // of the directories, taken before they were read
}

// list reads a folder. A folder may lack cur or new, not both.
func list(dir string) (*listing, error) {
	l := &listing{times: dirTimes(dir)}
	err := eachFile(dir, func(sub int, e fs.DirEntry) error {
		if regular(filepath.Join(dir, subdirs[sub]), e) {
			base := int32(len(parseName(e.Name()).base)) //nolint:gosec // a file name is short
			l.entries = append(l.entries, entry{file: e.Name(), base: base, sub: int8(sub)})
		}
		return nil
	})
	slices.SortFunc(l.entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.unique(), b.unique()), cmp.Compare(a.sub, b.sub), strings.Compare(a.file, b.file))
	})
	return l, err
}

// eachFile calls visit for what lies in cur and new and may be a message, in the directory's own order.
func eachFile(dir string, visit func(sub int, e fs.DirEntry) error) error {
	missing := 0
	for sub := range subdirs {
		err := readDir(filepath.Join(dir, subdirs[sub]), func(e fs.DirEntry) error {
			if e.IsDir() || placeholder(e.Name()) {
				return nil
			}
			return visit(sub, e)
		})
		if errors.Is(err, fs.ErrNotExist) {
			if missing++; missing < len(subdirs) {
				continue
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readDir reads a directory in pieces, so that its size doesn't matter.
func readDir(dir string, visit func(fs.DirEntry) error) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		entries, err := f.ReadDir(1024)
		for _, e := range entries {
			if err := visit(e); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// placeholder reports whether a file is there for another reason than mail: names with a dot never are messages, and
// two that Windows leaves in any directory.
func placeholder(name string) bool {
	return name[0] == '.' || strings.EqualFold(name, "desktop.ini") || strings.EqualFold(name, "thumbs.db")
}

// regular reports whether an entry is a file, or a link to one.
func regular(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.Type().IsRegular()
	}
	info, err := os.Stat(filepath.Join(dir, e.Name()))
	return err == nil && info.Mode().IsRegular()
}

// dirTimes returns when cur and new changed last; zero where there is none.
func dirTimes(dir string) (times [2]time.Time) {
	for i, sub := range subdirs {
		if info, err := os.Stat(filepath.Join(dir, sub)); err == nil {
			times[i] = info.ModTime()
		}
	}
	return times
}

// ref names entry i: its unique part, and for the second and further file with the same one a slash and the count,
// which no file name can hold.
func (l *listing) ref(i int) string {
	base := l.entries[i].unique()
	n := 1
	for n <= i && l.entries[i-n].unique() == base {
		n++
	}
	if n == 1 {
		return base
	}
	return base + "/" + strconv.Itoa(n)
}

// find is the reverse of ref.
func (l *listing) find(ref string) (entry, bool) {
	base, count, several := strings.Cut(ref, "/")
	n := 1
	if several {
		var err error
		if n, err = strconv.Atoi(count); err != nil || n < 2 {
			return entry{}, false
		}
	}
	i := sort.Search(len(l.entries), func(i int) bool { return l.entries[i].unique() >= base })
	if n > len(l.entries)-i || l.entries[i+n-1].unique() != base {
		return entry{}, false
	}
	return l.entries[i+n-1], true
}
