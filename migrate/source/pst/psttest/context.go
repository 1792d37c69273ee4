package psttest

import (
	"cmp"
	"encoding/binary"
	"slices"

	"unpop/migrate/source/pst/ndb"
)

// subtrees collects the subnodes of a node that is being written.
type subtrees struct {
	b    *builder
	subs []subnode
	next uint32
}

// local writes data as a subnode and returns its NID.
func (s *subtrees) local(data []byte) ndb.NID {
	if s.next == 0 {
		s.next = 0x400
	}
	id := ndb.NID(s.next<<5 | uint32(ndb.TypeLTP))
	s.next++
	s.subs = append(s.subs, subnode{id, s.b.stream(data), 0})
	return id
}

// store puts a value onto the heap or, if it is too large for that, into a subnode.
func (s *subtrees) store(h *heap, value []byte) uint32 {
	if len(value) > min(maxItem, h.most-80) {
		return uint32(s.local(value))
	}
	return h.put(value)
}

// context writes a property context and returns the id of its data. Large values become subnodes in s.
func (b *builder) context(props []Property, s *subtrees) uint64 {
	h := b.newHeap(0xBC)
	var records [][]byte
	for _, p := range b.sorted(props) {
		r := binary.LittleEndian.AppendUint16(nil, p.ID)
		r = binary.LittleEndian.AppendUint16(r, p.Type)
		if n := p.size(); n > 0 && n <= 4 {
			r = append(r, p.Value...)
			r = append(r, make([]byte, 8-len(r))...)
		} else {
			r = binary.LittleEndian.AppendUint32(r, s.store(h, p.Value))
		}
		records = append(records, r)
	}
	h.root = h.tree(2, 6, records)
	return b.dataTree(h.finish())
}

// sorted gives properties with their values encoded, in the order of their ids.
func (b *builder) sorted(props []Property) []Property {
	var list []Property
	for _, p := range props {
		list = append(list, p.resolved(b.encode))
	}
	slices.SortStableFunc(list, func(x, y Property) int { return cmp.Compare(x.ID, y.ID) })
	return list
}
