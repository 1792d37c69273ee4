package ndb

import (
	"encoding/binary"
	"iter"
)

// Node is a node of the file or a subnode. It is a small value that stays good as long as the file is open.
type Node struct {
	ID     NID
	Parent NID // of a message its folder, of a folder the one above; of a subnode the node it belongs to

	file      *File
	data, sub BID
}

// Node finds a node of the file; [ErrNotFound] if there is none, a [*Damage] if the tree is broken on the way there.
func (f *File) Node(id NID) (Node, error) {
	entry, err := f.find(f.nbt, nodePage, uint64(id))
	if err != nil {
		return Node{}, err
	}
	if entry == nil {
		return Node{}, &Damage{-1, "node " + id.String(), ErrNotFound}
	}
	return f.node(entry), nil
}

// Nodes yields all nodes of the file in the order of their ids. Where a part of the tree can't be read, a [*Damage] comes in
// its place and the nodes behind it follow.
func (f *File) Nodes() iter.Seq2[Node, error] {
	return func(yield func(Node, error) bool) {
		f.walk(f.nbt, nodePage, -1, anywhere, func(entry []byte, err error) bool {
			if err != nil {
				return yield(Node{}, err)
			}
			return yield(f.node(entry), nil)
		})
	}
}

// node reads an entry of the node B-tree ([MS-PST] 2.2.2.7.7.4).
func (f *File) node(e []byte) Node {
	w := f.lay.word
	return Node{
		ID:     NID(f.lay.id(e)),
		Parent: NID(binary.LittleEndian.Uint32(e[3*w:])),
		file:   f,
		data:   BID(f.lay.id(e[w:])),
		sub:    BID(f.lay.id(e[2*w:])),
	}
}

// File is the file that the node is in.
func (n Node) File() *File { return n.file }

// HasData says whether the node has any data.
func (n Node) HasData() bool { return n.data != 0 }

// HasSubnodes says whether the node has subnodes.
func (n Node) HasSubnodes() bool { return n.sub != 0 }
