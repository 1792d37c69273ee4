// Package source opens places that hold mail, of any kind that is known, and tells what a path is.
package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"unpop/migrate"
	"unpop/migrate/source/maildir"
	"unpop/migrate/source/mbox"
	"unpop/migrate/source/msg"
	"unpop/migrate/source/pop3"
	"unpop/migrate/source/pst"
	"unpop/migrate/source/thunderbird"
)

// Found says what a source's specification turned out to be.
type Found struct {
	Kind string // "mbox", "maildir", "thunderbird", "pst", "msg", "pop3"
	Path string // absolute and clean, or the canonical address of an account
}

// A kind is one way of keeping mail.
type kind struct {
	name string
	// title is what a person calls it.
	title string
	// is reports whether a path is of the kind. Kinds are asked in the order of the table.
	is   func(path string) bool
	open func(path string) (migrate.Source, error)
}

// kinds is in the order of asking: a Thunderbird profile may hold Maildir folders, and both may lie among mbox files.
var kinds = []kind{
	{"thunderbird", "Thunderbird profile", thunderbird.IsProfile, opener(thunderbird.Open)},
	{"maildir", "Maildir", maildir.IsMaildir, opener(maildir.Open)},
	{"mbox", "mbox", isMbox, opener(mbox.Open)},
	{"pst", "Outlook data file", pst.IsPST, opener(pst.Open)},
	{"msg", "Outlook message file", msg.IsMsg, opener(msg.Open)},
}

// opener makes a kind's own constructor one for any source, without a typed nil beside an error.
func opener[S migrate.Source](open func(string) (S, error)) func(string) (migrate.Source, error) {
	return func(path string) (migrate.Source, error) {
		s, err := open(path)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

// ErrUnknown says that a path holds nothing that is known as mail.
var ErrUnknown = errors.New("what is this")

// ErrInUse says that another program has a source open and lets nobody else read it, as Outlook does with its files on Windows.
var ErrInUse = pst.ErrInUse

// ErrMixed says that a directory holds two kinds of mail, and each has to be named.
var ErrMixed = errors.New("more than one kind of mail")

// Open opens a source. The specification is KIND:PATH, or a path whose kind is found out. A leading "~/" means the home
// directory where the shell didn't say so already. Errors wrap [os.ErrNotExist] where there is nothing at the path, and
// [ErrUnknown] where there is no mail, and [ErrMixed] where half of it would be left aside without a word. The caller closes the source.
//
// An address, pop3s://user@host[:port] or pop3://…, is a source too. It takes a Remote to say what an address doesn't.
func Open(spec string, remote ...Remote) (migrate.Source, Found, error) {
	if address := withoutKind(spec); pop3.IsURL(address) {
		return openPOP3(address, remote)
	}
	k, place := split(spec)
	place, err := absolute(place)
	if err != nil {
		return nil, Found{}, err
	}
	if _, err := os.Stat(place); err != nil {
		return nil, Found{}, missing(spec, place, err)
	}
	if k == nil {
		if k, err = kindOf(place); err != nil {
			return nil, Found{}, err
		}
	}
	s, err := k.open(place)
	if err != nil {
		return nil, Found{}, err
	}
	return s, Found{Kind: k.name, Path: place}, nil
}

// split takes the kind off a specification; nil if it names none. A Windows drive ("C:\") and any other word before a colon are
// part of the path.
func split(spec string) (*kind, string) {
	name, path, ok := strings.Cut(spec, ":")
	for i := range kinds {
		if ok && strings.EqualFold(name, kinds[i].name) {
			return &kinds[i], path
		}
	}
	return nil, spec
}

// kindOf asks each kind whether a path is of it.
func kindOf(path string) (*kind, error) {
	for i := range kinds {
		if k := &kinds[i]; k.is(path) {
			return k, mixture(k, path)
		}
	}
	if err := readable(path); err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	return nil, fmt.Errorf("%w: no %s at %s", ErrUnknown, titles(), path)
}

// readable fails where nobody can tell what a path is: the system lets it be seen and not read.
func readable(path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if info.IsDir() {
		_, err = file.Readdirnames(1)
	}
	if errors.Is(err, io.EOF) {
		return nil // it is empty
	}
	return err
}

// mixture fails where a path of one kind holds mail of another that would be left aside.
func mixture(k *kind, path string) error {
	if !isDir(path) {
		return nil
	}
	if k.name == "thunderbird" {
		if others := besideThunderbird(path); len(others) > 0 {
			return fmt.Errorf("%w: %s and other mail at %s; name each: thunderbird:%[3]s and %s", ErrMixed, k.title, path, strings.Join(others, " and "))
		}
	}
	if k.name == "maildir" && mixed(path) {
		return fmt.Errorf("%w: Maildir folders and mbox files at %s; name each: maildir:%[2]s and mbox:%[2]s", ErrMixed, path)
	}
	for _, other := range kinds {
		if (other.name == "pst" || other.name == "msg") && other.name != k.name && other.is(path) {
			return fmt.Errorf("%w: %s and %s at %s; name each: %s:%[4]s and %[6]s:%[4]s", ErrMixed, k.title, other.title, path, k.name, other.name)
		}
	}
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isMbox reports whether a path is an mbox file, or a directory with some in it.
func isMbox(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	if !info.IsDir() {
		is, err := mbox.IsMbox(path)
		return (is || isSpool(path, info)) && err == nil
	}
	return holdsMbox(path, func(string) bool { return true })
}

// isSpool reports whether a file may be the mbox of somebody who has fetched all mail: it is empty, and not called like something else.
func isSpool(path string, info os.FileInfo) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".pst", ".ost", ".msg", ".eml", ".dbx", ".emlx":
		return false
	}
	return info.Mode().IsRegular() && info.Size() == 0
}

// holdsMbox reports whether there is an mbox file below a directory whose path from there is accepted.
func holdsMbox(dir string, accept func(part string) bool) bool {
	s, err := mbox.Open(dir)
	if err != nil {
		return false
	}
	defer s.Close()
	for part, err := range s.Parts(context.Background()) {
		if err == nil && accept(part.Info().Name) {
			return true
		}
	}
	return false
}

// mixed reports whether mbox files lie beside the Maildir folders of a tree, as KMail and careful people's copies have it.
func mixed(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir() && holdsMbox(dir, func(part string) bool {
		for _, name := range strings.Split(path.Dir(part), "/") {
			if name == "cur" || name == "new" || name == "tmp" {
				return false
			}
		}
		return true
	})
}

// missing explains why a path can't be opened; a kind in front of it may only be misspelt.
func missing(spec, path string, err error) error {
	if scheme, _, ok := strings.Cut(spec, "://"); ok && len(scheme) > 1 { // one letter is a drive of Windows
		return addressError{fmt.Errorf("source %s: no mail can be read from %s://", spec, scheme)}
	}
	base := filepath.Base(path)
	if name, _, ok := strings.Cut(base, ":"); ok && len(name) > 1 {
		return fmt.Errorf("source: %w (kinds are %s)", err, names())
	}
	return fmt.Errorf("source: %w", err)
}

// absolute returns the absolute form of a path, the home directory filled in.
func absolute(path string) (string, error) {
	if path == "" {
		return "", fmt.Errorf("source: empty path: %w", os.ErrNotExist)
	}
	if rest, ok := strings.CutPrefix(filepath.ToSlash(path), "~/"); ok || path == "~" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("source: %w", err)
		}
		path = filepath.Join(home, filepath.FromSlash(strings.TrimPrefix(rest, "~")))
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("source: %w", err)
	}
	return abs, nil
}

// titles lists the kinds for a person: "mbox, Maildir or Thunderbird profile".
func titles() string {
	var text string
	for i := len(kinds) - 1; i >= 0; i-- {
		switch {
		case text == "":
		case i == 0:
			text += " or "
		default:
			text += ", "
		}
		text += kinds[i].title
	}
	return text
}

// names lists the kinds as a specification writes them.
func names() string {
	var all []string
	for _, k := range kinds {
		all = append(all, k.name)
	}
	return strings.Join(all, ", ")
}
