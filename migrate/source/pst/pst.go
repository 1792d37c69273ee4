// Package pst reads Outlook's data files, PST and OST, of all versions and without Outlook: a file, or a directory with some in it
// or in its directories. Messages are made into Internet mail by package mapi; what lies on the disk is read by the packages ndb and ltp.
//
// Messages are found by the node B-tree, which has all of them, and not by the contents tables of the folders. The folders are those
// below the top of the user's; search folders and the settings that programs keep as messages are left out. What has
// lost its folder is in one called Recovered. Damage costs what hangs on it, is reported with its position, and nothing else.
package pst

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"unpop/migrate"
	"unpop/migrate/source/outlook"
	"unpop/migrate/source/pst/ndb"
)

// A Source is one or several data files. Each folder with something in it is a part, and each file is one more, which has no messages but
// tells what is wrong with the file.
type Source struct {
	files []*dataFile
}

// dataFile is one data file of a source, open unless err says why not.
type dataFile struct {
	name    string // the beginning of its parts' names
	account string // of its folders
	err     error
	*store

	hurts      outlook.Hurts
	counts     otherCounts
	byNameOnce sync.Once
	byName     map[string]ndb.NID // the folders by the names of their parts
}

// Open opens a data file, or all those in a directory. Of several, those that can't be opened become parts with an error; the error wraps
// [ErrInUse] where another program keeps a file to itself.
func Open(name string) (*Source, error) {
	root, err := filepath.Abs(name)
	if err != nil {
		return nil, fmt.Errorf("pst: %w", err)
	}
	names, err := dataFiles(root)
	if err != nil {
		return nil, fmt.Errorf("pst: %w", err)
	}
	s := &Source{}
	for _, rel := range names {
		f := &dataFile{name: rel}
		if rel == "." {
			f.name = filepath.Base(root)
		} else {
			f.account = accountOf(rel, names)
		}
		f.store, f.err = openStore(filepath.Join(root, filepath.FromSlash(rel)))
		s.files = append(s.files, f)
	}
	if len(names) == 1 && s.files[0].err != nil {
		return nil, fmt.Errorf("pst: %w", s.files[0].err)
	}
	return s, nil
}

// accountOf names a file among others: without its directories and its suffix, unless another would have the same name.
func accountOf(file string, files []string) string {
	short := func(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }
	for _, other := range files {
		if other != file && strings.EqualFold(short(other), short(file)) {
			return file
		}
	}
	return short(file)
}

// Describe says what kind of file it is, or how many there are.
func (s *Source) Describe() string {
	if len(s.files) != 1 {
		return fmt.Sprintf("%d Outlook data files", len(s.files))
	}
	text := "Outlook data file, " + s.files[0].file.Format().String()
	if s.files[0].password() {
		text += ", with a password (it locks nothing)"
	}
	return text
}

// Parts lists the folders, file by file.
func (s *Source) Parts(ctx context.Context) iter.Seq2[migrate.Part, error] {
	return func(yield func(migrate.Part, error) bool) {
		for _, f := range s.files {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if f.err != nil {
				if !yield(&filePart{file: f}, &migrate.CopyError{Part: f.name, Offset: -1, Err: f.err}) {
					return
				}
				continue
			}
			for _, part := range f.parts() {
				if !yield(part, nil) {
					return
				}
			}
		}
	}
}

// Open converts a message, as it is read, into the same bytes each time.
func (s *Source) Open(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, f := range s.files {
		if rest, ok := strings.CutPrefix(part, f.name+"/"); ok && f.err == nil {
			return f.openMessage(ctx, rest, ref)
		}
	}
	return nil, fmt.Errorf("pst: no such part: %q", part)
}

// Close closes the files.
func (s *Source) Close() error {
	var errs []error
	for _, f := range s.files {
		if f.err == nil {
			errs = append(errs, f.close())
		}
	}
	return errors.Join(errs...)
}
