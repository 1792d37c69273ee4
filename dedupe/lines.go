package dedupe

import "bytes"

// Limits of what is looked at to judge the beginning of a message. They count lines and bytes of text, not line
// ends, so that a message gives the same answer before and after its line ends were made CRLF.
const (
	maxName    = 76  // of a field name
	maxSpace   = 16  // blanks between a field name and its colon
	maxLead    = 256 // lines before the header
	maxLine    = 998 // bytes of a separator line, or of a junk line before the first field
	lookLine   = 128 // bytes that suffice to classify a line
	lookLead   = 16 << 10
	fromQuoted = ">From "
	byteOrder  = "\xef\xbb\xbf"
)

// lineEnds says how a message's lines end.
type lineEnds bool

const (
	endsLF lineEnds = false // LF or CRLF; a bare CR is text
	endsCR lineEnds = true  // CR, from a classic Mac
)

// after gives the length of the first line of b with its end, and that of its text alone. Where no end is in b
// both are len(b).
func (e lineEnds) after(b []byte) (line, text int) {
	if e == endsLF {
		i := bytes.IndexByte(b, '\n')
		switch {
		case i < 0:
			return len(b), len(b)
		case i > 0 && b[i-1] == '\r':
			return i + 1, i - 1
		}
		return i + 1, i
	}
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return len(b), len(b)
	case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
		return i + 2, i
	}
	return i + 1, i
}

// blank gives the length of the line end at the start of b, 0 if there is text first.
func (e lineEnds) blank(b []byte) int {
	switch {
	case len(b) > 0 && b[0] == '\n':
		return 1
	case len(b) > 1 && b[0] == '\r' && b[1] == '\n':
		return 2
	case e == endsCR && len(b) > 0 && b[0] == '\r':
		return 1
	}
	return 0
}

// fieldName finds the field name at the start of b and where the value begins; blanks before the colon are
// tolerated (RFC 5322 section 4.5). The name is nil if no field begins here.
func fieldName(b []byte) (name []byte, value int) {
	n := 0
	for n < len(b) && n <= maxName && b[n] > ' ' && b[n] < 0x7f && b[n] != ':' {
		n++
	}
	colon := n
	for colon < len(b) && colon < n+maxSpace && isBlank(b[colon]) {
		colon++
	}
	if n == 0 || n > maxName || colon == len(b) || b[colon] != ':' {
		return nil, 0
	}
	return b[:n], colon + 1
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// isField tells whether a header field begins at b.
func isField(b []byte) bool {
	name, _ := fieldName(b)
	return name != nil
}

// isSeparator tells whether an mbox separator, quoted or not, begins at b. "From : x" is a field.
func isSeparator(b []byte) bool {
	return (bytes.HasPrefix(b, []byte("From ")) || isQuotedFrom(b)) && !isField(b)
}

func isQuotedFrom(b []byte) bool {
	return bytes.HasPrefix(b, []byte(fromQuoted)) && !isField(b)
}

// junkBeforeHeader gives the length of the byte order mark, blank lines and separator lines at the start of b, if a
// header field comes after them, else 0: what isn't followed by a header may be the user's text.
func (e lineEnds) junkBeforeHeader(b []byte) int {
	at := 0
	for range maxLead {
		n := e.junkLine(b[at:])
		if n == 0 {
			break
		}
		at += n
	}
	if !isField(b[at:]) {
		return 0
	}
	return at
}

func (e lineEnds) junkLine(b []byte) int {
	if bytes.HasPrefix(b, []byte(byteOrder)) {
		return len(byteOrder)
	}
	if n := e.blank(b); n > 0 {
		return n
	}
	if isSeparator(b) {
		if line, text := e.after(b); text <= maxLine {
			return line
		}
	}
	return 0
}

// hasHeader tells whether b begins with a header: one of its first two lines is a field. Other text, even if it has
// a line like "Status: fine" further on, is a body without a header.
func (e lineEnds) hasHeader(b []byte) bool {
	if isField(b) {
		return true
	}
	line, text := e.after(b)
	return text > 0 && text <= maxLine && isField(b[line:])
}
