package mbox

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"unpop/migrate"
)

// A Source is one mbox file, or all those below a directory. It implements [migrate.Source] and [migrate.Describer].
type Source struct {
	root string
	file bool // root is the mbox file
}

// Open opens an mbox file or a directory with mbox files in it. Nothing is kept open.
func Open(path string) (*Source, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !fi.IsDir() && !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("mbox %s: neither a file nor a directory", path)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return &Source{root: abs, file: !fi.IsDir()}, nil
}

// Close implements [migrate.Source]; there is nothing to release.
func (s *Source) Close() error { return nil }

// Describe implements [migrate.Describer]. It names the files that may hold mail and are not read.
func (s *Source) Describe() string {
	if s.file {
		return "mbox file"
	}
	n := 0
	left := s.walk(context.Background(), func(rel string, _ error) bool {
		if rel != "" {
			n++
		}
		return true
	})
	text := fmt.Sprintf("tree of %d mbox files", n)
	if n == 1 {
		text = "tree of 1 mbox file"
	}
	if len(left) > 0 {
		text += "; left aside, as they are not mbox: " + left.String()
	}
	return text
}

// Parts implements [migrate.Source]: the mbox files in the order of their names. A file or directory that can't be read
// is a part with an error.
func (s *Source) Parts(ctx context.Context) iter.Seq2[migrate.Part, error] {
	return func(yield func(migrate.Part, error) bool) {
		if s.file {
			yield(s.part(filepath.Base(s.root), s.root), nil)
			return
		}
		stopped := false
		s.walk(ctx, func(rel string, err error) bool {
			if rel == "" {
				stopped = !yield(nil, err) // the root itself
			} else {
				stopped = !yield(s.part(rel, filepath.Join(s.root, rel)), err)
			}
			return !stopped
		})
		if err := ctx.Err(); err != nil && !stopped {
			yield(nil, err)
		}
	}
}

// walk reports the mbox files of the tree, and returns what was left aside.
func (s *Source) walk(ctx context.Context, found func(rel string, err error) bool) aside {
	w := walk{ctx: ctx, found: found, left: aside{}}
	w.directory(s.root, "")
	return w.left
}

// part makes the part for a file, named by its path relative to the root.
func (s *Source) part(rel, path string) *Part {
	folder := folderOf(rel, filepath.Base(s.root))
	if s.file {
		folder = folderOf(rel, filepath.Base(filepath.Dir(s.root)))
	}
	return NewPart(path, migrate.PartInfo{Name: filepath.ToSlash(rel), Folder: folder})
}

// Open implements [migrate.Source].
func (s *Source) Open(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rel := filepath.FromSlash(part)
	if !filepath.IsLocal(rel) || (s.file && rel != filepath.Base(s.root)) {
		return nil, fmt.Errorf("part %q: %w", part, fs.ErrNotExist)
	}
	path := s.root
	if !s.file {
		path = filepath.Join(s.root, rel)
	}
	r, err := OpenAt(path, ref)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part, err)
	}
	return r, nil
}
