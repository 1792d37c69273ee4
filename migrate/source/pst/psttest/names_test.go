package psttest

import (
	"testing"

	"unpop/migrate/source/pst/ndb"
)

// The map of named properties has a stream of sets, one of entries and one of names.
func TestNames(t *testing.T) {
	t.Parallel()
	a, b := [16]byte{1}, [16]byte{2}
	f := &File{Names: []Name{{Set: a, Number: 0x8580}, {Set: b, Name: "Key"}, {Set: a, Name: "Words"}}}
	n, err := readBack(t, f).file.Node(ndb.NIDNameMap)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t}
	r.properties(n, []Property{
		Binary(2, append(a[:], b[:]...)),
		Binary(3, []byte{0x80, 0x85, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 12, 0, 0, 0, 7, 0, 2, 0}),
		Binary(4, []byte("\x06\x00\x00\x00K\x00e\x00y\x00\x00\x00\x0a\x00\x00\x00W\x00o\x00r\x00d\x00s\x00\x00\x00")),
	})
}
