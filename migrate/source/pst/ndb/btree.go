package ndb

import (
	"errors"
	"slices"
)

// maxLevels bounds the depth of a B-tree. A full one of nine levels has more entries than there are ids.
const maxLevels = 16

// span is a range of keys, from lo up to and without hi.
type span struct{ lo, hi uint64 }

// anywhere is the span of the root.
var anywhere = span{0, ^uint64(0)}

// child is what the span of the i-th entry of a page is.
func (s span) child(p *page, i int) span {
	if i > 0 {
		s.lo = p.keys[i]
	}
	if i+1 < len(p.keys) {
		s.hi = p.keys[i+1]
	}
	return s
}

// visit loads a page that must have the given level (any if negative), and gives what it has of a span. Spans never overlap, and
// a page without a key in its span is an error, not descended into: that bounds a walk by the size of the file, however pages
// refer to each other. lost tells of entries that were left out of a leaf; in a branch they make it useless.
func (f *File) visit(ref pageRef, kind byte, level int, s span) (part *page, lost, err error) {
	p, err := f.loadPage(ref, kind, level)
	if err != nil {
		return nil, nil, err
	}
	part, lost = p.part(s)
	if lost == nil {
		return part, nil, nil
	}
	lost = &Damage{ref.offset, pageName(kind), lost}
	if len(part.keys) == 0 || p.level > 0 {
		return nil, nil, lost
	}
	return part, lost, nil
}

// ref reads the page that a branch entry points to.
func (f *File) ref(entry []byte) pageRef {
	w := f.lay.word
	return pageRef{id: BID(f.lay.id(entry[w:])), offset: int64(f.lay.id(entry[2*w:]))}
}

// find descends to the entry with a key; the entry is nil if there is none. What is found although the way there is broken is
// given, and the break noted.
func (f *File) find(root pageRef, kind byte, key uint64) ([]byte, error) {
	entry, err := f.descend(root, kind, key)
	if err == nil {
		return entry, nil
	}
	f.rescueWalk(kind, span{key, key + 1}, func(e []byte, _ error) bool {
		entry = e
		return false
	})
	var damage *Damage
	if entry != nil && errors.As(err, &damage) {
		f.warnings.add(damage)
		return entry, nil
	}
	return nil, err
}

// descend is find where nothing is broken.
func (f *File) descend(root pageRef, kind byte, key uint64) ([]byte, error) {
	ref, level, s := root, -1, anywhere
	for {
		p, _, err := f.visit(ref, kind, level, s)
		if err != nil {
			return nil, err
		}
		i, found := slices.BinarySearch(p.keys, key)
		switch {
		case len(p.keys) == 0 || p.level == 0 && !found:
			return nil, nil
		case p.level == 0:
			return p.entries[i], nil
		case !found:
			i = max(i-1, 0)
		}
		ref, level, s = f.ref(p.entries[i]), p.level-1, s.child(p, i)
	}
}

// walk yields the leaf entries below a page in the order of their keys. For each page or entry that is lost it yields a [Damage],
// and then what is found of it in another way. It returns false when it is to stop.
func (f *File) walk(ref pageRef, kind byte, level int, s span, yield func([]byte, error) bool) bool {
	p, lost, err := f.visit(ref, kind, level, s)
	if err != nil {
		return yield(nil, err) && f.rescueWalk(kind, s, yield)
	}
	if lost != nil && !yield(nil, lost) {
		return false
	}
	for i, entry := range p.entries {
		if p.level == 0 {
			if !yield(entry, nil) {
				return false
			}
		} else if !f.walk(f.ref(entry), kind, p.level-1, s.child(p, i), yield) {
			return false
		}
	}
	return true
}
