package mapi

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Damage marks an error of a store as [ErrDamaged], unless it is the file system's: what can't be read today may be readable
// tomorrow. Nil stays nil.
func Damage(err error) error {
	var place *fs.PathError
	if err == nil || errors.Is(err, ErrDamaged) || errors.As(err, &place) || errors.Is(err, fs.ErrClosed) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// DamageReader marks the errors of a reader, but for [io.EOF], as Damage does. With failed it gives nothing but that error.
func DamageReader(r io.ReaderAt, failed error) io.ReaderAt { return damageReader{r, failed} }

type damageReader struct {
	from   io.ReaderAt
	failed error
}

func (d damageReader) ReadAt(p []byte, off int64) (int, error) {
	if d.failed != nil {
		return 0, Damage(d.failed)
	}
	n, err := d.from.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		err = Damage(err)
	}
	return n, err
}
