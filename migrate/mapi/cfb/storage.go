package cfb

import (
	"bytes"
	"fmt"
	"io"
)

// kindStorage is the kind of a directory entry that holds others.
const kindStorage = 1

// A Storage is a directory of a file: the one at the top, or one within another.
type Storage struct {
	Name  string
	file  *File
	child uint32
	clsid [16]byte
}

// Root is the storage at the top, whose name is empty.
func (f *File) Root() Storage { return Storage{"", f, f.entries[0].child, f.entries[0].clsid} }

// List returns what is in a storage, in the order of the directory's tree. A hostile file may have a storage within itself: who
// descends has to stop somewhere.
func (s Storage) List() (streams []Stream, storages []Storage) {
	f := s.file
	seen := map[uint32]bool{}
	todo := []uint32{s.child}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if int64(i) >= int64(len(f.entries)) || seen[i] {
			continue
		}
		seen[i] = true
		e := f.entries[i]
		switch e.kind {
		case kindStream:
			streams = append(streams, Stream{e.name, e.size, f, e.start})
		case kindStorage:
			storages = append(storages, Storage{e.name, f, e.child, e.clsid})
		}
		todo = append(todo, e.left, e.right)
	}
	return streams, storages
}

// Open returns the stream's bytes for reading anywhere; where its sectors lie is in memory, four bytes for each. A stream whose sectors end too
// early gives [ErrFormat].
func (s Stream) Open() (io.ReaderAt, error) {
	f := s.file
	if s.Size < f.cutoff {
		var b bytes.Buffer
		_, err := s.WriteTo(&b)
		return bytes.NewReader(b.Bytes()), err
	}
	if s.Size > f.size {
		return nil, fmt.Errorf("%w: stream %q of %d bytes in a file of %d", ErrFormat, s.Name, s.Size, f.size)
	}
	r := &sectors{file: f, size: s.Size}
	for next := s.start; int64(len(r.list))*f.sector < s.Size; {
		if next >= maxRegular {
			return nil, fmt.Errorf("%w: stream %q ends after %d of %d sectors", ErrFormat, s.Name, len(r.list), s.Size/f.sector+1)
		}
		r.list = append(r.list, next)
		var err error
		if next, err = f.next(next); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// sectors are those of one stream.
type sectors struct {
	file *File
	size int64
	list []uint32
}

// ReadAt implements [io.ReaderAt].
func (s *sectors) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		if at < 0 || at >= s.size {
			return n, io.EOF
		}
		within := at % s.file.sector
		piece := p[n:min(int64(len(p)), int64(n)+min(s.file.sector-within, s.size-at))]
		got, err := s.file.r.ReadAt(piece, (int64(s.list[at/s.file.sector])+1)*s.file.sector+within)
		if n += got; got < len(piece) {
			return n, err
		}
	}
	return n, nil
}
