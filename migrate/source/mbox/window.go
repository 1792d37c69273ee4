package mbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"unpop/migrate"
)

// windowSize bounds the memory for a file of any size. A window has room for the longest header that is looked at, and is small
// enough to stay in a core's cache while it is searched and digested.
const windowSize = maxHeader + 2*lookahead

// A window is the piece of a file that is in memory. It moves forward; what it still holds is not read again.
type window struct {
	r     io.ReaderAt
	size  int64 // where the file ends
	start int64 // offset of buf[0]
	until int64 // offset behind which nothing is read ahead
	keep  int64 // offset of what should stay in memory while the window moves on, if there is room
	buf   []byte
	holes bool // there is a NUL in buf
	room  []byte
	check func() error // asked before each read
	err   error        // the first one; from then on the file ends at the window's end
}

// rooms are the buffers of windows over files that are not small.
var rooms = sync.Pool{New: func() any { return new([windowSize]byte) }}

// newWindow returns a window on the first size bytes of a file. It may be given back with free.
func newWindow(r io.ReaderAt, size int64, check func() error) *window {
	w := &window{r: r, size: size, until: size, check: check}
	if size < windowSize/8 {
		w.room = make([]byte, size)
	} else {
		w.room = rooms.Get().(*[windowSize]byte)[:min(size, windowSize)]
	}
	return w
}

// free gives the buffer back; nothing that from or holding returned may be used afterwards.
func (w *window) free() {
	if cap(w.room) == windowSize {
		rooms.Put((*[windowSize]byte)(w.room[:windowSize]))
	}
	w.room, w.buf = nil, nil
}

// holding returns the bytes from one offset to another if all of them are in memory.
func (w *window) holding(from, to int64) ([]byte, bool) {
	if from < w.start || from > to || to > w.start+int64(len(w.buf)) {
		return nil, false
	}
	return w.buf[from-w.start : to-w.start], true
}

// from returns what is in memory from an offset on: at least n bytes, or all up to the end of the file.
// The slice is good until the next call. n must not be above windowSize.
func (w *window) from(off int64, n int) []byte {
	if off >= w.size || off < 0 {
		return nil
	}
	end := w.start + int64(len(w.buf))
	if off < w.start || off >= end || (off+int64(n) > end && end < w.size) {
		w.move(off, n)
	}
	if off >= w.size {
		return nil
	}
	return w.buf[off-w.start:]
}

// atEnd says whether a slice that from gave for this offset reaches the end of the file.
func (w *window) atEnd(off int64, b []byte) bool { return off+int64(len(b)) >= w.size }

// move fills the window with what is at off, n bytes at least, and with what is to be kept before it.
func (w *window) move(off int64, n int) {
	at := off
	if w.keep >= w.start && w.keep < off && off+int64(n)-w.keep <= int64(len(w.room)/2) {
		off = w.keep
	}
	kept := 0
	if end := w.start + int64(len(w.buf)); off >= w.start && off < end {
		kept = copy(w.room, w.buf[off-w.start:])
	}
	w.start = off
	need := max(w.until, at+int64(n)) - off
	w.fill(off, kept, int(min(int64(len(w.room)), w.size-off, need)))
}

// fill reads until so many bytes from an offset on are there.
func (w *window) fill(off int64, n, want int) {
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
	w.holes = bytes.IndexByte(w.buf, 0) >= 0
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
