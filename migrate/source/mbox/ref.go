package mbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"

	"unpop/migrate"
)

// A ref names a message in its file: "1204+3581:q" is the one whose From_ line is at byte 1204 and whose last byte is 3581
// bytes further on, in a file whose lines end in LF and were quoted.
type ref struct {
	from, length int64
	how          rule
}

// A dialect is a letter of a ref: what reading a message needs of its file's rule.
type dialect struct {
	letter byte
	how    rule
}

var dialects = []dialect{
	{'q', rule{eol: '\n'}}, // quoted
	{'p', rule{eol: '\n', plain: true}},
	{'m', rule{eol: '\r'}}, // an old Mac's
	{'n', rule{eol: '\r', plain: true}},
}

func (r ref) String() string {
	text := strconv.AppendInt(nil, r.from, 10)
	text = append(text, '+')
	text = strconv.AppendInt(text, r.length, 10)
	for _, d := range dialects {
		if d.how.eol == r.how.eol && d.how.plain == r.how.plain {
			text = append(text, ':', d.letter)
		}
	}
	return string(text)
}

func parseRef(s string) (ref, error) {
	place, letter, _ := strings.Cut(s, ":")
	from, length, _ := strings.Cut(place, "+")
	at, err := strconv.ParseInt(from, 10, 64)
	n, err2 := strconv.ParseInt(length, 10, 64)
	if err == nil && err2 == nil && at >= 0 && n >= 0 && at+n >= at {
		for _, d := range dialects {
			if letter == string(d.letter) {
				return ref{at, n, d.how}, nil
			}
		}
	}
	return ref{}, fmt.Errorf("reference %q: not one of an mbox message", s)
}

// wholeSize is up to which size a message is read at once.
const wholeSize = 256 << 10

// behind is how much is looked at after a message, to see that it still ends there. What is before it may be anything: where a
// Content-Length tells the end, the last line may have none of its own.
const behind = 8

var texts = sync.Pool{New: func() any { return new([wholeSize]byte) }}

// OpenAt returns the bytes of the message that a [Part] over the same file named with this Ref: what follows the From_ line,
// with mbox quoting undone in the body and without the blank line that separates messages. It fails with
// [migrate.ErrChanged] where no message is there any more, or where it ends elsewhere. The caller closes the reader.
func OpenAt(path, refName string) (io.ReadCloser, error) {
	r, err := parseRef(refName)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if r.length <= wholeSize-behind {
		text, back, err := r.whole(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, errors.Join(fmt.Errorf("message at byte %d: %w", r.from, err), back.Close())
		}
		return unquoted(text, back, r.how), nil
	}
	start, err := r.check(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("message at byte %d: %w", r.from, err), f.Close())
	}
	left := r.from + r.length - start
	return newUnquoter(&piece{f: f, off: start, left: left}, f, left, r.how), nil
}

// whole reads a message with what stands behind it in one go, into memory that is to be given back.
func (r ref) whole(f io.ReaderAt) (text []byte, back *loan, err error) {
	back = &loan{texts.Get().(*[wholeSize]byte)}
	n, err := f.ReadAt(back.room[:r.length+behind], r.from)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, back, err
	}
	all := excerpt{r.from, back.room[:n]}
	start, err := r.locate(all, r.from+int64(n))
	if err != nil {
		return nil, back, err
	}
	return all.text[start-r.from : r.length], back, nil
}

// A view shows pieces of a file: up to n bytes at an offset, fewer only where it ends.
type view interface {
	span(off, n int64) ([]byte, error)
}

// onDisk is a view of a file that is read.
type onDisk struct{ io.ReaderAt }

func (d onDisk) span(off, n int64) ([]byte, error) { return readSome(d, off, n) }

// An excerpt is a view of a file of which what comes from an offset on is in memory.
type excerpt struct {
	at   int64
	text []byte
}

func (e excerpt) span(off, n int64) ([]byte, error) {
	size := int64(len(e.text))
	from := min(max(off-e.at, 0), size)
	return e.text[from:min(from+n, size)], nil
}

// check is locate with the size that the file has.
func (r ref) check(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return r.locate(onDisk{f}, info.Size())
}

// locate checks that the message is still there and returns where its header begins.
func (r ref) locate(f view, size int64) (int64, error) {
	if size < r.from+r.length {
		return 0, migrate.ErrChanged
	}
	if ok, err := r.endsThere(f); !ok {
		return 0, errors.Join(err, migrate.ErrChanged)
	}
	head, err := r.readFrom(f)
	line, rest, _ := r.how.line(head)
	if err != nil || parseFrom(line).kind == fromNone {
		return 0, errors.Join(err, migrate.ErrChanged)
	}
	return r.from + int64(len(head)-len(rest)), nil
}

// readFrom returns the From_ line and what follows it.
func (r ref) readFrom(f view) ([]byte, error) {
	for _, size := range []int64{1 << 10, lookahead} {
		head, err := f.span(r.from, min(r.length, size))
		if err != nil || bytes.IndexByte(head, r.how.eol) >= 0 || int64(len(head)) == r.length {
			return head, err
		}
	}
	return nil, nil
}

// endsThere says whether a separator, a hole or the end of the file comes after the message, with or without a blank line
// before it.
func (r ref) endsThere(f view) (bool, error) {
	after, err := f.span(r.from+r.length, behind)
	if line, rest, whole := r.how.line(after); whole && len(line) == 0 {
		after = rest
	}
	return err == nil && (len(after) == 0 || after[0] == 0 || bytes.HasPrefix(after, fromPrefix)), err
}

// readSome reads up to n bytes at an offset; fewer only at the end of the file.
func readSome(r io.ReaderAt, off, n int64) ([]byte, error) {
	text := make([]byte, n)
	got, err := r.ReadAt(text, off)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return text[:got], err
}

// A piece is a part of a file that must all be there.
type piece struct {
	f         io.ReaderAt
	off, left int64
}

// Read implements io.Reader. It fails with [migrate.ErrChanged] where the file ends too early.
func (p *piece) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	n, err := p.f.ReadAt(b[:min(int64(len(b)), p.left)], p.off)
	p.off += int64(n)
	p.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
		if p.left > 0 {
			err = fmt.Errorf("file became shorter: %w", migrate.ErrChanged)
		}
	}
	return n, err
}
