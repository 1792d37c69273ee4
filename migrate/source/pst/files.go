package pst

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Bounds of the search for data files: no real folder of them comes near.
const (
	maxDepth = 32
	maxDirs  = 100_000
)

// errNone says that a directory holds no data file.
var errNone = errors.New("no Outlook data file (.pst, .ost) in it")

// ErrInUse says that another program holds a data file open and lets nobody else read it, as Outlook does on Windows.
var ErrInUse = errors.New("in use by another program")

// IsPST reports whether a path is an Outlook data file, told by its first bytes, or a directory that has some in it or in
// its directories.
func IsPST(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	if !info.IsDir() {
		return info.Mode().IsRegular() && named(name)
	}
	found := false
	_ = walk(name, func(string) bool { found = true; return false })
	return found
}

// named reports whether a file is a data file: its first bytes say it, or, where another program keeps it to itself,
// its name.
func named(name string) bool {
	is, err := hasMagic(name)
	return is || errors.Is(inUse(err), ErrInUse) && hasExt(name)
}

func hasExt(name string) bool {
	ext := filepath.Ext(name)
	return strings.EqualFold(ext, ".pst") || strings.EqualFold(ext, ".ost")
}

// hasMagic reports whether a file begins as [MS-PST] section 2.2.2.6 says: "!BDN", and at byte 8 "SM", or "SO" of an OST.
func hasMagic(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var head [10]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return false, nil //nolint:nilerr // a file too short is none
	}
	return bytes.HasPrefix(head[:], []byte("!BDN")) && (string(head[8:]) == "SM" || string(head[8:]) == "SO"), nil
}

// dataFiles lists the data files at a path, relative to it and with slashes, in order; a file alone is ".".
func dataFiles(root string) ([]string, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{"."}, nil
	}
	var names []string
	err = walk(root, func(name string) bool { names = append(names, name); return true })
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: %w", root, errNone)
	}
	return names, err
}

// walk visits the data files below a directory until visit says no. Directories that can't be read are passed over.
func walk(root string, visit func(name string) bool) error {
	dirs := 0
	return fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			return fs.SkipDir
		case e.IsDir():
			if dirs++; dirs > maxDirs || strings.Count(name, "/") >= maxDepth || name != "." && passed(path.Base(name)) {
				return fs.SkipDir
			}
		case hasExt(name) && e.Type().IsRegular() && named(filepath.Join(root, filepath.FromSlash(name))) && !visit(name):
			return fs.SkipAll
		}
		return nil
	})
}

// passed reports whether a directory is not looked into: hidden ones, and those of a Maildir, which may hold a million files.
func passed(name string) bool {
	return name[0] == '.' || name == "cur" || name == "new" || name == "tmp"
}

// inUse marks the error of a file that another program has open and doesn't share.
func inUse(err error) error {
	if err != nil && unshared(err) {
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return err
}
