package cfb

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A Stream is a stream of a file.
type Stream struct {
	Name  string
	Size  int64
	file  *File
	start uint32
}

// Streams lists the streams at the top, in the order of the directory's tree. Those in storages below are left out.
func (f *File) Streams() []Stream {
	streams, _ := f.Root().List()
	return streams
}

// WriteTo writes the stream's bytes. It may be called again. A stream whose sectors end too early gives [ErrFormat].
func (s Stream) WriteTo(w io.Writer) (int64, error) {
	if s.Size > s.file.size {
		return 0, fmt.Errorf("%w: stream %q of %d bytes in a file of %d", ErrFormat, s.Name, s.Size, s.file.size)
	}
	c := &counter{w: w}
	var err error
	if s.Size < s.file.cutoff {
		err = s.small(c)
	} else {
		err = s.file.follow(c, s.start, s.Size)
	}
	if err == nil && c.n < s.Size {
		err = fmt.Errorf("%w: stream %q ends after %d of %d bytes", ErrFormat, s.Name, c.n, s.Size)
	}
	return c.n, err
}

// small writes a stream that lies in the mini stream.
func (s Stream) small(w io.Writer) error {
	f := s.file
	sector := s.start
	for left := s.Size; left > 0 && sector < maxRegular; {
		at := int64(sector) * miniSector
		if at >= int64(len(f.mini)) || int64(sector)*4+4 > int64(len(f.miniFAT)) {
			return fmt.Errorf("%w: mini sector %d", ErrFormat, sector)
		}
		piece := f.mini[at:min(at+min(left, miniSector), int64(len(f.mini)))]
		if _, err := w.Write(piece); err != nil {
			return err
		}
		left -= int64(len(piece))
		sector = binary.LittleEndian.Uint32(f.miniFAT[sector*4:])
	}
	return nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
