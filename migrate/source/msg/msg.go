// Package msg reads messages that Outlook has saved to files of their own (.msg, [MS-OXMSG]): one, or a directory with some in it or
// in its directories, each of which is a folder. Messages are made into Internet mail by package mapi.
package msg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/mapi/cfb"
	"unpop/migrate/source/outlook"
)

// Bounds of the search: no real tree comes near them.
const (
	maxDepth = 32
	maxDirs  = 100_000
)

const ext = ".msg"

var errNone = errors.New("no message file (.msg) in it")

// A Source is a tree of directories with message files, or one file. Each directory with some is a part.
type Source struct {
	root string
	only string // the one file, if it is one
	dirs []string

	hurts outlook.Hurts
}

// Open opens a message file, or a directory. It fails where there is none in it.
func Open(name string) (*Source, error) {
	root, err := filepath.Abs(name)
	if err != nil {
		return nil, fmt.Errorf("msg: %w", err)
	}
	info, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("msg: %w", err)
	}
	if !info.IsDir() {
		if !isMessage(root) {
			return nil, fmt.Errorf("msg: %s: not a message file", root)
		}
		return &Source{root: filepath.Dir(root), only: filepath.Base(root), dirs: []string{"."}}, nil
	}
	s := &Source{root: root}
	if s.dirs, err = find(root, false); err == nil && len(s.dirs) == 0 {
		err = fmt.Errorf("%s: %w", root, errNone)
	}
	if err != nil {
		return nil, fmt.Errorf("msg: %w", err)
	}
	return s, nil
}

// IsMsg reports whether a path is a message file, or a directory with some in it or in its directories.
func IsMsg(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	if !info.IsDir() {
		return isMessage(name)
	}
	dirs, err := find(name, true)
	return err == nil && len(dirs) > 0
}

// isMessage reports whether a file is a compound file with properties in it. The name alone says nothing: other programs' mail has it too.
func isMessage(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := cfb.Open(f, info.Size())
	if err != nil {
		return false
	}
	streams, _ := file.Root().List()
	return slices.ContainsFunc(streams, func(s cfb.Stream) bool { return s.Name == propertyStream })
}

// find lists the directories that have a message file in them, in order; a quick search ends at the first. Directories that can't be read are passed over.
func find(root string, quick bool) ([]string, error) {
	var found []string
	dirs := 0
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		switch dir := path.Dir(name); {
		case err != nil && name == ".":
			return err
		case err != nil:
			return fs.SkipDir
		case e.IsDir():
			if dirs++; dirs > maxDirs || strings.Count(name, "/") >= maxDepth || name != "." && passed(path.Base(name)) {
				return fs.SkipDir
			}
		case len(found) > 0 && found[len(found)-1] == dir || !named(e):
		case isMessage(filepath.Join(root, filepath.FromSlash(name))):
			found = append(found, dir)
			if quick {
				return fs.SkipAll
			}
		}
		return nil
	})
	slices.Sort(found)
	return slices.Compact(found), err
}

// passed reports whether a directory is not looked into: hidden ones, and those of a Maildir, which may hold a million files.
func passed(name string) bool {
	return name[0] == '.' || name == "cur" || name == "new" || name == "tmp"
}

// named reports whether an entry of a directory may be a message file.
func named(e fs.DirEntry) bool {
	return e.Type().IsRegular() && strings.EqualFold(path.Ext(e.Name()), ext)
}

// Describe says what the source is.
func (s *Source) Describe() string {
	switch {
	case s.only != "":
		return "Outlook message file"
	case len(s.dirs) == 1:
		return "Outlook message files"
	default:
		return fmt.Sprintf("Outlook message files in %d directories", len(s.dirs))
	}
}

// Parts lists the directories.
func (s *Source) Parts(ctx context.Context) iter.Seq2[migrate.Part, error] {
	return func(yield func(migrate.Part, error) bool) {
		for _, dir := range s.dirs {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			p := s.part(dir)
			files, err := p.files()
			if err == nil {
				p.survey(files)
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// Open converts a message while it is read.
func (s *Source) Open(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !slices.Contains(s.dirs, part) {
		return nil, fmt.Errorf("msg: no such part: %q", part)
	}
	if ref != path.Base(ref) || !filepath.IsLocal(ref) || s.only != "" && ref != s.only {
		return nil, fmt.Errorf("msg: no such file: %q", ref)
	}
	p := s.part(part)
	m, file, err := p.open(ref)
	if err != nil {
		return nil, p.fault(ref, err)
	}
	r := mapi.NewReader(ctx, m, mapi.Options{}, func(info mapi.Info, err error) error {
		if err != nil {
			return p.fault(ref, err)
		}
		if info.Damaged {
			s.hurts.Add(part, ref, fmt.Sprintf("message %s (%s) is not whole: %s", ref, outlook.Subject(m, 0), strings.Join(info.Warnings, "; ")))
		}
		return nil
	})
	return &openFile{r, file}, nil
}

// openFile closes the file after the conversion.
type openFile struct {
	io.ReadCloser
	file *os.File
}

func (f *openFile) Close() error { return errors.Join(f.ReadCloser.Close(), f.file.Close()) }

// Close has nothing to release.
func (s *Source) Close() error { return nil }
