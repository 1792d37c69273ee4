package ndb

import "slices"

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

// part returns the entries of p that lie in the span, as indexes. Keys outside of it belong to another part of the tree.
// That spans never overlap, and a page without a key in its span is not descended into, bounds a walk by the size of the
// file, however pages refer to each other.
func (s span) part(p *page) (from, to int, err error) {
	from, _ = slices.BinarySearch(p.keys, s.lo)
	to, _ = slices.BinarySearch(p.keys, s.hi)
	if from >= to && len(p.keys) > 0 {
		return 0, 0, ErrPageKeys
	}
	return from, to, nil
}

// visit loads a page that must have the given level (any if negative) and checks that it belongs into the span.
func (f *File) visit(ref pageRef, kind byte, level int, s span) (p *page, from, to int, err error) {
	if p, err = f.loadPage(ref, kind, level); err != nil {
		return nil, 0, 0, err
	}
	if from, to, err = s.part(p); err != nil {
		return nil, 0, 0, &Damage{ref.offset, pageName(kind), err}
	}
	return p, from, to, nil
}

// ref reads the page that a branch entry points to.
func (f *File) ref(entry []byte) pageRef {
	w := f.lay.word
	return pageRef{BID(f.lay.id(entry[w:])), int64(f.lay.id(entry[2*w:]))}
}

// find descends to the entry with a key; the entry is nil if there is none.
func (f *File) find(root pageRef, kind byte, key uint64) ([]byte, error) {
	ref, level, s := root, -1, anywhere
	for {
		p, from, to, err := f.visit(ref, kind, level, s)
		if err != nil {
			return nil, err
		}
		i, found := slices.BinarySearch(p.keys[from:to], key)
		i += from
		if p.level == 0 {
			if !found {
				return nil, nil
			}
			return p.entries[i], nil
		}
		if !found {
			i = max(i-1, from)
		}
		if len(p.keys) == 0 {
			return nil, nil
		}
		ref, level, s = f.ref(p.entries[i]), p.level-1, s.child(p, i)
	}
}

// walk yields the leaf entries below a page in the order of their keys, and a [Damage] for each page or entry that is lost.
// It returns false when it is to stop.
func (f *File) walk(ref pageRef, kind byte, level int, s span, yield func([]byte, error) bool) bool {
	p, from, to, err := f.visit(ref, kind, level, s)
	if err != nil {
		return yield(nil, err)
	}
	if p.lost > 0 && !yield(nil, &Damage{p.offset, pageName(kind), ErrKeyOrder}) {
		return false
	}
	if to-from < len(p.keys) && !yield(nil, &Damage{p.offset, pageName(kind), ErrPageKeys}) {
		return false
	}
	for i := from; i < to; i++ {
		if p.level == 0 {
			if !yield(p.entries[i], nil) {
				return false
			}
		} else if !f.walk(f.ref(p.entries[i]), kind, p.level-1, s.child(p, i), yield) {
			return false
		}
	}
	return true
}
