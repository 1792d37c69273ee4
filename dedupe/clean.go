package dedupe

import (
	"bytes"
	"io"
	"sync"
)

const (
	bufSize = 128 << 10
	window  = 64 << 10 // a CR and no LF in so many bytes: CR ends the lines
)

var buffers = sync.Pool{New: func() any { return new([bufSize]byte) }}

// Cleaner reads the clean message out of a raw copy: line ends are CRLF; a byte order mark, blank lines and mbox
// separator lines before the header are gone, also ">From " lines within it, and so are the fields that mail clients
// add, which [Cleaner.Removed] keeps. Everything else passes byte for byte: nothing is added at the end, and what has
// no header is not touched but for its line ends. Cleaning a clean message changes nothing.
//
// It streams, whatever the length of a line. Errors are those of the raw reader.
type Cleaner struct {
	src      io.Reader
	err      error          // of src, for after the bytes that came before it
	room     *[bufSize]byte // nil: mem is the whole message, and the caller's
	mem      []byte
	r, ok, w int // mem[r:ok] may go out, mem[ok:w] is not judged yet
	state    cleanState
	begun    bool // a byte was kept
	ends     lineEnds
	lastCR   bool // the byte that went out last is a CR
	oweLF    bool // endsCR: an LF must go out next
	skipLF   bool // endsCR: an LF that comes next belongs to the CR before it
	removal
}

type cleanState uint8

const (
	atStart  cleanState = iota // nothing kept yet, at the start of a line
	atLine                     // in the header, at the start of a line
	keeping                    // in a header line that stays
	dropping                   // in a header line that goes
	inBody
)

// NewCleaner returns a Cleaner of the message in raw. It reads ahead, and holds a buffer until it meets the end or
// an error. A raw that has its bytes in memory and tells them as [bytes.Buffer.Bytes] does is not copied: they must stay as
// they are while the Cleaner is in use.
func NewCleaner(raw io.Reader) *Cleaner {
	if held, ok := raw.(interface{ Bytes() []byte }); ok {
		return &Cleaner{mem: held.Bytes(), err: io.EOF}
	}
	room := buffers.Get().(*[bufSize]byte)
	return &Cleaner{src: raw, room: room, mem: room[:]}
}

// Read implements io.Reader.
func (c *Cleaner) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if c.r == c.ok && !c.oweLF && !c.advance() {
			break
		}
		if c.ends == endsCR {
			n += c.emitCR(p[n:])
		} else {
			n += c.emit(p[n:])
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, c.err
	}
	return n, nil
}

// advance judges until bytes may go out. At the end of the source it gives the buffer back and returns false.
func (c *Cleaner) advance() bool {
	if c.mem == nil {
		return false
	}
	for c.r == c.ok {
		if !c.judge() {
			c.finish()
			if c.room != nil {
				buffers.Put(c.room)
			}
			c.room, c.mem, c.r, c.ok, c.w = nil, nil, 0, 0, 0
			return false
		}
	}
	return true
}

// judge makes one decision about the bytes from r on; false means that there are none left.
func (c *Cleaner) judge() bool {
	switch c.state {
	case atStart:
		return c.judgeStart()
	case atLine:
		return c.judgeLine()
	case keeping, dropping:
		return c.judgeRest()
	}
	if c.r == c.w && !c.fill(1) {
		return false
	}
	c.ok = c.w
	return true
}

// judgeStart looks at the first line of what may be kept. All it decides depends only on the bytes from here on, so
// cleaning again decides the same.
func (c *Cleaner) judgeStart() bool {
	if !c.fill(1) {
		return false
	}
	c.findLineEnds()
	c.fill(lookLead)
	b := c.mem[c.r:c.w]
	if n := c.ends.junkBeforeHeader(b); n > 0 {
		c.skip(n)
		return true
	}
	if c.active && isBlank(b[0]) {
		c.state = dropping
		return true
	}
	if c.startRemoval(b) {
		return true
	}
	c.begun = true
	c.state = inBody
	if c.ends.hasHeader(b) {
		c.state = atLine
	}
	return true
}

// judgeLine looks at the start of a header line.
func (c *Cleaner) judgeLine() bool {
	if !c.fill(lookLine) && c.r == c.w {
		return false
	}
	b := c.mem[c.r:c.w]
	switch n := c.ends.blank(b); {
	case n > 0:
		c.finish()
		c.ok = c.r + n
		c.state = inBody
	case isBlank(b[0]) && c.active:
		c.state = dropping
	case isBlank(b[0]):
		c.state = keeping
	case isQuotedFrom(b):
		c.finish()
		c.state = dropping
	case !c.startRemoval(b):
		c.finish()
		c.state = keeping
	}
	return true
}

// startRemoval begins to remove the client's field at the start of b, if there is one.
func (c *Cleaner) startRemoval(b []byte) bool {
	name, value := fieldName(b)
	if !isClientField(name) {
		return false
	}
	c.begin(string(name))
	c.skip(value)
	c.state = dropping
	return true
}

// judgeRest takes what the buffer has of the current line.
func (c *Cleaner) judgeRest() bool {
	if !c.fill(1) {
		return false
	}
	end, whole := c.lineEnd()
	if c.state == keeping {
		c.ok = end
	} else {
		c.add(c.mem[c.r:end])
		c.skip(end - c.r)
	}
	if whole && c.begun {
		c.state = atLine
	} else if whole {
		c.state = atStart
	}
	return true
}

// lineEnd finds where the current line ends in the buffer; whole is false if it goes on behind it.
func (c *Cleaner) lineEnd() (end int, whole bool) {
	b := c.mem[c.r:c.w]
	if c.ends == endsLF {
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return c.r + i + 1, true
		}
		return c.w, false
	}
	line, text := c.ends.after(b)
	switch {
	case text == len(b):
		return c.w, false
	case line < len(b) || b[text] == '\n':
		return c.r + line, true
	case text > 0: // a CR is the last byte: what follows must be seen first
		return c.r + text, false
	}
	c.fill(2)
	line, _ = c.ends.after(c.mem[c.r:c.w])
	return c.r + line, true
}

// findLineEnds tells a file with CR line ends from others, by the bytes from r on. The place of an LF is taken as it
// will be after a CR was put before it.
func (c *Cleaner) findLineEnds() {
	if c.ends == endsCR {
		return
	}
	lf := bytes.IndexByte(c.mem[c.r:c.w], '\n')
	if lf < 0 {
		c.fill(window + 1)
		lf = bytes.IndexByte(c.mem[c.r:c.w], '\n')
	}
	b := c.mem[c.r:c.w]
	if lf >= 0 && (lf == 0 || b[lf-1] != '\r') {
		lf++
	}
	if lf < 0 || lf >= window {
		c.ends = lineEnds(bytes.IndexByte(b[:min(len(b), window-1)], '\r') >= 0)
	}
}

func (c *Cleaner) skip(n int) {
	c.r += n
	c.ok = c.r
}

// fill reads until n bytes from r on are there, and tells whether they are. It must not be called while bytes wait to go out.
func (c *Cleaner) fill(n int) bool {
	if c.w-c.r >= n {
		return true
	}
	if c.room == nil {
		c.w = min(len(c.mem), c.r+bufSize)
		return c.w-c.r >= n
	}
	if c.r == c.w || len(c.mem)-c.r < n {
		c.w = copy(c.mem, c.mem[c.r:c.w])
		c.r, c.ok = 0, 0
	}
	for c.w-c.r < n && c.err == nil {
		var got int
		got, c.err = readSome(c.src, c.mem[c.w:])
		c.w += got
	}
	return c.w-c.r >= n
}
