package imap

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Servers list names that are no modified UTF-7, because a disk or another program brought them there: a bare "&", Latin-1. go-imap
// breaks the connection for such a name, and nobody could write it again after decoding. So the bytes that can't be read as text travel
// through go-imap as marks, one character for each, and become bytes again on the way out. A name with marks names the same mailbox
// in every run.

// mark plus a byte is the character that stands for the byte. Names that have such characters by themselves are written with marks too.
const mark = 0xEF00

// isMark tells the characters for bytes that a quoted string can hold and modified UTF-7 can't, or that have a meaning in it. There is none
// for CR, LF, NUL, the quote and the backslash, so that nothing gets out of its quotes.
func isMark(r rune) bool {
	b := r - mark
	return b == '&' || b >= 0x7F && b <= 0xFF || b > 0 && b < ' ' && b != '\r' && b != '\n'
}

// markName writes a name from the wire as modified UTF-7 that go-imap can read, with marks where it is not valid.
func markName(raw string, utf8Names bool) (name string, marked bool) {
	switch {
	case utf8Names && utf8.ValidString(raw):
		return encodeUTF7(raw), false
	case validUTF7(raw) && !strings.ContainsFunc(decodeShifts(raw), isMark):
		return raw, false
	}
	var out strings.Builder
	var run []rune
	flush := func() {
		if len(run) > 0 {
			out.WriteString("&" + encodeShifted(run) + "-")
			run = run[:0]
		}
	}
	for _, b := range []byte(raw) {
		if b == '&' || b < ' ' || b > '~' {
			run = append(run, mark+rune(b))
			continue
		}
		flush()
		out.WriteByte(b)
	}
	flush()
	return out.String(), true
}

// shifts are the parts of modified UTF-7 that are not ASCII.
var shifts = regexp.MustCompile(`&([A-Za-z0-9+,]+)-`)

// decodeShifts reads the shifted parts of a valid name; the rest stays.
func decodeShifts(name string) string {
	return shifts.ReplaceAllStringFunc(name, func(s string) string { return string(decodeShift(s[1 : len(s)-1])) })
}

// restoreMarks puts the bytes that marks stand for back into a command.
func restoreMarks(command []byte) []byte {
	return shifts.ReplaceAllFunc(command, func(s []byte) []byte {
		var raw []byte
		for _, r := range decodeShift(string(s[1 : len(s)-1])) {
			if !isMark(r) {
				return s
			}
			raw = append(raw, byte(r-mark))
		}
		return raw
	})
}

// namesMailbox tells the responses that begin with the name of a mailbox, or with what go-imap reads before one.
func namesMailbox(line []byte) bool {
	for _, kind := range []string{"* LIST ", "* STATUS "} {
		if len(line) >= len(kind) && strings.EqualFold(string(line[:len(kind)]), kind) {
			return true
		}
	}
	return false
}

// plainNames returns a LIST or STATUS response with its name as a quoted string that go-imap can read.
func (t *tap) plainNames(line []byte) ([]byte, error) {
	text, err := t.unliteral(bytes.Clone(line))
	if err != nil {
		return nil, err
	}
	start, end := nameIn(text)
	if start < 0 {
		return text, nil
	}
	raw := string(text[start:end])
	if len(raw) > 1 && raw[0] == '"' {
		raw = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(raw[1 : len(raw)-1])
	}
	name, marked := markName(raw, t.utf8Names())
	if marked {
		t.odd.Store(true)
	}
	head := strings.Replace(string(text[:start]), `) "" `, ") NIL ", 1) // a server without levels that says so in its own way
	return append([]byte(head+quote(name)), text[end:]...), nil
}

// unnamable stands for a response about a name that no command could have. Nobody wants it.
var unnamable = []byte("* IGNORED\r\n")

// unliteral writes a name that comes as a literal as a quoted string. One that is too long for a name stays.
func (t *tap) unliteral(line []byte) ([]byte, error) {
	size, announced := literalSize(line)
	if !announced || size > lineMax {
		return line, nil
	}
	name := make([]byte, size)
	if _, err := io.ReadFull(t.br, name); err != nil {
		return nil, err
	}
	rest, err := t.br.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	if bytes.ContainsAny(name, "\r\n\x00") {
		return unnamable, nil
	}
	head := line[:bytes.LastIndexByte(line, '{')]
	return append(append(bytes.Clone(head), quote(string(name))...), rest...), nil
}

// nameIn finds the name in a LIST or STATUS response: an atom, or a quoted string with its quotes.
func nameIn(line []byte) (start, end int) {
	start = bytes.IndexByte(line[2:], ' ') + 3
	if bytes.Equal(line, unnamable) {
		return -1, -1
	}
	if line[2]|0x20 == 'l' {
		attrs := bytes.Index(line, []byte(") "))
		if attrs < 0 {
			return -1, -1
		}
		delimiter := bytes.IndexByte(line[attrs+2:], ' ')
		if delimiter < 0 {
			return -1, -1
		}
		start = attrs + 2 + delimiter + 1
	}
	text := string(line[start:])
	if end = quotedEnd(text); strings.HasPrefix(text, `"`) && end > 0 {
		return start, start + end
	}
	if end = strings.IndexAny(text, " \r\n"); end <= 0 {
		return -1, -1
	}
	return start, start + end
}
