package state

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// LeftOnServer is a copy that a mail client fetched by POP3, as far as it can be compared with what a server has.
type LeftOnServer struct {
	UIDL      string
	Size      int64 // clean
	MessageID string
}

// LeftOnServers lists the whole, live copies of the sources whose UIDL is known.
func (a *Account) LeftOnServers(ctx context.Context, sources []int64) iter.Seq2[LeftOnServer, error] {
	return stream(ctx, a.l.read, func(rows *sql.Rows) (LeftOnServer, error) {
		var l LeftOnServer
		return l, rows.Scan(&l.UIDL, &l.Size, &l.MessageID)
	}, "SELECT c.uidl, c.size, c.message_id FROM part p JOIN copy c INDEXED BY copy_uidl ON c.part = p.id "+
		"WHERE p.source IN "+in(sources)+" AND c.uidl IS NOT NULL AND c.state = 0 AND NOT c.partial AND NOT c.rebuilt")
}

// copyOfMessage joins copies with the messages that they belong to.
const copyOfMessage = "copy c JOIN part p ON p.id = c.part JOIN source s ON s.id = p.source LEFT JOIN verdict v ON v.copy = c.id " +
	"JOIN message m ON m.id = coalesce(v.message, c.id)"

// SetVerified records that the target was just found to hold all messages that are not marked as missing, as far as sources of a kind
// have copies of them. What is marked loses its record.
func (a *Account) SetVerified(ctx context.Context, run int64, kind string, now time.Time) error {
	return a.l.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM verified WHERE message IN (SELECT id FROM message WHERE account = ? AND (state <> 2 OR missing = 1))", a.id)
		if err == nil {
			_, err = tx.ExecContext(ctx, "INSERT OR IGNORE INTO verified (message, time, run) SELECT m.id, ?, ? FROM "+copyOfMessage+
				" WHERE s.account = ? AND s.kind = ? AND m.account = s.account AND m.state = 2 AND m.missing = 0", now.Unix(), run, a.id, kind)
		}
		if err != nil {
			return wrap(err)
		}
		return nil
	})
}

// unverify forgets since when messages are on the target, as they are not there any more: what is sent again is there since then.
const unverify = "DELETE FROM verified WHERE message IN "

// VerifiedRef names a copy within its source.
type VerifiedRef struct{ Part, Ref string }

// VerifiedBefore lists the copies of a source whose messages have been on the target since a time, as an earlier run than the given one
// found, and were not missed since.
func (a *Account) VerifiedBefore(ctx context.Context, source, run int64, before time.Time) ([]VerifiedRef, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (VerifiedRef, error) {
		var r VerifiedRef
		return r, rows.Scan(&r.Part, &r.Ref)
	}, "SELECT p.name, c.ref FROM "+copyOfMessage+" JOIN verified w ON w.message = m.id JOIN folder f ON f.id = c.folder "+
		"WHERE s.id = ? AND s.account = ? AND c.state = 0 AND f.excluded = 0 AND m.state = 2 AND m.missing = 0 AND w.time <= ? AND w.run <> ? ORDER BY c.id",
		source, a.id, before.Unix(), run)
}
