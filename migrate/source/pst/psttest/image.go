package psttest

import (
	"io"
	"sort"
)

// Image is a file in memory. Where nothing was written it has zeros that take up no memory.
type Image struct {
	parts []part // in the order of their offsets, none over another
	size  int64
}

type part struct {
	offset int64
	data   []byte
}

// put writes at an offset behind all that was written before.
func (m *Image) put(offset int64, data []byte) {
	m.parts = append(m.parts, part{offset, data})
	m.size = max(m.size, offset+int64(len(data)))
}

// Size is the size of the file in bytes.
func (m *Image) Size() int64 { return m.size }

// ReadAt implements [io.ReaderAt].
func (m *Image) ReadAt(p []byte, off int64) (int, error) {
	if off >= m.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), m.size-off))
	clear(p[:n])
	i := sort.Search(len(m.parts), func(i int) bool { return m.parts[i].offset+int64(len(m.parts[i].data)) > off })
	for ; i < len(m.parts) && m.parts[i].offset < off+int64(n); i++ {
		q := m.parts[i]
		if q.offset >= off {
			copy(p[q.offset-off:n], q.data)
		} else {
			copy(p[:n], q.data[off-q.offset:])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Bytes returns the whole file.
func (m *Image) Bytes() []byte {
	b := make([]byte, m.size)
	for _, q := range m.parts {
		copy(b[q.offset:], q.data)
	}
	return b
}
