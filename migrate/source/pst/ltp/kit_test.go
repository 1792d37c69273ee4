package ltp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// testNID is the node that tests put something into.
const testNID ndb.NID = 0x200004

// open lays a file out and opens it.
func open(tb testing.TB, f *psttest.File) *ndb.File {
	tb.Helper()
	m, err := f.Image()
	if err != nil {
		tb.Fatal(err)
	}
	file, err := ndb.Open(m, m.Size())
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

// node finds the node of the test.
func node(tb testing.TB, f *psttest.File) ndb.Node {
	tb.Helper()
	n, err := open(tb, f).Node(testNID)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// rawNode is a node that holds the given bytes.
func rawNode(tb testing.TB, data []byte, sub ...psttest.RawNode) ndb.Node {
	tb.Helper()
	return node(tb, &psttest.File{Nodes: []psttest.RawNode{{NID: testNID, Data: data, Sub: sub}}})
}

// messageNode is a message with the given properties.
func messageNode(tb testing.TB, limits psttest.Limits, props ...psttest.Property) ndb.Node {
	tb.Helper()
	return node(tb, &psttest.File{
		Limits:  limits,
		Folders: []*psttest.Folder{{Name: "f", Messages: []*psttest.Message{{NID: testNID, Properties: props}}}},
	})
}

// heapOf builds a heap of one block by hand: items are numbered from 1, the root is the item with the given number.
func heapOf(client byte, root int, items ...[]byte) []byte {
	b := []byte{0, 0, heapSignature, client}
	b = binary.LittleEndian.AppendUint32(b, uint32(root)<<5)
	b = append(b, 0, 0, 0, 0)
	starts := []int{len(b)}
	for _, item := range items {
		b = append(b, item...)
		starts = append(starts, len(b))
	}
	binary.LittleEndian.PutUint16(b, uint16(len(b)))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(items)))
	b = append(b, 0, 0)
	for _, at := range starts {
		b = binary.LittleEndian.AppendUint16(b, uint16(at))
	}
	return b
}

// item is the id of the item with a number.
func item(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)<<5) }

// treeHead is the header of a tree whose root is the item with a number.
func treeHead(key, entry, levels, root int) []byte {
	return append([]byte{treeSignature, byte(key), byte(entry), byte(levels)}, item(root)...)
}

// join puts bytes together.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// u16 is a number in two bytes.
func u16(v uint16) []byte { return binary.LittleEndian.AppendUint16(nil, v) }

// u32 is a number in four bytes.
func u32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

// isError says that an error is one of this package or of ndb.
func isError(err error) bool {
	var own *Error
	var damage *ndb.Damage
	return errors.As(err, &own) || errors.As(err, &damage)
}

// readStream reads a stream to the end that its size gives.
func readStream(tb testing.TB, s Stream) []byte {
	tb.Helper()
	b, err := io.ReadAll(io.NewSectionReader(s, 0, s.Size()))
	if err != nil || int64(len(b)) != s.Size() {
		tb.Fatalf("got %d bytes and %v, want %d bytes", len(b), err, s.Size())
	}
	return b
}
