package psttest

import (
	"encoding/binary"
	"errors"
)

// maxItem is the largest item of a heap ([MS-PST] 2.3.1.2).
const maxItem = 3580

// errHeap is the error of a heap with too many blocks.
var errHeap = errors.New("heap is full")

// heap is a Heap-on-Node that is being filled ([MS-PST] 2.3.1).
type heap struct {
	b      *builder
	client byte
	root   uint32
	blocks [][]byte
	starts [][]uint16 // of the items of each block
	most   int        // bytes of a block
}

// newHeap makes an empty heap.
func (b *builder) newHeap(client byte) *heap {
	h := &heap{b: b, client: client, most: max(limit(b.file.Limits.HeapBlock, b.s.maxData()), 128)}
	h.grow()
	return h
}

// grow begins a block with the header that it must have.
func (h *heap) grow() {
	head := 2
	if n := len(h.blocks); n == 0 {
		head = 12
	} else if n%128 == 8 {
		head = 66
	}
	h.blocks, h.starts = append(h.blocks, make([]byte, head)), append(h.starts, nil)
}

// put stores an item and returns its id, 0 for none.
func (h *heap) put(data []byte) uint32 {
	if len(data) == 0 {
		return 0
	}
	last := len(h.blocks) - 1
	room := h.most - len(h.blocks[last]) - 4 - 2*(len(h.starts[last])+2) - 1
	if room < len(data) && len(h.starts[last]) > 0 || h.full(last) {
		h.grow()
		last++
	}
	h.starts[last] = append(h.starts[last], uint16(len(h.blocks[last])))
	h.blocks[last] = append(h.blocks[last], data...)
	bits := 11
	if h.b.s.page == 4096 {
		bits = 14
	}
	if last >= 1<<(27-bits) {
		h.b.fail(errHeap)
	}
	return uint32(last)<<(5+bits) | uint32(len(h.starts[last]))<<5
}

// full says that a block has no more ids of items.
func (h *heap) full(i int) bool { return len(h.starts[i]) >= 2000 }

// finish writes the headers and maps of the blocks.
func (h *heap) finish() [][]byte {
	for i, b := range h.blocks {
		end := len(b)
		if len(b)%2 != 0 {
			b = append(b, 0)
		}
		binary.LittleEndian.PutUint16(b, uint16(len(b)))
		b = binary.LittleEndian.AppendUint16(b, uint16(len(h.starts[i])))
		b = binary.LittleEndian.AppendUint16(b, 0)
		for _, at := range h.starts[i] {
			b = binary.LittleEndian.AppendUint16(b, at)
		}
		h.blocks[i] = binary.LittleEndian.AppendUint16(b, uint16(end))
	}
	first := h.blocks[0]
	first[2], first[3] = 0xEC, h.client
	binary.LittleEndian.PutUint32(first[4:], h.root)
	return h.blocks
}

// tree writes a B-tree of records, which are in the order of their keys ([MS-PST] 2.3.2), and returns the id of its header.
func (h *heap) tree(key, entry int, records [][]byte) uint32 {
	levels, root := 0, uint32(0)
	if len(records) > 0 {
		refs := h.treeLevel(key, key+entry, records)
		for ; len(refs) > 1; levels++ {
			refs = h.treeLevel(key, key+4, refs)
		}
		root = binary.LittleEndian.Uint32(refs[0][key:])
	}
	head := []byte{0xB5, byte(key), byte(entry), byte(levels)}
	return h.put(binary.LittleEndian.AppendUint32(head, root))
}

// treeLevel writes the records of one level and returns those that refer to them.
func (h *heap) treeLevel(key, size int, records [][]byte) [][]byte {
	most := limit(h.b.file.Limits.TreeRecords, min(maxItem, h.most-80)/size)
	var refs [][]byte
	for len(records) > 0 {
		n := min(max(most, 2), len(records))
		var item []byte
		for _, r := range records[:n] {
			item = append(item, r...)
		}
		ref := append([]byte(nil), records[0][:key]...)
		refs = append(refs, binary.LittleEndian.AppendUint32(ref, h.put(item)))
		records = records[n:]
	}
	return refs
}
