package mbox

import (
	"bytes"
	"cmp"
	"io"

	"unpop/migrate"
)

// A message is where a message lies in its file.
type message struct {
	from     int64 // the From_ line
	start    int64 // what follows it
	end      int64 // after the last byte that is the message's
	line     fromLine
	unended  bool  // there is no blank line after the header
	torn     bool  // it ends the file, in the middle of a line
	internal bool  // it has the field of a server's folder data
	declared int64 // its Content-Length; -1 if there is none
	body     int64 // what follows the header
}

// A splitter finds the messages of a file one after the other, in one pass.
type splitter struct {
	*window
	rule rule
	next separator
	oddities
}

// oddities count what was found in a file and what was passed over.
type oddities struct {
	found   int   // messages so far
	data    int   // messages that hold a mail server's data about the folder
	skipped int64 // bytes that are in no message: before the first one, and holes
	inHoles int64 // of them those in holes, runs of NUL between messages
	doubts  int   // lines that only lack the blank line before them
	bare    int   // lines that only lack the header after them
}

// A separator is a From_ line at an offset, or the end of the file, whose line is of no kind.
type separator struct {
	at   int64
	line fromLine
}

func newSplitter(r io.ReaderAt, size int64, how rule, check func() error) *splitter {
	s := &splitter{window: newWindow(r, size, check), rule: how}
	s.next = s.first()
	s.skipped = s.next.at
	return s
}

// newSplitterAt returns a splitter that goes on at a separator. It fails with [migrate.ErrChanged] where there is none.
func newSplitterAt(r io.ReaderAt, size int64, how rule, check func() error, at int64) (*splitter, error) {
	s := &splitter{window: newWindow(r, size, check), rule: how}
	s.from(at-min(at, back), 1) // so that the window need not go back
	line, ok := s.accept(at)
	if s.err != nil || !ok {
		s.free()
		return nil, cmp.Or(s.err, error(migrate.ErrChanged))
	}
	s.next = separator{at, line}
	return s, nil
}

// first finds the first From_ line; a byte order mark, blank lines and whatever else are skipped.
func (s *splitter) first() separator {
	at := s.blank(0)
	if bytes.HasPrefix(s.from(at, len(fromPrefix)), fromPrefix) {
		text := s.from(at, lookahead)
		text = text[:min(len(text), lookahead)]
		if v, line := s.rule.judge(text, true, s.atEnd(at, text)); v == isSeparator || line.kind >= fromSpace {
			return separator{at, line}
		}
	}
	return s.search(at)
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// blank returns the offset after a byte order mark, blank lines and NULs.
func (s *splitter) blank(at int64) int64 {
	if bytes.HasPrefix(s.from(at, len(byteOrderMark)), byteOrderMark) {
		at += int64(len(byteOrderMark))
	}
	for {
		text := s.from(at, 1)
		rest := bytes.TrimLeft(text, "\x00\r\n")
		at += int64(len(text) - len(rest))
		if len(rest) > 0 || len(text) == 0 {
			return at
		}
	}
}

// message returns the next message; ok is false after the last one, or where the window has an error.
func (s *splitter) message() (m message, ok bool) {
	from := s.next
	if from.line.kind == fromNone {
		return message{}, false
	}
	s.keep = from.at
	m = message{from: from.at, line: from.line, start: s.afterLine(from.at), declared: -1}
	s.header(&m)
	if !s.jump(&m) {
		s.next = s.search(m.start - 1)
		m.end = s.trim(m.start, s.next.at)
	}
	m.unended = m.unended || (m.body > s.next.at && m.end > m.start)
	m.torn = m.end == s.size && !s.endsLine(m.end)
	s.found++
	return m, s.err == nil
}

// afterLine returns the offset after the line at an offset. A line longer than what is looked at ends there.
func (s *splitter) afterLine(at int64) int64 {
	text := s.from(at, lookahead)
	if i := bytes.IndexByte(text, s.rule.eol); i >= 0 {
		return at + int64(i) + 1
	}
	return at + int64(len(text))
}

// needle is the length of a "From" and the byte before it.
const needle = 1 + len("From")

// search finds the next separator; off is before the end of the line before it.
func (s *splitter) search(off int64) separator {
	for {
		text := s.from(off, needle)
		if len(text) < needle {
			return separator{at: s.size}
		}
		i := s.find(text)
		if i < 0 {
			off += int64(len(text) - needle + 1)
			continue
		}
		off += int64(i) + 1
		if line, ok := s.accept(off); ok {
			return separator{off, line}
		}
	}
}

// find returns where in the text the next "From" at the start of a line is, counted from the byte before it; -1 if there is none.
// After a hole, it needs no end of line.
func (s *splitter) find(text []byte) int {
	if s.rule.eol == '\n' && !s.holes {
		return bytes.Index(text, lineFrom)
	}
	for at := 1; ; at++ {
		i := bytes.Index(text[at:], fromPrefix)
		if i < 0 {
			return -1
		}
		at += i
		if before := text[at-1]; before == s.rule.eol || before == 0 {
			return at - 1
		}
	}
}

var lineFrom = []byte("\nFrom")

// back is how much before a From_ line is looked at: the ends of two lines.
const back = 3

// accept says whether the "From" at an offset begins a separator.
func (s *splitter) accept(at int64) (fromLine, bool) {
	if head := s.from(at, len("From:")); len(head) > 4 && head[4] == ':' {
		return fromLine{}, false // the header field, in nearly every message
	}
	lead := min(at, back)
	text := s.from(at-lead, back+lookahead)
	before, text := text[:lead], text[lead:]
	text = text[:min(len(text), lookahead)]
	v, line := s.rule.judge(text, s.blankBefore(before), s.atEnd(at, text))
	switch {
	case v == isRelaxed && !s.rule.relaxed:
		s.doubts++
	case v == isHeadless:
		s.bare++
	}
	return line, v == isSeparator || (v == isRelaxed && s.rule.relaxed)
}

// blankBefore says whether the line that ends here is blank, or a hole.
func (s *splitter) blankBefore(before []byte) bool {
	n := len(before)
	if n == 0 || before[n-1] == 0 {
		return true
	}
	line := s.rule.chomp(before[:n-1])
	n = len(line)
	return n == 0 || line[n-1] == s.rule.eol || line[n-1] == 0
}
