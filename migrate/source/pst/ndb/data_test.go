package ndb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// dataFile is a file with one node of random data.
func dataFile(tb testing.TB, format ndb.Format, size int, limits psttest.Limits) []byte {
	tb.Helper()
	return image(tb, &psttest.File{
		Format: format, Encryption: ndb.Cyclic, Limits: limits,
		Nodes: []psttest.RawNode{{NID: dataNID, Data: random(size)}},
	})
}

// dataNID is the node of [dataFile].
const dataNID ndb.NID = 0x50001

// data opens the data of the node of [dataFile].
func data(tb testing.TB, f *ndb.File) *ndb.Data {
	tb.Helper()
	n, err := f.Node(dataNID)
	if err != nil {
		tb.Fatal(err)
	}
	d, err := n.Open()
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// Data of one block, of an XBLOCK and of an XXBLOCK are read at any place.
func TestReadAt(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		most := 8192
		if format == ndb.Unicode4K {
			most = 65536
		}
		for _, size := range []int{0, 1, 100, most - 24, most, 3*most + 5, 17*most + 1} {
			f := open(t, dataFile(t, format, size, psttest.Limits{XBlock: 5}))
			d, want := data(t, f), random(size)
			if d.Size() != int64(size) {
				t.Fatalf("%v: got size %d, want %d", format, d.Size(), size)
			}
			r := rand.New(rand.NewPCG(3, 4))
			for range 200 {
				off, p := r.IntN(size+2), make([]byte, r.IntN(most*2))
				n, err := d.ReadAt(p, int64(off))
				from, to := min(off, size), min(off+len(p), size)
				if !bytes.Equal(p[:n], want[from:to]) || (err == io.EOF) != (n < len(p)) {
					t.Fatalf("%v, size %d: %d bytes at %d: got %d, %v", format, size, len(p), off, n, err)
				}
			}
			if _, n := f.Warnings(); n > 0 {
				t.Errorf("%v, size %d: got %d warnings", format, size, n)
			}
		}
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	d := data(t, open(t, dataFile(t, ndb.Unicode, 20*8176+7, psttest.Limits{XBlock: 5})))
	for _, i := range []int{20, 0, 7, 19, 4, 5} {
		b, err := d.Block(i)
		if want := random(20*8176 + 7)[i*8176:]; err != nil || !bytes.Equal(b, want[:min(8176, len(want))]) {
			t.Errorf("block %d: got %d bytes, %v", i, len(b), err)
		}
	}
	for _, i := range []int{21, 22, 1 << 30, -1} {
		if _, err := d.Block(i); err != io.EOF {
			t.Errorf("block %d: got %v, want EOF", i, err)
		}
	}
}

// Several goroutines may read the same data at the same time.
func TestReadTogether(t *testing.T) {
	t.Parallel()
	const size = 60*8176 + 1
	f := open(t, dataFile(t, ndb.Unicode, size, psttest.Limits{XBlock: 9, PageEntries: 3}))
	d, want := data(t, f), random(size)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(5, uint64(i)))
			p := make([]byte, 20000)
			for range 100 {
				off := r.IntN(size - len(p))
				if _, err := d.ReadAt(p, int64(off)); err != nil || !bytes.Equal(p, want[off:off+len(p)]) {
					t.Errorf("at %d: got other bytes, %v", off, err)
				}
			}
			if list, damage := nodes(f); len(list) == 0 || len(damage) > 0 {
				t.Errorf("got %d nodes, %v", len(list), damage)
			}
		})
	}
	group.Wait()
}

// find gives where the first of the bytes lie in a file.
func find(tb testing.TB, b, what []byte) int {
	tb.Helper()
	at := bytes.Index(b, what)
	if at < 0 {
		tb.Fatal("not found")
	}
	return at
}

// plainFile is a file with one node of random data, not encoded, and where its third block is.
func plainFile(tb testing.TB, format ndb.Format) (b, want []byte, third int) {
	tb.Helper()
	most := 8180
	switch format {
	case ndb.Unicode:
		most = 8176
	case ndb.Unicode4K:
		most = 65512
	}
	want = random(9 * most)
	b = image(tb, &psttest.File{Format: format, Nodes: []psttest.RawNode{{NID: dataNID, Data: want}}})
	return b, want, find(tb, b, want[2*most:2*most+100])
}

// A wrong byte in a block is a warning that says where; the bytes are given as they are.
func TestWrongByteInBlock(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		b, want, at := plainFile(t, format)
		b[at+50] ^= 1
		f := open(t, b)
		n, err := f.Node(dataNID)
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, n)
		if len(got) != len(want) || bytes.Equal(got, want) {
			t.Errorf("%v: got %d bytes, equal: %v", format, len(got), bytes.Equal(got, want))
		}
		warnings, count := f.Warnings()
		if count != 1 || warnings[0].Offset != int64(at) || !errors.Is(warnings[0], ndb.ErrChecksum) {
			t.Errorf("%v: got %v, want a warning about offset %d", format, warnings, at)
		}
	}
}

// What lies where a block was, and is none of it, is an error that says where; what is behind it can be read.
func TestLostBlock(t *testing.T) {
	t.Parallel()
	for _, format := range formats() {
		for name, fill := range map[string][]byte{"hole": make([]byte, 65536), "other": random(65536)} {
			b, want, at := plainFile(t, format)
			size := len(want) / 9
			b2 := bytes.Clone(b)
			room := 8192
			if format == ndb.Unicode4K {
				room = 65536
			}
			copy(b2[at:at+room], fill[:room])
			d := data(t, open(t, b2))
			n, err := d.ReadAt(make([]byte, len(want)), 0)
			if n != 2*size || offsetOf(t, err) != int64(at) || !errors.Is(err, ndb.ErrEmpty) && !errors.Is(err, ndb.ErrOtherID) {
				t.Errorf("%v, %s: got %d bytes and %v, want %d and an error at %d", format, name, n, err, 2*size, at)
			}
			rest := make([]byte, 6*size)
			if _, err := d.ReadAt(rest, int64(3*size)); err != nil || !bytes.Equal(rest, want[3*size:]) {
				t.Errorf("%v, %s: the rest: got %v", format, name, err)
			}
		}
	}
}

// A block that the block B-tree doesn't know leaves what is behind it in its place.
func TestMissingBlock(t *testing.T) {
	t.Parallel()
	f := open(t, missing(t))
	d := data(t, f)
	want := random(9 * 8176)
	if d.Size() != int64(len(want)) {
		t.Errorf("got size %d, want %d", d.Size(), len(want))
	}
	rest := make([]byte, 6*8176)
	if _, err := d.ReadAt(rest, 3*8176); err != nil || !bytes.Equal(rest, want[3*8176:]) {
		t.Errorf("the rest: got %v", err)
	}
	if _, err := d.ReadAt(rest, 0); !errors.Is(err, ndb.ErrMissing) || offsetOf(t, err) != -1 {
		t.Errorf("got %v, want %v", err, ndb.ErrMissing)
	}
}

// missing is a file whose block B-tree has lost the third block of the data.
func missing(t *testing.T) []byte {
	t.Helper()
	b, _, third := plainFile(t, ndb.Unicode)
	for _, at := range pages(b, ndb.Unicode, 0x80, true) {
		for i := range int(b[at+488]) {
			if e := b[at+24*i:]; binary.LittleEndian.Uint64(e[8:]) == uint64(third) {
				e[0] ^= 1 << 2 // that may not be the key of another one
				binary.LittleEndian.PutUint64(e, binary.LittleEndian.Uint64(e)^4+1<<1)
			}
		}
	}
	return b
}

// An XBLOCK that says another size than its blocks have is overruled; an XXBLOCK that promises too much ends with an error.
func TestWrongTotal(t *testing.T) {
	t.Parallel()
	total := binary.LittleEndian.AppendUint32([]byte{1, 1, 9, 0}, 9*8176)
	b, want, _ := plainFile(t, ndb.Unicode)
	b[find(t, b, total)+4]++
	f := open(t, b)
	n, err := f.Node(dataNID)
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, n); !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
	if _, count := f.Warnings(); count == 0 {
		t.Error("got no warning")
	}
	b = dataFile(t, ndb.Unicode, 9*8176, psttest.Limits{XBlock: 3})
	b[find(t, b, binary.LittleEndian.AppendUint32([]byte{1, 2, 3, 0}, 9*8176))+4]++
	d := data(t, open(t, b))
	got, err := io.ReadAll(io.NewSectionReader(d, 0, d.Size()))
	if !bytes.Equal(got, want) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d bytes and %v, want %d and %v", len(got), err, len(want), io.ErrUnexpectedEOF)
	}
}

// A data tree that refers to itself, or to what isn't its, is an error.
func TestTreeOfItself(t *testing.T) {
	t.Parallel()
	b := dataFile(t, ndb.Unicode, 9*8176, psttest.Limits{XBlock: 3})
	root := find(t, b, []byte{1, 2, 3, 0})
	copy(b[root+8:], b[root+64-8:root+64]) // the trailer ends with the id of the block
	d := data(t, open(t, b))
	if n, err := d.ReadAt(make([]byte, 100), 0); n != 0 || !errors.Is(err, ndb.ErrBlockType) {
		t.Errorf("got %d bytes and %v, want %v", n, err, ndb.ErrBlockType)
	}
}

// A data tree that refers to a block again and again would be as large as it likes.
func TestRepeatedBlock(t *testing.T) {
	t.Parallel()
	for _, root := range [][]byte{{1, 2, 3, 0}, {1, 1, 3, 0}} {
		b := dataFile(t, ndb.Unicode, 9*8176, psttest.Limits{XBlock: 3})
		at := find(t, b, root)
		copy(b[at+16:], b[at+8:at+16])
		n, err := open(t, b).Node(dataNID)
		if err != nil {
			t.Fatal(err)
		}
		d, err := n.Open()
		if err == nil {
			_, err = d.ReadAt(make([]byte, d.Size()), 0)
		}
		if !errors.Is(err, ndb.ErrRepeated) {
			t.Errorf("%v: got %v, want %v", root, err, ndb.ErrRepeated)
		}
	}
}

// However large a file is, what is kept of it in memory is bounded.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	f := &psttest.File{Format: ndb.Unicode, Nodes: []psttest.RawNode{{NID: dataNID, Data: make([]byte, 64<<20)}}}
	for i := range ndb.NID(60_000) {
		f.Nodes = append(f.Nodes, psttest.RawNode{NID: 0x100001 + i<<5})
	}
	m, err := f.Image()
	if err != nil {
		t.Fatal(err)
	}
	before := heapInUse()
	got, err := ndb.Open(m, m.Size())
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for n, err := range got.Nodes() {
		if err != nil {
			t.Fatal(err)
		}
		count++
		if _, err := got.Node(n.ID); err != nil {
			t.Fatal(err)
		}
	}
	n, err := io.Copy(io.Discard, io.NewSectionReader(data(t, got), 0, 64<<20))
	if err != nil || n != 64<<20 || count < 60_000 {
		t.Errorf("got %d bytes, %d nodes, %v", n, count, err)
	}
	if used := heapInUse() - before; used > 4<<20 {
		t.Errorf("got %d bytes in use, want a few megabytes at most", used)
	}
	if first, n := got.Warnings(); n > 0 {
		t.Errorf("got warnings %v", first)
	}
}
