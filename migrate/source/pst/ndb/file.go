package ndb

import (
	"cmp"
	"fmt"
	"io"
	"sync"
)

// How much is kept in memory of each file, in bytes.
const (
	pageRoom  = 384 << 10
	blockRoom = 640 << 10
)

// File is an open PST or OST file. All its methods, and those of its nodes, may be called at the same time.
type File struct {
	r          io.ReaderAt
	size       int64
	missing    int64
	lay        layout
	version    int
	encryption Encryption
	nbt, bbt   pageRef
	pages      *lru[int64, *page]
	blocks     *lru[BID, []byte]
	warnings   warnings
	rescueOnce sync.Once
	rescue     rescue
}

// Open reads the header of a file of size bytes and the root pages of its trees. r is used as long as the File is, and not
// closed. The error is one of [ErrNoPST], [ErrTooShort], [ErrVersion], [ErrEncryption], or a [*Damage] of a root page if
// the trees can't be found without it either, for which the whole file is read through. A file that ends early is opened as far as it goes (see [File.Missing]).
func Open(r io.ReaderAt, size int64) (*File, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{
		r: r, size: size, version: int(h.version), encryption: h.encryption, nbt: h.nbt, bbt: h.bbt,
		pages: newLRU[int64, *page](pageRoom), blocks: newLRU[BID, []byte](blockRoom),
	}
	if err := f.openRoots(h); err != nil {
		return nil, err
	}
	if !h.checksum {
		f.warnings.add(&Damage{0, "header", ErrChecksum})
	}
	if f.missing = max(0, h.eof-size); f.missing > 0 {
		f.warnings.add(&Damage{size, fmt.Sprintf("file of %d bytes", h.eof), ErrTruncated})
	}
	if err := f.detectEncryption(); err != nil {
		return nil, err
	}
	return f, nil
}

// openRoots reads the root pages. A version number that doesn't fit them is taken for the mistake; where there are none, the
// leaves of the trees will do.
func (f *File) openRoots(h header) error {
	layouts := []layout{layoutOf(h.format)}
	if h.format != ANSI {
		layouts = append(layouts, layoutOf(Unicode+Unicode4K-h.format))
	}
	var first error
	for _, f.lay = range layouts {
		err := f.checkRoots()
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	for _, f.lay = range layouts {
		if f.rescueRoots() {
			return nil
		}
	}
	return first
}

// checkRoots says what hinders using the roots of both trees.
func (f *File) checkRoots() error {
	if _, err := f.loadPage(f.nbt, nodePage, -1); err != nil {
		return err
	}
	_, err := f.loadPage(f.bbt, blockPage, -1)
	return err
}

// Format is the layout of the file.
func (f *File) Format() Format { return f.lay.format }

// Version is the number that the file gives for its version (wVer).
func (f *File) Version() int { return f.version }

// Encryption is how the data are encoded, which in some files is not what the header says.
func (f *File) Encryption() Encryption { return f.encryption }

// Size is the size of the file as given to [Open], in bytes.
func (f *File) Size() int64 { return f.size }

// Missing is by how many bytes the file is shorter than its header says: more than 0 if it was cut off, as by a copy that was
// broken off.
func (f *File) Missing() int64 { return f.missing }

// Warnings returns what was found wrong until now with pages and blocks that were used nevertheless: the first few hundred,
// and how many there were.
func (f *File) Warnings() (first []*Damage, total int) { return f.warnings.snapshot() }
