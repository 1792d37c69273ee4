package mbox

import (
	"bytes"
	"time"
)

// A fromKind tells how much a From_ line says; the less it says, the more is asked of what follows it.
type fromKind uint8

const (
	fromNone    fromKind = iota // not a From_ line
	fromBare                    // "From": could be prose
	fromSpace                   // "From ": Thunderbird's
	fromAddress                 // "From address": Takeout without dates, and dates in forms and languages that aren't known
	fromDash                    // "From - date", "From -": Netscape's, Thunderbird's
	fromDated                   // "From sender date"
)

// A fromLine is a From_ line understood.
type fromLine struct {
	kind   fromKind
	sender []byte
	date   time.Time
}

var fromPrefix = []byte("From")

// ParseFromLine reads a From_ line: who sent the message and when, as far as it tells. The line may end in CR, LF or both.
// A date without a zone is taken for UTC, a zone whose name isn't known too. ok says whether the line can be a separator
// at all: "From now on…" can't.
func ParseFromLine(line []byte) (sender string, date time.Time, ok bool) {
	from := parseFrom(line)
	return string(from.sender), from.date, from.kind != fromNone
}

func parseFrom(line []byte) fromLine {
	line = bytes.TrimRight(line, "\r\n")
	if !bytes.HasPrefix(line, fromPrefix) {
		return fromLine{}
	}
	rest := line[len(fromPrefix):]
	switch {
	case len(rest) == 0:
		return fromLine{kind: fromBare}
	case rest[0] != ' ' && rest[0] != '\t':
		return fromLine{}
	}
	rest = bytes.Trim(rest, " \t")
	switch {
	case len(rest) == 0:
		return fromLine{kind: fromSpace}
	case rest[0] == '-' && (len(rest) == 1 || rest[1] == ' ' || rest[1] == '\t'):
		return parseDash(rest[1:])
	}
	return parseSender(rest)
}

// parseDash reads what stands after "From -". The date may be in the client's own language: a time of day will do.
func parseDash(rest []byte) fromLine {
	if len(bytes.TrimSpace(rest)) == 0 {
		return fromLine{kind: fromDash}
	}
	if _, date, ok := findDate(rest); ok {
		return fromLine{kind: fromDash, date: date}
	}
	if hasClock(rest) {
		return fromLine{kind: fromDash}
	}
	return fromLine{}
}

// hasClock reports whether there is a time of day in a text.
func hasClock(text []byte) bool {
	for token, rest := nextToken(text); len(token) > 0; token, rest = nextToken(rest) {
		if _, ok := parseClock(token); ok {
			return true
		}
	}
	return false
}

// parseSender reads any other From_ line. After an address a time of day will do.
func parseSender(rest []byte) fromLine {
	if before, date, ok := findDate(rest); ok {
		sender := bytes.TrimSpace(before)
		if isPatch(sender, date) {
			return fromLine{}
		}
		return fromLine{kind: fromDated, sender: sender, date: date}
	}
	address, after := nextToken(rest)
	if bytes.IndexByte(address, '@') > 0 && (len(after) == 0 || hasClock(after)) {
		return fromLine{kind: fromAddress, sender: address}
	}
	return fromLine{}
}

// patchDate is the date that git format-patch writes into each of its files.
var patchDate = time.Date(2001, time.September, 17, 0, 0, 0, 0, time.UTC)

// isPatch recognizes "From <object name> Mon Sep 17 00:00:00 2001", the first line of a git patch, which is often sent by mail.
func isPatch(sender []byte, date time.Time) bool {
	if (len(sender) != 40 && len(sender) != 64) || !date.Equal(patchDate) {
		return false
	}
	return len(bytes.Trim(sender, "0123456789abcdef")) == 0
}

// nextToken cuts the first word off.
func nextToken(b []byte) (token, rest []byte) {
	begin := 0
	for begin < len(b) && (b[begin] == ' ' || b[begin] == '\t') {
		begin++
	}
	end := begin
	for end < len(b) && b[end] != ' ' && b[end] != '\t' {
		end++
	}
	return b[begin:end], b[end:]
}
