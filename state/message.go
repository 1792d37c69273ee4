package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// MessageState is how far a message has come.
type MessageState int

// The states of a message.
const (
	Planned  MessageState = iota
	Sending               // claimed; after a crash: in doubt
	Done                  // on the server, UID known
	Rejected              // Reason says why
)

// How a message came to be done.
type How int

// The ways.
const (
	Appended How = iota + 1
	Adopted      // its OK was lost, and it was found
	Present      // it was there before
	Moved        // it was there, in another mailbox
)

// Message is what remains of its copies after deduplication.
type Message struct {
	ID, Copy, Mailbox   int64
	Size                int64
	Exact, Key, Content []byte
	HasID, Trace        bool
	Partial, Variant    bool
	Flags               int
	Keywords            []string
	Date                int64
	MessageID, Subject  string
	Rank                int // of where it was filed in the sources: the less, the better

	State       MessageState
	How         How
	UIDValidity uint32
	UID         uint32
	Floor       uint32
	Tries       int
	Doubted     bool
	Missing     bool
	Repair      int    // how far the bytes are changed; 0: as they are
	Sent        []byte // digest of the changed bytes
	SentSize    int64  // and their number
	Reason      string

	// Where the best copy lies; empty where it is gone.
	Source    int64
	Part, Ref string
	Folder    string
	Sum       []byte // of its clean bytes, see [Copy]; only Next tells it
}

const messageColumns = "m.id, m.copy, m.mailbox, m.size, m.exact, m.key, m.content, m.hasid, m.trace, m.partial, m.variant, m.flags, m.keywords, m.date, " +
	"m.message_id, m.subject, m.rank, m.state, m.how, m.uidvalidity, m.uid, m.floor, m.tries, m.doubted, m.missing, m.repair, m.sent, m.sentsize, m.reason, " +
	"coalesce(p.source, 0), coalesce(p.name, ''), coalesce(c.ref, ''), coalesce(f.name, '')"

const messageTables = " FROM message m LEFT JOIN copy c ON c.id = m.copy LEFT JOIN part p ON p.id = c.part LEFT JOIN folder f ON f.id = c.folder "

func scanMessage(rows *sql.Rows) (Message, error) {
	var m Message
	err := m.scan(rows)
	return m, err
}

// scan reads messageColumns, and what comes after them into further.
func (m *Message) scan(rows *sql.Rows, further ...any) error {
	var keywords string
	err := rows.Scan(append([]any{
		&m.ID, &m.Copy, &m.Mailbox, &m.Size, &m.Exact, &m.Key, &m.Content, &m.HasID, &m.Trace, &m.Partial, &m.Variant, &m.Flags, &keywords, &m.Date,
		&m.MessageID, &m.Subject, &m.Rank, &m.State, &m.How, &m.UIDValidity, &m.UID, &m.Floor, &m.Tries, &m.Doubted, &m.Missing, &m.Repair, &m.Sent, &m.SentSize, &m.Reason,
		&m.Source, &m.Part, &m.Ref, &m.Folder,
	}, further...)...)
	m.Keywords = strings.Fields(keywords)
	return err
}

// OnTarget returns digest and size of the bytes that the target got or is to get.
func (m Message) OnTarget() (digest []byte, size int64) {
	if m.Repair > 0 {
		return m.Sent, m.SentSize
	}
	return m.Exact, m.Size
}

// Shelved is the state of a message that was in doubt and is planned, and has no copy that takes part, or none any more as another message
// has them all: it is not sent. A late twin of it may have to be found.
const Shelved MessageState = 6

// Shelve puts those messages aside, at the end of a plan.
func (a *Account) Shelve(ctx context.Context, sources []int64) error {
	return a.exec(ctx, "UPDATE message SET state = 6 WHERE "+ofAccount("message", a.id)+" AND doubted = 1 AND state = 0 AND "+
		"NOT EXISTS (SELECT 1 FROM copy c WHERE c.id = message.copy AND c.id IN "+copiesOf+" AND "+live("c", sources)+")")
}

// ResetPlan forgets the messages that are planned and no more, and those of the sources that were rejected: they get another
// try. The next plan starts from the copies again. What was in doubt is kept: a late twin of it may have to be found.
func (a *Account) ResetPlan(ctx context.Context, sources []int64) error {
	if err := errors.Join(a.unclaim(ctx), a.RetryRejected(ctx, sources)); err != nil {
		return err
	}
	if err := a.exec(ctx, "UPDATE message SET state = 0 WHERE "+ofAccount("message", a.id)+" AND doubted = 1 AND state = 6"); err != nil {
		return err
	}
	return a.exec(ctx, "DELETE FROM message WHERE "+ofAccount("message", a.id)+" AND state = 0 AND doubted = 0")
}

// RetryRejected plans the rejected messages of the sources again.
func (a *Account) RetryRejected(ctx context.Context, sources []int64) error {
	return a.exec(ctx, "UPDATE message SET state = 0, reason = '', repair = 0, sent = NULL, sentsize = 0, tries = 0 WHERE account = ? AND state = 3 AND "+
		"EXISTS (SELECT 1 FROM copy c JOIN folder f ON f.id = c.folder WHERE f.source IN "+in(sources)+" AND c.id IN "+copiesOf+")", a.id)
}

// copiesOf are the copies of the row of the table message, whatever their state.
const copiesOf = "(SELECT message.id WHERE NOT EXISTS (SELECT 1 FROM verdict v WHERE v.copy = message.id AND v.message <> v.copy) " +
	"UNION ALL SELECT v.copy FROM verdict v WHERE v.message = message.id)"

// AddMessage stores a planned message.
func (b *Batch) AddMessage(ctx context.Context, m Message) error {
	return b.add(ctx, "INSERT INTO message (id, account, copy, mailbox, size, exact, key, content, hasid, trace, partial, variant, flags, keywords, date, message_id, subject, rank) "+
		"VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		m.ID, b.a.id, m.Copy, m.Mailbox, m.Size, m.Exact, m.Key, m.Content, m.HasID, m.Trace, m.Partial, m.Variant, m.Flags, strings.Join(m.Keywords, " "),
		m.Date, m.MessageID, m.Subject, m.Rank)
}

// Replan points a message that is planned still at its best copy as it is now.
func (b *Batch) Replan(ctx context.Context, m Message) error {
	return b.add(ctx, "UPDATE message SET copy = ?, mailbox = ?, size = ?, exact = ?, flags = ?, keywords = ?, date = ?, rank = ? WHERE id = ? AND state = 0",
		m.Copy, m.Mailbox, m.Size, m.Exact, m.Flags, strings.Join(m.Keywords, " "), m.Date, m.Rank, m.ID)
}

// Place tells where a copy lies.
func (a *Account) Place(ctx context.Context, copyID int64) (source int64, part, ref string, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT p.source, p.name, c.ref FROM copy c JOIN part p ON p.id = c.part WHERE c.id = ?", copyID).
		Scan(&source, &part, &ref)
	if err != nil {
		err = fmt.Errorf("ledger: copy %d: %w", copyID, err)
	}
	return source, part, ref, err
}
