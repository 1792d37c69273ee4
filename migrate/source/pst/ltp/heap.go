package ltp

import (
	"encoding/binary"
	"fmt"
	"io"

	"unpop/migrate/source/pst/ndb"
)

// hid is the id of an item on a heap ([MS-PST] 2.3.1.1). One whose low five bits aren't zero is the NID of a subnode.
type hid uint32

// isNID says that the id is one of a subnode.
func (h hid) isNID() bool { return h&0x1F != 0 }

// heap is a Heap-on-Node ([MS-PST] 2.3.1): small items in the blocks of a node.
type heap struct {
	node   ndb.Node
	data   *ndb.Data
	bits   uint // of the index of an item within its block
	client byte // what is on the heap: clientContext, clientTable, …
	root   hid
}

// The clients of heaps that are read, and the mark of a B-tree.
const (
	heapSignature = 0xEC
	clientContext = 0xBC
	clientTable   = 0x7C
	treeSignature = 0xB5
)

// openHeap reads the header of the heap in a node.
func openHeap(n ndb.Node) (*heap, error) {
	h := &heap{node: n, bits: 11}
	var err error
	if h.data, err = n.Open(); err != nil {
		return nil, h.wrap("heap", err)
	}
	if n.File().Format() == ndb.Unicode4K {
		h.bits = 14
	}
	b, err := h.data.Block(0)
	if err != nil && err != io.EOF {
		return nil, h.wrap("heap", err)
	}
	if len(b) < 12 || b[2] != heapSignature {
		return nil, h.wrap("data", ErrNoHeap)
	}
	h.client, h.root = b[3], hid(binary.LittleEndian.Uint32(b[4:]))
	return h, nil
}

// wrap adds to an error which node and what in it has it.
func (h *heap) wrap(what string, err error) error { return &Error{h.node.ID, what, err} }

// item returns an item of the heap; the id 0 is an empty one. It is not to be changed.
func (h *heap) item(id hid) ([]byte, error) {
	if id == 0 {
		return nil, nil
	}
	b, err := h.find(id)
	if err != nil {
		return nil, h.wrap(fmt.Sprintf("heap item 0x%x", uint32(id)), err)
	}
	return b, nil
}

// find looks an item up in the map at the end of its block ([MS-PST] 2.3.1.5).
func (h *heap) find(id hid) ([]byte, error) {
	index := int(id>>5) & (1<<h.bits - 1)
	block, err := h.data.Block(int(id >> (5 + h.bits)))
	if err != nil {
		return nil, err
	}
	if id.isNID() || index == 0 || len(block) < 2 {
		return nil, ErrNoItem
	}
	at := int(binary.LittleEndian.Uint16(block))
	if at+4 > len(block) || index > int(binary.LittleEndian.Uint16(block[at:])) {
		return nil, ErrNoItem
	}
	entry := at + 4 + 2*(index-1)
	if entry+4 > len(block) {
		return nil, ErrNoItem
	}
	from, to := binary.LittleEndian.Uint16(block[entry:]), binary.LittleEndian.Uint16(block[entry+2:])
	if from > to || int(to) > len(block) {
		return nil, ErrNoItem
	}
	return block[from:to:to], nil
}
