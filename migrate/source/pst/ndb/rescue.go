package ndb

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"slices"
	"sort"
	"sync"
)

// rescue finds the leaves of the trees where no way leads to them, because a branch or root is broken. Leaves are recognized by
// their checksum and by their signature, which holds their place; of those with the same keys the newest counts, since
// a tree is never changed in place: the pages of older states stay in the file until their room is needed.
//
// It is made by reading the whole file, and only when a part of a tree is lost.
type rescue struct {
	nodes, blocks []stretch
}

// maxLeaves is how many leaves are kept, some 40 bytes each. A file of 50 GB has fewer than half as many.
const maxLeaves = 1 << 20

// leafPage is a leaf that was found.
type leafPage struct {
	kind        byte
	first, last uint64 // keys
	ref         pageRef
}

// stretch is a range of keys, from lo to hi including both, that is held by one leaf.
type stretch struct {
	lo, hi uint64
	ref    pageRef
}

// rescued gives what can be found of a tree without its branches.
func (f *File) rescued(kind byte) []stretch {
	f.rescueOnce.Do(func() {
		leaves := f.scanLeaves()
		split := slices.IndexFunc(leaves, func(p leafPage) bool { return p.kind == nodePage })
		if split < 0 {
			split = len(leaves)
		}
		f.rescue = rescue{blocks: newest(leaves[:split]), nodes: newest(leaves[split:])}
	})
	if kind == nodePage {
		return f.rescue.nodes
	}
	return f.rescue.blocks
}

// rescueRoots says whether there are leaves of both trees. A root that is older than leaves of its tree is given up: the header is
// that of an older state of the file, since a root is written after what is below it.
func (f *File) rescueRoots() bool {
	f.rescueOnce = sync.Once{}
	for _, root := range []struct {
		ref  *pageRef
		kind byte
	}{{&f.nbt, nodePage}, {&f.bbt, blockPage}} {
		list := f.rescued(root.kind)
		if len(list) == 0 {
			return false
		}
		for _, s := range list {
			root.ref.outdated = root.ref.outdated || s.ref.id > root.ref.id
		}
	}
	return true
}

// scanLeaves reads the file for leaves, those of the block B-tree first, in the order of their keys.
func (f *File) scanLeaves() []leafPage {
	var leaves []leafPage
	size := f.lay.page
	chunk := make([]byte, 1<<20)
	for at := int64(0); at < f.size && len(leaves) < maxLeaves; at += int64(len(chunk)) {
		n, _ := f.r.ReadAt(chunk, at) // what can't be read holds no leaf
		for i := 0; i+size <= n; i += size {
			if p, ok := f.leaf(chunk[i:i+size], at+int64(i)); ok {
				leaves = append(leaves, p)
			}
		}
	}
	slices.SortFunc(leaves, func(x, y leafPage) int {
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(x.first, y.first), cmp.Compare(x.ref.offset, y.ref.offset))
	})
	return leaves
}

// leaf says whether there is a leaf of a tree.
func (f *File) leaf(raw []byte, at int64) (leafPage, bool) {
	t := raw[f.lay.trailer:]
	kind, ref := t[0], pageRef{id: f.lay.pageID(raw), offset: at}
	if kind != t[1] || kind != nodePage && kind != blockPage {
		return leafPage{}, false
	}
	if binary.LittleEndian.Uint16(t[2:]) != signature(at, ref.id) || !f.lay.intact(raw) {
		return leafPage{}, false
	}
	p, err := f.parsePage(raw, kind, 0)
	if err != nil || !p.ordered || len(p.keys) == 0 {
		return leafPage{}, false
	}
	return leafPage{kind, p.keys[0], p.keys[len(p.keys)-1], ref}, true
}

// byAge is a heap of leaves, the newest first.
type byAge []leafPage

func (h byAge) Len() int           { return len(h) }
func (h byAge) Less(i, j int) bool { return h[i].ref.id > h[j].ref.id }
func (h byAge) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byAge) Push(x any)        { *h = append(*h, x.(leafPage)) }
func (h *byAge) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// newest divides the keys between leaves, which are in the order of their first keys: each key belongs to the newest leaf that
// reaches over it.
func newest(leaves []leafPage) []stretch {
	var list []stretch
	var over byAge // the leaves that reach over the key at
	at := uint64(0)
	for len(leaves) > 0 || len(over) > 0 {
		if len(over) == 0 {
			at = max(at, leaves[0].first)
		}
		for len(leaves) > 0 && leaves[0].first <= at {
			heap.Push(&over, leaves[0])
			leaves = leaves[1:]
		}
		top := over[0]
		if top.last < at {
			heap.Pop(&over)
			continue
		}
		end := top.last
		for len(leaves) > 0 && leaves[0].first <= end {
			if leaves[0].ref.id > top.ref.id {
				end = leaves[0].first - 1
				break
			}
			heap.Push(&over, leaves[0])
			leaves = leaves[1:]
		}
		list = append(list, stretch{at, end, top.ref})
		if at = end + 1; at == 0 {
			break
		}
	}
	return list
}

// rescueWalk yields what is found of a span without the branches of its tree.
func (f *File) rescueWalk(kind byte, s span, yield func([]byte, error) bool) bool {
	list := f.rescued(kind)
	i := sort.Search(len(list), func(i int) bool { return list[i].hi >= s.lo })
	for ; i < len(list) && list[i].lo < s.hi; i++ {
		p, err := f.loadPage(list[i].ref, kind, 0)
		if err != nil {
			continue // it was there when the file was read through
		}
		part, _ := p.part(span{max(s.lo, list[i].lo), min(s.hi, list[i].hi+1)})
		for _, entry := range part.entries {
			if !yield(entry, nil) {
				return false
			}
		}
	}
	return true
}
