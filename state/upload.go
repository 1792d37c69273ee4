package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// Next lists planned messages of a mailbox in the order of their copies, after a given copy: those that are next to be sent, with what is
// needed for that and no more.
func (a *Account) Next(ctx context.Context, mailbox, afterCopy int64, limit int) ([]Message, error) {
	return collect(ctx, a.l.read, scanQueued, "SELECT m.id, m.copy, m.mailbox, m.size, m.exact, m.flags, m.keywords, m.date, m.uidvalidity, m.floor, m.tries, m.doubted, "+
		"m.repair, m.sent, m.sentsize, p.source, p.name, c.ref, c.sum FROM message m CROSS JOIN copy c ON c.id = m.copy CROSS JOIN part p ON p.id = c.part "+
		"WHERE m.mailbox = ? AND m.state = 0 AND m.copy > ? ORDER BY m.copy LIMIT ?", mailbox, afterCopy, limit)
}

func scanQueued(rows *sql.Rows) (Message, error) {
	var m Message
	var keywords string
	err := rows.Scan(&m.ID, &m.Copy, &m.Mailbox, &m.Size, &m.Exact, &m.Flags, &keywords, &m.Date, &m.UIDValidity, &m.Floor, &m.Tries, &m.Doubted,
		&m.Repair, &m.Sent, &m.SentSize, &m.Source, &m.Part, &m.Ref, &m.Sum)
	m.Keywords = strings.Fields(keywords)
	return m, err
}

// Claim records, before anything is sent, that the messages may from now on be in the mailbox, at UIDs from floor on.
// All of them are claimed or none: it fails if one is not planned.
func (a *Account) Claim(ctx context.Context, messages []int64, uidValidity, floor uint32) error {
	return a.l.together(ctx, func(tx *sql.Tx) error {
		// A message that was in doubt before may still turn up where it was looked for then.
		result, err := tx.ExecContext(ctx, "UPDATE message SET state = 1, floor = CASE WHEN doubted = 1 AND uidvalidity = ?1 THEN min(floor, ?2) ELSE ?2 END, "+
			"uidvalidity = ?1, uid = 0, tries = tries + 1 WHERE state = 0 AND id IN "+in(messages), uidValidity, floor)
		if err != nil {
			return wrap(err)
		}
		if n, err := result.RowsAffected(); err != nil || n != int64(len(messages)) {
			return fmt.Errorf("claim: %d of %d messages are planned: %w", n, len(messages), cause(err))
		}
		return nil
	})
}

// InDoubt lists the claimed messages of a mailbox: those whose fate is not known.
func (a *Account) InDoubt(ctx context.Context, mailbox int64) iter.Seq2[Message, error] {
	return a.messages(ctx, "WHERE m.mailbox = ? AND m.state = 1 ORDER BY m.id", mailbox)
}

// Doubted lists the messages of a mailbox that were sent again after a doubt, so that a late twin may have arrived.
func (a *Account) Doubted(ctx context.Context, mailbox int64) iter.Seq2[Message, error] {
	return a.messages(ctx, "WHERE m.mailbox = ? AND m.doubted = 1 AND m.state = 2 ORDER BY m.id", mailbox)
}

// ClearDoubt records that no late twin is to be expected any more.
func (a *Account) ClearDoubt(ctx context.Context, mailbox int64) error {
	return a.exec(ctx, "UPDATE message SET doubted = 0 WHERE mailbox = ? AND doubted = 1 AND state = 2", mailbox)
}

// Mailboxes lists the mailboxes with messages that are in doubt (doubted false) or were sent again after one.
func (a *Account) Mailboxes(ctx context.Context, doubted bool) ([]Mailbox, error) {
	where := "m.state = 1"
	if doubted {
		where = "m.doubted = 1 AND m.state = 2"
	}
	return a.mailboxesWith(ctx, where)
}

// Stored lists the messages of a mailbox that are done, by UIDVALIDITY and UID.
func (a *Account) Stored(ctx context.Context, mailbox int64) iter.Seq2[Message, error] {
	return a.messages(ctx, "WHERE m.mailbox = ? AND m.state = 2 ORDER BY m.uidvalidity, m.uid", mailbox)
}

// Rejections lists the messages that the target refused or that could not be read when they were to be sent.
func (a *Account) Rejections(ctx context.Context) iter.Seq2[Message, error] {
	return a.messages(ctx, "WHERE m.account = ? AND m.state = 3 ORDER BY m.id", a.id)
}

func (a *Account) messages(ctx context.Context, where string, args ...any) iter.Seq2[Message, error] {
	return stream(ctx, a.l.read, scanMessage, "SELECT "+messageColumns+messageTables+where, args...)
}

// Taken reports whether a done message has that UID.
func (a *Account) Taken(ctx context.Context, mailbox int64, uidValidity, uid uint32) (bool, error) {
	var taken bool
	err := a.l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM message WHERE mailbox = ? AND uidvalidity = ? AND uid = ? AND state = 2)",
		mailbox, uidValidity, uid).Scan(&taken)
	return taken, err
}

// SetMissing records whether verify found the messages.
func (b *Batch) SetMissing(ctx context.Context, message int64, missing bool) error {
	return b.add(ctx, "UPDATE message SET missing = ? WHERE id = ? AND missing <> ?1", missing, message)
}

// Quarantine records that a message with that digest lies in the quarantine, and reports whether this is new.
func (a *Account) Quarantine(ctx context.Context, digest []byte) (bool, error) {
	result, err := a.l.write.ExecContext(ctx, "INSERT INTO quarantine (account, digest) VALUES (?, ?) ON CONFLICT DO NOTHING", a.id, digest)
	if err != nil {
		return false, wrap(err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// errNotPlanned is why a claim fails where the database has nothing to say.
var errNotPlanned = errors.New("claimed twice, or the plan changed meanwhile")

func cause(err error) error {
	if err != nil {
		return err
	}
	return errNotPlanned
}
