package state

import (
	"context"
	"time"
)

// Waiting returns for how long the server still wants to be left alone, and its words. A clock that was set back meanwhile makes it no
// longer than the server asked.
func (a *Account) Waiting(ctx context.Context) (left time.Duration, reason string, err error) {
	var until, asked int64
	err = a.l.read.QueryRowContext(ctx, "SELECT waiting, asked, reason FROM account WHERE id = ?", a.id).Scan(&until, &asked, &reason)
	if err != nil || until == 0 {
		return 0, "", err
	}
	left = min(time.Until(time.Unix(until, 0)), time.Duration(asked)*time.Second)
	return max(left, 0), reason, nil
}

// SetWaiting records that the server asked to be left alone, so that a new run waits too.
func (a *Account) SetWaiting(ctx context.Context, wait time.Duration, reason string) error {
	asked := int64((wait + time.Second - 1) / time.Second)
	return a.exec(ctx, "UPDATE account SET waiting = ?, asked = ?, reason = ? WHERE id = ?", time.Now().Unix()+asked, asked, reason, a.id)
}

// Waited records that the wait is over.
func (a *Account) Waited(ctx context.Context) error {
	return a.exec(ctx, "UPDATE account SET waiting = 0, asked = 0, reason = '' WHERE id = ? AND waiting <> 0", a.id)
}
