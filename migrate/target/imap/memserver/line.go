package memserver

import (
	"bytes"
	"strconv"
	"strings"
)

// lineMax is the longest line that is read for what it says; go-imap ends a conversation with a longer one.
const lineMax = 64 << 10

// An announcement is the literal at the end of a line (RFC 9051 section 4.3, RFC 7888).
type announcement struct {
	literal bool
	size    int64
	nonSync bool // it follows without being asked for
}

// announced reads the end of a line as leniently as go-imap does.
func announced(line []byte) announcement {
	text, ended := bytes.CutSuffix(line, []byte("\n"))
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\r")), []byte(" "))
	text, closed := bytes.CutSuffix(text, []byte("}"))
	open := bytes.LastIndexByte(text, '{')
	if !ended || !closed || open < 0 {
		return announcement{}
	}
	digits, nonSync := bytes.CutSuffix(text[open+1:], []byte("+"))
	size, err := strconv.ParseUint(string(digits), 10, 63)
	if err != nil {
		return announcement{}
	}
	return announcement{literal: true, size: int64(size), nonSync: nonSync}
}

// A command is known by its first line.
type command struct {
	tag, name string // the name in capitals, with its UID
	box       bool   // its first literal is the mailbox of an APPEND
	messages  int    // literals of an APPEND that were announced and come
	answered  bool
}

// commandOf reads the first line of a command. What is none, such as DONE, has no name.
func commandOf(line []byte) command {
	fields := strings.Fields(string(line[:min(len(line), 4096)]))
	if len(fields) < 2 {
		return command{}
	}
	c := command{tag: fields[0], name: strings.ToUpper(fields[1])}
	if c.name == "UID" && len(fields) > 2 {
		c.name += " " + strings.ToUpper(fields[2])
	}
	c.box = c.name == "APPEND" && len(fields) == 3 && strings.HasPrefix(fields[2], "{")
	return c
}

// answeredBy tells whether the server says the end of the command.
func (c *command) answeredBy(out []byte) bool {
	rest, ok := bytes.CutPrefix(out, []byte(c.tag+" "))
	return ok && c.tag != "" &&
		(bytes.HasPrefix(rest, []byte("OK")) || bytes.HasPrefix(rest, []byte("NO")) || bytes.HasPrefix(rest, []byte("BAD")))
}
