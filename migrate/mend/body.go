package mend

import (
	"bytes"
	"io"
)

// base64Line is where a line of base64 is broken: at a multiple of the 76 characters of RFC 2045 section 6.8.
const base64Line = 13 * 76

// coding notes whether the lines at hand are quoted-printable: as the last Content-Transfer-Encoding field said, in the
// header or at the top of a part, until a line that may be a boundary.
type coding struct{ quoted bool }

var (
	encodingField = []byte("content-transfer-encoding")
	quotedName    = []byte("quoted-printable")
)

// see looks at the beginning of a line.
func (c *coding) see(line []byte) {
	switch {
	case len(line) < 2:
	case line[0] == '-' && line[1] == '-':
		c.quoted = c.quoted && !mayBound(line)
	case line[0]|0x20 == 'c' && line[1]|0x20 == 'o':
		c.seeField(line)
	}
}

// mayBound tells a boundary, which begins with "--", from a signature's and from the lines that people draw.
func mayBound(line []byte) bool {
	name, _, _ := bytes.Cut(line[2:min(len(line), maxLine)], []byte("\r"))
	name = bytes.TrimRight(name, " \t")
	drawn := len(bytes.Trim(name, "-=_*~#")) == 0
	return !drawn && string(name) != "=20" && !bytes.ContainsAny(name, " \t")
}

func (c *coding) seeField(line []byte) {
	if i := bytes.IndexByte(line, '\r'); i >= 0 {
		line = line[:i]
	}
	name, value, ok := bytes.Cut(line, []byte(":"))
	if ok && bytes.EqualFold(bytes.TrimRight(name, " \t"), encodingField) {
		c.quoted = bytes.EqualFold(bytes.Trim(value, " \t"), quotedName)
	}
}

// body writes some of the body.
func (m *mender) body() error {
	if _, err := m.in.Peek(1); err != nil {
		return err
	}
	w, _ := m.in.Peek(m.in.Buffered())
	if n := m.shortLines(w); n > 0 {
		m.pass(w[:n])
		return nil
	}
	return m.bodyLine()
}

// shortLines returns the length of the lines at the beginning of w that are whole and not too long.
func (m *mender) shortLines(w []byte) int {
	n := 0
	for !m.begun {
		end := bytes.IndexByte(w[n:], '\n') + 1
		if end == 0 || end > maxLine+len(crlf) {
			return n
		}
		m.coding.see(w[n:])
		n += end
	}
	return 0
}

// bodyLine writes a line, or as much as a line may hold.
func (m *mender) bodyLine() error {
	w, err := m.peek(maxLine + len(crlf))
	if err != nil {
		return err
	}
	if end := bytes.IndexByte(w, '\n') + 1; end > 0 {
		if !m.begun {
			m.coding.see(w)
		}
		m.begun = false
		m.pass(w[:end])
		return nil
	}
	if len(w) < maxLine+len(crlf) {
		return io.ErrUnexpectedEOF // the step before ends every line
	}
	m.breakLine(w[:maxLine+1])
	return nil
}

// breakLine writes a line's worth of w, which is an octet longer than that. Before a blank, the rest is a continuation in
// the header of a part.
func (m *mender) breakLine(w []byte) {
	switch blank := bytes.LastIndexAny(w[1:], " \t") + 1; {
	case m.coding.quoted:
		m.pass(w[:softBreak(w[:maxLine])])
		m.write("=")
	case isBase64(w[:maxLine]):
		m.pass(w[:base64Line])
	case blank > 0:
		m.pass(w[:blank])
	default:
		m.pass(w[:whole(w, maxLine, 1)])
	}
	m.write(crlf)
	m.begun = true
}

// softBreak returns where "=" and a line end may be put into quoted-printable: not within "=XX".
func softBreak(w []byte) int {
	cut := len(w) - 1
	if i := bytes.LastIndexByte(w[cut-2:cut], '='); i >= 0 {
		cut += i - 2
	}
	return cut
}

func isBase64(text []byte) bool {
	for _, c := range text {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/') {
			return false
		}
	}
	return true
}
