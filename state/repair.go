package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Attempt is a refusal by the target.
type Attempt struct {
	Repair int // how far the bytes were changed
	Time   time.Time
	Reason string
}

// Refused records that the target refused a message as it was sent.
func (a *Account) Refused(ctx context.Context, message int64, repair int, reason string) error {
	return a.exec(ctx, "INSERT INTO attempt (message, repair, time, reason) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (message, repair) DO UPDATE SET time = excluded.time, reason = excluded.reason", message, repair, time.Now().Unix(), reason)
}

// Repaired records, before anything is sent, that a message goes with other bytes than it has. It fails unless the message is
// planned.
func (a *Account) Repaired(ctx context.Context, message int64, repair int, digest []byte, size int64) error {
	result, err := a.l.write.ExecContext(ctx, "UPDATE message SET repair = ?, sent = ?, sentsize = ? WHERE id = ? AND state = 0", repair, digest, size, message)
	if err != nil {
		return wrap(err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("repair: message %d: %w", message, cause(err))
	}
	return nil
}

// Attempts lists the refusals of a message.
func (a *Account) Attempts(ctx context.Context, message int64) ([]Attempt, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Attempt, error) {
		var t Attempt
		var seconds int64
		err := rows.Scan(&t.Repair, &seconds, &t.Reason)
		t.Time = time.Unix(seconds, 0)
		return t, err
	}, "SELECT repair, time, reason FROM attempt WHERE message = ? ORDER BY repair", message)
}
