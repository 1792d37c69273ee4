package state

import (
	"context"
	"database/sql"
	"iter"
)

// Flow is how many live copies of a store folder became messages of one mailbox.
type Flow struct {
	Folder  int64
	Mailbox int64 // 0: nothing is planned yet
	Copies  int64
	Sent    int64 // of these, the ones that stand for their messages
	Done    int64 // copies whose messages are on the target
}

// Flows lists where the copies of a source's folders went, by folder, the largest flow first.
func (a *Account) Flows(ctx context.Context, source int64) iter.Seq2[Flow, error] {
	return stream(ctx, a.l.read, func(rows *sql.Rows) (Flow, error) {
		var f Flow
		return f, rows.Scan(&f.Folder, &f.Mailbox, &f.Copies, &f.Sent, &f.Done)
	}, "SELECT c.folder, coalesce(m.mailbox, 0), count(*), coalesce(sum(m.copy = c.id), 0), coalesce(sum(m.state = 2), 0) "+
		"FROM copy c JOIN folder f ON f.id = c.folder LEFT JOIN verdict v ON v.copy = c.id LEFT JOIN message m ON m.id = coalesce(v.message, c.id) "+
		"WHERE c.part IN (SELECT id FROM part WHERE source = ?) AND c.state = 0 AND f.excluded = 0 GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2", source)
}

// MailboxTotal is what the account has in a mailbox.
type MailboxTotal struct {
	Mailbox
	Uploaded, Present, Moved   int64 // on the target
	Pending, Rejected, Missing int64
	Bytes                      int64 // of what is on the target
}

// Stored counts what is on the target.
func (m MailboxTotal) Stored() int64 { return m.Uploaded + m.Present + m.Moved }

// MailboxTotals lists the mailboxes that messages were brought or planned to, by name.
func (a *Account) MailboxTotals(ctx context.Context) ([]MailboxTotal, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (MailboxTotal, error) {
		var t MailboxTotal
		return t, rows.Scan(&t.ID, &t.Name, &t.Role, &t.Made, &t.Uploaded, &t.Present, &t.Moved, &t.Pending, &t.Rejected, &t.Missing, &t.Bytes)
	}, "SELECT b.id, b.name, b.role, b.made, sum(m.state = 2 AND m.how <= 2), sum(m.state = 2 AND m.how = 3), sum(m.state = 2 AND m.how >= 4), "+
		"sum(m.state NOT IN (2, 3)), sum(m.state = 3), sum(m.state = 2 AND m.missing = 1), coalesce(sum("+sizeThere+") FILTER (WHERE m.state = 2), 0) "+
		"FROM mailbox b JOIN message m ON m.mailbox = b.id WHERE b.account = ? AND m.state <> 6 GROUP BY b.id ORDER BY b.role <> 1, b.name COLLATE NOCASE, b.name", a.id)
}
