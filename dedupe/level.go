package dedupe

import (
	"bytes"
	"crypto/sha256"
	"hash"
)

// maxBlanks bounds the blanks that are held back at the end of a line; of a longer run each full buffer counts as text.
const maxBlanks = 4 << 10

// leveller hashes text so that what a transport changes makes no difference: CRLF, CR and LF are LF; blanks at the
// ends of lines, empty lines at the end, a NUL or byte order mark at the start, and the quotes of a From_ line are left out.
type leveller struct {
	sum      hash.Hash
	head     []byte // the first bytes, until there are enough to see a byte order mark
	begun    bool
	afterCR  bool
	newlines int64  // seen since the last text
	blanks   []byte // seen since the last text or newline
	from     fromLine
}

func (l *leveller) reset() {
	if l.sum == nil {
		l.sum = sha256.New()
	}
	l.sum.Reset()
	l.head, l.blanks = l.head[:0], l.blanks[:0]
	l.begun, l.afterCR, l.newlines, l.from = false, false, 0, fromLine{}
}

// copyFrom makes l go on where from is.
func (l *leveller) copyFrom(from *leveller) error {
	sum, err := from.sum.(hash.Cloner).Clone()
	if err != nil {
		return err
	}
	head, blanks := append(l.head[:0], from.head...), append(l.blanks[:0], from.blanks...)
	*l = *from
	l.sum, l.head, l.blanks = sum, head, blanks
	return nil
}

// Write takes the next bytes; it never fails.
func (l *leveller) Write(b []byte) (int, error) {
	n := len(b)
	if !l.begun {
		take := min(len(b), len(byteOrder)-len(l.head))
		l.head = append(l.head, b[:take]...)
		b = b[take:]
		if len(l.head) < len(byteOrder) {
			return n, nil
		}
		l.start()
	}
	l.lines(b)
	return n, nil
}

func (l *leveller) start() {
	l.begun = true
	head := bytes.TrimPrefix(l.head, []byte(byteOrder))
	l.lines(bytes.TrimPrefix(head, []byte{0}))
}

// digest ends the text.
func (l *leveller) digest() (d Digest) {
	if !l.begun {
		l.start()
	}
	l.hash(l.from.end())
	l.sum.Sum(d[:0])
	return d
}

func (l *leveller) lines(b []byte) {
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			l.line(b)
			return
		}
		l.line(b[:i])
		if !l.afterCR {
			l.newline()
		}
		l.afterCR = false
		b = b[i+1:]
	}
}

// line takes text without an LF.
func (l *leveller) line(b []byte) {
	for len(b) > 0 {
		l.afterCR = false
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			l.text(b)
			return
		}
		l.text(b[:i])
		l.newline()
		l.afterCR = true
		b = b[i+1:]
	}
}

func (l *leveller) newline() {
	l.hash(l.from.end())
	l.from = fromLine{}
	l.newlines++
	l.blanks = l.blanks[:0]
}

func (l *leveller) text(b []byte) {
	if len(b) > 0 && !l.from.judged {
		n, held := l.from.judge(b)
		l.hash(held)
		b = b[n:]
	}
	end := len(b)
	for end > 0 && isBlank(b[end-1]) {
		end--
	}
	l.hash(b[:end])
	for rest := b[end:]; len(rest) > 0; {
		n := min(len(rest), maxBlanks-len(l.blanks))
		l.blanks = append(l.blanks, rest[:n]...)
		rest = rest[n:]
		if len(l.blanks) == maxBlanks {
			l.release()
		}
	}
}

// hash takes text that is known to count.
func (l *leveller) hash(b []byte) {
	if len(b) > 0 {
		l.release()
		l.sum.Write(b)
	}
}

var newlineRun = bytes.Repeat([]byte{'\n'}, 512)

// release hashes what was held back, because text follows it.
func (l *leveller) release() {
	for l.newlines > 0 {
		n := min(l.newlines, int64(len(newlineRun)))
		l.sum.Write(newlineRun[:n])
		l.newlines -= n
	}
	if len(l.blanks) > 0 {
		l.sum.Write(l.blanks)
		l.blanks = l.blanks[:0]
	}
}
