package mbox

import (
	"errors"
	"fmt"
	"io"

	"unpop/migrate"
)

// windowSize bounds the memory for a file of any size.
const windowSize = 1 << 20

// A window is the piece of a file that is in memory. It moves forward; what it still holds is not read again.
type window struct {
	r     io.ReaderAt
	size  int64 // where the file ends
	start int64 // offset of buf[0]
	buf   []byte
	room  []byte
	check func() error // asked before each read
	err   error        // the first one; from then on the file ends at the window's end
}

func newWindow(r io.ReaderAt, size int64, check func() error) *window {
	return &window{r: r, size: size, check: check, room: make([]byte, min(size, windowSize))}
}

// from returns what is in memory from an offset on: at least n bytes, or all up to the end of the file.
// The slice is good until the next call. n must not be above windowSize.
func (w *window) from(off int64, n int) []byte {
	if off >= w.size || off < 0 {
		return nil
	}
	end := w.start + int64(len(w.buf))
	if off < w.start || off >= end || (off+int64(n) > end && end < w.size) {
		w.move(off)
	}
	if off >= w.size {
		return nil
	}
	return w.buf[off-w.start:]
}

// atEnd says whether a slice that from gave for this offset reaches the end of the file.
func (w *window) atEnd(off int64, b []byte) bool { return off+int64(len(b)) >= w.size }

// move fills the window with what is at off.
func (w *window) move(off int64) {
	kept := 0
	if end := w.start + int64(len(w.buf)); off >= w.start && off < end {
		kept = copy(w.room, w.buf[off-w.start:])
	}
	w.start = off
	want := int(min(int64(len(w.room)), w.size-off))
	n := kept
	if w.err == nil {
		w.err = w.check()
	}
	for w.err == nil && n < want {
		var got int
		got, w.err = w.r.ReadAt(w.room[n:want], off+int64(n))
		n += got
	}
	w.settle(off, n, want)
}

// settle makes an error the end of the file, so that the callers need not ask after each byte.
func (w *window) settle(off int64, n, want int) {
	w.buf = w.room[:n]
	if n >= want {
		if errors.Is(w.err, io.EOF) {
			w.err = nil
		}
		return
	}
	w.size = off + int64(n)
	if errors.Is(w.err, io.EOF) {
		w.err = fmt.Errorf("file became shorter: %w", migrate.ErrChanged)
	}
}

// zeros is what holes are compared with holes.
var zeros [4096]byte
