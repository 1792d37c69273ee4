package state

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
)

// rowsPerInsert is the number of copies that one statement stores: a call costs as much as a row or two.
const rowsPerInsert = 64

// copyColumns are those that a scan fills.
const copyColumns = 22

// insertCopies is the statement for so many copies.
func insertCopies(n int) string {
	row := ",(?" + strings.Repeat(",?", copyColumns-1) + ")"
	return "INSERT INTO copy (id, part, folder, ref, state, size, exact, key, hasid, trace, partial, rebuilt, flags, keywords, " +
		"date, daterank, message_id, subject, flaw, message, sum, uidl) VALUES " + strings.Repeat(row, n)[1:]
}

// A rowBlock is up to rowsPerInsert copies as the driver wants them.
type rowBlock struct {
	n      int
	values []driver.NamedValue
}

func (r *rowBlock) reset() {
	clear(r.values)
	r.n, r.values = 0, r.values[:0]
}

// add takes a copy under its number. Before the plan says otherwise, a copy is a message of its own.
func (r *rowBlock) add(id, part int64, c *Copy) {
	for _, v := range [copyColumns]driver.Value{
		id, part, c.Folder, c.Ref, int64(c.State), c.Size, blob(c.Exact), blob(c.Key), c.HasID, c.Trace, c.Partial, c.Rebuilt,
		int64(c.Flags), strings.Join(c.Keywords, " "), c.Date, int64(c.DateRank), c.MessageID, c.Subject, c.Flaw, id, blob(c.Sum), word(c.UIDL),
	} {
		r.values = append(r.values, driver.NamedValue{Ordinal: len(r.values) + 1, Value: v})
	}
	r.n++
}

// blob is NULL where there is none.
func blob(b []byte) driver.Value {
	if b == nil {
		return nil
	}
	return b
}

// word is NULL where there is none.
func word(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

// A bulk inserts copies by the driver itself, as converting each value once more takes as long as storing it. Nor are their
// references to the part and the folder checked one by one: the writer has both from the ledger, where a folder stays, and a
// part as long as its copies.
type bulk struct {
	conn *sql.Conn
	open bool        // in a transaction
	rows int         // in it
	stmt driver.Stmt // for full blocks
}

// insert stores a block, in a new transaction if there is none.
func (b *bulk) insert(ctx context.Context, rows *rowBlock) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.rows += rows.n
	return b.conn.Raw(func(c any) error {
		if !b.open {
			if err := execute(c, "PRAGMA foreign_keys = 0; BEGIN IMMEDIATE"); err != nil {
				return err
			}
			b.open = true
		}
		if rows.n == rowsPerInsert && b.stmt != nil {
			return run(b.stmt, rows)
		}
		stmt, err := c.(driver.ConnPrepareContext).PrepareContext(context.Background(), insertCopies(rows.n))
		if err != nil {
			return err
		}
		if rows.n == rowsPerInsert {
			b.stmt = stmt
			return run(stmt, rows)
		}
		return errors.Join(run(stmt, rows), stmt.Close())
	})
}

// run stores a block. A context that can end would cost a goroutine for each statement.
func run(stmt driver.Stmt, rows *rowBlock) error {
	_, err := stmt.(driver.StmtExecContext).ExecContext(context.Background(), rows.values)
	return err
}

func execute(c any, query string) error {
	_, err := c.(driver.ExecerContext).ExecContext(context.Background(), query, nil)
	return err
}

// commit ends the transaction, if there is one; the next insert begins another.
func (b *bulk) commit() error {
	err := b.finish("COMMIT")
	if err != nil {
		b.open = true
		b.rollback()
	}
	return err
}

// rollback drops the transaction, if there is one, and the connection with it should that fail.
func (b *bulk) rollback() {
	if b.finish("ROLLBACK") != nil {
		_ = b.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

func (b *bulk) finish(how string) error {
	if !b.open {
		return nil
	}
	err := b.conn.Raw(func(c any) error {
		var closed error
		if b.stmt != nil {
			closed = b.stmt.Close()
		}
		return errors.Join(closed, execute(c, how+"; PRAGMA foreign_keys = 1"))
	})
	b.open, b.rows, b.stmt = false, 0, nil
	return err
}
