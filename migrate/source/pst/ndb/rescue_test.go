package ndb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// Without the root, or any branch, of either tree or both, everything is still found.
func TestNoRoots(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		whole := sample(t, format)
		size, _ := pageSize(format)
		want, _ := nodes(open(t, whole))
		for _, kinds := range [][]byte{{0x80}, {0x81}, {0x80, 0x81}} {
			b := bytes.Clone(whole)
			for _, kind := range kinds {
				for _, at := range pages(b, format, kind, false) {
					clear(b[at : at+size])
				}
			}
			f := open(t, b)
			got, _ := nodes(f)
			if !slices.Equal(ids(got), ids(want)) {
				t.Errorf("%v, without %x: got %d nodes, want %d", format, kinds, len(got), len(want))
			}
			original := open(t, whole)
			for i, n := range got {
				if !bytes.Equal(readAll(t, n), readAll(t, want[i])) {
					t.Errorf("%v, without %x: node %v: got other data", format, kinds, n.ID)
				}
				if _, err := original.Node(n.ID); err != nil {
					t.Error(err)
				}
			}
			if _, n := f.Warnings(); n == 0 {
				t.Errorf("%v, without %x: got no warning", format, kinds)
			}
		}
	}
}

// seal makes the page at an offset, of the Unicode format, one with the given id.
func seal(b []byte, at int, id uint64) {
	page := b[at : at+512]
	v := uint32(at) ^ uint32(id)
	binary.LittleEndian.PutUint16(page[498:], uint16(v>>16)^uint16(v))
	binary.LittleEndian.PutUint32(page[500:], ^crc32.Update(^uint32(0), crc32.IEEETable, page[:496]))
	binary.LittleEndian.PutUint64(page[504:], id)
}

// Of leaves of several states of the tree the newest counts; older ones stand in for what is lost of it.
func TestOlderLeaves(t *testing.T) {
	t.Parallel()
	b := sample(t, ndb.Unicode)
	list := pages(b, ndb.Unicode, 0x81, true)
	newer, older := list[3], len(b)-512
	copy(b[older:], b[newer:newer+512])
	binary.LittleEndian.PutUint32(b[older+24:], 0x777) // the parent of the first node in the older state
	seal(b, older, 1)
	for _, at := range pages(b, ndb.Unicode, 0x81, false) {
		clear(b[at : at+512])
	}
	id := ndb.NID(binary.LittleEndian.Uint64(b[newer:]))
	if n, err := open(t, b).Node(id); err != nil || n.Parent == 0x777 {
		t.Errorf("got %v, %v, want the newer state", n, err)
	}
	clear(b[newer : newer+512])
	if n, err := open(t, b).Node(id); err != nil || n.Parent != 0x777 {
		t.Errorf("got %v, %v, want the older state", n, err)
	}
}

// A header that was not written after the last change names roots of an older state. As long as they are there, that state is
// what is read; once one of them is gone, it is the last one.
func TestOutdatedHeader(t *testing.T) {
	t.Parallel()
	b := sample(t, ndb.Unicode)
	leaf := pages(b, ndb.Unicode, 0x81, true)[0]
	newer := len(b) - 512
	copy(b[newer:], b[leaf:leaf+512])
	binary.LittleEndian.PutUint32(b[newer+24:], 0x777)
	seal(b, newer, 1<<20)
	if n, err := open(t, b).Node(ndb.NIDMessageStore); err != nil || n.Parent != 0 {
		t.Errorf("got %v, %v, want the state of the header", n, err)
	}
	blocks := pages(b, ndb.Unicode, 0x80, false)
	clear(b[blocks[len(blocks)-1]:][:512])
	f := open(t, b)
	if n, err := f.Node(ndb.NIDMessageStore); err != nil || n.Parent != 0x777 {
		t.Errorf("got %v, %v, want the last state", n, err)
	}
	_, damage := nodes(f)
	if len(damage) != 1 || !errors.Is(damage[0], ndb.ErrOutdated) {
		t.Errorf("got %v, want %v", damage, ndb.ErrOutdated)
	}
}

// A file that was cut off before its roots is read as far as it goes.
func TestCutBeforeRoots(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		b := image(t, &psttest.File{Format: format, Limits: psttest.Limits{PageEntries: 3}})
		size, _ := pageSize(format)
		list := pages(b, format, 0x81, true)
		whole, _ := nodes(open(t, b))
		f := open(t, b[:list[len(list)-2]+size])
		got, _ := nodes(f)
		if len(got) >= len(whole) || len(got) < len(whole)-3 || f.Missing() == 0 {
			t.Errorf("%v: got %d of %d nodes, %d bytes missing", format, len(got), len(whole), f.Missing())
		}
		for i, n := range got {
			if !bytes.Equal(readAll(t, n), readAll(t, whole[i])) {
				t.Errorf("%v: node %v: got other data", format, n.ID)
			}
		}
	}
}
