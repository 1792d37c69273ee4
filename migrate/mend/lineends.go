package mend

import (
	"bufio"
	"bytes"
	"io"
)

const (
	readAhead = 32 << 10 // what the first step reads at once
	stretch   = 1 << 10  // what it looks at together: text full of bare CRs is looked at again after each
	crlf      = "\r\n"
)

// lineEnder is the reader of step LineEnds.
type lineEnder struct {
	in   *bufio.Reader
	out  []byte // ready, not yet read
	room []byte // the buffer that out lies in
	crs  int64  // CRs met whose meaning the next octet tells
	owed int64  // line ends to write before reading on
	open bool   // the last line written has no end
	err  error
}

func newLineEnder(clean io.Reader) *lineEnder {
	return &lineEnder{in: bufio.NewReaderSize(clean, readAhead), room: make([]byte, 0, readAhead)}
}

// Read implements io.Reader.
func (l *lineEnder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(l.out) == 0 {
		if l.owed == 0 && l.err != nil {
			return 0, l.err
		}
		l.fill()
	}
	n := copy(p, l.out)
	l.out = l.out[n:]
	return n, nil
}

// fill makes some output, pays what is owed, or comes to the end.
func (l *lineEnder) fill() {
	l.out = l.room[:0]
	if l.owed > 0 {
		l.pay()
		return
	}
	if _, err := l.in.Peek(1); err != nil {
		l.end(err)
		return
	}
	chunk, _ := l.in.Peek(l.in.Buffered())
	used := 0
	for used < len(chunk) && l.owed == 0 && len(l.out)+2 < cap(l.out) {
		used += l.take(chunk[used:min(len(chunk), used+stretch, used+cap(l.out)-len(l.out)-2)])
	}
	_, _ = l.in.Discard(used) // no more than is buffered
}

// pay writes owed line ends, as many as there is room for.
func (l *lineEnder) pay() {
	n := min(l.owed, int64(cap(l.out)/len(crlf)))
	for range n {
		l.out = append(l.out, crlf...)
	}
	l.owed -= n
	l.open = false
}

// end closes the last line. It is left as it is when reading broke off.
func (l *lineEnder) end(err error) {
	l.err = err
	if err != io.EOF {
		return
	}
	l.owed, l.crs = l.crs, 0
	if l.owed == 0 && l.open {
		l.owed = 1
	}
}

// take deals with the text at the beginning of chunk and returns its length. The output is no more than two octets longer.
func (l *lineEnder) take(chunk []byte) int {
	switch chunk[0] {
	case 0:
		return 1
	case '\r':
		l.crs++
		return 1
	case '\n':
		l.out = append(l.out, crlf...)
		l.crs, l.open = 0, false
		return 1
	}
	if l.crs > 0 {
		l.owed, l.crs = l.crs, 0
		return 0
	}
	n := legal(chunk)
	l.out = append(l.out, chunk[:n]...)
	l.open = chunk[n-1] != '\n'
	return n
}

// legal returns how much of a text, which begins with none of CR, LF and NUL, can stay: whole lines and the text after them.
func legal(text []byte) int {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	n := 0
	for {
		i := bytes.IndexByte(text[n:], '\n')
		if i < 0 {
			break
		}
		if cr := bytes.IndexByte(text[n:n+i], '\r'); cr < 0 || cr != i-1 {
			break
		}
		n += i + 1
	}
	return n + plain(text[n:])
}

// plain returns the length of what precedes the first CR or LF.
func plain(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	if i := bytes.IndexByte(text, '\r'); i >= 0 {
		text = text[:i]
	}
	return len(text)
}
