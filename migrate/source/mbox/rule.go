package mbox

import "bytes"

// lookahead is how much of a file is looked at to judge a From_ line: the line itself and the two after it.
// A longer From_ line is none.
const lookahead = 64 << 10

// A rule says how the messages of one file are told apart. It is found by look.
type rule struct {
	eol     byte // '\n'; '\r' in files of old Macs
	relaxed bool // a From_ line needs no blank line before it
	lengths bool // Content-Length is true in this file
	plain   bool // nothing was quoted, so nothing is unquoted (mboxcl2)
}

// line cuts the first line off, without its end; whole says that the end was there.
func (r rule) line(b []byte) (line, rest []byte, whole bool) {
	i := bytes.IndexByte(b, r.eol)
	if i < 0 {
		return b, nil, false
	}
	return r.chomp(b[:i]), b[i+1:], true
}

func (r rule) chomp(line []byte) []byte {
	if r.eol == '\n' && len(line) > 0 && line[len(line)-1] == '\r' {
		return line[:len(line)-1]
	}
	return line
}

// A verdict is what a line that begins with "From" is.
type verdict uint8

const (
	isText      verdict = iota
	isHeadless          // a From_ line with a date, after a blank line, and no header after it
	isRelaxed           // a separator but for the blank line that is missing before it
	isSeparator         // a separator, a blank line is before it
)

// judge looks at a line that begins with "From" and the lines after it. atEnd says that the text reaches the file's end;
// blank, that the line before is blank or that there is none.
func (r rule) judge(text []byte, blank, atEnd bool) (verdict, fromLine) {
	line, rest, whole := r.line(text)
	if !whole && !atEnd {
		return isText, fromLine{}
	}
	from := parseFrom(line)
	next := r.follows(rest, whole, atEnd)
	switch {
	case next == followsText && blank && from.kind == fromDated:
		return isHeadless, from
	case from.kind == fromNone || next == followsText:
		return isText, from
	case blank && r.holds(from.kind, next, rest):
		return isSeparator, from
	case !blank && next >= followsHeader && from.kind >= fromSpace && (next == followsHeaders || from.kind == fromDated):
		return isRelaxed, from
	}
	return isText, from
}

// holds weighs a From_ line after a blank line: a date and one header field do, less than a date needs two.
// A From_ line with nothing after it is believed at the end of a file, or where the next message follows at once.
func (r rule) holds(kind fromKind, next following, rest []byte) bool {
	switch next {
	case followsEnd:
		return kind >= fromSpace
	case followsBlank:
		return kind == fromDated || (kind >= fromSpace && r.emptyBefore(rest))
	case followsHeader:
		return kind >= fromDash
	default:
		return next == followsHeaders
	}
}

// emptyBefore says whether a blank line is followed by the end of the file or by the next From_ line: an empty message,
// or the word "From" in a table that became text?
func (r rule) emptyBefore(rest []byte) bool {
	_, rest, _ = r.line(rest)
	line, _, _ := r.line(rest)
	return len(rest) == 0 || (len(line) > 0 && parseFrom(line).kind >= fromSpace)
}

// A following is what comes after a From_ line.
type following uint8

const (
	followsText    following = iota
	followsEnd               // the end of the file
	followsBlank             // a blank line: a message without header
	followsHeader            // one header line, and then what is none
	followsHeaders           // a header
)

// follows looks at the two lines after a From_ line, as Thunderbird does: prose rarely has two in a row that look like a header.
func (r rule) follows(rest []byte, whole, atEnd bool) following {
	if len(rest) == 0 && atEnd {
		return followsEnd
	}
	first, rest, ended := r.line(rest)
	switch {
	case len(first) == 0 && ended && whole:
		return followsBlank
	case !isHeaderLine(first):
		return r.cut(first, ended, atEnd)
	case !ended:
		return followsHeaders
	}
	second, _, ended := r.line(rest)
	if len(second) == 0 || second[0] == ' ' || second[0] == '\t' || isHeaderLine(second) || (!ended && atEnd) {
		return followsHeaders
	}
	return followsHeader
}

// cut excuses a line that is no header line because the file ends within it.
func (r rule) cut(line []byte, ended, atEnd bool) following {
	if !ended && atEnd && isName(line) {
		return followsHeader
	}
	return followsText
}

// maxFieldName is longer than the name of any header field.
const maxFieldName = 200

// isHeaderLine says whether a line looks like the first line of a header field (RFC 5322 section 2.2, with the blank before
// the colon that section 4.5 allows), or like a From_ line that got into the header.
func isHeaderLine(line []byte) bool {
	if bytes.HasPrefix(line, quotedFrom) {
		return true
	}
	name, value, ok := bytes.Cut(line[:min(len(line), maxFieldName)], []byte{':'})
	return ok && isName(bytes.TrimRight(name, " \t")) && !bytes.HasPrefix(value, []byte("//"))
}

var quotedFrom = []byte(">From ")

func isName(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(name) > 0
}
