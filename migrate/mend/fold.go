package mend

import (
	"bytes"
	"encoding/base64"
	"io"
	"unicode/utf8"
)

// wordOctets is how much text an encoded word holds: with the longest charset and the field's name before it, its line stays
// within the 76 characters of RFC 2047 section 2.
const wordOctets = 30

// headerRest writes the rest of a header line, or as much as a line may hold.
func (m *mender) headerRest() error {
	limit := maxLine - m.col
	w, err := m.peek(limit + len(crlf))
	if err != nil {
		return err
	}
	if end := bytes.IndexByte(w, '\n') + 1; end > 0 {
		if !m.begun && allBlank(w[:end-len(crlf)]) {
			m.skip(end)
		} else {
			m.pass(w[:end])
		}
		m.next = (*mender).headerLine
		return nil
	}
	if len(w) < limit+len(crlf) {
		return io.ErrUnexpectedEOF // the step before ends every line
	}
	m.fold(w[:limit+1])
	return nil
}

// fold writes a line's worth of w, which is an octet longer than that, and what the next line begins with.
func (m *mender) fold(w []byte) {
	limit := len(w) - 1
	text := 0 // where a cut leaves more than blanks before it
	if !m.begun {
		text = limit - len(bytes.TrimLeft(w[:limit], " \t")) + 1
	}
	if text > limit {
		m.skip(limit - 1) // one stays to make the line a continuation
		return
	}
	if i := bytes.LastIndexAny(w[text:], " \t"); i >= 0 {
		m.pass(w[:text+i])
		m.write(crlf)
		m.col, m.begun = 0, false
		return
	}
	m.pass(w[:whole(w, limit, text)])
	m.write(crlf, " ")
	m.col, m.begun = 1, true
}

// whole returns the place at or before cut, but not before least, that doesn't divide a character of UTF-8.
func whole(w []byte, cut, least int) int {
	for i := cut; i >= max(least, cut-utf8.UTFMax+1, 1); i-- {
		if utf8.RuneStart(w[i]) {
			return i
		}
	}
	return cut
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendEncoded appends text as encoded words, each on a line of its own. If it isn't UTF-8, nobody knows what it is: RFC
// 1428 has a name for that.
func appendEncoded(out, text []byte) []byte {
	charset := "utf-8"
	if !utf8.Valid(text) {
		charset = "unknown-8bit"
	}
	for separator := ""; len(text) > 0; separator = "\r\n " {
		n := len(text)
		if n > wordOctets {
			n = whole(text, wordOctets, 1)
		}
		out = append(out, separator+"=?"+charset+"?B?"...)
		out = base64.StdEncoding.AppendEncode(out, text[:n])
		out = append(out, "?="...)
		text = text[n:]
	}
	return out
}
