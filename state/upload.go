package state

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strings"
)

// Next lists planned messages of a mailbox in the order of their copies, after a given copy: those that are next to be sent, with what is
// needed for that and no more.
func (a *Account) Next(ctx context.Context, mailbox, afterCopy int64, limit int) ([]Message, error) {
	for {
		page, err := collect(ctx, a.l.read, scanQueued, "SELECT m.id, m.copy, m.mailbox, m.size, m.exact, m.flags, m.keywords, m.date, m.uidvalidity, m.floor, m.tries, m.doubted, "+
			"m.repair, m.sent, m.sentsize, p.source, p.name, c.ref, c.sum FROM message m CROSS JOIN copy c ON c.id = m.copy CROSS JOIN part p ON p.id = c.part "+
			"WHERE m.mailbox = ? AND m.state = 0 AND m.copy > ? ORDER BY m.copy LIMIT ?", mailbox, afterCopy, limit)
		if err != nil || len(page) == 0 {
			return nil, err
		}
		afterCopy = page[len(page)-1].Copy
		if page = slices.DeleteFunc(page, a.l.claims.hold); len(page) > 0 {
			return page, nil
		}
	}
}

func scanQueued(rows *sql.Rows) (Message, error) {
	var m Message
	var keywords string
	err := rows.Scan(&m.ID, &m.Copy, &m.Mailbox, &m.Size, &m.Exact, &m.Flags, &keywords, &m.Date, &m.UIDValidity, &m.Floor, &m.Tries, &m.Doubted,
		&m.Repair, &m.Sent, &m.SentSize, &m.Source, &m.Part, &m.Ref, &m.Sum)
	m.Keywords = strings.Fields(keywords)
	return m, err
}

// InDoubt lists the claimed messages of a mailbox: those whose fate is not known. Nobody may be at work on any of them.
func (a *Account) InDoubt(ctx context.Context, mailbox int64) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		if err := a.l.unclaim(ctx, "SELECT id FROM claim WHERE mailbox = ?", mailbox); err != nil {
			yield(Message{}, err)
			return
		}
		a.messages(ctx, "WHERE m.mailbox = ? AND m.state = 1 ORDER BY m.id", mailbox)(yield)
	}
}

// Doubted lists the messages of a mailbox that were sent again after a doubt, so that a late twin may have arrived.
func (a *Account) Doubted(ctx context.Context, mailbox int64) iter.Seq2[Message, error] {
	return a.messages(ctx, "WHERE m.mailbox = ? AND m.doubted = 1 AND m.state = 2 ORDER BY m.id", mailbox)
}

// ClearDoubt records that no late twin is to be expected any more.
func (a *Account) ClearDoubt(ctx context.Context, mailbox int64) error {
	return a.exec(ctx, "UPDATE message SET doubted = 0 WHERE mailbox = ? AND doubted = 1 AND state = 2", mailbox)
}

// Mailboxes lists the mailboxes with messages that are in doubt (doubted false) or were sent again after one. Nobody may be at work on
// any of them.
func (a *Account) Mailboxes(ctx context.Context, doubted bool) ([]Mailbox, error) {
	if doubted {
		return a.mailboxesWith(ctx, "m.doubted = 1 AND m.state = 2")
	}
	if err := a.unclaim(ctx); err != nil {
		return nil, err
	}
	return a.mailboxesWith(ctx, "m.state = 1")
}

// unclaim puts all claimed messages of the account in doubt.
func (a *Account) unclaim(ctx context.Context) error {
	return a.l.unclaim(ctx, "SELECT c.id FROM claim c JOIN mailbox b ON b.id = c.mailbox WHERE b.account = ?", a.id)
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

// Quarantined reports whether a message with that digest lies in the quarantine.
func (a *Account) Quarantined(ctx context.Context, digest []byte) (kept bool, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM quarantine WHERE account = ? AND digest = ?)", a.id, digest).Scan(&kept)
	if err != nil {
		return false, wrap(err)
	}
	return kept, nil
}

// Quarantine records that a message with that digest lies there.
func (a *Account) Quarantine(ctx context.Context, digest []byte) error {
	return a.exec(ctx, "INSERT INTO quarantine (account, digest) VALUES (?, ?) ON CONFLICT DO NOTHING", a.id, digest)
}
