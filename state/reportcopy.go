package state

import (
	"context"
	"database/sql"
	"iter"
	"strings"
)

// ToldCopy is a copy with all that is told of it.
type ToldCopy struct {
	Copy
	FolderName   string
	Role         int  // of the folder
	Excluded     bool // the folder
	PartName     string
	Source       int64
	SourceKind   string
	SourcePath   string
	Content      []byte // nil: it was not needed
	PlannedFor   string // the mailbox of the folder; empty: none
	FolderNested bool   // it lies below another folder
}

const toldCopyColumns = "c.id, c.folder, c.ref, c.state, c.size, c.exact, c.key, c.hasid, c.trace, c.partial, c.rebuilt, c.flags, c.keywords, c.date, c.daterank, " +
	"c.message_id, c.subject, c.flaw, c.part, coalesce(v.message, c.id), f.name, f.role, f.excluded, json_array_length(f.path) > 1, p.name, s.id, s.kind, s.path, v.content, " +
	"coalesce(b.name, '')"

const toldCopyTables = " FROM copy c JOIN folder f ON f.id = c.folder JOIN part p ON p.id = c.part JOIN source s ON s.id = p.source " +
	"LEFT JOIN verdict v ON v.copy = c.id LEFT JOIN mailbox b ON b.id = f.mailbox "

func scanToldCopy(rows *sql.Rows) (ToldCopy, error) {
	var t ToldCopy
	c := &t.Copy
	var keywords string
	err := rows.Scan(&c.ID, &c.Folder, &c.Ref, &c.State, &c.Size, &c.Exact, &c.Key, &c.HasID, &c.Trace, &c.Partial, &c.Rebuilt, &c.Flags, &keywords, &c.Date, &c.DateRank,
		&c.MessageID, &c.Subject, &c.Flaw, &c.Part, &c.Message, &t.FolderName, &t.Role, &t.Excluded, &t.FolderNested, &t.PartName, &t.Source, &t.SourceKind, &t.SourcePath,
		&t.Content, &t.PlannedFor)
	c.Keywords = strings.Fields(keywords)
	return t, err
}

// CopiesOf lists the copies of a message, the first ones first.
func (a *Account) CopiesOf(ctx context.Context, message int64) iter.Seq2[ToldCopy, error] {
	return stream(ctx, a.l.read, scanToldCopy, "SELECT "+toldCopyColumns+toldCopyTables+
		"WHERE s.account = ?1 AND c.id IN (SELECT ?2 UNION SELECT copy FROM verdict WHERE message = ?2) AND coalesce(v.message, c.id) = ?2 ORDER BY c.id", a.id, message)
}

// Unbrought says why copies did not become messages.
type Unbrought string

// The reasons.
const (
	UnbroughtExpunged   Unbrought = "c.state = 1 AND f.excluded = 0"
	UnbroughtUnreadable Unbrought = "c.state = 2 AND f.excluded = 0"
	UnbroughtExcluded   Unbrought = "f.excluded = 1"
)

// Unbrought lists the copies that did not become messages for a reason, by source and part; limit -1 lists all.
func (a *Account) Unbrought(ctx context.Context, why Unbrought, limit int) iter.Seq2[ToldCopy, error] {
	return stream(ctx, a.l.read, scanToldCopy, "SELECT "+toldCopyColumns+toldCopyTables+
		"WHERE c.part IN "+partsOf+" AND "+string(why)+" ORDER BY c.part, c.folder, c.state, c.id LIMIT ?", a.id, limit)
}
