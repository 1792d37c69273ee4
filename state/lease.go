package state

import (
	"context"
	"database/sql"
	"iter"
	"sync"
	"time"
)

// numbering gives out the numbers of copies. A message keeps the number of its first copy, so a number is never given twice, and several
// accounts may be scanned at once.
type numbering struct {
	mu   sync.Mutex
	next int64
}

// atLeast makes sure that no number is given out that the ledger has.
func (n *numbering) atLeast(ctx context.Context, tx *sql.Tx) error {
	var next int64
	err := tx.QueryRowContext(ctx, "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM copy), (SELECT coalesce(max(id), 0) FROM message))").Scan(&next)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = max(n.next, next)
	return err
}

// take returns the first of so many numbers that follow each other.
func (n *numbering) take(count int64) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	first := n.next
	n.next += count
	return first
}

// A lease is the right to write, as the scan of a part has it for as long as nobody else wants to write: a transaction for each
// block would cost a wait for the disk each time, and one for a whole part would let the other accounts wait for hours.
type lease struct {
	l       *Ledger
	conn    *sql.Conn // nil: not held
	b       bulk
	waiting int64 // how many had ever waited for the connection when it was taken
}

// lookOut is how often somebody who has nothing to write looks whether others have.
const lookOut = 2 * time.Millisecond

// blocks lists what is to be written, and lets go of the lease while nothing comes and others wait.
func (t *lease) blocks(full <-chan *rowBlock) iter.Seq2[*rowBlock, error] {
	return func(yield func(*rowBlock, error) bool) {
		ticker := time.NewTicker(lookOut)
		defer ticker.Stop()
		for {
			select {
			case rows, more := <-full:
				if !more || !yield(rows, nil) {
					return
				}
			case <-ticker.C:
				if !t.wanted() {
					continue
				}
				if err := t.commit(); err != nil {
					yield(nil, err)
					return
				}
			}
		}
	}
}

func (t *lease) insert(ctx context.Context, rows *rowBlock) error {
	if t.conn == nil {
		conn, err := t.l.write.Conn(ctx)
		if err != nil {
			return err
		}
		t.conn, t.b, t.waiting = conn, bulk{conn: conn}, t.l.write.Stats().WaitCount
	}
	err := t.b.insert(ctx, rows)
	if err == nil && (t.b.rows >= copiesPerCommit || t.wanted()) {
		err = t.commit()
	}
	return err
}

// wanted reports whether somebody waits for the connection.
func (t *lease) wanted() bool { return t.conn != nil && t.l.write.Stats().WaitCount > t.waiting }

// commit puts on disk what was written, and gives the connection to the next who waits.
func (t *lease) commit() error {
	if t.conn == nil {
		return nil
	}
	err := t.b.commit()
	if err == nil {
		err = t.conn.Close()
		t.conn = nil
	}
	return err
}

// end drops what is not committed.
func (t *lease) end() {
	if t.conn != nil {
		t.b.rollback()
		_ = t.conn.Close()
	}
}
