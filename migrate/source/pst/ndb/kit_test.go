package ndb_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// formats are all layouts of a file.
func formats() []ndb.Format { return []ndb.Format{ndb.ANSI, ndb.Unicode, ndb.Unicode4K} }

// pageSizes are the sizes of pages, and where in a page its trailer begins.
func pageSize(f ndb.Format) (size, trailer int) {
	switch f {
	case ndb.ANSI:
		return 512, 500
	case ndb.Unicode:
		return 512, 496
	}
	return 4096, 4072
}

// image lays a file out.
func image(tb testing.TB, f *psttest.File) []byte {
	tb.Helper()
	m, err := f.Image()
	if err != nil {
		tb.Fatal(err)
	}
	return m.Bytes()
}

// sample is a file whose trees have several levels.
func sample(tb testing.TB, format ndb.Format) []byte {
	tb.Helper()
	f := psttest.Sample(format, ndb.Permute)
	f.Short = format == ndb.Unicode4K // it is large otherwise
	f.Limits = psttest.Limits{PageEntries: 3, XBlock: 8, SLBlock: 2, HeapBlock: 400, TreeRecords: 4}
	return image(tb, f)
}

// open opens a file in memory.
func open(tb testing.TB, b []byte) *ndb.File {
	tb.Helper()
	f, err := ndb.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// nodes lists the nodes of a file and what was wrong.
func nodes(f *ndb.File) (list []ndb.Node, damage []error) {
	for n, err := range f.Nodes() {
		if err != nil {
			damage = append(damage, err)
		} else {
			list = append(list, n)
		}
	}
	return list, damage
}

// pages finds the pages of a kind, leaves or branches.
func pages(b []byte, format ndb.Format, kind byte, leaf bool) []int {
	size, trailer := pageSize(format)
	level := trailer - 1
	switch format {
	case ndb.Unicode:
		level = 491
	case ndb.Unicode4K:
		level = 4061
	}
	var list []int
	for at := 0; at+size <= len(b); at += size {
		if p := b[at:]; p[trailer] == kind && p[trailer+1] == kind && (p[level] == 0) == leaf {
			list = append(list, at)
		}
	}
	return list
}

// offsetOf gives the position that an error names.
func offsetOf(tb testing.TB, err error) int64 {
	tb.Helper()
	var d *ndb.Damage
	if !errors.As(err, &d) {
		tb.Fatalf("got %v, want damage", err)
	}
	return d.Offset
}

// readAll reads data to the end, which must be where its size says.
func readAll(tb testing.TB, n ndb.Node) []byte {
	tb.Helper()
	d, err := n.Open()
	if err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(io.NewSectionReader(d, 0, d.Size()))
	if err != nil || int64(len(b)) != d.Size() {
		tb.Fatalf("node %v: got %d bytes and %v, want %d bytes", n.ID, len(b), err, d.Size())
	}
	return b
}

// random is n bytes, always the same.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(b)
	return b
}
