package state

import (
	"context"
	"database/sql"
	"fmt"
)

// Mailbox is a mailbox on the target.
type Mailbox struct {
	ID   int64
	Name string // decoded, with the server's delimiter
	Role int
	Made bool // by us
}

// Mailbox finds or makes the ledger's entry of a mailbox; the server isn't asked.
func (a *Account) Mailbox(ctx context.Context, name string, role int) (int64, error) {
	var id int64
	err := a.l.write.QueryRowContext(ctx, "INSERT INTO mailbox (account, name, role) VALUES (?, ?, ?) "+
		"ON CONFLICT (account, name) DO UPDATE SET role = excluded.role RETURNING id", a.id, name, role).Scan(&id)
	if err != nil {
		return 0, wrap(err)
	}
	return id, nil
}

// Made records whether the mailbox was made for this account.
func (a *Account) Made(ctx context.Context, mailbox int64, made bool) error {
	return a.exec(ctx, "UPDATE mailbox SET made = ? WHERE id = ?", made, mailbox)
}

// MailboxNames returns the names of the account's mailboxes by number.
func (a *Account) MailboxNames(ctx context.Context) (map[int64]string, error) {
	boxes, err := a.allMailboxes(ctx)
	names := make(map[int64]string, len(boxes))
	for _, b := range boxes {
		names[b.ID] = b.Name
	}
	return names, err
}

// MadeMailboxes returns the names of the mailboxes that were created for the account.
func (a *Account) MadeMailboxes(ctx context.Context) (map[string]bool, error) {
	boxes, err := a.allMailboxes(ctx)
	made := map[string]bool{}
	for _, b := range boxes {
		if b.Made {
			made[b.Name] = true
		}
	}
	return made, err
}

func (a *Account) allMailboxes(ctx context.Context) ([]Mailbox, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Mailbox, error) {
		var b Mailbox
		return b, rows.Scan(&b.ID, &b.Name, &b.Role, &b.Made)
	}, "SELECT id, name, role, made FROM mailbox WHERE account = ? ORDER BY id", a.id)
}

// Load is what a mailbox has of messages in one state.
type Load struct {
	Mailbox  Mailbox
	Messages int64
	Bytes    int64
	Largest  int64
}

// Loads lists the mailboxes that have messages in a state, those with the most bytes first. Planned messages that lie on the target already
// don't count.
func (a *Account) Loads(ctx context.Context, state MessageState) ([]Load, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Load, error) {
		var l Load
		return l, rows.Scan(&l.Mailbox.ID, &l.Mailbox.Name, &l.Mailbox.Role, &l.Mailbox.Made, &l.Messages, &l.Bytes, &l.Largest)
	}, "SELECT b.id, b.name, b.role, b.made, count(*), sum(m.size), max(m.size) FROM "+loaded(state)+" m JOIN mailbox b ON b.id = m.mailbox "+
		"WHERE b.account = ? AND NOT EXISTS (SELECT 1 FROM existing x WHERE x.message = m.id) GROUP BY b.id ORDER BY sum(m.size) DESC, b.id", a.id)
}

// loaded are the messages in a state. Those in claims have the state of claimed ones.
func loaded(state MessageState) string {
	rows := fmt.Sprintf("SELECT id, mailbox, size FROM message WHERE state = %d", state)
	switch state {
	case Planned:
		rows += " AND id NOT IN " + claimed
	case Sending:
		rows += " UNION ALL SELECT id, mailbox, size FROM message WHERE state = 0 AND id IN " + claimed
	}
	return "(" + rows + ")"
}
