package ndb_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// walker reads a file that may be broken, and checks what must hold of any.
type walker struct {
	tb    testing.TB
	f     *ndb.File
	steps int // what the reading may take at most
}

// step counts.
func (w *walker) step() bool {
	w.steps--
	if w.steps < 0 {
		w.tb.Fatal("got no end")
	}
	return true
}

// wrong checks that an error names a place in the file, and not the end of what is read.
func (w *walker) wrong(err error) {
	var d *ndb.Damage
	if !errors.As(err, &d) || d.Offset < -1 || d.Offset > w.f.Size() || d.Cause == nil {
		w.tb.Fatalf("got %v, want damage within %d bytes", err, w.f.Size())
	}
}

// all reads everything.
func (w *walker) all() {
	last := int64(-1)
	for n, err := range w.f.Nodes() {
		w.step()
		if err != nil {
			w.wrong(err)
			continue
		}
		if int64(n.ID) <= last {
			w.tb.Fatalf("got node %v after %x", n.ID, last)
		}
		last = int64(n.ID)
		if found, err := w.f.Node(n.ID); err != nil {
			w.wrong(err)
		} else if found.ID != n.ID {
			w.tb.Fatalf("got node %v, want %v", found.ID, n.ID)
		}
		w.node(n, 0)
	}
	list, total := w.f.Warnings()
	for _, d := range list {
		w.wrong(d)
	}
	if total < len(list) {
		w.tb.Fatalf("got %d warnings of %d", len(list), total)
	}
}

// node reads what a node has.
func (w *walker) node(n ndb.Node, depth int) {
	if d, err := n.Open(); err != nil {
		w.wrong(err)
	} else {
		w.data(d)
	}
	if depth > 4 {
		return
	}
	for s, err := range n.Subnodes() {
		w.step()
		if err != nil {
			w.wrong(err)
			continue
		}
		if found, err := n.Subnode(s.ID); err != nil || found.ID != s.ID {
			w.tb.Fatalf("subnode %v: got %v, %v", s.ID, found.ID, err)
		}
		if w.steps > 1000 { // a tree may refer to one block from many places
			w.steps -= 10
			w.node(s, depth+1)
		}
	}
}

// data reads data: as much as their size says, or an error.
func (w *walker) data(d *ndb.Data) {
	if d.Size() < 0 || d.Size() > 1<<32 {
		w.tb.Fatalf("got a size of %d", d.Size())
	}
	n, err := io.Copy(io.Discard, io.NewSectionReader(d, 0, min(d.Size(), 1<<20)))
	if err == nil && n < min(d.Size(), 1<<20) {
		w.tb.Fatalf("got %d bytes without an error, want %d", n, d.Size())
	}
	if err != nil {
		w.wrong(err)
	}
	for i := range 3 {
		if b, err := d.Block(i); err == nil && len(b) > 65536 {
			w.tb.Fatalf("got a block of %d bytes", len(b))
		} else if err != nil && err != io.EOF {
			w.wrong(err)
		}
	}
}

// seedFiles are small files of each format.
func seedFiles(tb testing.TB) [][]byte {
	tb.Helper()
	var list [][]byte
	for _, format := range formats() {
		list = append(list, image(tb, &psttest.File{
			Format: format, Encryption: ndb.Permute, Deflate: true, Short: true,
			Limits:  psttest.Limits{PageEntries: 6, XBlock: 3, SLBlock: 2},
			Folders: []*psttest.Folder{{Name: "f", Messages: []*psttest.Message{psttest.Mail(1)}}},
			Nodes: []psttest.RawNode{{NID: dataNID, Data: make([]byte, 40000), Sub: []psttest.RawNode{
				{NID: 5, Data: []byte("x")}, {NID: 0x25}, {NID: 0x45}, {NID: 0x65},
			}}},
		}))
	}
	return list
}

// change sets bytes of a file: each four bytes of changes are a place, from the end, and what is set there.
func change(b, changes []byte) []byte {
	b = bytes.Clone(b)
	for ; len(changes) >= 4; changes = changes[4:] {
		at := int(changes[0]) | int(changes[1])<<8 | int(changes[2])<<16
		b[len(b)-1-at%len(b)] = changes[3]
	}
	return b
}

// FuzzFile reads files of which bytes were changed: it ends, sizes are true, and errors name places in the file.
func FuzzFile(f *testing.F) {
	files := seedFiles(f)
	for i := range files {
		f.Add(byte(i), uint32(1<<30), []byte{})
		f.Add(byte(i), uint32(1<<30), []byte{24, 0, 0, 1, 240, 1, 0, 0})
		f.Add(byte(i), uint32(30000), []byte{8, 3, 0, 9})
	}
	f.Fuzz(func(t *testing.T, which byte, size uint32, changes []byte) {
		b := files[int(which)%len(files)]
		b = change(b[:min(len(b), max(int(size&1<<30-1), 1))], changes)
		file, err := ndb.Open(bytes.NewReader(b), int64(len(b)))
		if (err == nil) == (file == nil) {
			t.Fatalf("got %v and %v", file, err)
		}
		if err == nil {
			(&walker{tb: t, f: file, steps: 1000 + len(b)}).all()
		}
	})
}
