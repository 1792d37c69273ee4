package ndb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// What [Open] says of something that is no PST or OST file, or none that can be read.
var (
	ErrNoPST      = errors.New("not a PST or OST file: it doesn't begin with !BDN")
	ErrTooShort   = errors.New("too short for a PST or OST file")
	ErrVersion    = errors.New("unknown version of the PST format")
	ErrEncryption = errors.New("unknown encryption")
)

// headerSize is how much of the file is read for the header, which is a bit shorter in either format.
const headerSize = 564

// header is what is used of the header ([MS-PST] 2.2.2.6).
type header struct {
	version    uint16
	format     Format
	encryption Encryption
	eof        int64 // the size that the file should have
	nbt, bbt   pageRef
	checksum   bool // right
}

// readHeader reads the header of a file of size bytes.
func readHeader(r io.ReaderAt, size int64) (header, error) {
	b := make([]byte, headerSize)
	n, err := r.ReadAt(b, 0)
	if n >= 4 && string(b[:4]) != "!BDN" {
		return header{}, ErrNoPST
	}
	if size < headerSize {
		return header{}, ErrTooShort
	}
	if n < headerSize {
		return header{}, fmt.Errorf("header: %w", err)
	}
	return parseHeader(b)
}

// parseHeader takes a header apart.
func parseHeader(b []byte) (header, error) {
	h := header{version: binary.LittleEndian.Uint16(b[10:])}
	switch {
	case h.version == 14 || h.version == 15:
		h.format = ANSI
		h.parseANSI(b)
	case h.version == 36:
		h.format = Unicode4K
		h.parseUnicode(b)
	case h.version >= 20 && h.version <= 64: // 21 and 37 are known beside 23
		h.format = Unicode
		h.parseUnicode(b)
	default:
		return h, fmt.Errorf("%w: %d", ErrVersion, h.version)
	}
	return h, nil
}

// parseANSI reads the fields of the ANSI format.
func (h *header) parseANSI(b []byte) {
	u32 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(b[at:])) }
	h.eof = int64(u32(168))
	h.nbt = pageRef{id: BID(u32(184)), offset: int64(u32(188))}
	h.bbt = pageRef{id: BID(u32(192)), offset: int64(u32(196))}
	h.encryption = Encryption(b[461])
	h.checksum = checksum(b[8:8+471]) == uint32(u32(4))
}

// parseUnicode reads the fields of both Unicode formats.
func (h *header) parseUnicode(b []byte) {
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	h.eof = int64(u64(184))
	h.nbt = pageRef{id: BID(u64(216)), offset: int64(u64(224))}
	h.bbt = pageRef{id: BID(u64(232)), offset: int64(u64(240))}
	h.encryption = Encryption(b[513])
	h.checksum = checksum(b[8:8+516]) == binary.LittleEndian.Uint32(b[524:])
}
