// Package maildir reads Maildir trees: single folders, Maildir++ (.Sent.2023), nested directories, KMail's .X.directory and
// mixtures of them. Nothing in them is changed: messages in new stay there.
//
// The flags come from the file names in all their spellings, keywords from Dovecot's dovecot-keywords. A copy is named by the
// unique part of its file name, which stays when a mail program changes flags or moves the message from new to cur.
package maildir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"unpop/migrate"
)

// errNone says that a directory holds no folder.
var errNone = errors.New("no folder with cur or new in it")

// A Source is a tree of Maildir folders. Each folder is a part.
type Source struct {
	root     string
	folders  int // as of Open
	listings Listings
}

// Open opens the tree at a directory. It fails where there is no folder in it.
func Open(dir string) (*Source, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("maildir: %w", err)
	}
	folders, err := discover(root, false, maxDirs)
	if err == nil && len(folders) == 0 {
		err = fmt.Errorf("%s: %w", dir, errNone)
	}
	if err != nil {
		return nil, fmt.Errorf("maildir: %w", err)
	}
	return &Source{root: root, folders: len(folders)}, nil
}

// IsMaildir reports whether a directory is a Maildir folder or a tree of them. It looks at a few thousand directories at most.
func IsMaildir(dir string) bool {
	root, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	folders, err := discover(root, true, 4096)
	return err == nil && len(folders) > 0
}

// Describe says what the source is.
func (s *Source) Describe() string {
	if s.folders == 1 {
		return "Maildir, 1 folder"
	}
	return fmt.Sprintf("Maildir, %d folders", s.folders)
}

// Parts lists the folders, sorted by their directories' names.
func (s *Source) Parts(ctx context.Context) iter.Seq2[migrate.Part, error] {
	return func(yield func(migrate.Part, error) bool) {
		folders, err := discover(s.root, false, maxDirs)
		if err != nil {
			yield(nil, fmt.Errorf("maildir: %w", err))
			return
		}
		for _, f := range folders {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			part, err := s.part(f)
			if !yield(part, err) {
				return
			}
		}
	}
}

// part makes the part of a folder, and tries whether it can be listed.
func (s *Source) part(f folder) (*Part, error) {
	where := migrate.Folder{Path: f.path, Role: migrate.RoleOf(f.path[0])}
	if f.inbox {
		where.Role = migrate.RoleInbox
	}
	part := NewPart(s.dir(f.name), migrate.PartInfo{Name: f.name, Folder: where}, Options{})
	err := f.err
	for _, sub := range subdirs {
		if err == nil {
			err = readable(filepath.Join(part.dir, sub))
		}
	}
	if err != nil {
		return part, part.wrong(err)
	}
	return part, nil
}

// readable returns why a directory that is there can't be read.
func readable(dir string) error {
	f, err := os.Open(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// Open returns the bytes of a message, compression undone. What became of its flags since the scan doesn't matter.
func (s *Source) Open(ctx context.Context, part, ref string) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !filepath.IsLocal(filepath.FromSlash(part)) {
		return nil, fmt.Errorf("maildir: no such part: %q", part)
	}
	r, err := s.listings.Open(s.dir(part), ref)
	if err != nil {
		return nil, &migrate.CopyError{Part: part, Offset: -1, Err: err}
	}
	return r, nil
}

// Close has nothing to release.
func (s *Source) Close() error { return nil }

func (s *Source) dir(part string) string { return filepath.Join(s.root, filepath.FromSlash(part)) }
