package pst

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"unpop/migrate"
	"unpop/migrate/source/outlook"
)

// A filePart stands for a data file as a whole. It has no messages: it tells what is wrong with the file and what was left
// aside. It comes after the file's folders, so that it knows.
type filePart struct{ file *dataFile }

// Info implements [migrate.Part].
func (p *filePart) Info() migrate.PartInfo {
	if p.file.err != nil {
		return migrate.PartInfo{Name: p.file.name}
	}
	return migrate.PartInfo{Name: p.file.name, Stamp: p.file.stamp}
}

// Copies lists none, and ends with an error where a piece of the file can't be read that may have listed messages.
func (p *filePart) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		if err := p.file.trouble(); err != nil {
			yield(nil, &migrate.CopyError{Part: p.file.name, Offset: offsetOf(err), Err: fmt.Errorf("messages may be missing: %w", err)})
		}
	}
}

// trouble says what is broken that all of the file hangs on; nil if nothing is.
func (s *store) trouble() error {
	switch t := s.loadTree(); {
	case t.damages > 1:
		return fmt.Errorf("%w (and %d more)", t.damage, t.damages-1)
	case t.damages == 1:
		return t.damage
	default:
		return s.propsErr
	}
}

// Remarks implements [migrate.Remarker].
func (p *filePart) Remarks() []string {
	if p.file.err != nil {
		return nil
	}
	var remarks []string
	note := func(yes bool, format string, args ...any) {
		if yes {
			remarks = append(remarks, fmt.Sprintf(format, args...))
		}
	}
	s, t := p.file.store, p.file.loadTree()
	note(s.password(), "a password was set; it locks nothing")
	note(s.file.Missing() > 0, "bytes missing at its end: %d", s.file.Missing())
	err := s.loadNames()
	note(err != nil, "categories and other properties that have names are missing: %v", err)
	note(t.nameless > 0, "folders that have lost their names: %d: %v", t.nameless, t.unnamed)
	for _, f := range t.folders {
		if n := len(t.in(f.node)); f.kind == aside && n > 0 {
			text := p.file.classes(f).String()
			note(text != "", "%s: %s, of use to Outlook alone: left aside", strings.Join(f.path, "/"), text)
		}
	}
	if first, total := s.file.Warnings(); total > 0 {
		note(true, "places that look damaged and were read nevertheless: %d; the first is %v", total, first[0])
	}
	return remarks
}

// classes counts what lies in a folder, settings left out.
func (f *dataFile) classes(folder folder) outlook.Counts {
	counts := outlook.Counts{}
	for _, e := range f.tree.in(folder.node) {
		if o, err := f.folderObject(e.message); err == nil {
			if class, _, user := outlook.Kind(o); user {
				counts[class]++
			}
		}
	}
	return counts
}
