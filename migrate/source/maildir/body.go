package maildir

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"sync"
)

// The packings that Dovecot's zlib plugin and archives use, by their first bytes.
var packings = []struct {
	magic  string
	name   string
	unpack func(io.Reader) (io.Reader, error) // nil: can't be read here
}{
	{"\x1f\x8b\x08", "gzip", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"BZh91AY&SY", "bzip2", func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
	{"\x28\xb5\x2f\xfd", "zstd", nil},
	{"\xfd7zXZ\x00", "xz", nil},
	{"Dovecot-LZ4\x0d\x2a\x9b\xc5", "lz4", nil},
}

// longestMagic is the length of the longest entry above.
const longestMagic = 15

// A body reads a message file, unpacked.
type body struct {
	io.Reader
	file     *os.File
	buffered *bufio.Reader // of the file; nil after Close
	packing  string        // empty for plain
}

// buffers are the readers of bodies that are closed.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 32<<10) }}

// openBody opens a message file and undoes its compression.
func openBody(path string) (*body, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b := &body{file: f, buffered: buffers.Get().(*bufio.Reader)}
	b.buffered.Reset(f)
	b.Reader = b.buffered
	if err := b.unpack(); err != nil {
		b.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func (b *body) unpack() error {
	head, err := b.buffered.Peek(longestMagic)
	if err != nil && err != io.EOF {
		return err
	}
	for _, p := range packings {
		if !bytes.HasPrefix(head, []byte(p.magic)) {
			continue
		}
		if p.unpack == nil {
			return fmt.Errorf("compressed with %s", p.name)
		}
		r, err := p.unpack(b.buffered)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		b.Reader, b.packing = r, p.name
	}
	return nil
}

// Read reads the message; an error of the unpacking says which it was.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF && b.packing != "" {
		err = fmt.Errorf("%s: %s: %w", b.file.Name(), b.packing, err)
	}
	return n, err
}

// Close closes the file; nothing can be read afterwards.
func (b *body) Close() error {
	if b.buffered != nil {
		b.buffered.Reset(nil)
		buffers.Put(b.buffered)
		b.buffered, b.Reader = nil, closed{}
	}
	return b.file.Close()
}

// closed is a reader that was closed.
type closed struct{}

// Read implements io.Reader.
func (closed) Read([]byte) (int, error) { return 0, os.ErrClosed }

// packed reports whether a message file is compressed.
func packed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, longestMagic)
	n, _ := io.ReadFull(f, head)
	for _, p := range packings {
		if bytes.HasPrefix(head[:n], []byte(p.magic)) {
			return true
		}
	}
	return false
}
