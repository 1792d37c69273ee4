package mbox

import (
	"bytes"
	"strconv"
)

// maxHeader is how far a header is read to find its end.
const maxHeader = 512 << 10

// header finds the end of a message's header and the fields that matter here.
func (s *splitter) header(m *message) {
	text := s.fromStart(m, lookahead)
	if !s.headerIn(text, m) && !s.atEnd(m.start, text) {
		s.headerIn(s.fromStart(m, maxHeader), m)
	}
}

// fromStart returns n bytes of what follows the From_ line, no more, so that a piece of a file tells what the whole does. It
// keeps the line's end in memory: the search goes on from there.
func (s *splitter) fromStart(m *message, n int) []byte {
	text := s.from(m.start-1, n+1)
	return text[min(len(text), 1):min(len(text), n+1)]
}

// headerIn does it in a piece of the file, and reports whether the end was in it.
func (s *splitter) headerIn(text []byte, m *message) bool {
	rest := text
	for len(rest) > 0 {
		line, after, whole := s.rule.line(rest)
		if !whole || (s.rule.relaxed && bytes.HasPrefix(line, fromPrefix) && parseFrom(line).kind >= fromDash) {
			break
		}
		rest = after
		if len(line) == 0 {
			m.body = m.start + int64(len(text)-len(rest))
			m.unended = false
			return true
		}
		if length, ok := contentLength(line); ok {
			m.declared = length
		}
		m.internal = m.internal || isFolderData(line)
	}
	m.unended = len(text) > 0 && len(text) < maxHeader
	return false
}

// contentLength reads the field of that name.
func contentLength(line []byte) (int64, bool) {
	value, ok := fieldValue(line, "Content-Length:")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
	return n, err == nil && n >= 0
}

// isFolderData reports whether a line is the field that makes a message one of UW imapd's, Pine's and Dovecot's own: "X-IMAP:", the
// folder's UIDVALIDITY and its last UID. A message that came by mail has an X-IMAPbase instead.
func isFolderData(line []byte) bool {
	value, _ := fieldValue(line, "X-IMAP:")
	value = bytes.TrimLeft(value, " \t")
	return len(value) > 0 && value[0] >= '0' && value[0] <= '9'
}

// fieldValue returns what follows a name and its colon at the start of a line.
func fieldValue(line []byte, name string) ([]byte, bool) {
	if len(line) <= len(name) || line[0]|0x20 != name[0]|0x20 || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return line[len(name):], true
}

// jump goes to the end that Content-Length gives, if it is believed in this file and leads to a separator or the end
// of the file, with or without a blank line between.
func (s *splitter) jump(m *message) bool {
	if !s.rule.lengths || m.declared < 0 || m.body == 0 {
		return false
	}
	end := m.body + m.declared
	next, ok := s.landing(end)
	if ok {
		s.next, m.end = next, end
	}
	return ok
}

// landing looks for a separator, or the end of the file, at an offset or after one blank line there.
func (s *splitter) landing(end int64) (separator, bool) {
	if end < 0 || end > s.size {
		return separator{}, false
	}
	at := end
	text := s.from(at, 2+lookahead)
	if line, rest, whole := s.rule.line(text); whole && len(line) == 0 {
		at += int64(len(text) - len(rest))
		text = rest
	}
	if at >= s.size {
		return separator{at: s.size}, s.err == nil
	}
	text = text[:min(len(text), lookahead)]
	v, line := s.rule.judge(text, true, s.atEnd(at, text))
	return separator{at, line}, v == isSeparator
}

// trim returns where a message ends whose next separator is at an offset: a hole between them is skipped, and one
// blank line is not the message's but the writer's.
func (s *splitter) trim(start, end int64) int64 {
	if last := s.last(start, end, 1); len(last) == 1 && last[0] == 0 {
		end = s.skipHole(start, end)
	}
	last := s.last(start, end, 3)
	blank := s.rule.blankTail(last, int64(len(last)) == end-start)
	return end - int64(blank)
}

// last returns up to n bytes before end, none of them before start.
func (s *splitter) last(start, end int64, n int64) []byte {
	n = max(min(n, end-start), 0)
	if n == 0 {
		return nil
	}
	text := s.from(end-n, int(n))
	return text[:min(int64(len(text)), n)]
}

// blankTail returns the length of the blank line that a text ends with, 0 if it ends otherwise.
// all says that the text is all there is.
func (r rule) blankTail(text []byte, all bool) int {
	n := len(text)
	if n == 0 || text[n-1] != r.eol {
		return 0
	}
	line := r.chomp(text[:n-1])
	if (len(line) == 0 && all) || (len(line) > 0 && line[len(line)-1] == r.eol) {
		return n - len(line)
	}
	return 0
}

// skipHole returns where the run of NULs that ends at an offset begins. It reads backwards.
func (s *splitter) skipHole(start, end int64) int64 {
	from := end
	block := make([]byte, min(end-start, lookahead))
	for from > start && s.err == nil {
		piece := block[:min(from-start, int64(len(block)))]
		if s.err = s.check(); s.err != nil {
			break
		}
		if _, err := s.r.ReadAt(piece, from-int64(len(piece))); err != nil {
			s.err = err
			break
		}
		left := len(piece)
		for left >= len(zeros) && bytes.Equal(piece[left-len(zeros):left], zeros[:]) {
			left -= len(zeros)
		}
		left = len(bytes.TrimRight(piece[:left], "\x00"))
		from -= int64(len(piece) - left)
		if left > 0 {
			break
		}
	}
	s.skipped += end - from
	s.inHoles += end - from
	return from
}

// endsLine says whether an offset is after the end of a line.
func (s *splitter) endsLine(off int64) bool {
	last := s.last(0, off, 1)
	return len(last) == 1 && last[0] == s.rule.eol
}
