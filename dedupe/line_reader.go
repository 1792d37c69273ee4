package dedupe

import (
	"bytes"
	"io"
)

// maxPiece is how much of a long line comes at once. Where the pieces of a line begin depends on the line alone, not
// on how the bytes arrived.
const maxPiece = 32 << 10

// lineReader reads lines of any length in bounded memory.
type lineReader struct {
	src  io.Reader
	err  error
	mem  *[bufSize]byte
	r, w int
}

func newLineReader(src io.Reader) *lineReader {
	return &lineReader{src: src, mem: buffers.Get().(*[bufSize]byte)}
}

func (l *lineReader) close() { buffers.Put(l.mem) }

// peek returns the first bytes: all that there are, or a full buffer.
func (l *lineReader) peek() ([]byte, error) {
	l.w, l.err = readFull(l.src, l.mem[:])
	if l.err != nil && l.err != io.EOF {
		return nil, l.err
	}
	return l.mem[:l.w], nil
}

// next returns a line without its end, valid until the next call. eol is false for a piece of a long line and for
// a last line that doesn't end. The error is io.EOF after the last line.
func (l *lineReader) next() (text []byte, eol bool, err error) {
	for looked := 0; ; {
		b := l.mem[l.r:l.w]
		if i := bytes.IndexByte(b[looked:min(len(b), maxPiece)], '\n'); i >= 0 {
			i += looked
			l.r += i + 1
			return bytes.TrimSuffix(b[:i], []byte{'\r'}), true, nil
		}
		if len(b) >= maxPiece {
			return l.piece(b[:maxPiece]), false, nil
		}
		if l.err != nil {
			return l.last(b)
		}
		looked = len(b)
		l.more()
	}
}

// piece leaves a CR at its end for the next one, since an LF may follow it.
func (l *lineReader) piece(b []byte) []byte {
	if b[len(b)-1] == '\r' {
		b = b[:len(b)-1]
	}
	l.r += len(b)
	return b
}

func (l *lineReader) last(b []byte) ([]byte, bool, error) {
	if len(b) == 0 || l.err != io.EOF {
		return nil, false, l.err
	}
	l.r = l.w
	return b, false, nil
}

func (l *lineReader) more() {
	if len(l.mem)-l.r < maxPiece {
		l.w = copy(l.mem[:], l.mem[l.r:l.w])
		l.r = 0
	}
	var n int
	n, l.err = readSome(l.src, l.mem[l.w:])
	l.w += n
}
