package migratetest

import (
	"bytes"
	"strconv"
	"strings"
)

// headMax is how much of a line's begin is kept: more than a tag and a command need.
const headMax = 256

// tailMax is how much of its end: "~{9223372036854775807+}" and CRLF.
const tailMax = 26

// A lineScan goes through a stream of lines with literals between them (RFC 9051 section 4.3) and keeps of each line no
// more than its begin and its end.
type lineScan struct {
	head, tail []byte
	literal    int64 // bytes of it still to come
}

// span is how much of b is one step: what there is of a literal, or the rest of the line.
func (s *lineScan) span(b []byte) int {
	if s.literal > 0 {
		return int(min(int64(len(b)), s.literal))
	}
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

// line takes a bit of a line and tells whether that ends it.
func (s *lineScan) line(b []byte) bool {
	s.head = append(s.head, b[:min(len(b), headMax-len(s.head))]...)
	s.tail = append(s.tail, b[max(len(b)-tailMax, 0):]...)
	s.tail = s.tail[max(len(s.tail)-tailMax, 0):]
	return b[len(b)-1] == '\n'
}

// announced reads the literal at the end of the line: its size, and whether the other side must ask for it.
func (s *lineScan) announced() (size int64, sync, ok bool) {
	text, braced := strings.CutSuffix(strings.TrimRight(string(s.tail), "\r\n"), "}")
	open := strings.LastIndexByte(text, '{')
	if !braced || open < 0 {
		return 0, false, false
	}
	digits, plus := strings.CutSuffix(text[open+1:], "+")
	size, err := strconv.ParseInt(digits, 10, 64)
	return size, !plus, err == nil && size >= 0
}

func (s *lineScan) nextLine() { s.head, s.tail = s.head[:0], s.tail[:0] }

// A clientScan follows what a client says.
type clientScan struct {
	lineScan
	tag, command string
	args         string            // what of the arguments is on the command's first line, as far as it was kept
	continues    bool              // the line goes on with a command, after a literal
	asked        bool              // the literal waits for the server's "+"
	open         map[string]string // commands that wait for their tagged responses, by tag
	message      int64             // bytes of the message before the fault in it
	fault        *planned          // due then
}

// begin notes a command at the end of its first line.
func (s *clientScan) begin() bool {
	s.tag, s.command, s.args = "", "", ""
	tag, rest, ok := strings.Cut(strings.TrimRight(string(s.head), "\r\n"), " ")
	if !ok || tag == "" {
		return false // an answer to a challenge, or DONE
	}
	command, args, _ := strings.Cut(rest, " ")
	if command = strings.ToUpper(command); command == "UID" {
		command, args, _ = strings.Cut(args, " ")
		command = "UID " + strings.ToUpper(command)
	}
	s.tag, s.command, s.args = tag, command, args
	if s.open == nil {
		s.open = make(map[string]string)
	}
	s.open[tag] = command
	return true
}

// brings tells whether the literal at the line's end is a message; the mailbox's name may be one too.
func (s *clientScan) brings() bool {
	return s.command == "APPEND" && (s.continues || !strings.HasPrefix(strings.TrimPrefix(s.args, "~"), "{"))
}

// up takes a step through what the client says.
func (l *link) up(b []byte) (int, []byte, *planned) {
	n := len(b)
	if l.readable(b) {
		n = l.asks.span(b)
	}
	if l.asks.fault != nil && l.asks.literal > 0 {
		n = int(min(int64(n), l.asks.message))
	}
	n, fault := l.proxy.plan.count(queueClient, n)
	due := l.ask(b[:n])
	if fault != nil {
		l.proxy.plan.restore(due)
		due = fault
	}
	return n, b[:n], due
}

// readable tells whether the connection is in plain text still. TLS begins with a handshake record.
func (l *link) readable(b []byte) bool {
	if !l.opaque && len(l.asks.open) == 0 && len(l.asks.head) == 0 && bytes.HasPrefix(b, []byte{0x16}) {
		l.encrypt()
	}
	return !l.opaque
}

func (l *link) encrypt() {
	l.opaque = true
	l.proxy.encrypted++
}

// ask follows the client over a step and returns the fault that is due at its end.
func (l *link) ask(b []byte) *planned {
	s := &l.asks
	if l.opaque || len(b) == 0 {
		return nil
	}
	if s.literal > 0 {
		s.literal -= int64(len(b))
		s.message -= int64(len(b))
		s.asked = false
		return s.reached()
	}
	if !s.line(b) {
		return nil
	}
	defer s.nextLine()
	if !s.continues && s.begin() {
		l.proxy.seen[s.command]++
	}
	size, sync, literal := s.announced()
	if literal && s.brings() {
		if _, s.fault = l.proxy.plan.count(queueLiteral, 1); s.fault != nil {
			s.message = min(s.fault.When.within, size)
		}
	}
	s.literal, s.asked, s.continues = size, sync && literal, literal
	return s.reached()
}

// reached takes the fault in a literal if the place is.
func (s *clientScan) reached() *planned {
	if s.fault == nil || s.message > 0 {
		return nil
	}
	fault := s.fault
	s.fault = nil
	return fault
}

// settle notes a tagged response and returns the command it was for. If that is the command whose literal was to be asked
// for, the literal won't come.
func (l *link) settle(tag string) (command string, ok bool) {
	s := &l.asks
	if command, ok = s.open[tag]; !ok {
		return "", false
	}
	delete(s.open, tag)
	if s.asked && tag == s.tag {
		l.proxy.plan.restore(s.fault)
		s.fault, s.literal, s.asked, s.continues = nil, 0, false, false
	}
	return command, true
}
