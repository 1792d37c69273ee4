package state

import (
	"context"
	"database/sql"
	"iter"
)

// Queries of a report name the account's sources, parts and mailboxes: so each of many accounts is found by an index. Each of these
// lists has the account as its one argument.
const (
	sourcesOf = "(SELECT id FROM source WHERE account = ?)"
	partsOf   = "(SELECT p.id FROM part p JOIN source s ON s.id = p.source WHERE s.account = ?)"
	boxesOf   = "(SELECT id FROM mailbox WHERE account = ?)"
)

// ListedSource is a source with what a report tells of it.
type ListedSource struct {
	ID         int64
	Kind, Path string
	Parts      int64 // pieces that it is made of
	Broken     int64 // of these, such that could not be read to their end
}

// ListedSources lists the sources of the account, in the order in which they came.
func (a *Account) ListedSources(ctx context.Context) ([]ListedSource, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (ListedSource, error) {
		var s ListedSource
		return s, rows.Scan(&s.ID, &s.Kind, &s.Path, &s.Parts, &s.Broken)
	}, "SELECT s.id, s.kind, s.path, count(p.id), coalesce(sum(p.error <> ''), 0) FROM source s LEFT JOIN part p ON p.source = s.id "+
		"WHERE s.account = ? GROUP BY s.id ORDER BY s.id", a.id)
}

// Remarks lists the parts of a source that have something to tell, one by one: there may be as many as files.
func (a *Account) Remarks(ctx context.Context, source int64) iter.Seq2[Part, error] {
	return stream(ctx, a.l.read, func(rows *sql.Rows) (Part, error) {
		var p Part
		var remarks string
		err := rows.Scan(&p.ID, &p.Name, &p.Stamp, &remarks, &p.Error)
		p.Remarks = lines(remarks)
		return p, err
	}, "SELECT id, name, stamp, remarks, error FROM part WHERE source = ? AND (remarks <> '' OR error <> '') ORDER BY id", source)
}
