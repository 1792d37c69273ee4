package ndb

import (
	"encoding/binary"
	"slices"
)

// The two kinds of B-tree pages ([MS-PST] 2.2.2.7.1).
const (
	blockPage = 0x80
	nodePage  = 0x81
)

// pageRef points to a page.
type pageRef struct {
	id       BID
	offset   int64
	outdated bool // known to be of an older state of the tree
}

// page is a page of a B-tree.
type page struct {
	kind    byte
	level   int
	offset  int64
	keys    []uint64
	entries [][]byte // as many as keys
	ordered bool     // the keys ascend, as they should
}

// pageName says which tree a kind of page belongs to.
func pageName(kind byte) string {
	if kind == nodePage {
		return "NBT page"
	}
	return "BBT page"
}

// loadPage reads a page, or takes it from the cache. It must have the given level; any will do if that is negative.
func (f *File) loadPage(ref pageRef, kind byte, level int) (*page, error) {
	damaged := func(cause error) error { return &Damage{f.within(ref.offset), pageName(kind), cause} }
	if ref.outdated {
		return nil, damaged(ErrOutdated)
	}
	if p, ok := f.pages.get(ref.offset); ok && p.kind == kind {
		if level >= 0 && p.level != level {
			return nil, damaged(ErrPageLevel)
		}
		return p, nil
	}
	if ref.offset < 0 || ref.offset > f.size-int64(f.lay.page) {
		return nil, damaged(ErrTruncated)
	}
	raw := make([]byte, f.lay.page)
	if n, err := f.r.ReadAt(raw, ref.offset); n < len(raw) {
		return nil, damaged(err)
	}
	if !f.lay.intact(raw) && f.lay.pageID(raw) != ref.id {
		return nil, damaged(ErrOtherID)
	}
	p, err := f.parsePage(raw, kind, level)
	if err != nil {
		return nil, damaged(err)
	}
	p.offset = ref.offset
	f.warnPage(raw, ref, kind)
	f.pages.put(ref.offset, p, len(raw)+32*len(p.keys))
	return p, nil
}

// within brings a position that the file doesn't have to its end.
func (f *File) within(offset int64) int64 {
	return min(max(offset, 0), f.size)
}

// parsePage takes a page apart. What would make it useless is an error. Where the checksum says that bytes of the page are
// wrong, what is expected counts more than what the page says of itself.
func (f *File) parsePage(raw []byte, kind byte, level int) (*page, error) {
	l := f.lay
	if t := raw[l.trailer:]; t[0] != kind && t[1] != kind {
		return nil, ErrPageType
	}
	count, size, own := l.counts(raw)
	p := &page{kind: kind, level: own}
	bad := !l.intact(raw)
	if bad && level >= 0 {
		p.level = level
	}
	if p.level >= maxLevels || level >= 0 && p.level != level {
		return nil, ErrPageLevel
	}
	least := f.entrySize(kind, p.level)
	if bad && (size < least || count*size > l.entries) {
		size = least
		count = min(count, l.entries/size)
	}
	if size < least || count*size > l.entries {
		return nil, ErrPageCount
	}
	p.fill(l, raw, count, size)
	return p, nil
}

// counts reads what a page says of itself: how many entries it has, their size, and its level.
func (l layout) counts(raw []byte) (count, size, level int) {
	if l.format == Unicode4K {
		return int(binary.LittleEndian.Uint16(raw[l.entries:])), int(raw[l.entries+4]), int(raw[l.entries+5])
	}
	return int(raw[l.entries]), int(raw[l.entries+2]), int(raw[l.entries+3])
}

// pageID is the id that a page gives for itself.
func (l layout) pageID(raw []byte) BID {
	if l.format == ANSI {
		return BID(binary.LittleEndian.Uint32(raw[l.trailer+4:]))
	}
	return BID(l.id(raw[l.trailer+8:]))
}

// intact says that the checksum of a page is right.
func (l layout) intact(raw []byte) bool {
	at := l.trailer + 4
	if l.format == ANSI {
		at = l.trailer + 8
	}
	return binary.LittleEndian.Uint32(raw[at:]) == checksum(raw[:l.trailer])
}

// entrySize is the size of an entry, at least: those of the node B-tree have 4 unused bytes in the Unicode formats.
func (f *File) entrySize(kind byte, level int) int {
	switch w := f.lay.word; {
	case level > 0:
		return 3 * w
	case kind == nodePage && w == 8:
		return 32
	case kind == nodePage:
		return 16
	case w == 8:
		return 24
	}
	return 12
}

// fill splits the page into entries.
func (p *page) fill(l layout, raw []byte, count, size int) {
	p.keys, p.entries, p.ordered = make([]uint64, count), make([][]byte, count), true
	for i := range count {
		e := raw[i*size : (i+1)*size]
		if p.keys[i] = l.id(e) &^ 1; p.kind == nodePage {
			p.keys[i] = uint64(uint32(l.id(e)))
		}
		p.entries[i] = e
		p.ordered = p.ordered && (i == 0 || p.keys[i-1] < p.keys[i])
	}
}

// part is what a page holds of a span of keys, in order. Keys outside of the span belong to another part of the tree; lost says
// that there are such, or that there are some out of order.
func (p *page) part(s span) (part *page, lost error) {
	if p.ordered {
		if n := len(p.keys); n == 0 || s.lo <= p.keys[0] && p.keys[n-1] < s.hi {
			return p, nil
		}
		from, _ := slices.BinarySearch(p.keys, s.lo)
		to, _ := slices.BinarySearch(p.keys, s.hi)
		q := *p
		q.keys, q.entries = p.keys[from:max(from, to)], p.entries[from:max(from, to)]
		return &q, ErrPageKeys
	}
	return p.sorted(s), ErrKeyOrder
}

// sorted leaves out what isn't in the span, or isn't in order.
func (p *page) sorted(s span) *page {
	inside := &page{kind: p.kind, level: p.level, offset: p.offset, ordered: true}
	for i, key := range p.keys {
		if key >= s.lo && key < s.hi {
			inside.keys, inside.entries = append(inside.keys, key), append(inside.entries, p.entries[i])
		}
	}
	keep := ascending(inside.keys)
	for to, from := range keep {
		inside.keys[to], inside.entries[to] = inside.keys[from], inside.entries[from]
	}
	inside.keys, inside.entries = inside.keys[:len(keep)], inside.entries[:len(keep)]
	return inside
}

// ascending picks the indexes of the longest strictly ascending subsequence: one wrong key among many then costs one.
func ascending(keys []uint64) []int {
	best, prev, end := make([]int, len(keys)), make([]int, len(keys)), -1
	for i, key := range keys {
		best[i], prev[i] = 1, -1
		if i > 0 && keys[i-1] < key && end == i-1 { // as long as all is in order
			best[i], prev[i], end = best[i-1]+1, i-1, i
			continue
		}
		for j := range i {
			if keys[j] < key && best[j] >= best[i] {
				best[i], prev[i] = best[j]+1, j
			}
		}
		if end < 0 || best[i] > best[end] {
			end = i
		}
	}
	var picked []int
	for ; end >= 0; end = prev[end] {
		picked = append(picked, end)
	}
	slices.Reverse(picked)
	return picked
}

// warnPage notes what is wrong with a page that is used.
func (f *File) warnPage(raw []byte, ref pageRef, kind byte) {
	t := raw[f.lay.trailer:]
	warn := func(cause error) { f.warnings.add(&Damage{ref.offset, pageName(kind), cause}) }
	if !f.lay.intact(raw) {
		warn(ErrChecksum)
	}
	if f.lay.pageID(raw) != ref.id {
		warn(ErrOtherID)
	} else if binary.LittleEndian.Uint16(t[2:]) != signature(ref.offset, ref.id) {
		warn(ErrSignature)
	}
	if t[0] != t[1] {
		warn(ErrPageType)
	}
}
