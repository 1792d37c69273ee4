package ndb

import (
	"encoding/binary"
	"errors"
	"iter"
)

// Bounds of a subnode tree. One level of SIBLOCKs is what [MS-PST] knows.
const (
	maxSubLevels = 8
	maxSubBlocks = 1 << 16
)

// subBlock is an SLBLOCK (level 0) or an SIBLOCK ([MS-PST] 2.2.2.8.3.3).
type subBlock struct {
	id    BID
	level int
	count int
	size  int // of an entry
	raw   []byte
}

// entry is the i-th entry.
func (s subBlock) entry(i int) []byte { return s.raw[i*s.size : (i+1)*s.size] }

// subBlock reads a block of a subnode tree; any level will do if level is negative.
func (f *File) subBlock(id BID, level int) (subBlock, error) {
	b, err := f.block(id)
	if err != nil {
		return subBlock{}, err
	}
	head := 8
	if f.lay.format == ANSI {
		head = 4
	}
	if len(b) < head || b[0] != 2 || !id.Internal() {
		return subBlock{}, &Damage{-1, blockName(id), ErrBlockType}
	}
	s := subBlock{id: id, level: int(b[1]), count: int(binary.LittleEndian.Uint16(b[2:])), size: 3 * f.lay.word, raw: b[head:]}
	if s.level > 0 {
		s.size = 2 * f.lay.word
	}
	if s.level > maxSubLevels || level >= 0 && s.level != level {
		return subBlock{}, &Damage{-1, blockName(id), ErrDepth}
	}
	if most := len(s.raw) / s.size; s.count > most {
		f.warnings.add(&Damage{-1, blockName(id), ErrBlockSize})
		s.count = most
	}
	return s, nil
}

// subnode reads an entry of an SLBLOCK.
func (n Node) subnode(e []byte) Node {
	l := n.file.lay
	return Node{NID(l.id(e)), n.ID, n.file, BID(l.id(e[l.word:])), BID(l.id(e[2*l.word:]))}
}

// Subnode finds a subnode of the node; [ErrNotFound] if there is none, a [*Damage] if that can't be said.
func (n Node) Subnode(id NID) (Node, error) {
	if n.sub == 0 {
		return Node{}, n.noSubnode(id)
	}
	if sub, ok := n.descend(id); ok {
		return sub, nil
	}
	var damaged error
	for sub, err := range n.Subnodes() { // in a tree that is out of order, or broken elsewhere
		if err != nil {
			damaged = err
		} else if sub.ID == id {
			return sub, nil
		}
	}
	if damaged != nil {
		return Node{}, damaged
	}
	return Node{}, n.noSubnode(id)
}

// noSubnode is the error of a subnode that isn't there.
func (n Node) noSubnode(id NID) error {
	return &Damage{-1, "subnode " + id.String() + " of node " + n.ID.String(), ErrNotFound}
}

// descend looks a subnode up in a tree that is in order.
func (n Node) descend(id NID) (Node, bool) {
	ref, level := n.sub, -1
	for {
		s, err := n.file.subBlock(ref, level)
		if err != nil || s.count == 0 {
			return Node{}, false
		}
		at := 0
		for at+1 < s.count && NID(n.file.lay.id(s.entry(at+1))) <= id {
			at++
		}
		if s.level == 0 {
			sub := n.subnode(s.entry(at))
			return sub, sub.ID == id
		}
		ref, level = BID(n.file.lay.id(s.entry(at)[n.file.lay.word:])), s.level-1
	}
}

// Subnodes yields the subnodes of the node, in the order of their ids as far as the file has it. Where a part of the tree can't
// be read, a [*Damage] comes in its place.
func (n Node) Subnodes() iter.Seq2[Node, error] {
	return func(yield func(Node, error) bool) {
		if n.sub != 0 {
			w := subWalk{node: n, seen: make(map[BID]struct{}), yield: yield}
			w.walk(n.sub, -1)
		}
	}
}

// subWalk goes through a subnode tree, each block once.
type subWalk struct {
	node  Node
	seen  map[BID]struct{}
	yield func(Node, error) bool
}

// walk yields what is below a block and returns false when it is to stop.
func (w *subWalk) walk(id BID, level int) bool {
	if _, again := w.seen[id]; again || len(w.seen) >= maxSubBlocks {
		return w.yield(Node{}, &Damage{-1, blockName(id), ErrDepth})
	}
	w.seen[id] = struct{}{}
	s, err := w.node.file.subBlock(id, level)
	if err != nil {
		return w.yield(Node{}, err)
	}
	for i := range s.count {
		if s.level == 0 {
			if !w.yield(w.node.subnode(s.entry(i)), nil) {
				return false
			}
		} else if !w.walk(BID(w.node.file.lay.id(s.entry(i)[w.node.file.lay.word:])), s.level-1) {
			return false
		}
	}
	return true
}

// IsNotFound says that an error of [File.Node] or [Node.Subnode] means that there is no such node, and not that something is
// broken.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
