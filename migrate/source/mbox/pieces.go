package mbox

import (
	"context"
	"errors"
	"iter"
	"os"

	"unpop/migrate"
)

// pieceSize is about how much of a file one goroutine reads at a time.
const pieceSize = 2 << 20

// cutWindow is how much is read to find where a piece begins.
const cutWindow = 2 * lookahead

// A layout is what all pieces of a file have in common.
type layout struct {
	file os.FileInfo // as it was when it was divided
	how  rule
}

// Pieces implements [migrate.Divisible]. Where a file is cut, there is a separator that the splitter finds on its way from
// the beginning too: whether a line is one depends on nothing but the lines around it. Content-Length is another matter, as
// it may jump over a cut; such a file is one piece.
func (p *Part) Pieces(ctx context.Context) iter.Seq[migrate.Piece] {
	return func(yield func(migrate.Piece) bool) {
		p.begin(nil)
		f, l, err := p.divide(ctx)
		if err != nil {
			yield(&stretch{part: p, err: err})
			return
		}
		defer f.Close()
		p.begin(l)
		size := l.file.Size()
		cuts := &splitter{window: newWindow(f, size, ctx.Err), rule: l.how}
		defer cuts.free()
		cuts.room = cuts.room[:min(len(cuts.room), cutWindow)]
		for from, to := int64(0), int64(-1); to < size; from = to {
			if to = cuts.cut(from + p.piece); cuts.err != nil {
				to = size // whoever reads this piece meets the error too, after the messages before it
			}
			if !yield(&stretch{part: p, layout: l, from: from, to: to}) {
				return
			}
		}
	}
}

// divide opens the file and finds its rule.
func (p *Part) divide(ctx context.Context) (*os.File, *layout, error) {
	f, err := os.Open(p.path)
	if err != nil {
		return nil, nil, p.fault(0, -1, err)
	}
	l := &layout{}
	offset := int64(-1)
	l.file, err = f.Stat()
	switch {
	case err != nil:
	case !l.file.Mode().IsRegular():
		err = errors.New("not a regular file")
	default:
		offset = 0
		l.how, err = look(f, l.file.Size(), ctx.Err)
	}
	if err != nil {
		f.Close()
		return nil, nil, p.fault(0, offset, err)
	}
	return f, l, nil
}

// cut returns the first offset from at on where a file may be cut, or its end. After a hole it is not cut: what looks like a
// separator there may lie within another one.
func (s *splitter) cut(at int64) int64 {
	if s.rule.lengths || at >= s.size {
		return s.size
	}
	for off := at - 1; ; {
		sep := s.search(off)
		if before := s.from(sep.at-1, 1); sep.at >= s.size || before[0] == s.rule.eol {
			return sep.at
		}
		off = sep.at
	}
}
