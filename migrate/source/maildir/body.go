package maildir

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"os"
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
	file    *os.File
	packing string // empty for plain
}

// openBody opens a message file and undoes its compression.
func openBody(path string) (*body, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := unpack(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func unpack(f *os.File) (*body, error) {
	buffered := bufio.NewReaderSize(f, 32<<10)
	head, err := buffered.Peek(longestMagic)
	if err != nil && err != io.EOF {
		return nil, err
	}
	for _, p := range packings {
		if !bytes.HasPrefix(head, []byte(p.magic)) {
			continue
		}
		if p.unpack == nil {
			return nil, fmt.Errorf("compressed with %s", p.name)
		}
		r, err := p.unpack(buffered)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		return &body{Reader: r, file: f, packing: p.name}, nil
	}
	return &body{Reader: buffered, file: f}, nil
}

// Read reads the message; an error of the unpacking says which it was.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF && b.packing != "" {
		err = fmt.Errorf("%s: %s: %w", b.file.Name(), b.packing, err)
	}
	return n, err
}

// Close closes the file.
func (b *body) Close() error { return b.file.Close() }

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
