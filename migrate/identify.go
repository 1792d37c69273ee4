package migrate

import (
	"context"
	"errors"
	"runtime"
	"time"

	"unpop/dedupe"
	"unpop/state"
)

// reading is one copy on its way through the scan: workers read and digest several at once, the ledger gets them in order.
type reading struct {
	copy Copy
	err  error // the source's, or of reading
	row  state.Copy
	done chan struct{}
}

// copies reads the copies of a part into the ledger. failure says why the part could not be read to its end.
func (s *sourceScan) copies(ctx context.Context, part Part, w *state.PartWriter) (unreadable int64, failure, err error) {
	listing, stop := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	inOrder := make(chan *reading, 16*workers)
	work := make(chan *reading, 16*workers)
	broken := make(chan error, 1)
	go func() { broken <- list(listing, part, inOrder, work) }()
	finished := make(chan struct{}, workers)
	for range workers {
		go func() { s.identifyAll(part.Info().Name, work); finished <- struct{}{} }()
	}
	for r := range inOrder {
		<-r.done
		if err != nil {
			continue // drain, so that nobody is left behind
		}
		var bad bool
		if bad, err = s.store(ctx, w, r); bad {
			unreadable++
		}
		if err != nil {
			stop()
		}
	}
	stop()
	for range workers {
		<-finished
	}
	return unreadable, <-broken, err
}

// list feeds the copies to the workers and, in order, to the ledger.
func list(ctx context.Context, part Part, inOrder, work chan<- *reading) error {
	defer close(inOrder)
	defer close(work)
	for c, err := range part.Copies(ctx) {
		if c == nil {
			return err
		}
		r := &reading{copy: *c, err: err, done: make(chan struct{})}
		select {
		case inOrder <- r:
			work <- r // never stuck: the workers drain it to its end
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

func (s *sourceScan) identifyAll(part string, work <-chan *reading) {
	for r := range work {
		if r.err == nil {
			r.row, r.err = identify(s.source, part, &r.copy)
		}
		close(r.done)
	}
}

// identify reads a copy and makes of it what the ledger stores.
func identify(source Source, part string, c *Copy) (state.Copy, error) {
	raw, err := source.Open(context.Background(), part, c.Ref) // local files; the iteration obeys the run's context
	if err != nil {
		return state.Copy{}, err
	}
	defer raw.Close()
	cleaner := dedupe.NewCleaner(raw)
	id, err := dedupe.Identify(cleaner)
	if err != nil {
		return state.Copy{}, err
	}
	if c.StatusFields {
		applyStatus(c, cleaner.Removed())
	}
	if id.Size == 0 {
		return state.Copy{}, errEmpty
	}
	return row(c, id), nil
}

var errEmpty = errors.New("message is empty")

func row(c *Copy, id dedupe.Identity) state.Copy {
	date, rank := credibleDate(time.Now(), id.Trace, id.Received, c.Received, id.Date, c.ModTime)
	r := state.Copy{
		Ref: c.Ref, Size: id.Size, Exact: id.Exact[:], Key: id.Key[:], HasID: id.HasID, Trace: id.Trace,
		Partial: c.Partial, Rebuilt: c.Rebuilt, Flags: int(c.Flags), Keywords: cleanKeywords(c.Keywords),
		Date: date.Unix(), DateRank: rank,
		MessageID: clip(id.MessageID, 250), Subject: clip(dedupe.DecodeSubject(id.Subject), 120), Flaw: c.Flaw,
	}
	if c.Expunged {
		r.State = state.Expunged
	}
	return r
}

// store puts a copy into the ledger and reports whether it could not be read.
func (s *sourceScan) store(ctx context.Context, w *state.PartWriter, r *reading) (unreadable bool, err error) {
	if r.err != nil {
		unreadable = true
		r.row = state.Copy{Ref: r.copy.Ref, State: state.Unreadable, Size: r.copy.Size, Flaw: r.err.Error()}
	}
	if r.row.Folder, err = s.folder(ctx, r.copy.Folder); err != nil {
		return unreadable, err
	}
	s.m.p.Done(1, r.copy.Size)
	return unreadable, w.Add(ctx, r.row)
}

// clip shortens a text for the ledger, at a rune.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && text[limit]&0xC0 == 0x80 {
		limit--
	}
	return text[:limit]
}
