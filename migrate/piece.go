package migrate

import (
	"context"
	"io"
	"iter"
)

// A Divisible is a [Part] that several goroutines can read at once, each its own piece of it.
type Divisible interface {
	// Pieces divides the part. The copies of its pieces, one piece after the other, are those that Copies lists. The pieces
	// may be read at once and after the iteration has ended, in any order; a piece that can't be read says so when its copies are listed.
	Pieces(ctx context.Context) iter.Seq[Piece]
}

// A Piece is a stretch of a [Divisible] part. It is read once, by one goroutine.
type Piece interface {
	// Copies is as [Part.Copies].
	Copies(ctx context.Context) iter.Seq2[*Copy, error]
	// Open returns the bytes of the copy that Copies yielded last, as [Source.Open] does for its Ref, but from memory where
	// it can. The reader is good until the iteration goes on; the caller closes it before.
	Open() (io.ReadCloser, error)
}
