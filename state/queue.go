package state

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"
)

// Turn is how far an account in the queue is.
type Turn int

// The turns of an account.
const (
	TurnWaiting Turn = iota // for its turn, or for another try; the state of all whose process died
	TurnWorking
	TurnDone
	TurnPartly // done, but some messages need a person
	TurnPerson // nothing more can be done without a person
)

// Over reports whether the account has had its turn in the round.
func (t Turn) Over() bool { return t >= TurnDone }

// Round is a walk over all accounts of a file.
type Round struct {
	ID             int64
	File           string
	Started, Ended time.Time // Ended is zero as long as an account has not had its turn
}

// Queued is an account in the queue. None of it is a secret.
type Queued struct {
	Account   *Account // nil before it was stored
	Target    string   // canonical URL
	Line      int
	Name      string
	Digest    []byte // of the line
	Turn      Turn
	Attempts  int       // in a row that did not end well
	NotBefore time.Time // zero: at once
	Since     time.Time // the turn
	Cause     string    // in a word
	Reason    string
	Mark      []byte // of a refused password
	Tally     string // JSON, as the caller gave it
}

// Round returns the newest round, or nil if there was none, or the ledger is of a version before there were any.
func (l *Ledger) Round(ctx context.Context) (*Round, error) {
	known, err := l.hasQueue(ctx)
	if err != nil || !known {
		return nil, err
	}
	var r Round
	var started int64
	var ended sql.NullInt64
	err = l.read.QueryRowContext(ctx, "SELECT id, file, started, ended FROM round ORDER BY id DESC LIMIT 1").Scan(&r.ID, &r.File, &started, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(err)
	}
	r.Started, r.Ended = time.Unix(started, 0), moment(ended.Int64)
	return &r, nil
}

func (l *Ledger) hasQueue(ctx context.Context) (known bool, err error) {
	err = l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'queue')").Scan(&known)
	if err != nil {
		err = wrap(err)
	}
	return known, err
}

const queueColumns = "a.id, a.target, q.line, q.name, q.digest, q.state, q.attempts, q.notbefore, q.since, q.cause, q.reason, q.mark, q.tally"

// Queue lists the accounts of a round by line.
func (l *Ledger) Queue(ctx context.Context, round int64) ([]Queued, error) {
	return collect(ctx, l.read, l.scanQueue, "SELECT "+queueColumns+" FROM queue q JOIN account a ON a.id = q.account WHERE q.round = ? ORDER BY q.line", round)
}

// KnownQueue lists all accounts that ever were in a queue, by target.
func (l *Ledger) KnownQueue(ctx context.Context) (map[string]Queued, error) {
	known := map[string]Queued{}
	for q, err := range stream(ctx, l.read, l.scanQueue, "SELECT "+queueColumns+" FROM queue q JOIN account a ON a.id = q.account") {
		if err != nil {
			return nil, err
		}
		known[q.Target] = q
	}
	return known, nil
}

func (l *Ledger) scanQueue(rows *sql.Rows) (Queued, error) {
	q := Queued{Account: &Account{l: l}}
	var notBefore, since int64
	err := rows.Scan(&q.Account.id, &q.Target, &q.Line, &q.Name, &q.Digest, &q.Turn, &q.Attempts, &notBefore, &since, &q.Cause, &q.Reason, &q.Mark, &q.Tally)
	q.Account.Target = q.Target
	q.NotBefore, q.Since = moment(notBefore), moment(since)
	return q, err
}

// StoreRound makes the accounts those of a round, all or none, and gives them their [Queued.Account]. A round without a number is a
// new one; one that had ended goes on. Accounts that were in it and are not named leave it.
func (l *Ledger) StoreRound(ctx context.Context, r Round, accounts []Queued) (Round, error) {
	if l.write == nil {
		return r, errReadOnly
	}
	before, err := l.Queue(ctx, r.ID) // of thousands few have changed when a round goes on
	if err != nil {
		return r, err
	}
	changed, gone := differences(before, accounts)
	err = l.tx(ctx, func(tx *sql.Tx) error {
		if r.ID == 0 {
			if err := tx.QueryRowContext(ctx, "INSERT INTO round (file, started) VALUES (?, ?) RETURNING id", r.File, r.Started.Unix()).Scan(&r.ID); err != nil {
				return wrap(err)
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE round SET ended = NULL WHERE id = ?", r.ID); err != nil {
			return wrap(err)
		}
		for _, account := range gone {
			if _, err := tx.ExecContext(ctx, "UPDATE queue SET round = 0 WHERE account = ?", account.id); err != nil {
				return wrap(err)
			}
		}
		return l.storeQueue(ctx, tx, r.ID, changed)
	})
	return r, err
}

// differences finds the accounts that are not stored as they are, gives the others their [Queued.Account], and tells which are not named
// any more.
func differences(before, accounts []Queued) (changed []*Queued, gone []*Account) {
	known := make(map[string]*Queued, len(before))
	for i := range before {
		known[before[i].Target] = &before[i]
	}
	for i := range accounts {
		q, old := &accounts[i], known[accounts[i].Target]
		delete(known, q.Target)
		if old == nil || !q.same(old) {
			changed = append(changed, q)
		} else {
			q.Account = old.Account
		}
	}
	for _, q := range known {
		gone = append(gone, q.Account)
	}
	return changed, gone
}

// same reports whether two rows are alike in what is stored.
func (q *Queued) same(old *Queued) bool {
	a, b := *q, *old
	a.Account, b.Account = nil, nil
	for _, t := range []*time.Time{&a.NotBefore, &a.Since, &b.NotBefore, &b.Since} {
		*t = moment(seconds(*t))
	}
	return reflect.DeepEqual(a, b)
}

func (l *Ledger) storeQueue(ctx context.Context, tx *sql.Tx, round int64, accounts []*Queued) error {
	find, err := tx.PrepareContext(ctx, "INSERT INTO account (target, created) VALUES (?, ?) ON CONFLICT (target) DO UPDATE SET target = excluded.target RETURNING id")
	if err != nil {
		return wrap(err)
	}
	store, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO queue (round, line, name, digest, state, attempts, notbefore, since, cause, reason, mark, tally, account) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return wrap(err)
	}
	for _, q := range accounts {
		q.Account = &Account{l: l, Target: q.Target}
		if err := find.QueryRowContext(ctx, q.Target, time.Now().Unix()).Scan(&q.Account.id); err != nil {
			return wrap(err)
		}
		if _, err := store.ExecContext(ctx, append([]any{round, q.Line, q.Name, q.Digest}, q.turn()...)...); err != nil {
			return wrap(err)
		}
	}
	return nil
}

// turn are the columns that change while a batch works.
func (q *Queued) turn() []any {
	return []any{q.Turn, q.Attempts, seconds(q.NotBefore), seconds(q.Since), q.Cause, q.Reason, q.Mark, q.Tally, q.Account.id}
}

// SetTurn stores how far an account is, its cause and all else that changes while a batch works. Several may do so at once: they go
// to disk together.
func (l *Ledger) SetTurn(ctx context.Context, q Queued) error {
	return l.together(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE queue SET state = ?, attempts = ?, notbefore = ?, since = ?, cause = ?, reason = ?, mark = ?, tally = ? WHERE account = ?",
			q.turn()...)
		if err != nil {
			return wrap(err)
		}
		return nil
	})
}

// EndRound records that all accounts of a round have had their turn.
func (l *Ledger) EndRound(ctx context.Context, round int64) error {
	if _, err := l.write.ExecContext(ctx, "UPDATE round SET ended = ? WHERE id = ? AND ended IS NULL", time.Now().Unix(), round); err != nil {
		return wrap(err)
	}
	return nil
}

// moment is the time of a column; 0 is none.
func moment(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
