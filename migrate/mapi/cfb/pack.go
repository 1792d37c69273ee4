package cfb

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// Bounds of a file that is made, as all of it is in memory: its entries and its streams; and the size up to which it has small sectors,
// since the header has room to name those of the FAT.
const (
	maxPacked   = 10_000
	maxStreams  = 64 << 20
	smallSector = 512
	largeSector = 4096
	maxSmall    = 6 << 20
	usualCutoff = 4096
)

// What follows a sector in the FAT: the end, or, of the FAT's own, nothing ([MS-CFB] section 2.1).
const (
	endOfChain = 0xFFFFFFFE
	fatSector  = 0xFFFFFFFD
)

// Pack makes a compound file of what lies in a storage. The tree of the directory stays as it is.
func (s Storage) Pack() ([]byte, error) {
	p := &packer{from: s.file, sector: smallSector, entries: make([][]byte, 1), seen: map[uint32]bool{}}
	if s.file.size > maxSmall {
		p.sector = largeSector
	}
	child, err := p.tree(s.child)
	if err != nil {
		return nil, err
	}
	root := entry{name: "Root Entry", kind: kindRoot, colour: black, clsid: s.clsid, left: noEntry, right: noEntry, child: child, size: int64(len(p.mini))}
	root.start = p.chain(p.mini)
	p.entries[0] = root.bytes()
	return p.file()
}

// A packer collects sectors and the tables of their chains.
type packer struct {
	from          *File
	sector        int
	sectors, mini []byte
	fat, miniFAT  []uint32
	entries       [][]byte
	seen          map[uint32]bool
}

// tree copies an entry of the directory and those that it leads to, and returns its new number.
func (p *packer) tree(i uint32) (uint32, error) {
	if int64(i) >= int64(len(p.from.entries)) || p.seen[i] {
		return noEntry, nil
	}
	n := len(p.entries)
	if n > maxPacked {
		return 0, fmt.Errorf("%w: more than %d entries", ErrFormat, maxPacked)
	}
	p.seen[i], p.entries = true, append(p.entries, nil)
	e := p.from.entries[i]
	var err error
	if e.start, err = p.stream(e); err != nil {
		return 0, err
	}
	for _, ref := range []*uint32{&e.left, &e.right, &e.child} {
		if *ref, err = p.tree(*ref); err != nil {
			return 0, err
		}
	}
	p.entries[n] = e.bytes()
	return uint32(n), nil
}

// stream copies the bytes of a stream, and returns the first of its sectors.
func (p *packer) stream(e entry) (uint32, error) {
	if e.kind != kindStream {
		return 0, nil
	}
	if int64(len(p.sectors)+len(p.mini))+e.size > maxStreams {
		return 0, fmt.Errorf("%w: too large to be packed", ErrFormat)
	}
	var b bytes.Buffer
	if _, err := (Stream{e.name, e.size, p.from, e.start}).WriteTo(&b); err != nil {
		return 0, err
	}
	if e.size < usualCutoff {
		return chain(b.Bytes(), miniSector, &p.mini, &p.miniFAT), nil
	}
	return p.chain(b.Bytes()), nil
}

func (p *packer) chain(data []byte) uint32 { return chain(data, p.sector, &p.sectors, &p.fat) }

// chain adds data to sectors of a size, and how they follow each other to a table.
func chain(data []byte, size int, sectors *[]byte, table *[]uint32) uint32 {
	if len(data) == 0 {
		return endOfChain
	}
	start := uint32(len(*table))
	for n := 0; n < len(data); n += size {
		*table = append(*table, uint32(len(*table))+1)
	}
	(*table)[len(*table)-1] = endOfChain
	*sectors = append(*sectors, data...)
	*sectors = append(*sectors, make([]byte, len(*table)*size-len(*sectors))...)
	return start
}

// bytes writes an entry of the directory ([MS-CFB] section 2.6.1).
func (e entry) bytes() []byte {
	b := make([]byte, entrySize)
	units := utf16.Encode([]rune(e.name))
	units = units[:min(len(units), 31)]
	for i, u := range units {
		binary.LittleEndian.PutUint16(b[2*i:], u)
	}
	binary.LittleEndian.PutUint16(b[64:], uint16(2*len(units)+2))
	b[66], b[67] = e.kind, e.colour
	for i, n := range []uint32{e.left, e.right, e.child} {
		binary.LittleEndian.PutUint32(b[68+4*i:], n)
	}
	copy(b[80:], e.clsid[:])
	binary.LittleEndian.PutUint32(b[116:], e.start)
	binary.LittleEndian.PutUint32(b[120:], uint32(e.size))
	return b
}

// file puts the directory and the tables behind the sectors, and the header before them.
func (p *packer) file() ([]byte, error) {
	per := p.sector / entrySize
	for len(p.entries)%per != 0 {
		p.entries = append(p.entries, unused)
	}
	directory := p.chain(bytes.Join(p.entries, nil))
	miniTable := p.table(p.miniFAT)
	numbers := map[int]uint32{48: directory, 56: usualCutoff, 60: p.chain(miniTable), 64: uint32(len(miniTable) / p.sector), 68: endOfChain}
	if p.sector == largeSector {
		numbers[40] = uint32(len(p.entries) / per)
	}
	first, count := len(p.fat), (len(p.fat)+p.sector/4-2)/(p.sector/4-1) // the FAT holds its own sectors too
	if count > inHeader {
		return nil, fmt.Errorf("%w: too large to be packed", ErrFormat)
	}
	numbers[44] = uint32(count)
	for i := range count {
		numbers[76+4*i] = uint32(first + i)
		p.fat = append(p.fat, fatSector)
	}
	return append(append(p.header(numbers), p.sectors...), p.table(p.fat)...), nil
}

// header has numbers at their places ([MS-CFB] section 2.2).
func (p *packer) header(numbers map[int]uint32) []byte {
	h := make([]byte, p.sector)
	copy(h, signature)
	for at, n := range map[int]uint16{24: 0x3E, 26: 3, 28: 0xFFFE, 30: 9, 32: 6} {
		binary.LittleEndian.PutUint16(h[at:], n)
	}
	if p.sector == largeSector {
		h[26], h[30] = 4, 12
	}
	copy(h[76:headerSize], bytes.Repeat([]byte{0xFF}, headerSize-76))
	for at, n := range numbers {
		binary.LittleEndian.PutUint32(h[at:], n)
	}
	return h
}

// unused is an entry of the directory that is none.
var unused = entry{left: noEntry, right: noEntry, child: noEntry}.bytes()

// table writes a table in whole sectors; what it has no use for is free.
func (p *packer) table(list []uint32) []byte {
	var b []byte
	for _, n := range list {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for len(b)%p.sector != 0 {
		b = append(b, 0xFF)
	}
	return b
}
