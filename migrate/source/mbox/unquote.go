package mbox

import (
	"bytes"
	"io"
)

// maxQuotes is how deep quoting is undone. Each copying of an mboxrd file into another adds one.
const maxQuotes = 256

// An unquoter undoes mbox quoting: it takes one ">" from each line of the body that begins with ">", ">>", … and "From ".
//
// That is what mboxrd asks for. An mboxo writer quotes "From " only, so in its files ">From " is the only quoted line,
// and ">>From " is one that had been ">>From " before. But these can't be told from mboxrd's where they stand, and a file
// without any ">>From " is read alike by both rules: so one rule does for both, and errs only where a message in an mboxo
// file speaks of quoted From_ lines itself.
type unquoter struct {
	r     io.Reader
	c     io.Closer
	eol   byte
	body  bool // the header is over
	bol   bool // buf begins at the start of a line
	plain bool // nothing to undo
	buf   []byte
	room  []byte
	err   error
}

func newUnquoter(r io.Reader, c io.Closer, length int64, how rule) *unquoter {
	return &unquoter{r: r, c: c, eol: how.eol, plain: how.plain, bol: true, room: make([]byte, max(min(length, 64<<10), maxQuotes*4))}
}

// unquoted is newUnquoter for a text that is in memory, which c gives back. What has nothing to undo is handed over as it is.
func unquoted(text []byte, c io.Closer, how rule) io.ReadCloser {
	if how.plain || !bytes.Contains(text, quotedFrom) {
		return inMemory{bytes.NewBuffer(text[:len(text):len(text)]), c}
	}
	return &unquoter{c: c, eol: how.eol, bol: true, buf: text, err: io.EOF}
}

// inMemory is a text that a dedupe.Cleaner need not copy.
type inMemory struct {
	*bytes.Buffer
	io.Closer
}

// A loan is memory that goes back when it is closed.
type loan struct{ room *[wholeSize]byte }

// Close implements io.Closer.
func (l *loan) Close() error {
	if l.room != nil {
		texts.Put(l.room)
		l.room = nil
	}
	return nil
}

// Close closes the file.
func (u *unquoter) Close() error { return u.c.Close() }

// Read implements io.Reader.
func (u *unquoter) Read(p []byte) (int, error) {
	if u.plain {
		return u.r.Read(p)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if len(u.buf) <= quoteLength && u.err == nil {
		u.fill()
	}
	if len(u.buf) == 0 {
		return 0, u.err
	}
	n := copy(p, u.ready(len(p)))
	u.pass(n)
	return n, nil
}

func (u *unquoter) fill() {
	n := copy(u.room, u.buf)
	for n < len(u.room) && u.err == nil {
		var got int
		got, u.err = u.r.Read(u.room[n:])
		n += got
	}
	u.buf = u.room[:n]
}

// quoteLength is how much of a line must be seen to tell whether it is quoted.
const quoteLength = maxQuotes + len("From ")

// ready returns what can be handed over as it is, n bytes at most: up to the next quoted line. Of such a line at the start of the
// buffer, the first ">" is dropped.
func (u *unquoter) ready(n int) []byte {
	if !u.body {
		return u.headerLine()
	}
	judged := 0
	if u.bol {
		if isQuoted(u.buf) {
			u.buf = u.buf[1:]
		}
		judged = len(u.buf) - len(bytes.TrimLeft(u.buf, ">"))
	}
	n = min(n, len(u.buf))
	seen := min(n+quoteLength, len(u.buf))
	if u.err == nil {
		n = max(1, min(n, seen-quoteLength)) // of a line that begins before n, enough is there
	}
	return u.buf[:u.quoted(judged, n, seen)]
}

// quoted finds the first quoted line that begins between from and to, to if there is none. What is seen of the last one ends at seen.
func (u *unquoter) quoted(from, to, seen int) int {
	for from < to {
		i := bytes.Index(u.buf[from:seen], quotedFrom)
		if i < 0 {
			break
		}
		start := from + len(bytes.TrimRight(u.buf[from:from+i], ">"))
		if start >= to {
			return to
		}
		if start > 0 && u.buf[start-1] == u.eol && isQuoted(u.buf[start:]) {
			return start
		}
		from += i + len(quotedFrom)
	}
	return to
}

// headerLine returns a line of the header, or a piece of one, and notes where the body begins.
func (u *unquoter) headerLine() []byte {
	i := bytes.IndexByte(u.buf, u.eol)
	if i < 0 {
		return u.buf
	}
	return u.buf[:i+1]
}

// pass notes that n bytes of the buffer were handed over.
func (u *unquoter) pass(n int) {
	text := u.buf[:n]
	ended := n > 0 && text[n-1] == u.eol
	if !u.body && ended && u.bol && len(bytes.Trim(text, "\r\n")) == 0 {
		u.body = true
	}
	// A CR that was handed over alone leaves the line as good as blank.
	u.bol = ended || (u.bol && u.eol == '\n' && !u.body && string(text) == "\r")
	u.buf = u.buf[n:]
}

// isQuoted says whether a line begins with one or more ">" and "From ".
func isQuoted(line []byte) bool {
	n := 0
	for n < len(line) && n <= maxQuotes && line[n] == '>' {
		n++
	}
	return n > 0 && n <= maxQuotes && bytes.HasPrefix(line[n:], []byte("From "))
}
