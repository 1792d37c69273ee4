package mapi

import (
	"errors"
	"fmt"
	"io"
)

// bytesAt reads from memory.
type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// storeReader makes an end that comes too early damage: a value is as long as the store says.
type storeReader struct{ io.ReaderAt }

func (r storeReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, off)
	if n < len(p) && errors.Is(err, io.EOF) {
		err = errShort
	}
	return n, err
}

var errShort = fmt.Errorf("value is shorter than it says: %w", ErrDamaged)
