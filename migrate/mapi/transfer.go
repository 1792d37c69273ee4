package mapi

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"sync"
)

// A content writes the same bytes each time it is called.
type content func(w io.Writer) error

// lineEnds makes each line end a CRLF and leaves NULs out, as text in a mail must be.
type lineEnds struct {
	w       io.Writer
	afterCR bool
	keepNUL bool
	buf     []byte
}

func (l *lineEnds) Write(p []byte) (int, error) {
	b := l.buf[:0]
	for _, c := range p {
		switch {
		case c == '\n' && l.afterCR:
		case c == '\n' || c == '\r':
			b = append(b, '\r', '\n')
		case c != 0 || l.keepNUL:
			b = append(b, c)
		}
		l.afterCR = c == '\r'
	}
	l.buf = b
	if _, err := l.w.Write(b); err != nil {
		return 0, err
	}
	return len(p), nil
}

// withLineEnds returns the content with CRLF.
func withLineEnds(c content) content {
	return func(w io.Writer) error { return c(&lineEnds{w: w}) }
}

// A survey says what a transfer encoding needs to know of text with CRLF.
type survey struct {
	size      int64
	high      int64 // octets over 127
	longest   int   // line, without CRLF
	text      bool  // there is more than blank space
	dashes    bool  // a line begins as our boundaries do
	nul       bool
	bare      bool // a CR or LF alone
	line      int
	start     [len(boundaryStart)]byte
	lastWasCR bool
}

// boundaryStart begins each delimiter line. Neither base64 nor quoted-printable can contain it.
const boundaryStart = "--=_"

func (s *survey) Write(p []byte) (int, error) {
	for _, c := range p {
		if c == '\n' {
			s.bare = s.bare || !s.lastWasCR
			s.line = 0
		} else {
			s.bare = s.bare || s.lastWasCR
			s.octet(c)
		}
		s.lastWasCR = c == '\r'
	}
	s.size += int64(len(p))
	return len(p), nil
}

func (s *survey) octet(c byte) {
	if c == '\r' {
		return
	}
	if s.line < len(s.start) {
		s.start[s.line] = c
		s.dashes = s.dashes || s.line == len(s.start)-1 && string(s.start[:]) == boundaryStart
	}
	s.line++
	s.longest = max(s.longest, s.line)
	s.text = s.text || c > ' ' && c != 0x7F
	s.nul = s.nul || c == 0
	if c >= 0x80 {
		s.high++
	}
}

func surveyOf(c content) (survey, error) {
	var s survey
	err := c(&s)
	return s, err
}

// Content-Transfer-Encodings.
const (
	as7bit   = "7bit"
	as8bit   = "8bit"
	asQuoted = "quoted-printable"
	asBase64 = "base64"
)

// encoding chooses how text travels: as it is if it can, else by what reads better.
func (s *survey) encoding() string {
	switch {
	case s.high == 0 && s.longest <= hardLine && !s.dashes && !s.nul && !s.bare:
		return as7bit
	case s.high*4 < s.size:
		return asQuoted
	}
	return asBase64
}

// encoded returns the content in a transfer encoding.
func encoded(c content, how string) content {
	switch how {
	case asQuoted:
		return func(w io.Writer) error {
			q := quotedprintable.NewWriter(w)
			if err := c(q); err != nil {
				return err
			}
			return q.Close()
		}
	case asBase64:
		return func(w io.Writer) error {
			b := base64Buffers.Get().(*base64Lines)
			defer base64Buffers.Put(b)
			b.w, b.held, b.begun = w, 0, false
			if err := c(b); err != nil {
				return err
			}
			return b.Close()
		}
	}
	return c
}

// Octets of a line of base64 and its characters (RFC 2045 section 6.8), and how many lines are written at once.
const (
	base64In   = softLine / 4 * 3
	base64Line = softLine + len("\r\n")
	base64Most = 64
)

// base64Lines writes base64 in lines of 76. A line end comes before each line but the first.
type base64Lines struct {
	w     io.Writer
	line  [base64In]byte // what doesn't fill a line yet
	held  int
	begun bool
	out   [base64Most * base64Line]byte
}

var base64Buffers = sync.Pool{New: func() any { return new(base64Lines) }}

func (l *base64Lines) Write(p []byte) (int, error) {
	size := len(p)
	if l.held > 0 {
		n := copy(l.line[l.held:], p)
		l.held, p = l.held+n, p[n:]
		if l.held < base64In {
			return size, nil
		}
		if err := l.lines(l.line[:]); err != nil {
			return 0, err
		}
	}
	whole := len(p) / base64In * base64In
	if err := l.lines(p[:whole]); err != nil {
		return 0, err
	}
	l.held = copy(l.line[:], p[whole:])
	return size, nil
}

// lines writes lines of which only the last may be a short one.
func (l *base64Lines) lines(p []byte) error {
	for len(p) > 0 {
		out := l.out[:0]
		for ; len(p) > 0 && len(out)+base64Line <= len(l.out); p = p[min(base64In, len(p)):] {
			if l.begun {
				out = append(out, '\r', '\n')
			}
			l.begun = true
			out = base64.StdEncoding.AppendEncode(out, p[:min(base64In, len(p))])
		}
		if _, err := l.w.Write(out); err != nil {
			return err
		}
	}
	return nil
}

// Close writes what is left. It doesn't close the writer below.
func (l *base64Lines) Close() error { return l.lines(l.line[:l.held]) }

// tail remembers whether what was written ends with a line end.
type tail struct {
	w    io.Writer
	last [2]byte
}

func (t *tail) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	switch {
	case n >= 2:
		copy(t.last[:], p[n-2:n])
	case n == 1:
		t.last = [2]byte{t.last[1], p[0]}
	}
	return n, err
}

func (t *tail) ended() bool { return bytes.Equal(t.last[:], []byte("\r\n")) }

// contentOf is the content of a string.
func contentOf(s string) content {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}
