package mbox

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A walk goes through a directory tree in the order of names. Links to directories are not followed.
type walk struct {
	ctx     context.Context
	found   func(rel string, err error) bool
	stopped bool // found wants no more
	left    aside
}

// directory reports the mbox files in a directory and below. rel is its path from the root.
func (w *walk) directory(path, rel string) {
	entries, err := os.ReadDir(path)
	if err != nil {
		w.report(rel, err)
		return
	}
	names := make(map[string]bool, len(entries))
	for _, entry := range entries {
		names[entry.Name()] = true
	}
	for _, entry := range entries {
		if w.stopped || w.ctx.Err() != nil {
			return
		}
		w.entry(path, rel, entry, names)
	}
}

func (w *walk) report(rel string, err error) {
	w.stopped = w.stopped || !w.found(rel, err)
}

func (w *walk) entry(dir, rel string, entry fs.DirEntry, names map[string]bool) {
	name := entry.Name()
	path, rel := filepath.Join(dir, name), filepath.Join(rel, name)
	switch {
	case entry.IsDir():
		if !isOtherDir(name, names) {
			w.directory(path, rel)
		}
	case !isOtherFile(name):
		ok, err := isPart(path, name, names)
		if ok || err != nil {
			w.report(rel, err)
		} else {
			w.left.note(name)
		}
	}
}

// isPart says whether a file is an mbox file. An empty one is, if it has what goes with a folder.
func isPart(path, name string, names map[string]bool) (bool, error) {
	fi, err := os.Stat(path)
	switch {
	case err != nil || !fi.Mode().IsRegular():
		return false, nil // a link that leads nowhere, a socket
	case fi.Size() == 0:
		return names[name+".msf"] || names[name+".sbd"], nil
	}
	return IsMbox(path)
}

// isOtherDir says whether a directory is not to be looked into: hidden, unless it is KMail's way to hold subfolders, or one of
// the three of a Maildir.
func isOtherDir(name string, names map[string]bool) bool {
	switch name {
	case "cur", "new", "tmp":
		return names["cur"] && names["new"]
	}
	return strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".directory")
}

// otherSuffixes are those of the files that mail clients keep beside their mbox files.
var otherSuffixes = []string{
	".msf", ".lock", ".toc", ".ind", ".index", ".ids", ".sorted", ".ibex", ".cmeta", ".ev-summary", ".ev-summary-meta",
	".sqlite", ".sqlite-wal", ".sqlite-shm", ".dat", ".html", ".json", ".snm", ".tmp", ".compacting", ".compacted", ".original",
}

// isOtherFile says whether a file's name tells that it holds no mail.
func isOtherFile(name string) bool {
	name = strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") {
		return true
	}
	for _, suffix := range otherSuffixes {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}
