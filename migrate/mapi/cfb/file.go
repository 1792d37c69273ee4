package cfb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
)

// ErrFormat says that data is no compound file, or one whose structure is broken.
var ErrFormat = errors.New("compound file: broken structure")

// Numbers of sectors that mean something else ([MS-CFB] section 2.1).
const maxRegular = 0xFFFFFFFA

const (
	headerSize    = 512
	inHeader      = 109 // sectors of the FAT that the header names
	entrySize     = 128
	maxEntries    = 1 << 18 // a message to a thousand people has ten thousand and more
	miniSector    = 64
	maxMiniStream = 64 << 20
)

// Kinds of directory entries ([MS-CFB] section 2.6.1).
const (
	kindStream = 2
	kindRoot   = 5
	black      = 1 // the colour of an entry
	noEntry    = 0xFFFFFFFF
)

var signature = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// A File is a compound file. It is used by one goroutine.
type File struct {
	r       io.ReaderAt
	size    int64
	sector  int64
	cutoff  int64    // smaller streams lie in the mini stream
	fat     []uint32 // the sectors of the FAT
	cache   []byte   // one of them
	cached  uint32
	mini    []byte // the mini stream
	miniFAT []byte
	entries []entry
}

// entry is one of the directory.
type entry struct {
	name               string
	kind, colour       byte
	clsid              [16]byte
	left, right, child uint32
	start              uint32
	size               int64
}

// Open reads the header and the directory. It fails with [ErrFormat], or with the reader's error.
func Open(r io.ReaderAt, size int64) (*File, error) {
	var h [headerSize]byte
	if size < headerSize {
		return nil, ErrFormat
	}
	if _, err := r.ReadAt(h[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	shift := binary.LittleEndian.Uint16(h[30:])
	if !bytes.Equal(h[:8], signature) || shift != 9 && shift != 12 {
		return nil, ErrFormat
	}
	f := &File{r: r, size: size, sector: 1 << shift, cutoff: int64(binary.LittleEndian.Uint32(h[56:])), cached: noEntry}
	if err := f.loadFAT(h[:]); err != nil {
		return nil, err
	}
	if err := f.loadDirectory(binary.LittleEndian.Uint32(h[48:])); err != nil {
		return nil, err
	}
	var err error
	if f.miniFAT, err = f.chain(binary.LittleEndian.Uint32(h[60:]), maxMiniStream/miniSector*4); err != nil {
		return nil, err
	}
	return f, nil
}

// read reads a whole sector. What is beyond the end of the file is zero in the last one.
func (f *File) read(sector uint32, p []byte) error {
	at := (int64(sector) + 1) * f.sector
	if sector >= maxRegular || at >= f.size {
		return fmt.Errorf("%w: sector %d", ErrFormat, sector)
	}
	clear(p)
	_, err := f.r.ReadAt(p[:min(int64(len(p)), f.size-at)], at)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}

// loadFAT collects where the FAT lies: the header names the first sectors, a chain the rest.
func (f *File) loadFAT(h []byte) error {
	add := func(list []byte) {
		for ; len(list) >= 4; list = list[4:] {
			if sector := binary.LittleEndian.Uint32(list); sector < maxRegular {
				f.fat = append(f.fat, sector)
			}
		}
	}
	add(h[76 : 76+4*inHeader])
	buf := make([]byte, f.sector)
	next := binary.LittleEndian.Uint32(h[68:])
	for steps := f.size / f.sector; next < maxRegular; steps-- {
		if steps < 0 {
			return fmt.Errorf("%w: the FAT's chain has no end", ErrFormat)
		}
		if err := f.read(next, buf); err != nil {
			return err
		}
		add(buf[:len(buf)-4])
		next = binary.LittleEndian.Uint32(buf[len(buf)-4:])
	}
	return nil
}

// next returns the sector after one.
func (f *File) next(sector uint32) (uint32, error) {
	per := uint32(f.sector / 4)
	i := sector / per
	if int64(i) >= int64(len(f.fat)) {
		return 0, fmt.Errorf("%w: sector %d", ErrFormat, sector)
	}
	if f.cached != i {
		if f.cache == nil {
			f.cache = make([]byte, f.sector)
		}
		f.cached = noEntry
		if err := f.read(f.fat[i], f.cache); err != nil {
			return 0, err
		}
		f.cached = i
	}
	return binary.LittleEndian.Uint32(f.cache[sector%per*4:]), nil
}

// chain reads the sectors from one on, at most limit bytes of them.
func (f *File) chain(start uint32, limit int64) ([]byte, error) {
	var b bytes.Buffer
	err := f.follow(&b, start, min(limit, f.size))
	return b.Bytes(), err
}

// follow copies size bytes, or up to the end of the chain.
func (f *File) follow(w io.Writer, sector uint32, size int64) error {
	buf := make([]byte, f.sector)
	for size > 0 && sector < maxRegular {
		if err := f.read(sector, buf); err != nil {
			return err
		}
		n := min(size, f.sector)
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
		size -= n
		var err error
		if sector, err = f.next(sector); err != nil {
			return err
		}
	}
	return nil
}

// loadDirectory reads the directory and, if there is one, the mini stream, which is the root's.
func (f *File) loadDirectory(start uint32) error {
	data, err := f.chain(start, maxEntries*entrySize)
	if err != nil {
		return err
	}
	for ; len(data) >= entrySize; data = data[entrySize:] {
		f.entries = append(f.entries, parseEntry(data[:entrySize]))
	}
	if len(f.entries) == 0 || f.entries[0].kind != kindRoot {
		return fmt.Errorf("%w: no root", ErrFormat)
	}
	root := f.entries[0]
	f.mini, err = f.chain(root.start, min(root.size, maxMiniStream))
	return err
}

func parseEntry(b []byte) entry {
	n := min(int(binary.LittleEndian.Uint16(b[64:])), 64) / 2
	units := make([]uint16, 0, 32)
	for i := range max(n-1, 0) { // without its zero
		units = append(units, binary.LittleEndian.Uint16(b[2*i:]))
	}
	return entry{
		name:   string(utf16.Decode(units)),
		kind:   b[66],
		colour: b[67],
		clsid:  [16]byte(b[80:]),
		left:   binary.LittleEndian.Uint32(b[68:]),
		right:  binary.LittleEndian.Uint32(b[72:]),
		child:  binary.LittleEndian.Uint32(b[76:]),
		start:  binary.LittleEndian.Uint32(b[116:]),
		size:   int64(binary.LittleEndian.Uint32(b[120:])), // the upper half may be rubbish in files with small sectors
	}
}
