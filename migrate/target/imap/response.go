package imap

import (
	"strconv"
	"strings"
)

// A response is one line from the server, literals included.
type response struct {
	tag string // "*", "+" or a command's tag
	// kind is the first word after the tag in upper case: OK, NO, BAD, BYE, PREAUTH, CAPABILITY, …
	kind string
	// code, arg and text are those of resp-text (RFC 9051 section 7.1); for other kinds text is all that follows.
	code, arg, text string
}

// parseResponse splits a line without its line end. It takes whatever comes.
func parseResponse(line string) response {
	tag, rest, _ := strings.Cut(line, " ")
	if tag == "+" || strings.HasPrefix(line, "+") {
		return response{tag: "+", text: rest}
	}
	kind, rest, _ := strings.Cut(rest, " ")
	r := response{tag: tag, kind: strings.ToUpper(kind), text: rest}
	switch r.kind {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		r.code, r.arg, r.text = parseText(rest)
	}
	return r
}

// parseText splits resp-text: ["[" resp-text-code "]" SP] text.
func parseText(s string) (code, arg, text string) {
	s = strings.TrimLeft(s, " ")
	if !strings.HasPrefix(s, "[") {
		return "", "", s
	}
	inside, text, ok := strings.Cut(s[1:], "]")
	if list, after, isList := strings.Cut(s[1:], ")]"); isList && strings.Contains(inside, " (") { // a keyword may hold the bracket (Cyrus)
		inside, text = list+")", after
	}
	if !ok {
		return "", "", s
	}
	code, arg, _ = strings.Cut(inside, " ")
	return strings.ToUpper(code), arg, strings.TrimLeft(text, " ")
}

// literalSize tells whether a line announces a literal: "… {12}\r\n", also {12+} and ~{12}.
func literalSize(line []byte) (int64, bool) {
	s := strings.TrimRight(string(line[max(0, len(line)-32):]), "\r\n")
	open := strings.LastIndexByte(s, '{')
	if open < 0 || !strings.HasSuffix(s, "}") {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(s[open+1:len(s)-1], "+"), 10, 64)
	return n, err == nil && n >= 0
}

// isOurs tells the tags of our own commands from those of go-imap, which begin with T.
func isOurs(tag string) bool {
	return len(tag) > 1 && tag[0] == tagPrefix && tag[1] >= '0' && tag[1] <= '9'
}

const tagPrefix = 'U'
