package state

import (
	"context"
	"database/sql"
	"strings"
)

// rowsPerCommit bounds what a crash makes the scan do again, and what a transaction holds in memory.
const rowsPerCommit = 4000

// copiesPerCommit is the same for the copies of a part, of which a crash only makes the scan read the part again.
const copiesPerCommit = 256 * rowsPerInsert

// PartWriter takes the copies of one part. It belongs to one goroutine; another one of its own writes what it has taken.
type PartWriter struct {
	a    *Account
	part int64
	next int64 // number of the next copy,
	left int   // and how many numbers from there on are the writer's

	rows *rowBlock      // being filled; nil: none
	full chan *rowBlock // to be written, nil before the first and after the last
	free chan *rowBlock // written
	done chan error     // what came of the writing
	stop context.CancelFunc
}

// blocks is how many of them are filled or written at a time.
const blocks = 8

// ScanPart forgets what the ledger knows of a part and takes its copies anew. The caller ends with Finish or Abandon.
func (a *Account) ScanPart(ctx context.Context, part int64) (*PartWriter, error) {
	w := &PartWriter{a: a, part: part, free: make(chan *rowBlock, blocks)}
	for range blocks {
		w.free <- nil // made when it is needed
	}
	err := a.l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM copy WHERE part = ?", part); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE part SET stamp = '', remarks = '', error = '' WHERE id = ?", part); err != nil {
			return err
		}
		return a.l.numbers.atLeast(ctx, tx)
	})
	if err != nil {
		return nil, wrap(err)
	}
	return w, nil
}

// Add stores a copy. It is on disk after Commit or Finish, or some thousand copies later; until then its goroutine must change nothing
// else in the ledger. Others may: the writer makes room for them. An error may be that of an earlier copy.
func (w *PartWriter) Add(ctx context.Context, c Copy) error {
	if w.rows == nil {
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	if w.left == 0 {
		w.next, w.left = w.a.l.numbers.take(rowsPerInsert), rowsPerInsert
	}
	w.rows.add(w.next, w.part, &c)
	w.next, w.left = w.next+1, w.left-1
	if w.rows.n < rowsPerInsert {
		return nil
	}
	return w.send(ctx)
}

// begin takes an empty block.
func (w *PartWriter) begin(ctx context.Context) error {
	if w.full == nil {
		w.start(ctx)
	}
	select {
	case w.rows = <-w.free:
	case err := <-w.done:
		return w.end(err)
	}
	if w.rows == nil {
		w.rows = new(rowBlock)
	}
	w.rows.reset()
	return nil
}

// send gives the block to the writing goroutine. There is room for it: there are no more blocks than that.
func (w *PartWriter) send(ctx context.Context) error {
	w.full <- w.rows
	w.rows = nil
	return ctx.Err()
}

// start begins to write.
func (w *PartWriter) start(ctx context.Context) {
	ctx, w.stop = context.WithCancel(ctx)
	w.full, w.done = make(chan *rowBlock, blocks), make(chan error, 1)
	go func(full <-chan *rowBlock, done chan<- error) { done <- w.a.l.insert(ctx, full, w.free) }(w.full, w.done)
}

// end notes that nothing is written any more.
func (w *PartWriter) end(err error) error {
	w.stop()
	w.full, w.rows = nil, nil
	if err == nil {
		return nil
	}
	return wrap(err)
}

// Commit waits until all that was added is on disk. The ledger takes other changes then, until the next Add.
func (w *PartWriter) Commit(ctx context.Context) error {
	if w.full == nil {
		return nil
	}
	if w.rows != nil {
		if err := w.send(ctx); err != nil {
			return err
		}
	}
	close(w.full)
	return w.end(<-w.done)
}

// Finish records that the part was read to its end, with the stamp by which it is known to be unchanged later,
// or how far it could be read (failure); then it is read again in the next run.
func (w *PartWriter) Finish(ctx context.Context, stamp string, remarks []string, failure string) error {
	if err := w.Commit(ctx); err != nil {
		return err
	}
	return w.a.exec(ctx, "UPDATE part SET stamp = ?, remarks = ?, error = ? WHERE id = ?", stamp, strings.Join(remarks, "\n"), failure, w.part)
}

// Abandon drops what is not committed; the part is read again in the next run. It does nothing after Finish.
func (w *PartWriter) Abandon() {
	if w.full != nil {
		w.stop()
		close(w.full)
		_ = w.end(<-w.done) // the caller has its reason
	}
}

// insert writes blocks of copies, in transactions of some thousand, until there are no more or ctx ends.
func (l *Ledger) insert(ctx context.Context, full <-chan *rowBlock, free chan<- *rowBlock) error {
	t := lease{l: l}
	defer t.end()
	for rows, err := range t.blocks(full) {
		if err == nil {
			err = t.insert(ctx, rows)
		}
		if err != nil {
			return err
		}
		free <- rows
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return t.commit()
}
