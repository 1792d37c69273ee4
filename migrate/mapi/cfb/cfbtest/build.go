// Package cfbtest makes compound files for tests.
package cfbtest

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

const (
	headerSize = 512
	sectorSize = 512
	miniSize   = 64
	cutoff     = 4096
	inHeader   = 109
	kindStream = 2
	kindRoot   = 5
	endOfChain = 0xFFFFFFFE
	free       = 0xFFFFFFFF
	fatSector  = 0xFFFFFFFD
)

// A builder collects sectors and the tables of their chains.
type builder struct {
	sectors, mini []byte
	fat, miniFAT  []uint32
}

// Build makes a compound file with the named streams at its top, small ones in the mini stream. It may have up to 7 MB.
func Build(streams map[string]string, names ...string) []byte {
	b := &builder{}
	var entries []byte
	for i, name := range names {
		right := uint32(i + 2)
		if i == len(names)-1 {
			right = free
		}
		entries = append(entries, b.stream(name, streams[name], right)...)
	}
	root := entry("Root Entry", kindRoot, free, 1, chain(b.mini, sectorSize, &b.sectors, &b.fat), len(b.mini))
	directory := chain(append(root, entries...), sectorSize, &b.sectors, &b.fat)
	miniFAT := chain(words(b.miniFAT), sectorSize, &b.sectors, &b.fat)
	return b.file(directory, miniFAT)
}

// stream adds a stream, and returns its entry of the directory.
func (b *builder) stream(name, text string, right uint32) []byte {
	data := []byte(text)
	if len(data) >= cutoff {
		return entry(name, kindStream, right, free, chain(data, sectorSize, &b.sectors, &b.fat), len(data))
	}
	return entry(name, kindStream, right, free, chain(data, miniSize, &b.mini, &b.miniFAT), len(data))
}

// chain adds data to sectors of a size, and how they follow each other to a table.
func chain(data []byte, size int, sectors *[]byte, table *[]uint32) uint32 {
	if len(data) == 0 {
		return endOfChain
	}
	start := uint32(len(*table))
	for n := 0; n < len(data); n += size {
		*table = append(*table, uint32(len(*table))+1)
		*sectors = append(*sectors, data[n:min(n+size, len(data))]...)
	}
	*sectors = append(*sectors, make([]byte, (size-len(*sectors)%size)%size)...)
	(*table)[len(*table)-1] = endOfChain
	return start
}

// entry makes an entry of the directory ([MS-CFB] section 2.6.1).
func entry(name string, kind byte, right, child, start uint32, size int) []byte {
	b := make([]byte, 128)
	units := utf16.Encode([]rune(name))
	for i, u := range units {
		binary.LittleEndian.PutUint16(b[2*i:], u)
	}
	binary.LittleEndian.PutUint16(b[64:], uint16(2*len(units)+2))
	b[66] = kind
	for i, n := range []uint32{free, right, child} {
		binary.LittleEndian.PutUint32(b[68+4*i:], n)
	}
	binary.LittleEndian.PutUint32(b[116:], start)
	binary.LittleEndian.PutUint32(b[120:], uint32(size))
	return b
}

// file puts the FAT behind the sectors and the header before them.
func (b *builder) file(directory, miniFAT uint32) []byte {
	first := uint32(len(b.fat))
	const per = sectorSize / 4
	count := (len(b.fat) + per - 2) / (per - 1) // it holds its own sectors too
	for range count {
		b.fat = append(b.fat, fatSector)
	}
	header := make([]byte, headerSize)
	copy(header, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	binary.LittleEndian.PutUint16(header[30:], 9)
	for at, n := range map[int]uint32{44: uint32(count), 48: directory, 56: cutoff, 60: miniFAT, 68: endOfChain} {
		binary.LittleEndian.PutUint32(header[at:], n)
	}
	for i := range inHeader {
		n := uint32(free)
		if i < count {
			n = first + uint32(i)
		}
		binary.LittleEndian.PutUint32(header[76+4*i:], n)
	}
	table := words(b.fat)
	table = append(table, bytes.Repeat([]byte{0xFF}, count*sectorSize-len(table))...)
	return append(append(header, b.sectors...), table...)
}

func words(list []uint32) []byte {
	var b []byte
	for _, n := range list {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}
