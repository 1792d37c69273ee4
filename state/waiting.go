package state

import (
	"context"
	"time"
)

// Waiting returns until when the server asked to be left alone, and its words; zero if it didn't.
func (a *Account) Waiting(ctx context.Context) (until time.Time, reason string, err error) {
	var seconds int64
	err = a.l.read.QueryRowContext(ctx, "SELECT waiting, reason FROM account WHERE id = ?", a.id).Scan(&seconds, &reason)
	if seconds > 0 {
		until = time.Unix(seconds, 0)
	}
	return until, reason, err
}

// SetWaiting records it, so that a new run waits too; a zero time says that the wait is over.
func (a *Account) SetWaiting(ctx context.Context, until time.Time, reason string) error {
	var seconds int64
	if !until.IsZero() {
		seconds = until.Unix()
	}
	return a.exec(ctx, "UPDATE account SET waiting = ?, reason = ? WHERE id = ?", seconds, reason, a.id)
}
