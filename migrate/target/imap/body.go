package imap

import (
	"errors"
	"fmt"
	"io"

	"unpop/migrate"
)

// A body gives the bytes of a message chunk by chunk, and reads the next one while the last one is being sent. The last chunk comes
// only after the reader has ended where it should, so that the last byte of a message that is too long or fails at its end is
// never handed over.
type body struct {
	reader io.ReadCloser
	left   int64 // not read yet
	size   int64
	ahead  chan piece // what was read ahead; nil for a message of one chunk
	quit   chan struct{}

	chunk []byte // to be sent now
	done  bool   // no chunk is left
	err   error  // why the message can't be read
}

// piece is a chunk, or why there is none.
type piece struct {
	chunk []byte
	err   error
}

// openBody opens a message and reads its first chunk. buf is for two chunks.
func openBody(m *migrate.Outgoing, buf []byte) (*body, error) {
	if m.Size < 0 {
		return nil, fmt.Errorf("message: size %d", m.Size)
	}
	reader, err := m.Open()
	if err != nil {
		return nil, err
	}
	b := &body{reader: reader, left: m.Size, size: m.Size}
	half := len(buf) / 2
	first := b.read(buf[:half])
	if first.err != nil {
		b.close()
		return nil, first.err
	}
	b.chunk = first.chunk
	if b.left > 0 {
		b.ahead, b.quit = make(chan piece), make(chan struct{})
		go b.readAhead(buf[half:2*half], buf[:half])
	}
	return b, nil
}

// readAhead fills one buffer while the other is in use: who takes a piece is done with the one before.
func (b *body) readAhead(next, other []byte) {
	defer close(b.ahead)
	for b.left > 0 {
		p := b.read(next)
		select {
		case b.ahead <- p:
		case <-b.quit:
			return
		}
		if p.err != nil {
			return
		}
		next, other = other, next
	}
}

// next makes the next chunk ready, or says that there is none.
func (b *body) next() {
	p, more := piece{}, false
	if b.ahead != nil {
		p, more = <-b.ahead
	}
	b.chunk, b.err, b.done = p.chunk, p.err, !more
}

func (b *body) read(buf []byte) piece {
	chunk := buf[:min(int64(len(buf)), b.left)]
	n, err := io.ReadFull(b.reader, chunk)
	b.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("message: ends after %d of %d bytes", b.size-b.left, b.size)
	case err == nil && b.left == 0:
		err = b.expectEnd()
	}
	return piece{chunk, err}
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

// close waits for a read under way.
func (b *body) close() {
	if b.ahead != nil {
		close(b.quit)
		for range b.ahead {
		}
	}
	_ = b.reader.Close()
}
