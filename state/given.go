package state

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// Given are flags that were given to a message of the target.
type Given struct {
	Mailbox int64
	Seat
	Flags []string
}

// Give records, before anything is sent, flags that are given to messages which don't have them.
func (a *Account) Give(ctx context.Context, all []Given) error {
	if len(all) == 0 {
		return nil
	}
	return a.l.together(ctx, func(tx *sql.Tx) error {
		for _, g := range all {
			var before string
			err := tx.QueryRowContext(ctx, "SELECT flags FROM given WHERE mailbox = ? AND uidvalidity = ? AND uid = ?", g.Mailbox, g.UIDValidity, g.UID).Scan(&before)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return wrap(err)
			}
			flags := append(strings.Fields(before), g.Flags...)
			slices.Sort(flags)
			_, err = tx.ExecContext(ctx, "INSERT INTO given (mailbox, uidvalidity, uid, flags) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET flags = excluded.flags",
				g.Mailbox, g.UIDValidity, g.UID, strings.Join(slices.Compact(flags), " "))
			if err != nil {
				return wrap(err)
			}
		}
		return nil
	})
}

// GivenMailboxes lists the mailboxes with messages that were given flags.
func (a *Account) GivenMailboxes(ctx context.Context) ([]Mailbox, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Mailbox, error) {
		var b Mailbox
		return b, rows.Scan(&b.ID, &b.Name, &b.Role, &b.Made)
	}, "SELECT DISTINCT b.id, b.name, b.role, b.made FROM given g JOIN mailbox b ON b.id = g.mailbox WHERE b.account = ? ORDER BY b.id", a.id)
}

// Given lists what was given to messages of a mailbox that are there still, those after a given one.
func (a *Account) Given(ctx context.Context, mailbox int64, after Seat, limit int) ([]Given, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Given, error) {
		g := Given{Mailbox: mailbox}
		var flags string
		err := rows.Scan(&g.UIDValidity, &g.UID, &flags)
		g.Flags = strings.Fields(flags)
		return g, err
	}, "SELECT uidvalidity, uid, flags FROM given WHERE mailbox = ? AND (uidvalidity, uid) > (?, ?) AND "+
		"NOT EXISTS (SELECT 1 FROM move v WHERE v.mailbox = given.mailbox AND v.uidvalidity = given.uidvalidity AND v.uid = given.uid AND v.state = 2 AND v.label = 0) "+
		"ORDER BY uidvalidity, uid LIMIT ?",
		mailbox, after.UIDValidity, after.UID, limit)
}

// GivenTo returns what was given to a message.
func (a *Account) GivenTo(ctx context.Context, mailbox int64, at Seat) ([]string, error) {
	var flags string
	err := a.l.read.QueryRowContext(ctx, "SELECT flags FROM given WHERE mailbox = ? AND uidvalidity = ? AND uid = ?", mailbox, at.UIDValidity, at.UID).Scan(&flags)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return strings.Fields(flags), err
}

// TakenBack records that flags were taken away again.
func (a *Account) TakenBack(ctx context.Context, all []Given) error {
	return a.l.together(ctx, func(tx *sql.Tx) error {
		var pending []change
		for _, g := range all {
			pending = append(pending, change{"DELETE FROM given WHERE mailbox = ? AND uidvalidity = ? AND uid = ?", []any{g.Mailbox, g.UIDValidity, g.UID}})
		}
		return execAll(ctx, tx, pending)
	})
}

// ForgetPresent makes the messages that were there before ones that were never looked for: the next plan does it afresh. It reports how
// many there were.
func (a *Account) ForgetPresent(ctx context.Context) (n int64, err error) {
	err = a.l.tx(ctx, func(tx *sql.Tx) error {
		c := forget("account = ? AND state = 2 AND how = 3", a.id)
		result, err := tx.ExecContext(ctx, c.query, c.args...)
		if err != nil {
			return wrap(err)
		}
		if n, err = result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE account SET plan = '' WHERE id = ?", a.id)
		return err
	})
	return n, err
}
