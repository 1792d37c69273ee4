package state

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Account is one target account within a ledger; all else hangs on it.
type Account struct {
	l      *Ledger
	id     int64
	Target string // canonical URL
}

// errReadOnly is the answer to a caller that wants to write a ledger opened for looking.
var errReadOnly = errors.New("ledger: opened read-only")

// Account finds or makes the account of a target.
func (l *Ledger) Account(ctx context.Context, target string) (*Account, error) {
	if l.write == nil {
		return nil, errReadOnly
	}
	_, err := l.write.ExecContext(ctx, "INSERT INTO account (target, created) VALUES (?, ?) ON CONFLICT DO NOTHING", target, time.Now().Unix())
	if err != nil {
		return nil, wrap(err)
	}
	a := &Account{l: l, Target: target}
	err = l.write.QueryRowContext(ctx, "SELECT id FROM account WHERE target = ?", target).Scan(&a.id)
	return a, err
}

// Accounts lists the accounts that the ledger knows.
func (l *Ledger) Accounts(ctx context.Context) ([]*Account, error) {
	return collect(ctx, l.read, func(rows *sql.Rows) (*Account, error) {
		a := &Account{l: l}
		return a, rows.Scan(&a.id, &a.Target)
	}, "SELECT id, target FROM account ORDER BY id")
}

// Run is one call of the program on an account.
type Run struct {
	ID             int64
	Command        string
	Version        string
	Started, Ended time.Time // Ended is zero for a run that is under way or was killed
	Outcome        string
	Tally          string // JSON, as the caller gave it
}

// StartRun records that work begins and returns the run's number.
func (a *Account) StartRun(ctx context.Context, command, version string) (int64, error) {
	result, err := a.l.write.ExecContext(ctx, "INSERT INTO run (account, command, version, started) VALUES (?, ?, ?, ?)",
		a.id, command, version, time.Now().Unix())
	if err != nil {
		return 0, wrap(err)
	}
	return result.LastInsertId()
}

// EndRun records how a run ended.
func (a *Account) EndRun(ctx context.Context, run int64, outcome, tally string) error {
	return a.l.together(ctx, func(tx *sql.Tx) error {
		if err := a.l.claims.sweep(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE run SET ended = ?, outcome = ?, tally = ? WHERE id = ?", time.Now().Unix(), outcome, tally, run); err != nil {
			return wrap(err)
		}
		return nil
	})
}

// LastRun returns the newest run, or nil if there was none.
func (a *Account) LastRun(ctx context.Context) (*Run, error) {
	var r Run
	var started int64
	var ended sql.NullInt64
	err := a.l.read.QueryRowContext(ctx, "SELECT id, command, version, started, ended, outcome, tally FROM run WHERE account = ? ORDER BY id DESC LIMIT 1", a.id).
		Scan(&r.ID, &r.Command, &r.Version, &started, &ended, &r.Outcome, &r.Tally)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	r.Started = time.Unix(started, 0)
	if ended.Valid {
		r.Ended = time.Unix(ended.Int64, 0)
	}
	return &r, err
}

// Plan returns what the plan was made from, as SetPlan stored it.
func (a *Account) Plan(ctx context.Context) (basis string, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT plan FROM account WHERE id = ?", a.id).Scan(&basis)
	return basis, err
}

// SetPlan stores what the plan was made from; empty says that there is none.
func (a *Account) SetPlan(ctx context.Context, basis string) error {
	return a.exec(ctx, "UPDATE account SET plan = ? WHERE id = ? AND plan <> ?1", basis, a.id)
}

func (a *Account) exec(ctx context.Context, query string, args ...any) error {
	if _, err := a.l.write.ExecContext(ctx, query, args...); err != nil {
		return wrap(err)
	}
	return nil
}
