package imap

import (
	"errors"
	"fmt"
	"io"

	"unpop/migrate"
)

// A body gives the bytes of a message chunk by chunk. The last chunk comes only after the reader has ended where it
// should, so that the last byte of a message that is too long or fails at its end is never handed over.
type body struct {
	reader io.ReadCloser
	buf    []byte
	left   int64 // not read yet
	size   int64

	chunk []byte // to be sent now
	done  bool   // no chunk is left
	err   error  // why the message can't be read
}

// openBody opens a message and reads its first chunk.
func openBody(m *migrate.Outgoing, buf []byte) (*body, error) {
	if m.Size < 0 {
		return nil, fmt.Errorf("message: size %d", m.Size)
	}
	reader, err := m.Open()
	if err != nil {
		return nil, err
	}
	b := &body{reader: reader, buf: buf, left: m.Size, size: m.Size}
	if b.read(); b.err != nil {
		b.close()
		return nil, b.err
	}
	return b, nil
}

// next makes the next chunk ready, or says that there is none.
func (b *body) next() {
	if b.left == 0 {
		b.done = true
		return
	}
	b.read()
}

func (b *body) read() {
	b.chunk = b.buf[:min(int64(len(b.buf)), b.left)]
	n, err := io.ReadFull(b.reader, b.chunk)
	b.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		b.err = fmt.Errorf("message: ends after %d of %d bytes", b.size-b.left, b.size)
	case err != nil:
		b.err = err
	case b.left == 0:
		b.err = b.expectEnd()
	}
}

func (b *body) expectEnd() error {
	var one [1]byte
	n, err := io.ReadFull(b.reader, one[:])
	switch {
	case n > 0:
		return fmt.Errorf("message: longer than its %d bytes", b.size)
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

func (b *body) close() { _ = b.reader.Close() }
