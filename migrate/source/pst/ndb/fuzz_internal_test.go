package ndb

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzHeader takes headers apart: an error is one of those that Open promises, and what it gives can be worked with.
func FuzzHeader(f *testing.F) {
	for _, version := range []byte{14, 23, 36, 99} {
		b := make([]byte, headerSize)
		copy(b, "!BDN")
		b[10] = version
		f.Add(b, int64(headerSize))
	}
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		h, err := readHeader(bytes.NewReader(b), size)
		if err != nil {
			return
		}
		if l := layoutOf(h.format); l.format != h.format || string(b[:4]) != "!BDN" {
			t.Fatalf("got format %v of %q", h.format, b[:12])
		}
	})
}

// FuzzPage takes pages apart: what is given of a span ascends, lies in it, and is a part of the page.
func FuzzPage(f *testing.F) {
	for _, format := range []Format{ANSI, Unicode, Unicode4K} {
		l := layoutOf(format)
		b := make([]byte, l.page)
		for i := range 5 {
			binary.LittleEndian.PutUint32(b[i*32:], uint32(i*16))
		}
		b[l.entries], b[l.entries+2], b[l.trailer], b[l.trailer+1] = 5, 32, nodePage, nodePage
		f.Add(byte(format), b, -1, uint64(0), uint64(100))
		f.Add(byte(format), b, 0, uint64(20), uint64(50))
	}
	f.Fuzz(func(t *testing.T, format byte, b []byte, level int, lo, hi uint64) {
		file := &File{lay: layoutOf(Format(format%3) + ANSI)}
		if len(b) < file.lay.page {
			return
		}
		p, err := file.parsePage(b[:file.lay.page], nodePage, level)
		if err != nil {
			return
		}
		if level >= 0 && p.level != level || len(p.keys) != len(p.entries) {
			t.Fatalf("got level %d and %d keys for %d entries", p.level, len(p.keys), len(p.entries))
		}
		part, lost := p.part(span{lo, hi})
		for i, key := range part.keys {
			if key < lo || key >= hi || i > 0 && key <= part.keys[i-1] || len(part.entries[i]) < file.entrySize(nodePage, p.level) {
				t.Fatalf("key %d of %v doesn't belong into %d-%d", i, part.keys, lo, hi)
			}
		}
		if (lost == nil) != (len(part.keys) == len(p.keys)) {
			t.Fatalf("got %d of %d keys and %v", len(part.keys), len(p.keys), lost)
		}
	})
}

// FuzzBlock reads blocks in place: what is given has the size that its entry says.
func FuzzBlock(f *testing.F) {
	f.Add(byte(0), []byte("data"), uint16(4), uint16(4), uint64(4))
	f.Add(byte(2), []byte("x\x9cKI,I\x04\x00\x04\x00\x01\x9b"), uint16(12), uint16(4), uint64(4))
	f.Fuzz(func(t *testing.T, format byte, b []byte, stored, size uint16, id uint64) {
		l := layoutOf(Format(format%3) + ANSI)
		if l.format != Unicode4K {
			size = stored
		}
		file := &File{
			lay: l, r: bytes.NewReader(append([]byte{0}, b...)), size: int64(len(b)) + 1, encryption: Encryption(id % 3),
			blocks: newLRU[BID, []byte](1000),
		}
		x := extent{id: BID(id), offset: 1, stored: int(stored), size: int(size)}
		if file.checkExtent(x) != nil {
			return
		}
		if got, err := file.readBlock(x); err == nil && len(got) != x.size {
			t.Fatalf("got %d bytes, want %d", len(got), x.size)
		}
	})
}
