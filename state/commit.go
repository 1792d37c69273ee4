package state

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"sync"
)

// commits lets changes that come at the same time go to disk together: a commit waits for the disk, and what comes meanwhile
// waits for the next one.
type commits struct {
	mu      sync.Mutex
	leading bool // somebody commits
	waiting []*entry
}

// entry is a change that waits for its commit.
type entry struct {
	do   func(tx *sql.Tx) error
	soft bool // may be lost in a power cut, unless something that may not is written after it
	err  error
	done chan struct{}
}

// together runs do in a transaction that it may share with others: do succeeds or fails on its own, and is on disk when together
// returns without an error. ctx counts until the work begins.
func (l *Ledger) together(ctx context.Context, do func(tx *sql.Tx) error) error {
	return l.join(ctx, &entry{do: do})
}

// softly is together for what another run would find out again: it is in the file when softly returns, and perhaps not on disk.
func (l *Ledger) softly(ctx context.Context, do func(tx *sql.Tx) error) error {
	return l.join(ctx, &entry{do: do, soft: true})
}

func (l *Ledger) join(ctx context.Context, e *entry) error {
	if err := ctx.Err(); err != nil {
		return wrap(err)
	}
	e.done = make(chan struct{})
	if l.commits.join(e) {
		for group := l.commits.next(); len(group) > 0; group = l.commits.next() {
			l.commit(group)
		}
	}
	<-e.done
	return e.err
}

// join puts an entry in the queue and reports whether its owner is to work the queue off.
func (c *commits) join(e *entry) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, e)
	if c.leading {
		return false
	}
	c.leading = true
	return true
}

// next takes all that waits. Where there is nothing, the lead ends.
func (c *commits) next() []*entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	group := c.waiting
	c.waiting = nil
	c.leading = len(group) > 0
	return group
}

// commit writes a group.
func (l *Ledger) commit(group []*entry) {
	run := l.tx
	if !slices.ContainsFunc(group, func(e *entry) bool { return !e.soft }) {
		run = l.softTx
	}
	err := run(context.Background(), func(tx *sql.Tx) error { // short, and others wait for it too
		for _, e := range group {
			e.err = apart(tx, e.do)
		}
		return nil
	})
	for _, e := range group {
		if e.err == nil {
			e.err = err
		}
		close(e.done)
	}
}

// softTx is tx without waiting for the disk. What is written later and waited for comes after it in the journal: it is there if that is.
func (l *Ledger) softTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	conn, err := l.write.Conn(ctx) // the only one, so that nobody else writes softly
	if err != nil {
		return wrap(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return wrap(err)
	}
	err = transact(ctx, conn, do)
	if _, hard := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL"); hard != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // the next one is hard from the start
	}
	return err
}

// apart runs do so that its failure undoes its own work and no other.
func apart(tx *sql.Tx, do func(tx *sql.Tx) error) error {
	if _, err := tx.Exec("SAVEPOINT own"); err != nil {
		return wrap(err)
	}
	err := do(tx)
	if err != nil {
		_, undone := tx.Exec("ROLLBACK TO own")
		err = errors.Join(err, undone)
	}
	if _, released := tx.Exec("RELEASE own"); released != nil {
		return errors.Join(err, wrap(released))
	}
	return err
}
