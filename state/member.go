package state

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
)

// Member is a live copy with what the plan needs to choose among the copies of a message.
type Member struct {
	Copy
	Content      []byte
	Variant      bool
	AnchorExists bool         // the message is in the ledger already
	AnchorState  MessageState // and how far it is
}

const memberColumns = "c.id AS id, c.folder, c.ref, c.size, c.exact, c.key, v.content, c.hasid, c.trace, c.partial, c.rebuilt, c.flags, c.keywords, " +
	"c.date, c.daterank, c.message_id, c.subject, coalesce(v.variant, 0), %s AS message, m.id IS NOT NULL, coalesce(m.state, 0) "

// memberSpan is how many message numbers are listed by one query. While it runs, what is written meanwhile gathers in the journal.
const memberSpan = 50_000

// Members lists the live copies of the sources, those of one message following each other, by number. Messages of those
// already listed may be stored meanwhile.
func (a *Account) Members(ctx context.Context, sources []int64) iter.Seq2[Member, error] {
	return a.members(ctx, sources, "1")
}

// members lists those of the messages whose first copy meets a condition, and of all whose first copy is not among them.
func (a *Account) members(ctx context.Context, sources []int64, which string) iter.Seq2[Member, error] {
	return func(yield func(Member, error) bool) {
		spans, err := a.spans(ctx, sources)
		if err != nil {
			yield(Member{}, err)
			return
		}
		for _, span := range spans {
			for m, err := range a.membersUpTo(ctx, sources, which, span*memberSpan, (span+1)*memberSpan) {
				if !yield(m, err) || err != nil {
					return
				}
			}
			a.l.rewindJournal(ctx)
		}
	}
}

// rewindJournal moves what gathered in the journal to its place, so that it begins anew and doesn't grow. Nobody may be reading just
// now; if somebody is, the next time will do.
func (l *Ledger) rewindJournal(ctx context.Context) {
	if l.write != nil {
		_, _ = l.write.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	}
}

// spans lists those in which messages of the sources may be numbered: between them lie those of other accounts.
func (a *Account) spans(ctx context.Context, sources []int64) ([]int64, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (int64, error) {
		var span int64
		return span, rows.Scan(&span)
	}, "SELECT (c.id - 1) / ?1 FROM copy c WHERE "+ofSources("c", sources)+
		" UNION SELECT (v.message - 1) / ?1 FROM copy c CROSS JOIN verdict v ON v.copy = c.id WHERE "+ofSources("c", sources)+" AND v.message IS NOT NULL ORDER BY 1", memberSpan)
}

// membersUpTo lists the members of the messages numbered after < message <= to. Most are the first of their message, and are found in
// their order in the table; the others are found by the index.
func (a *Account) membersUpTo(ctx context.Context, sources []int64, which string, after, to int64) iter.Seq2[Member, error] {
	return stream(ctx, a.l.read, scanMember, "SELECT "+fmt.Sprintf(memberColumns, "c.id")+
		"FROM copy c LEFT JOIN verdict v ON v.copy = c.id LEFT JOIN message m ON m.id = c.id "+
		"WHERE c.id > ?1 AND c.id <= ?2 AND coalesce(v.message, c.id) = c.id AND "+which+" AND "+live("c", sources)+
		" UNION ALL SELECT "+fmt.Sprintf(memberColumns, "v.message")+
		"FROM verdict v JOIN copy c ON c.id = v.copy LEFT JOIN message m ON m.id = v.message "+
		"WHERE v.message > ?1 AND v.message <= ?2 AND v.message <> v.copy AND "+live("c", sources)+" ORDER BY message, id", after, to)
}

func scanMember(rows *sql.Rows) (Member, error) {
	var m Member
	var keywords string
	err := rows.Scan(&m.ID, &m.Folder, &m.Ref, &m.Size, &m.Exact, &m.Key, &m.Content, &m.HasID, &m.Trace, &m.Partial, &m.Rebuilt, &m.Flags, &keywords,
		&m.Date, &m.DateRank, &m.MessageID, &m.Subject, &m.Variant, &m.Message, &m.AnchorExists, &m.AnchorState)
	m.Keywords = strings.Fields(keywords)
	return m, err
}
