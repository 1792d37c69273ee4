package mapi

import (
	"io"
	"sync"

	"golang.org/x/text/transform"
)

// decoding are the buffers between a value and its text. They are used again: [transform.Reader] would make new ones for each text.
type decoding struct{ src, dst [8 << 10]byte }

var decodings = sync.Pool{New: func() any { return new(decoding) }}

// decodeTo writes what r gives, transformed, like [io.Copy] from a [transform.Reader].
func decodeTo(w io.Writer, r io.Reader, t transform.Transformer) error {
	d := decodings.Get().(*decoding)
	defer decodings.Put(d)
	t.Reset()
	kept := 0
	for {
		n, end := r.Read(d.src[kept:])
		rest, err := d.write(w, d.src[:kept+n], t, end == io.EOF)
		if err != nil {
			return err
		}
		if end == io.EOF {
			return nil
		}
		if end != nil {
			return end
		}
		kept = copy(d.src[:], rest)
	}
}

// write transforms as much of src as can be, and returns the rest: the begin of a character.
func (d *decoding) write(w io.Writer, src []byte, t transform.Transformer, atEOF bool) (rest []byte, err error) {
	for {
		written, read, cause := t.Transform(d.dst[:], src, atEOF)
		if _, err := w.Write(d.dst[:written]); err != nil {
			return nil, err
		}
		src = src[read:]
		switch {
		case cause == nil || cause == transform.ErrShortSrc && !atEOF && len(src) < len(d.src):
			return src, nil
		case cause != transform.ErrShortDst || written == 0 && read == 0:
			return nil, cause
		}
	}
}
