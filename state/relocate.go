package state

import (
	"context"
	"database/sql"
	"iter"
)

// UIDValidities lists those under which the messages of a mailbox were stored; more than one only after the server
// numbered them anew.
func (a *Account) UIDValidities(ctx context.Context, mailbox int64) ([]uint32, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (uint32, error) {
		var v uint32
		return v, rows.Scan(&v)
	}, "WITH RECURSIVE v (n) AS (SELECT min(uidvalidity) FROM message WHERE mailbox = ?1 AND state = 2 UNION ALL "+ // from one to the next by the index
		"SELECT (SELECT min(uidvalidity) FROM message WHERE mailbox = ?1 AND state = 2 AND uidvalidity > v.n) FROM v WHERE v.n IS NOT NULL) "+
		"SELECT n FROM v WHERE n IS NOT NULL", mailbox)
}

// DoneMailboxes lists the mailboxes with done messages.
func (a *Account) DoneMailboxes(ctx context.Context) ([]Mailbox, error) {
	return a.mailboxesWith(ctx, "m.state = 2")
}

// Displaced lists the done messages of a mailbox with the given key that were stored under another UIDVALIDITY. IndexDisplaced
// makes it fast.
func (a *Account) Displaced(ctx context.Context, mailbox int64, uidValidity uint32, key []byte) iter.Seq2[Message, error] {
	return a.messages(ctx, "WHERE m.mailbox = ? AND m.key = ? AND m.state = 2 AND m.uidvalidity <> ? ORDER BY m.id", mailbox, key, uidValidity)
}

// IndexDisplaced builds an index for Displaced, and the function that it returns takes it away: nobody else needs it.
func (a *Account) IndexDisplaced(ctx context.Context) (drop func() error, err error) {
	err = a.exec(ctx, "CREATE INDEX IF NOT EXISTS message_displaced ON message (mailbox, key) WHERE state = 2")
	return func() error { return a.exec(context.WithoutCancel(ctx), "DROP INDEX IF EXISTS message_displaced") }, err
}

// Relocate records under which UIDVALIDITY and UID a done message is found now.
func (a *Account) Relocate(ctx context.Context, message int64, uidValidity, uid uint32) error {
	return a.exec(ctx, "UPDATE message SET uidvalidity = ?, uid = ?, missing = 0 WHERE id = ? AND state = 2", uidValidity, uid, message)
}

// Redirect plans what is planned for one mailbox for another.
func (a *Account) Redirect(ctx context.Context, from, to int64) error {
	return a.exec(ctx, "UPDATE message SET mailbox = ? WHERE mailbox = ? AND state = 0", to, from)
}

// Renamed records that what was done in one mailbox under a UIDVALIDITY lies in another, because the user renamed it. What the ledger has
// under the same UIDs there was in a mailbox of that name before: it is missing until it is found elsewhere.
func (a *Account) Renamed(ctx context.Context, from, to int64, uidValidity uint32) error {
	return a.l.tx(ctx, func(tx *sql.Tx) error {
		return execAll(ctx, tx, []change{
			{"UPDATE message SET uidvalidity = 0, uid = id, missing = 1 WHERE mailbox = ?2 AND uidvalidity = ?3 AND state = 2 AND uid IN " +
				"(SELECT uid FROM message WHERE mailbox = ?1 AND uidvalidity = ?3 AND state = 2)", []any{from, to, uidValidity}},
			{"UPDATE message SET mailbox = ?2 WHERE mailbox = ?1 AND uidvalidity = ?3 AND state = 2", []any{from, to, uidValidity}},
		})
	})
}
