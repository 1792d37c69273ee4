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
	id     BID
	offset int64
}

// page is a page of a B-tree whose entries are in order.
type page struct {
	kind    byte
	level   int
	offset  int64
	keys    []uint64 // strictly ascending
	entries [][]byte // as many as keys
	lost    int      // entries that were out of order
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

// fill splits the page into entries and leaves out those that are out of order.
func (p *page) fill(l layout, raw []byte, count, size int) {
	for i := range count {
		e := raw[i*size : (i+1)*size]
		key := l.id(e) &^ 1
		if p.kind == nodePage {
			key = uint64(uint32(l.id(e)))
		}
		p.keys, p.entries = append(p.keys, key), append(p.entries, e)
	}
	keep := ascending(p.keys)
	if len(keep) == count {
		return
	}
	p.lost = count - len(keep)
	for to, from := range keep {
		p.keys[to], p.entries[to] = p.keys[from], p.entries[from]
	}
	p.keys, p.entries = p.keys[:len(keep)], p.entries[:len(keep)]
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
	id := f.lay.id(t[8:])
	if f.lay.format == ANSI {
		id = uint64(binary.LittleEndian.Uint32(t[4:]))
	}
	warn := func(cause error) { f.warnings.add(&Damage{ref.offset, pageName(kind), cause}) }
	if !f.lay.intact(raw) {
		warn(ErrChecksum)
	}
	if id != uint64(ref.id) {
		warn(ErrOtherID)
	} else if binary.LittleEndian.Uint16(t[2:]) != signature(ref.offset, ref.id) {
		warn(ErrSignature)
	}
	if t[0] != t[1] {
		warn(ErrPageType)
	}
}
