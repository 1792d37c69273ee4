package mend

import (
	"bufio"
	"bytes"
	"io"
)

const (
	maxLine  = 998      // octets in a line without its end, RFC 5322 section 2.1.1
	window   = 64 << 10 // how far the header is looked ahead
	batch    = 16 << 10 // how much output is made at once, if there is that much
	minimal  = "MIME-Version: 1.0\r\n"
	oddField = "X-Unpop-Line: "
)

// mender is the reader of step Header. Its input is that of step LineEnds.
type mender struct {
	in   *bufio.Reader
	out  []byte
	off  int                 // what of out has been read
	next func(*mender) error // what to do next; it gets on with every call
	err  error

	top    bool  // nothing of the header is written yet
	pos    int64 // octets taken from in
	sureTo int64 // the header reaches at least so far
	col    int   // octets of the current header line that are written
	begun  bool  // the current line is begun, with more than blanks
	coding coding
}

func newMender(in io.Reader) *mender {
	return &mender{in: bufio.NewReaderSize(in, window), next: (*mender).headerLine, top: true}
}

// Read implements io.Reader.
func (m *mender) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if m.off == len(m.out) {
		m.out, m.off = m.out[:0], 0
	}
	for m.off == len(m.out) && m.err == nil {
		m.fill()
	}
	if m.off == len(m.out) {
		return 0, m.err
	}
	n := copy(p, m.out[m.off:])
	m.off += n
	return n, nil
}

func (m *mender) fill() {
	for len(m.out) < batch && m.err == nil {
		m.err = m.next(m)
	}
}

// peek returns the next n octets, fewer at the end of the message.
func (m *mender) peek(n int) ([]byte, error) {
	w, err := m.in.Peek(n)
	if err == io.EOF {
		err = nil
	}
	return w, err
}

func (m *mender) write(text ...string) {
	for _, t := range text {
		m.out = append(m.out, t...)
	}
}

// pass writes the next n octets, which are w.
func (m *mender) pass(w []byte) {
	m.out = append(m.out, w...)
	m.skip(len(w))
}

func (m *mender) skip(n int) {
	_, _ = m.in.Discard(n) // they were peeked at
	m.pos += int64(n)
}

// headerLine deals with the beginning of a line of the header.
func (m *mender) headerLine() error {
	w, err := m.peek(maxLine + len(crlf))
	if err != nil {
		return err
	}
	kind, name := classify(w)
	switch {
	case kind == lineNone:
		m.endHeader()
		return nil
	case kind == lineEmpty:
		m.skip(len(crlf))
		m.endHeader()
		return nil
	case kind == lineOdd || m.top && (kind == lineMore || kind == lineBlank):
		return m.oddLine(kind)
	case kind == lineBlank:
		m.skip(bytes.IndexByte(w, '\n') + 1)
		return nil
	}
	m.coding.see(w)
	if kind == lineLoose {
		m.pass(w[:name])
		m.skip(bytes.IndexByte(w[name:], ':'))
	}
	m.rest(name, kind == lineLoose)
	return nil
}

// rest has the rest of the line written. If some of it is begun, that are col octets.
func (m *mender) rest(col int, begun bool) {
	m.top = false
	m.next = (*mender).headerRest
	m.col, m.begun = 0, begun
	if begun {
		m.col = col
	}
}

// endHeader writes the blank line, and a field before it if there is none.
func (m *mender) endHeader() {
	if m.top {
		m.write(minimal)
	}
	m.write(crlf)
	m.next, m.begun = (*mender).body, false
}

// oddLine keeps a line that doesn't belong into a header as a field, or ends the header before it.
func (m *mender) oddLine(kind lineKind) error {
	if m.pos >= m.sureTo {
		w, err := m.peek(window)
		if err != nil {
			return err
		}
		m.sureTo = m.pos + int64(headerLen(w))
	}
	if m.pos >= m.sureTo {
		m.endHeader()
		return nil
	}
	return m.keep(kind)
}

// keep makes a field of an odd line. The line is within the window, because a field was seen behind it.
func (m *mender) keep(kind lineKind) error {
	w, err := m.peek(window)
	if err != nil {
		return err
	}
	line, _, _ := bytes.Cut(w, []byte(crlf))
	if kind == lineBlank {
		m.skip(len(line) + len(crlf))
		return nil
	}
	m.top = false
	m.write(oddField)
	if ascii(line) {
		m.rest(len(oddField), true)
		return nil
	}
	m.out = appendEncoded(m.out, line)
	m.write(crlf)
	m.skip(len(line) + len(crlf))
	return nil
}
