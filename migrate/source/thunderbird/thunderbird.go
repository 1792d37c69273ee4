// Package thunderbird reads Thunderbird's mail: all profiles, one profile, its Mail folder or one account of it.
//
// POP3 accounts and the local folders are read, in mbox files as well as in Maildir stores. IMAP, news and feed accounts are
// left aside, and [Source.Describe] says so. Nothing in the profile is changed.
package thunderbird

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"unpop/migrate"
	"unpop/migrate/source/maildir"
	"unpop/migrate/source/mbox"
)

// A Source is Thunderbird's mail below one path. Each folder is a part.
type Source struct {
	found
	names     []string // of the parts, in order
	stores    map[string]store
	leftovers []string // files with mail that are no folders, named like parts
	listings  maildir.Listings
}

// Open opens the directory with profiles.ini, a profile, a Mail folder or an account's directory, or a disk with profiles on it.
func Open(dir string) (*Source, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("thunderbird: %w", err)
	}
	f, err := find(root)
	if errors.Is(err, errNone) {
		err = fmt.Errorf("%s: %w", dir, err)
	}
	if err != nil {
		return nil, fmt.Errorf("thunderbird: %w", err)
	}
	s := &Source{found: f, stores: map[string]store{}}
	for _, a := range f.accounts {
		t := walkAccount(a)
		for _, folder := range t.stores {
			s.add(partName(root, a, folder.path), folder)
		}
		for _, file := range t.leftovers {
			s.leftovers = append(s.leftovers, partName(root, a, file))
		}
	}
	return s, nil
}

// partName is a folder's path below the root; folders that lie elsewhere go by the name of their account.
func partName(root string, a account, file string) string {
	rel, err := filepath.Rel(root, file)
	if err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	if rel, err = filepath.Rel(a.dir, file); err != nil {
		rel = filepath.Base(file)
	}
	return path.Join(filepath.Base(a.dir), filepath.ToSlash(rel))
}

// add notes a part; two of the same name can only come from accounts elsewhere.
func (s *Source) add(name string, folder store) {
	for _, taken := s.stores[name]; taken; _, taken = s.stores[name] {
		name += "~"
	}
	s.names = append(s.names, name)
	s.stores[name] = folder
}

// IsProfile reports whether [Open] would find something of Thunderbird's.
func IsProfile(dir string) bool {
	root, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	_, err = find(root)
	return err == nil
}

// Dirs lists the directories that all of Thunderbird's mail at the path lies in.
func (s *Source) Dirs() []string { return s.dirs }

// Describe says what was found and what is left aside.
func (s *Source) Describe() string {
	text := "Thunderbird" + s.what
	if s.what != oneAccount {
		text += ", " + count(len(s.accounts), "account")
	}
	left := s.left.String()
	if len(s.leftovers) > 0 {
		left = strings.TrimPrefix(left+"; what looks like a copy of a folder ("+strings.Join(s.leftovers, ", ")+")", "; ")
	}
	if left != "" {
		text += "; left aside: " + left
	}
	return text
}

// Parts lists the folders, account by account.
func (s *Source) Parts(ctx context.Context) iter.Seq2[migrate.Part, error] {
	return func(yield func(migrate.Part, error) bool) {
		for _, name := range s.names {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(s.part(name)) {
				return
			}
		}
	}
}

func (s *Source) part(name string) (migrate.Part, error) {
	folder := s.stores[name]
	info := migrate.PartInfo{Name: name, Folder: folder.folder}
	err := folder.err
	if err == nil {
		err = readable(folder)
	}
	if err != nil {
		err = &migrate.CopyError{Part: name, Offset: -1, Err: err}
	}
	if folder.maildir {
		return maildir.NewPart(folder.path, info, maildir.Options{StatusFields: true}), err
	}
	return mbox.NewPart(folder.path, info), err
}

// readable returns why a folder can't be read.
func readable(folder store) error {
	file := folder.path
	if folder.maildir {
		file = filepath.Join(file, "cur")
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	return f.Close()
}

// Open returns the bytes of a message.
func (s *Source) Open(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	folder, ok := s.stores[part]
	if !ok {
		return nil, fmt.Errorf("thunderbird: no such part: %q", part)
	}
	open := mbox.OpenAt
	if folder.maildir {
		open = s.listings.Open
	}
	r, err := open(folder.path, ref)
	if err != nil {
		return nil, &migrate.CopyError{Part: part, Offset: -1, Err: err}
	}
	return r, nil
}

// Close has nothing to release.
func (s *Source) Close() error { return nil }
