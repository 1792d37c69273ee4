package state

import (
	"context"
	"database/sql"
	"time"
)

// Largest lists the planned messages of more than so many bytes, the largest first.
func (a *Account) Largest(ctx context.Context, over int64, limit int) ([]Message, error) {
	return collect(ctx, a.l.read, scanMessage, "SELECT "+messageColumns+messageTables+
		"JOIN mailbox b ON b.id = m.mailbox WHERE b.account = ? AND m.state = 0 AND m.size > ? ORDER BY m.size DESC, m.id LIMIT ?", a.id, over, limit)
}

// CountLarger counts the planned messages of more than so many bytes, and their bytes.
func (a *Account) CountLarger(ctx context.Context, over int64) (messages, bytes int64, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(m.size), 0) FROM message m JOIN mailbox b ON b.id = m.mailbox "+
		"WHERE b.account = ? AND m.state = 0 AND m.size > ?", a.id, over).Scan(&messages, &bytes)
	if err != nil {
		return 0, 0, wrap(err)
	}
	return messages, bytes, nil
}

// SentSince counts the bytes of the messages that were sent by runs which began after t.
func (a *Account) SentSince(ctx context.Context, t time.Time) (bytes int64, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT coalesce(sum(m.size), 0) FROM message m JOIN run r ON r.id = m.run "+
		"WHERE m.account = ? AND m.state = 2 AND m.how IN (1, 2) AND r.started > ?", a.id, t.Unix()).Scan(&bytes)
	if err != nil {
		return 0, wrap(err)
	}
	return bytes, nil
}

// Tallies returns what the last runs had to account for, as JSON, the newest first.
func (a *Account) Tallies(ctx context.Context, limit int) ([]string, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (string, error) {
		var tally string
		return tally, rows.Scan(&tally)
	}, "SELECT tally FROM run WHERE account = ? AND tally <> '' ORDER BY id DESC LIMIT ?", a.id, limit)
}
