package state

import (
	"context"
	"database/sql"
	"iter"
	"strings"
)

// Told is a message with all that is told of it.
type Told struct {
	Message
	MailboxName string
	Run         int64 // that settled it; 0: none did
	Copies      int64 // in the sources, itself included
	SourcePath  string
	Rebuilt     bool // the best copy was made anew by its source
}

// Which says of which messages something is to be told.
type Which string

// The kinds of messages that a report lists. Shelved ones take no part.
const (
	WhichAll      Which = "m.state <> 6"
	WhichUploaded Which = "m.state = 2 AND m.how <= 2"
	WhichPresent  Which = "m.state = 2 AND m.how = 3"
	WhichMoved    Which = "m.state = 2 AND m.how >= 4"
	WhichRejected Which = "m.state = 3"
	WhichVariant  Which = "m.variant = 1 AND m.state <> 6"
	WhichRepaired Which = "m.state = 2 AND " + changed
	WhichMissing  Which = "m.state = 2 AND m.missing = 1"
	WhichPending  Which = "m.state NOT IN (2, 3, 6)"
)

// changed is the condition for a message to have been sent with other bytes than it has. A higher number than a step's says that the
// target has bytes of its own.
const changed = "m.repair BETWEEN 1 AND 9"

// Changed reports whether the message was sent with other bytes than it has, because the target refused it as it is.
func (m Message) Changed() bool { return m.Repair > 0 && m.Repair < 10 }

// toldColumns tell of a claimed message that it is.
var toldColumns = strings.Replace(messageColumns, "m.state", "CASE WHEN m.state = 0 AND m.id IN "+claimed+" THEN 1 ELSE m.state END", 1) +
	", b.name, m.run, coalesce(s.path, ''), coalesce(c.rebuilt, 0), " +
	"(SELECT count(*) FROM verdict v WHERE v.message = m.id AND v.copy <> m.id) + " +
	"EXISTS (SELECT 1 FROM copy l LEFT JOIN verdict w ON w.copy = l.id WHERE l.id = m.id AND coalesce(w.message, l.id) = l.id)"

const toldTables = messageTables + "LEFT JOIN source s ON s.id = p.source JOIN mailbox b ON b.id = m.mailbox "

func scanTold(rows *sql.Rows) (Told, error) {
	var t Told
	err := t.Message.scan(rows, &t.MailboxName, &t.Run, &t.SourcePath, &t.Rebuilt, &t.Copies)
	return t, err
}

// Tell lists messages of a kind by mailbox, in the order of their copies; limit -1 lists all.
func (a *Account) Tell(ctx context.Context, which Which, limit int) iter.Seq2[Told, error] {
	return stream(ctx, a.l.read, scanTold, "SELECT "+toldColumns+toldTables+"WHERE m.mailbox IN "+boxesOf+" AND "+string(which)+
		" ORDER BY m.mailbox, m.state, m.copy LIMIT ?", a.id, limit)
}

// TellOne returns the message of that number, or nil if the account has none.
func (a *Account) TellOne(ctx context.Context, id int64) (*Told, error) {
	all, err := collect(ctx, a.l.read, scanTold, "SELECT "+toldColumns+toldTables+"WHERE m.id = ? AND m.account = ?", id, a.id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Namesakes lists the other messages that share the Message-ID of one, up to a limit.
func (a *Account) Namesakes(ctx context.Context, m Message, limit int) ([]Told, error) {
	if !m.HasID || m.MessageID == "" {
		return nil, nil
	}
	return collect(ctx, a.l.read, scanTold, "SELECT "+toldColumns+toldTables+"WHERE m.account = ? AND m.key = ? AND m.hasid = 1 AND m.id <> ? ORDER BY m.id LIMIT ?",
		a.id, m.Key, m.ID, limit)
}
