package pop3

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// An unstuffer reads the lines of a multi-line answer (RFC 1939 section 3): it takes the dot off lines that begin with one, and ends
// at a line that is a dot alone. Only CRLF ends a line, so that a bare LF, with a dot behind it or not, is the message's own
// and passes as it is. A server that ends its own lines with LF alone gets LF for a line end.
//
// Read gives io.EOF behind the last line and io.ErrUnexpectedEOF where the connection ends before it. Nothing behind the last line is
// taken from the reader.
type unstuffer struct {
	br   *bufio.Reader
	ends []byte // a line: CRLF, or LF
	at   unstuffState
	err  error
}

type unstuffState uint8

const (
	lineStart unstuffState = iota
	inLine
	behindCR
)

func newUnstuffer(br *bufio.Reader, bareLF bool) *unstuffer {
	u := &unstuffer{br: br, ends: []byte("\r\n")}
	if bareLF {
		u.ends = u.ends[1:]
	}
	return u
}

// Read implements [io.Reader].
func (u *unstuffer) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && u.err == nil {
		if n > 0 && u.br.Buffered() < 3 { // what is here goes out before more is waited for
			break
		}
		if u.at == lineStart && !u.startLine() {
			break
		}
		n += u.take(p[n:])
	}
	if n == 0 && len(p) > 0 {
		return 0, u.err
	}
	return n, nil
}

// startLine looks for a dot, and reports whether there is a line to take.
func (u *unstuffer) startLine() bool {
	b, err := u.br.Peek(1)
	if err != nil {
		return u.fail(err)
	}
	u.at = inLine
	if b[0] != '.' {
		return true
	}
	end, err := u.isLast()
	if err != nil {
		return u.fail(err)
	}
	if end > 0 {
		_, _ = u.br.Discard(end) // it was peeked at
		u.err = io.EOF
		return false
	}
	_, _ = u.br.Discard(1)
	return true
}

// isLast returns the length of the last line if this is it, else 0.
func (u *unstuffer) isLast() (int, error) {
	b, err := u.br.Peek(2)
	if err != nil {
		return 0, err
	}
	if b[1] == '\n' && len(u.ends) == 1 {
		return 2, nil
	}
	if b[1] != '\r' {
		return 0, nil
	}
	if b, err = u.br.Peek(3); err != nil {
		return 0, err
	}
	if b[2] == '\n' {
		return 3, nil
	}
	return 0, nil
}

// take copies bytes up to where a dot may mean something.
func (u *unstuffer) take(p []byte) int {
	b, err := u.br.Peek(max(u.br.Buffered(), 1))
	if err != nil {
		u.fail(err)
		return 0
	}
	b = b[:min(len(b), len(p))]
	if u.at == behindCR && b[0] == '\n' {
		b = b[:1]
		u.at = lineStart
	} else {
		b = u.line(b)
	}
	n := copy(p, b)
	_, _ = u.br.Discard(n)
	return n
}

// line cuts b behind the first line end before a dot, and notes where it ends.
func (u *unstuffer) line(b []byte) []byte {
	for from := 0; ; {
		i := bytes.Index(b[from:], u.ends)
		if i < 0 {
			break
		}
		from += i + len(u.ends)
		if from == len(b) || b[from] == '.' {
			u.at = lineStart
			return b[:from]
		}
	}
	u.at = inLine
	if len(u.ends) == 2 && b[len(b)-1] == '\r' {
		u.at = behindCR
	}
	return b
}

// fail notes that the connection ended; false is for startLine.
func (u *unstuffer) fail(err error) bool {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	u.err = err
	return false
}
