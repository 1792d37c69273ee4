package pst

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mapi"
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
		t := p.file.loadTree()
		if t.damages == 0 {
			return
		}
		err := t.damage[0]
		if t.damages > 1 {
			err = fmt.Errorf("%w (and %d more)", err, t.damages-1)
		}
		yield(nil, &migrate.CopyError{Part: p.file.name, Offset: offsetOf(err), Err: fmt.Errorf("messages may be missing: %w", err)})
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
	note(s.propsErr != nil, "its description can't be read: %v", s.propsErr)
	note(s.file.Missing() > 0, "%d bytes are missing at its end", s.file.Missing())
	for _, err := range t.nameless {
		note(true, "a folder without a name: %v", err)
	}
	for _, f := range t.folders {
		if n := len(t.in(f.node)); f.kind == aside && n > 0 {
			others := p.file.classes(f)
			text := countOthers(others)
			note(text != "", "%s: %s, of use to Outlook alone: left aside", strings.Join(f.path, "/"), text)
		}
	}
	first, total := s.file.Warnings()
	for i, w := range first {
		if i == maxDamage {
			note(true, "and %d more like that", total-i)
			break
		}
		note(true, "used nevertheless: %v", w)
	}
	return remarks
}

// classes counts what lies in a folder, settings left out.
func (f *dataFile) classes(folder folder) map[mapi.Class]int {
	counts := map[mapi.Class]int{}
	for _, e := range f.tree.in(folder.node) {
		if o, err := f.folderObject(e.message); err == nil {
			if class := mapi.Classify(o); class != mapi.ClassSettings && !mapi.StateOf(o).Associated {
				counts[class]++
			}
		}
	}
	return counts
}

// countOthers writes what is no mail: "2 contacts, 1 note".
func countOthers(counts map[mapi.Class]int) string {
	var texts []string
	for class := range mapi.ClassSettings {
		switch n := counts[class]; n {
		case 0:
		case 1:
			texts = append(texts, "1 "+class.String())
		default:
			texts = append(texts, fmt.Sprintf("%d %s", n, plural(class.String())))
		}
	}
	return strings.Join(texts, ", ")
}

func plural(noun string) string {
	switch {
	case strings.HasSuffix(noun, "mail"):
		return noun + "s"
	case strings.HasSuffix(noun, "y"):
		return strings.TrimSuffix(noun, "y") + "ies"
	}
	return noun + "s"
}
