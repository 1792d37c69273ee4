package state

import (
	"context"
	"database/sql"
	"errors"
)

// reader is what queries go to: the database as it goes on, or as it was at one instant.
type reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryRow(query string, args ...any) *sql.Row
	Close() error
}

// instant reads within one transaction.
type instant struct{ *sql.Tx }

// Close ends the transaction.
func (i instant) Close() error {
	if err := i.Rollback(); !errors.Is(err, sql.ErrTxDone) { // it is done when its context has ended
		return err
	}
	return nil
}

// Snapshot returns the ledger as it is now, whatever is written meanwhile, so that what several queries tell fits together. It
// can't be written, ends with ctx, and the caller closes it before l. It belongs to one goroutine, which may ask while it
// goes through the rows of an earlier query. As long as it is open, what others write gathers in the journal.
func (l *Ledger) Snapshot(ctx context.Context) (*Ledger, error) {
	db, ok := l.read.(*sql.DB)
	if !ok {
		return nil, errors.New("ledger: is a snapshot already")
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, wrap(err)
	}
	s := &Ledger{path: l.path, read: instant{tx}}
	if _, err := s.version(ctx, s.read); err != nil { // the first look is what settles the instant
		return nil, errors.Join(wrap(err), s.Close())
	}
	return s, nil
}
