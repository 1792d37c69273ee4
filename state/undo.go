package state

import (
	"context"
	"database/sql"
	"fmt"
)

// Undoing is the state of a message that is being removed from the target: whether it is gone is not known.
const Undoing MessageState = 4

// What was uploaded is taken back in three moves, so that the program may be killed between any two of them: a message
// is Undoing on disk before the target is told to remove it, and planned again after the target said that it is gone.

// UndoLoads lists the mailboxes with messages that were uploaded and can be taken back, by name.
func (a *Account) UndoLoads(ctx context.Context) ([]Load, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Load, error) {
		var l Load
		return l, rows.Scan(&l.Mailbox.ID, &l.Mailbox.Name, &l.Mailbox.Role, &l.Mailbox.Made, &l.Messages, &l.Bytes, &l.Largest)
	}, "SELECT b.id, b.name, b.role, b.made, count(*), sum(m.size), max(m.size) FROM message m JOIN mailbox b ON b.id = m.mailbox "+
		"WHERE b.account = ? AND m.state IN (2, 4) AND m.how IN (1, 2) GROUP BY b.id ORDER BY b.name", a.id)
}

// Uploaded lists messages of a mailbox that were uploaded, by UIDVALIDITY and UID, those after a given one.
func (a *Account) Uploaded(ctx context.Context, mailbox int64, afterValidity, afterUID uint32, limit int) ([]Message, error) {
	return collect(ctx, a.l.read, scanMessage, "SELECT "+messageColumns+messageTables+
		"WHERE m.mailbox = ? AND m.state = 2 AND m.how IN (1, 2) AND (m.uidvalidity, m.uid) > (?, ?) ORDER BY m.uidvalidity, m.uid LIMIT ?",
		mailbox, afterValidity, afterUID, limit)
}

// HalfUndone lists the messages of a mailbox of which it is not known whether they were removed, by UIDVALIDITY and UID.
func (a *Account) HalfUndone(ctx context.Context, mailbox int64) ([]Message, error) {
	return collect(ctx, a.l.read, scanMessage, "SELECT "+messageColumns+messageTables+
		"WHERE m.mailbox = ? AND m.state = 4 ORDER BY m.uidvalidity, m.uid", mailbox)
}

// HalfUndoneMailboxes lists the mailboxes that have such messages.
func (a *Account) HalfUndoneMailboxes(ctx context.Context) ([]Mailbox, error) {
	return a.mailboxesWith(ctx, "m.state = 4")
}

// GivenUpMailboxes lists the mailboxes that have messages of GivenUp.
func (a *Account) GivenUpMailboxes(ctx context.Context) ([]Mailbox, error) {
	return a.mailboxesWith(ctx, "m.doubted = 1 AND m.state IN (0, 6)")
}

func (a *Account) mailboxesWith(ctx context.Context, where string) ([]Mailbox, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Mailbox, error) {
		var b Mailbox
		return b, rows.Scan(&b.ID, &b.Name, &b.Role, &b.Made)
	}, "SELECT b.id, b.name, b.role, b.made FROM mailbox b WHERE b.account = ? AND EXISTS (SELECT 1 FROM message m WHERE m.mailbox = b.id AND "+where+") ORDER BY b.id", a.id)
}

// Undoing records, before anything is removed, that the messages may from now on be gone. All of them or none.
func (a *Account) Undoing(ctx context.Context, messages []int64) error {
	return a.l.tx(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE message SET state = 4 WHERE state IN (2, 4) AND how IN (1, 2) AND id IN "+in(messages))
		if err != nil {
			return wrap(err)
		}
		if n, err := result.RowsAffected(); err != nil || n != int64(len(messages)) {
			return fmt.Errorf("undo: %d of %d messages were uploaded: %w", n, len(messages), cause(err))
		}
		return nil
	})
}

// Undone records that the messages are not on the target any more. They are as if they had never been sent, and there is
// no plan: the next one is made afresh.
func (a *Account) Undone(ctx context.Context, messages []int64) error {
	return a.l.tx(ctx, func(tx *sql.Tx) error {
		for _, c := range []change{
			{"UPDATE message SET state = 0, how = 0, run = 0, uidvalidity = 0, uid = 0, floor = 0, tries = 0, doubted = 0, missing = 0, " +
				"repair = 0, sent = NULL, sentsize = 0, reason = '' WHERE state IN (2, 4) AND id IN " + in(messages), nil},
			{unverify + in(messages), nil},
			{"UPDATE account SET plan = '' WHERE id = ?", []any{a.id}},
		} {
			if _, err := tx.ExecContext(ctx, c.query, c.args...); err != nil {
				return wrap(err)
			}
		}
		return nil
	})
}

// NotUndone records that messages which were to be removed are still on the target.
func (a *Account) NotUndone(ctx context.Context, messages []int64) error {
	return a.exec(ctx, "UPDATE message SET state = 2 WHERE state = 4 AND id IN "+in(messages))
}

// GivenUp lists the messages of a mailbox that were sent once, not found, and are planned again: one may have arrived since.
func (a *Account) GivenUp(ctx context.Context, mailbox int64) ([]Message, error) {
	return collect(ctx, a.l.read, scanMessage, "SELECT "+messageColumns+messageTables+
		"WHERE m.mailbox = ? AND m.doubted = 1 AND m.state IN (0, 6) ORDER BY m.id", mailbox)
}

// Created lists the mailboxes that were made for the account.
func (a *Account) Created(ctx context.Context) ([]Mailbox, error) {
	all, err := a.allMailboxes(ctx)
	var made []Mailbox
	for _, b := range all {
		if b.Made {
			made = append(made, b)
		}
	}
	return made, err
}

// Unmade records that a mailbox which was made for the account is not there any more.
func (a *Account) Unmade(ctx context.Context, mailbox int64) error {
	return a.exec(ctx, "UPDATE mailbox SET made = 0 WHERE id = ?", mailbox)
}
