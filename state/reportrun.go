package state

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// Runs lists the runs of the account, the oldest first.
func (a *Account) Runs(ctx context.Context) iter.Seq2[Run, error] {
	return stream(ctx, a.l.read, func(rows *sql.Rows) (Run, error) {
		var r Run
		var started int64
		var ended sql.NullInt64
		err := rows.Scan(&r.ID, &r.Command, &r.Version, &started, &ended, &r.Outcome, &r.Tally)
		r.Started = time.Unix(started, 0)
		if ended.Valid {
			r.Ended = time.Unix(ended.Int64, 0)
		}
		return r, err
	}, "SELECT id, command, version, started, ended, outcome, tally FROM run WHERE account = ? ORDER BY id", a.id)
}

// SettledAfter counts the messages that are on the target and were brought there by a run after the given one.
func (a *Account) SettledAfter(ctx context.Context, run int64) (n int64, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT count(*) FROM message WHERE mailbox IN "+boxesOf+" AND state = 2 AND run > ?", a.id, run).Scan(&n)
	if err != nil {
		err = wrap(err)
	}
	return n, err
}
