package ltp

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"sort"
)

// maxTreeLevels bounds the depth of a B-tree on a heap.
const maxTreeLevels = 8

// tree is a BTree-on-Heap ([MS-PST] 2.3.2): records with a key, in order.
type tree struct {
	heap   *heap
	key    int // size of a key in bytes
	entry  int // size of what follows the key in a record
	levels int // of index records above the leaves
	root   hid
}

// openTree reads the header of a tree whose records must have keys of one size, and entries that are at least so large.
func openTree(h *heap, at hid, key, entry int) (*tree, error) {
	b, err := h.item(at)
	if err != nil {
		return nil, err
	}
	if len(b) < 8 || b[0] != treeSignature || int(b[1]) != key || int(b[2]) < entry {
		return nil, h.wrap(fmt.Sprintf("heap item 0x%x", uint32(at)), ErrNoTree)
	}
	t := &tree{heap: h, key: key, entry: int(b[2]), levels: int(b[3]), root: hid(binary.LittleEndian.Uint32(b[4:]))}
	if t.levels > maxTreeLevels {
		return nil, h.wrap(fmt.Sprintf("heap item 0x%x", uint32(at)), ErrTooDeep)
	}
	return t, nil
}

// keyOf reads the key of a record.
func (t *tree) keyOf(record []byte) uint32 {
	if t.key == 2 {
		return uint32(binary.LittleEndian.Uint16(record))
	}
	return binary.LittleEndian.Uint32(record)
}

// walk yields the records of the tree, and an error for each part that can't be read.
func (t *tree) walk(yield func([]byte, error) bool) {
	if t.root != 0 {
		t.below(t.root, t.levels, 0, 1<<32, yield)
	}
}

// below yields the records of an item whose keys are from lo up to hi; it returns false when it is to stop. An item that
// is referred to from a wrong place begins with a key that is not in the range and is left out there, so a walk is bounded by
// the size of the heap.
func (t *tree) below(at hid, level int, lo, hi uint64, yield func([]byte, error) bool) bool {
	b, err := t.heap.item(at)
	if err != nil {
		return yield(nil, err)
	}
	size := t.size(level)
	if len(b) < size {
		return true
	}
	if first := uint64(t.keyOf(b)); first < lo || first >= hi {
		return yield(nil, t.wrong(at))
	}
	if level > 0 {
		return t.children(at, b, level, lo, hi, yield)
	}
	for ; len(b) >= size; b = b[size:] {
		if key := uint64(t.keyOf(b)); key >= lo && key < hi && !yield(b[:size], nil) {
			return false
		}
	}
	return true
}

// children goes through an item of index records.
func (t *tree) children(at hid, b []byte, level int, lo, hi uint64, yield func([]byte, error) bool) bool {
	size := t.size(level)
	for ; len(b) >= size; b = b[size:] {
		key, end := uint64(t.keyOf(b)), hi
		if len(b) >= 2*size {
			end = min(hi, uint64(t.keyOf(b[size:])))
		}
		if key < lo || key >= hi {
			if !yield(nil, t.wrong(at)) {
				return false
			}
			continue
		}
		if !t.below(hid(binary.LittleEndian.Uint32(b[t.key:])), level-1, key, end, yield) {
			return false
		}
		lo = key + 1
	}
	return true
}

// size is the size of the records of a level.
func (t *tree) size(level int) int {
	if level > 0 {
		return t.key + 4
	}
	return t.key + t.entry
}

// wrong is the error of an item that doesn't belong where it is referred to.
func (t *tree) wrong(at hid) error {
	return t.heap.wrap(fmt.Sprintf("heap item 0x%x", uint32(at)), ErrNoTree)
}

// find returns the record with a key; nil if there is none.
func (t *tree) find(key uint32) ([]byte, error) {
	at := t.root
	for level := t.levels; level >= 0 && at != 0; level-- {
		b, err := t.heap.item(at)
		if err != nil {
			return nil, err
		}
		size := t.size(level)
		i, found := sort.Find(len(b)/size, func(i int) int { return cmp.Compare(key, t.keyOf(b[i*size:])) })
		switch {
		case level == 0 && !found || len(b) < size:
			return nil, nil
		case level == 0:
			return b[i*size : (i+1)*size], nil
		case !found && i > 0:
			i--
		}
		at = hid(binary.LittleEndian.Uint32(b[i*size+t.key:]))
	}
	return nil, nil
}
