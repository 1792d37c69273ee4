package ndb

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"sync"
)

// extent is where a block lies, an entry of the block B-tree ([MS-PST] 2.2.2.7.7.3).
type extent struct {
	id     BID
	offset int64
	stored int // bytes in the file
	size   int // bytes when inflated; the same as stored but in the format with 4k pages
}

// blockName names a block in an error.
func blockName(id BID) string { return "block " + id.String() }

// extent finds a block.
func (f *File) extent(id BID) (extent, error) {
	e, err := f.find(f.bbt, blockPage, id.key())
	if err != nil {
		return extent{}, err
	}
	if e == nil {
		return extent{}, &Damage{-1, blockName(id), ErrMissing}
	}
	x := f.parseExtent(e)
	x.id = id
	return x, f.checkExtent(x)
}

// parseExtent reads a leaf entry.
func (f *File) parseExtent(e []byte) extent {
	w := f.lay.word
	x := extent{id: BID(f.lay.id(e)), offset: int64(f.lay.id(e[w:])), stored: int(binary.LittleEndian.Uint16(e[2*w:]))}
	x.size = x.stored
	if f.lay.format == Unicode4K {
		if n := int(binary.LittleEndian.Uint16(e[2*w+2:])); n != 0 {
			x.size = n
		}
	}
	return x
}

// checkExtent says whether a block can lie there.
func (f *File) checkExtent(x extent) error {
	if x.stored > f.lay.maxData || x.size > f.lay.maxData {
		return &Damage{f.within(x.offset), blockName(x.id), ErrBlockSize}
	}
	if x.offset <= 0 || x.offset > f.size-int64(x.stored) {
		return &Damage{f.within(x.offset), blockName(x.id), ErrTruncated}
	}
	return nil
}

// block returns the content of a block, decoded. It is shared with the cache: not to be changed.
func (f *File) block(id BID) ([]byte, error) {
	if b, ok := f.blocks.get(id); ok {
		return b, nil
	}
	x, err := f.extent(id)
	if err != nil {
		return nil, err
	}
	b, err := f.readBlock(x)
	if err != nil {
		return nil, err
	}
	f.blocks.put(id, b, cap(b))
	return b, nil
}

// blockBuffers are for blocks that nobody keeps.
var blockBuffers = sync.Pool{New: func() any { return new([maxOnDisk]byte) }}

// copyBlock copies the content of a block, decoded, as far as there is room, and doesn't put it into the cache: an attachment
// is read once, and would drive out what is read often.
func (f *File) copyBlock(p []byte, id BID) (int, error) {
	if b, ok := f.blocks.get(id); ok {
		return copy(p, b), nil
	}
	x, err := f.extent(id)
	if err != nil {
		return 0, err
	}
	buf := blockBuffers.Get().(*[maxOnDisk]byte)
	defer blockBuffers.Put(buf)
	b, err := f.readInto(buf[:f.lay.onDisk(x.stored)], x)
	return copy(p, b), err
}

// readBlock reads, checks and decodes a block.
func (f *File) readBlock(x extent) ([]byte, error) {
	return f.readInto(make([]byte, f.lay.onDisk(x.stored)), x)
}

// readInto is readBlock with a buffer for what lies in the file.
func (f *File) readInto(buf []byte, x extent) ([]byte, error) {
	b, err := f.rawBlock(buf, x)
	if err != nil {
		return nil, &Damage{x.offset, blockName(x.id), err}
	}
	if x.size != x.stored {
		if b, err = inflate(b, x.size); err != nil {
			return nil, &Damage{x.offset, blockName(x.id), err}
		}
	}
	if !x.id.Internal() {
		f.encryption.Decode(b, x.id)
	}
	return b, nil
}

// rawBlock reads a block as it is stored. What its trailer says against it is noted.
func (f *File) rawBlock(b []byte, x extent) ([]byte, error) {
	n, err := f.r.ReadAt(b, x.offset)
	if n < x.stored {
		return nil, err
	}
	if n < len(b) {
		f.warnings.add(&Damage{x.offset, blockName(x.id), ErrTruncated})
		return b[:x.stored], nil
	}
	return b[:x.stored], f.checkTrailer(x, b[:x.stored], b[len(b)-f.lay.blockTail:])
}

// checkTrailer compares a block with its trailer ([MS-PST] 2.2.2.8.1). What it says against the block is noted, unless nothing
// speaks for it: then some other thing lies there, or nothing.
func (f *File) checkTrailer(x extent, b, t []byte) error {
	size, sig := int(binary.LittleEndian.Uint16(t)), binary.LittleEndian.Uint16(t[2:])
	sum, id := binary.LittleEndian.Uint32(t[4:]), BID(f.lay.id(t[8:]))
	if f.lay.format == ANSI {
		sum, id = binary.LittleEndian.Uint32(t[8:]), BID(f.lay.id(t[4:]))
	}
	sizeOK, idOK, sumOK := size == x.stored, id.key() == x.id.key(), sum == checksum(b)
	if !sizeOK && !idOK && allZero(t) && allZero(b) {
		return ErrEmpty
	}
	if !sizeOK && !idOK && !sumOK && !allZero(t) {
		return ErrOtherID
	}
	warn := func(cause error) { f.warnings.add(&Damage{x.offset, blockName(x.id), cause}) }
	if !sizeOK {
		warn(ErrBlockSize)
	}
	if !idOK {
		warn(ErrOtherID)
	} else if sig != signature(x.offset, id) {
		warn(ErrSignature)
	}
	if !sumOK {
		warn(ErrChecksum)
	}
	return nil
}

// allZero says that b has no other bytes than zeros.
func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// inflate undoes the compression of a block of the format with 4k pages, which must give size bytes.
func inflate(b []byte, size int) ([]byte, error) {
	in := bytes.NewReader(b)
	z, ok := inflaters.Get().(io.Reader)
	var err error
	if ok {
		err = z.(zlib.Resetter).Reset(in, nil)
	} else {
		z, err = zlib.NewReader(in)
	}
	if err != nil {
		return nil, ErrInflate
	}
	defer inflaters.Put(z)
	out := make([]byte, size)
	if _, err := io.ReadFull(z, out); err != nil {
		return nil, ErrInflate
	}
	return out, nil
}

// inflaters are [zlib.Resetter]s, of some 40 KB each.
var inflaters sync.Pool
