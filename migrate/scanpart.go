package migrate

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"unpop/state"
)

// maxWorkers bounds the memory of a scan, some 2 MB for each, on a machine with many cores: no disk feeds more.
const maxWorkers = 8

// partScan is the scan of one part. Its workers, one for each core, read piles of copies; one goroutine lists what there is,
// and one puts what was read into the ledger.
type partScan struct {
	s          *sourceScan
	w          *state.PartWriter
	unreadable int64
	failure    error  // why the part could not be read to its end
	folder     Folder // the last one,
	folderID   int64  // and its number in the ledger; 0 before the first
}

// copies reads the copies of a part into the ledger. failure says why the part could not be read to its end.
func (s *sourceScan) copies(ctx context.Context, part Part, w *state.PartWriter) (unreadable int64, failure, err error) {
	reading, stop := context.WithCancel(ctx)
	workers := min(runtime.GOMAXPROCS(0), maxWorkers)
	inOrder := make(chan *pile, workers)
	work := make(chan *pile, workers)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	wait.Go(func() { list(reading, piles(reading, s.source, part), inOrder, work) })
	now := time.Now()
	for range workers {
		wait.Go(func() {
			for p := range work {
				p.work(reading, now)
			}
		})
	}
	scan := partScan{s: s, w: w}
	for p := range inOrder {
		if ended, err := scan.take(ctx, p); ended || err != nil {
			return scan.unreadable, scan.failure, err
		}
	}
	return scan.unreadable, scan.failure, nil
}

// list hands the piles to the workers and, in their order, to the ledger.
func list(ctx context.Context, all func(func(*pile) bool), inOrder, work chan<- *pile) {
	defer close(inOrder)
	defer close(work)
	for p := range all {
		p.read = make(chan []reading, max(2, ahead/cap(work)))
		select {
		case inOrder <- p:
		case <-ctx.Done():
			return
		}
		select {
		case work <- p:
		case <-ctx.Done():
			return
		}
	}
}

// take stores what is read of a pile, and reports whether it is the part's last.
func (s *partScan) take(ctx context.Context, p *pile) (ended bool, err error) {
	for {
		select {
		case some, more := <-p.read:
			if !more {
				s.failure = p.err
				return p.ended, ctx.Err()
			}
			for i := range some {
				if err := s.store(ctx, &some[i]); err != nil {
					return true, err
				}
			}
		case <-ctx.Done():
			return true, ctx.Err()
		}
	}
}

// store puts a copy into the ledger.
func (s *partScan) store(ctx context.Context, r *reading) error {
	if r.bad {
		s.unreadable++
	}
	if err := s.enter(ctx, r.folder); err != nil {
		return err
	}
	r.row.Folder = s.folderID
	s.s.m.p.Done(1, r.size)
	return s.w.Add(ctx, r.row)
}

// enter finds the number of a copy's folder: mostly that of the copy before.
func (s *partScan) enter(ctx context.Context, f Folder) error {
	if s.folderID != 0 && f.Account == s.folder.Account && f.Role == s.folder.Role && slices.Equal(f.Path, s.folder.Path) {
		return nil
	}
	if err := s.w.Commit(ctx); err != nil { // the ledger has one writer
		return err
	}
	var err error
	s.folder = f
	s.folderID, err = s.s.folder(ctx, f)
	return err
}
