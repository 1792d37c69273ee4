package ndb

import "encoding/binary"

// Format is one of the three layouts of a file.
type Format uint8

// The formats.
const (
	ANSI      Format = iota + 1 // 32 bits, Outlook 97 to 2002 (wVer 14, 15)
	Unicode                     // 64 bits, since Outlook 2003 (wVer 23)
	Unicode4K                   // 64 bits, pages of 4096 bytes, OST files since Outlook 2013 (wVer 36)
)

func (f Format) String() string {
	switch f {
	case ANSI:
		return "ANSI"
	case Unicode:
		return "Unicode"
	case Unicode4K:
		return "Unicode with 4k pages"
	}
	return "unknown"
}

// layout holds the sizes in which the formats differ, in bytes.
type layout struct {
	format    Format
	word      int // an id or an offset
	page      int // a page of a B-tree
	entries   int // the part of a page that holds entries; its counts follow
	trailer   int // where the trailer of a page begins: its checksum covers what is before it
	blockTail int // the trailer of a block
	blockUnit int // blocks, trailer included, are padded to a multiple of it
	maxBlock  int // the largest block, trailer included
	maxData   int // the most data that one block holds when decoded
}

// layoutOf returns the sizes of a format.
func layoutOf(f Format) layout {
	switch f {
	case ANSI:
		return layout{f, 4, 512, 496, 500, 12, 64, 8192, 8192 - 12}
	case Unicode4K:
		return layout{f, 8, 4096, 4056, 4072, 24, 512, 65536, 65536 - 24}
	default:
		return layout{f, 8, 512, 488, 496, 16, 64, 8192, 8192 - 16}
	}
}

// id reads an id or an offset.
func (l layout) id(b []byte) uint64 {
	if l.word == 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// maxOnDisk is the most room that a block takes up in any format.
const maxOnDisk = 64 << 10

// onDisk is the room that a block of n bytes takes up, with padding and trailer.
func (l layout) onDisk(n int) int {
	n += l.blockTail
	return (n + l.blockUnit - 1) / l.blockUnit * l.blockUnit
}
