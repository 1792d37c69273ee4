package mbox

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"

	"unpop/migrate"
)

// A stretch is a piece of a file: from its beginning or a separator to another separator or the file's end.
type stretch struct {
	part *Part
	*layout
	from, to int64
	err      error // why there is none

	f    *os.File // while the copies are listed
	s    *splitter
	last message
}

// Copies implements [migrate.Piece]. The file is open while the iteration lasts.
func (t *stretch) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		if err := t.list(ctx, yield); err != nil {
			yield(nil, err)
		}
	}
}

// list yields the copies, and returns the error that ends them.
func (t *stretch) list(ctx context.Context, yield func(*migrate.Copy, error) bool) error {
	if t.err != nil {
		return t.err
	}
	if err := t.open(ctx); err != nil {
		return t.part.fault(0, t.from, err)
	}
	defer t.close()
	for {
		if t.s.next.at >= t.to && t.to < t.file.Size() {
			return t.end()
		}
		m, ok := t.s.message()
		if !ok {
			return t.fault()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if m.internal && t.from == 0 && t.s.found == 1 {
			t.s.data++
			continue
		}
		if t.last = m; !yield(t.part.describe(m, t.layout), nil) {
			return nil
		}
	}
}

// end checks that the next piece begins where this one ends.
func (t *stretch) end() error {
	if t.s.next.at == t.to || t.s.err != nil {
		return t.fault()
	}
	return t.part.fault(0, t.to, migrate.ErrChanged)
}

// fault is the splitter's error; the number of a message is known in the first piece only.
func (t *stretch) fault() error {
	n := 0
	if t.from == 0 {
		n = t.s.found + 1
	}
	return t.part.fault(n, t.s.next.at, t.s.err)
}

// open opens the file and checks that it is the one that was divided. It may have grown: the next run sees that.
func (t *stretch) open(ctx context.Context) error {
	f, err := os.Open(t.part.path)
	if err != nil {
		return err
	}
	now, err := f.Stat()
	if err == nil && (!os.SameFile(now, t.file) || now.Size() < t.file.Size()) {
		err = migrate.ErrChanged
	}
	switch {
	case err != nil:
	case t.from == 0:
		t.s = newSplitter(f, t.file.Size(), t.how, ctx.Err)
	default:
		t.s, err = newSplitterAt(f, t.file.Size(), t.how, ctx.Err, t.from)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	t.f = f
	t.s.until = t.to + lookahead
	return nil
}

func (t *stretch) close() {
	t.part.add(t.s.oddities)
	t.s.free()
	t.f.Close()
	t.f, t.s, t.last = nil, nil, message{}
}

// Open implements [migrate.Piece].
func (t *stretch) Open() (io.ReadCloser, error) {
	if t.f == nil {
		return nil, fs.ErrClosed
	}
	m, how := t.last, t.how
	if text, ok := t.s.holding(m.start, m.end); ok {
		return unquoted(text, io.NopCloser(nil), how), nil
	}
	left := m.end - m.start
	return newUnquoter(&piece{f: t.f, off: m.start, left: left}, io.NopCloser(nil), left, how), nil
}
