package mend

import (
	"bytes"
	"strings"
)

// lookLines is how many lines the header is looked ahead.
const lookLines = 100

// looseName is how long the name of a field may be that has blanks behind it.
const looseName = 200

// lineKind is what a line is to a header.
type lineKind int

const (
	lineNone  lineKind = iota // the end of the message
	lineEmpty                 // the end of the header
	lineField                 // a name and a colon
	lineLoose                 // the same with blanks between them
	lineMore                  // the continuation of a field
	lineBlank                 // blanks only
	lineOdd                   // nothing that a header may hold
)

// classify says what the line at the beginning of w is, and how long its field's name is. It judges by what a line may hold
// at most, so w needs no more.
func classify(w []byte) (lineKind, int) {
	line := w[:min(len(w), maxLine)]
	if i := bytes.IndexByte(w, '\r'); i >= 0 && i < len(line) {
		line = w[:i]
	}
	switch {
	case len(w) == 0:
		return lineNone, 0
	case len(line) == 0:
		return lineEmpty, 0
	case !blank(line[0]):
		return classifyName(line)
	case allBlank(line) && len(line) < len(w) && w[len(line)] == '\r':
		return lineBlank, 0
	}
	return lineMore, 0
}

func classifyName(line []byte) (lineKind, int) {
	n := 0
	for n < len(line) && line[n] > ' ' && line[n] < 0x7f && line[n] != ':' {
		n++
	}
	colon := n
	for colon < len(line) && blank(line[colon]) {
		colon++
	}
	switch {
	case n == 0 || colon == len(line) || line[colon] != ':':
		return lineOdd, 0
	case colon == n:
		return lineField, n
	case n > looseName:
		return lineOdd, 0
	}
	return lineLoose, n
}

// headerLen returns how much of w, which begins with an odd line, still is header: up to the last field that has no more odd
// lines before it than fields; 0 if there is none. A boundary ends it, as the fields of a part come after that. A field without
// a name is a field, though not one that speaks for others.
func headerLen(w []byte) int {
	length, off, balance := 0, 0, 0
	for range lookLines {
		end := bytes.IndexByte(w[off:], '\n') + 1
		if end == 0 {
			break
		}
		line := w[off : off+end]
		kind, name := classify(line)
		off += end
		switch {
		case kind == lineEmpty || bytes.HasPrefix(line, []byte("--")):
			return length
		case len(line) > 1 && line[0] == ':' && blank(line[1]):
			if balance >= 0 {
				length = off
			}
		case kind == lineOdd || kind == lineMore && off == end:
			balance--
		case (kind == lineField || kind == lineLoose) && usual(string(line[:name])):
			if balance++; balance >= 0 {
				length = off
			}
		}
	}
	return length
}

// usual reports whether a field has a name by which a header is known. "http" is none.
func usual(name string) bool {
	switch strings.ToLower(name) {
	case "from", "to", "cc", "bcc", "subject", "date", "sender", "received", "references", "comments", "keywords",
		"encrypted", "approved", "newsgroups", "organization", "organisation", "path", "xref", "lines", "status",
		"importance", "priority", "precedence", "sensitivity", "autocrypt", "supersedes", "expires", "distribution":
		return true
	}
	return strings.Contains(strings.Trim(name, "-"), "-") && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

func allBlank(text []byte) bool { return len(bytes.Trim(text, " \t")) == 0 }
