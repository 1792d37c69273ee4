package state

import (
	"context"
	"database/sql"
	"errors"
)

// A ledger that is only looked at may be older than some tables: what they would tell is not known then.

// knows reports whether the ledger has a table.
func (l *Ledger) knows(ctx context.Context, table string) (bool, error) {
	var there bool
	err := l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)", table).Scan(&there)
	if err != nil {
		err = wrap(err)
	}
	return there, err
}

// ask reads one row of a table that may not be there, and reports whether there was one.
func (a *Account) ask(ctx context.Context, table, query string, args []any, into ...any) (bool, error) {
	known, err := a.l.knows(ctx, table)
	if err != nil || !known {
		return false, err
	}
	err = a.l.read.QueryRowContext(ctx, query, args...).Scan(into...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, wrap(err)
	}
	return true, nil
}

// MovedFrom returns the mailbox in which a message was found that was moved to its own; empty if it is not known.
func (a *Account) MovedFrom(ctx context.Context, message int64) (mailbox string, err error) {
	_, err = a.ask(ctx, "move", "SELECT b.name FROM move v JOIN mailbox b ON b.id = v.mailbox WHERE v.message = ? AND v.account = ? ORDER BY v.id DESC LIMIT 1",
		[]any{message, a.id}, &mailbox)
	return mailbox, err
}

// BatchTurn is how an account stands in the queue of a batch.
type BatchTurn struct {
	Name        string // what people call it; may be empty
	NeedsPerson bool
	Reason      string // of the last try that did not end well
}

// BatchTurn returns how the account stands in a batch; ok is false for an account of none.
func (a *Account) BatchTurn(ctx context.Context) (turn BatchTurn, ok bool, err error) {
	const person = 4
	ok, err = a.ask(ctx, "queue", "SELECT name, state = ?, reason FROM queue WHERE account = ?", []any{person, a.id}, &turn.Name, &turn.NeedsPerson, &turn.Reason)
	return turn, ok, err
}
