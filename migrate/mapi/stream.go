package mapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// ErrConversion says that a message is such as the conversion is not prepared for: a fault of this package.
var ErrConversion = errors.New("can't be converted")

// NewReader converts a message while it is read, see [Convert]. finished is called with what was found before the reader gives its
// last byte or its error, and not at all where it is closed before; it returns the error to give, nil for none. The caller closes the reader, and the
// store is no longer read afterwards.
func NewReader(ctx context.Context, m Message, opts Options, finished func(Info, error) error) io.ReadCloser {
	r, w := io.Pipe()
	c := &conversion{PipeReader: r, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		info, err := convertTo(ctx, w, m, opts)
		if errors.Is(err, io.ErrClosedPipe) {
			return
		}
		w.CloseWithError(finished(info, err)) // nil: the end
	}()
	return c
}

// conversion is the reading end.
type conversion struct {
	*io.PipeReader
	done chan struct{}
}

// Close ends the conversion.
func (c *conversion) Close() error {
	err := c.PipeReader.Close()
	<-c.done
	return err
}

// buffers are those between a conversion and who reads it.
var buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 64<<10) }}

// copies are the buffers of copyAll.
var copies = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// copyAll copies like [io.Copy] through a buffer that is used again: most values are far smaller than it.
func copyAll(w io.Writer, r io.Reader) (int64, error) {
	buf := copies.Get().(*[32 << 10]byte)
	defer copies.Put(buf)
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, buf[:])
}

// convertTo converts through a buffer. A fault costs this message alone.
func convertTo(ctx context.Context, w io.Writer, m Message, opts Options) (info Info, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", ErrConversion, fault)
		}
	}()
	out := buffers.Get().(*bufio.Writer)
	defer buffers.Put(out)
	out.Reset(obedient{ctx, w})
	defer out.Reset(nil)
	info, err = Convert(out, m, opts)
	if err == nil {
		err = out.Flush()
	}
	return info, err
}

// obedient ends a conversion when the context ends.
type obedient struct {
	ctx context.Context
	w   io.Writer
}

func (o obedient) Write(p []byte) (int, error) {
	if err := o.ctx.Err(); err != nil {
		return 0, err
	}
	return o.w.Write(p)
}
