package mapi

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// contentLines are the lines of an iCalendar or vCard object, whose forms are the same (RFC 5545 section 3.1, RFC 6350 section 3.2).
type contentLines struct{ b strings.Builder }

// maxContentLine is where a line is folded, in octets without CRLF.
const maxContentLine = 75

// line writes a line as it is, folded between characters.
func (l *contentLines) line(s string) {
	room := maxContentLine
	for len(s) > room {
		end := room
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		l.b.WriteString(s[:end] + "\r\n ")
		s, room = s[end:], maxContentLine-1
	}
	l.b.WriteString(s + "\r\n")
}

// text writes a property of text, if there is any.
func (l *contentLines) text(name, text string) {
	if text = strings.TrimSpace(text); text != "" {
		l.line(name + ":" + escapeText(text))
	}
}

// uri writes a property of an address, if there is any. In it nothing is escaped (RFC 2426 section 4).
func (l *contentLines) uri(name, uri string) {
	if uri = oneLine(strings.ToValidUTF8(uri, "")); uri != "" {
		l.line(name + ":" + uri)
	}
}

// texts writes a property of several texts, with a separator between, if one of them isn't empty.
func (l *contentLines) texts(name, separator string, texts ...string) {
	if strings.Join(texts, "") == "" {
		return
	}
	escaped := make([]string, len(texts))
	for i, text := range texts {
		escaped[i] = escapeText(strings.TrimSpace(text))
	}
	l.line(name + ":" + strings.Join(escaped, separator))
}

// time writes a time in UTC, if there is one.
func (l *contentLines) time(name string, t time.Time) {
	if !t.IsZero() {
		l.line(name + ":" + utc(t))
	}
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

func (l *contentLines) number(name string, n int) { l.line(fmt.Sprintf("%s:%d", name, n)) }

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// escapeText writes text as RFC 5545 section 3.3.11 wants it, without control characters.
func escapeText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7F {
			return -1
		}
		return r
	}, s)
	return escapes.Replace(strings.ToValidUTF8(s, "\ufffd"))
}

// parameter writes a parameter's value in quotes.
func parameter(s string) string {
	return `"` + strings.Map(func(r rune) rune {
		if r == '"' || r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd")) + `"`
}
