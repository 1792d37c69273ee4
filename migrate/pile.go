package migrate

import (
	"context"
	"io"
	"iter"
	"time"

	"unpop/state"
)

// A pile is some consecutive copies of a part on their way through the scan: a worker reads and digests them, one after the
// other, and the ledger gets what comes of them in the part's order.
type pile struct {
	copies iter.Seq2[*Copy, error]
	open   func(c *Copy) (io.ReadCloser, error)
	read   chan []reading // closed after the last
	ended  bool           // before read is closed: nothing comes after this pile,
	err    error          // and why, if not because the part ends here
}

// reading is what came of reading a copy.
type reading struct {
	folder Folder
	size   int64 // in the store
	row    state.Copy
	bad    bool // the copy could not be read
}

const (
	// readings is how many copies a worker hands over at once.
	readings = 64
	// ahead is how many times all workers together may do so before the ledger takes any.
	ahead = 32
	// pileSize is the number of copies in a pile of a part that can't be divided, and pileBytes about their size.
	pileSize  = 32
	pileBytes = 1 << 20
)

// piles divides a part among workers.
func piles(ctx context.Context, source Source, part Part) iter.Seq[*pile] {
	if d, ok := part.(Divisible); ok {
		return pieces(ctx, d)
	}
	name := part.Info().Name
	open := func(c *Copy) (io.ReadCloser, error) {
		return source.Open(context.Background(), name, c.Ref) // local files; the iteration obeys the run's context
	}
	return func(yield func(*pile) bool) {
		for copies := range bundles(part.Copies(ctx)) {
			if !yield(&pile{copies: copies, open: open}) {
				return
			}
		}
	}
}

func pieces(ctx context.Context, part Divisible) iter.Seq[*pile] {
	return func(yield func(*pile) bool) {
		for piece := range part.Pieces(ctx) {
			open := func(*Copy) (io.ReadCloser, error) { return piece.Open() }
			if !yield(&pile{copies: piece.Copies(ctx), open: open}) {
				return
			}
		}
	}
}

// bundles takes so many copies at a time out of an iteration.
func bundles(all iter.Seq2[*Copy, error]) iter.Seq[iter.Seq2[*Copy, error]] {
	return func(yield func(iter.Seq2[*Copy, error]) bool) {
		var b bundle
		for c, err := range all {
			if b.add(c, err); !b.full() {
				continue
			}
			if !yield(b.each) {
				return
			}
			b = bundle{}
		}
		if len(b.copies) > 0 {
			yield(b.each)
		}
	}
}

// A bundle is some copies and the errors beside them.
type bundle struct {
	copies []*Copy
	errs   []error
	bytes  int64
}

func (b *bundle) add(c *Copy, err error) {
	b.copies, b.errs = append(b.copies, c), append(b.errs, err)
	if c != nil {
		b.bytes += c.Size
	}
}

func (b *bundle) full() bool { return len(b.copies) >= pileSize || b.bytes >= pileBytes }

func (b bundle) each(yield func(*Copy, error) bool) {
	for i, c := range b.copies {
		if !yield(c, b.errs[i]) {
			return
		}
	}
}

// work reads the copies. It ends early where the context does.
func (p *pile) work(ctx context.Context, now time.Time) {
	defer close(p.read)
	some := make([]reading, 0, readings)
	send := func() bool {
		select {
		case p.read <- some:
			some = make([]reading, 0, readings)
			return true
		case <-ctx.Done():
			return false
		}
	}
	for c, err := range p.copies {
		if c == nil {
			p.ended, p.err = true, err
			break
		}
		some = append(some, p.one(c, err, now))
		if len(some) == readings && !send() {
			return
		}
	}
	if len(some) > 0 {
		send()
	}
}

// one reads a copy, unless it has an error already.
func (p *pile) one(c *Copy, err error, now time.Time) reading {
	r := reading{folder: c.Folder, size: c.Size}
	var raw io.ReadCloser
	if err == nil {
		raw, err = p.open(c)
	}
	if err == nil {
		r.row, err = identify(raw, c, now)
	}
	if err != nil {
		r.bad = true
		r.row = state.Copy{Ref: c.Ref, State: state.Unreadable, Size: c.Size, Flaw: err.Error()}
	}
	return r
}
