package ndb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// heapInUse is the memory in use after the garbage was collected.
func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// subFile is a file with a node of many subnodes, each with one of its own.
func subFile(tb testing.TB, format ndb.Format, count, most int) []byte {
	tb.Helper()
	root := psttest.RawNode{NID: dataNID, Data: []byte("root")}
	for i := range ndb.NID(count) {
		root.Sub = append(root.Sub, psttest.RawNode{
			NID: 0x8005 + i<<5, Data: binary.LittleEndian.AppendUint32(nil, uint32(i)),
			Sub: []psttest.RawNode{{NID: 0x24, Data: []byte("below")}},
		})
	}
	return image(tb, &psttest.File{Format: format, Limits: psttest.Limits{SLBlock: most}, Nodes: []psttest.RawNode{root}})
}

// subnodes lists the subnodes of a node and what was wrong.
func subnodes(n ndb.Node) (list []ndb.Node, damage []error) {
	for s, err := range n.Subnodes() {
		if err != nil {
			damage = append(damage, err)
		} else {
			list = append(list, s)
		}
	}
	return list, damage
}

func TestSubnodes(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		for _, most := range []int{0, 2, 7} {
			const count = 100
			f := open(t, subFile(t, format, count, most))
			n, err := f.Node(dataNID)
			if err != nil {
				t.Fatal(err)
			}
			list, damage := subnodes(n)
			if len(list) != count || len(damage) > 0 {
				t.Fatalf("%v: got %d subnodes, %v, want %d", format, len(list), damage, count)
			}
			for i, s := range list {
				found, err := n.Subnode(s.ID)
				if err != nil || found != s || s.Parent != dataNID || binary.LittleEndian.Uint32(readAll(t, s)) != uint32(i) {
					t.Errorf("%v: subnode %v: got %v, %v", format, s.ID, found, err)
				}
				below, err := s.Subnode(0x24)
				if err != nil || string(readAll(t, below)) != "below" {
					t.Errorf("%v: below subnode %v: got %v", format, s.ID, err)
				}
			}
			for _, id := range []ndb.NID{0, 0x8006, 0x8004, 0xFFFFFFFF} {
				if _, err := n.Subnode(id); !ndb.IsNotFound(err) {
					t.Errorf("%v: subnode %v: got %v, want that it isn't there", format, id, err)
				}
			}
		}
	}
}

// A block of a subnode tree that is broken costs what is below it.
func TestLostSubnodes(t *testing.T) {
	t.Parallel()
	b := subFile(t, ndb.Unicode, 20, 4)
	leaf := find(t, b, append([]byte{2, 0, 4, 0, 0, 0, 0, 0}, binary.LittleEndian.AppendUint64(nil, 0x8005+4<<5)...))
	b[leaf] = 9
	n, err := open(t, b).Node(dataNID)
	if err != nil {
		t.Fatal(err)
	}
	list, damage := subnodes(n)
	if len(list) != 16 || len(damage) != 1 || !errors.Is(damage[0], ndb.ErrBlockType) {
		t.Errorf("got %d subnodes and %v, want 16 and one error", len(list), damage)
	}
	if _, err := n.Subnode(0x8005 + 4<<5); !errors.Is(err, ndb.ErrBlockType) {
		t.Errorf("a lost subnode: got %v, want %v", err, ndb.ErrBlockType)
	}
	if _, err := n.Subnode(0x8005 + 9<<5); err != nil {
		t.Errorf("another one: got %v", err)
	}
}

// A subnode tree that is out of order is read nevertheless, and one that refers to itself ends.
func TestOddSubnodes(t *testing.T) {
	t.Parallel()
	b := subFile(t, ndb.Unicode, 20, 4)
	root := find(t, b, []byte{2, 1, 4, 0})
	for _, i := range []int{0, 16, 32, 48} {
		b[root+8+i] ^= 0xE0
	}
	n, err := open(t, b).Node(dataNID)
	if err != nil {
		t.Fatal(err)
	}
	list, damage := subnodes(n)
	for _, s := range list {
		if found, err := n.Subnode(s.ID); err != nil || found != s {
			t.Errorf("subnode %v: got %v, %v", s.ID, found, err)
		}
	}
	if len(list) != 20 || len(damage) > 0 {
		t.Errorf("got %d subnodes and %v, want 20", len(list), damage)
	}
	for i := range 4 {
		copy(b[root+8+16*i+8:], b[root+8+8:root+8+16])
	}
	n, err = open(t, b).Node(dataNID)
	if err != nil {
		t.Fatal(err)
	}
	list, damage = subnodes(n)
	if len(list) != 8 || len(damage) != 3 || !errors.Is(damage[0], ndb.ErrDepth) {
		t.Errorf("got %d subnodes and %v, want 8 and three errors", len(list), damage)
	}
}

func TestNIDs(t *testing.T) {
	t.Parallel()
	id := ndb.NID(0x8022)
	if id.Type() != ndb.TypeFolder || id.Index() != 0x401 || id.With(ndb.TypeContentsTable) != 0x802E || id.String() != "0x8022" {
		t.Errorf("got %v, %x, %v, %v", id.Type(), id.Index(), id.With(ndb.TypeContentsTable), id)
	}
	if !ndb.BID(6).Internal() || ndb.BID(4).Internal() {
		t.Error("got the wrong kind of block")
	}
}

// Blocks are inflated to the size that is given for them, and to no more.
func TestInflate(t *testing.T) {
	t.Parallel()
	f := &psttest.File{Format: ndb.Unicode4K, Deflate: true, Nodes: []psttest.RawNode{{NID: dataNID, Data: make([]byte, 60000)}}}
	b := image(t, f)
	n, err := open(t, b).Node(dataNID)
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, n); !bytes.Equal(got, make([]byte, 60000)) {
		t.Errorf("got %d bytes, want 60000 zeros", len(got))
	}
	for _, at := range pages(b, ndb.Unicode4K, 0x80, true) {
		for i := range int(binary.LittleEndian.Uint16(b[at+4056:])) {
			if e := b[at+24*i:]; binary.LittleEndian.Uint16(e[18:]) == 60000 {
				binary.LittleEndian.PutUint16(e[18:], 60001)
			}
		}
	}
	n, err = open(t, b).Node(dataNID)
	if err != nil {
		t.Fatal(err)
	}
	d, err := n.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.ReadAt(make([]byte, 10), 0); !errors.Is(err, ndb.ErrInflate) {
		t.Errorf("got %v, want %v", err, ndb.ErrInflate)
	}
}
