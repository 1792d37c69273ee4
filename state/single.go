package state

import (
	"context"
	"database/sql"
	"iter"
)

// Place is where the messages of a store folder go.
type Place struct {
	Folder, Mailbox int64
	Rank            int // as that of a [Message]
}

// alone is the condition for a copy c, with its verdict v, to be all that there is of its message. Keywords that would have to be sorted
// are left to those who can.
const alone = "coalesce(v.message, c.id) = c.id AND NOT EXISTS (SELECT 1 FROM verdict o WHERE o.message = c.id AND o.copy <> c.id) AND instr(c.keywords, ' ') = 0"

// The places are beside the ledger, found by their folder, while the messages are planned.
const (
	holdPlaces = "CREATE TEMP TABLE IF NOT EXISTS place (folder INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL, rank INTEGER NOT NULL); DELETE FROM place"
	holdPlace  = "INSERT INTO place VALUES (?, ?, ?)"

	planSingles = "INSERT INTO message (id, account, copy, mailbox, size, exact, key, content, hasid, trace, partial, variant, flags, keywords, date, message_id, subject, rank) " +
		"SELECT c.id, ?1, c.id, p.mailbox, c.size, c.exact, c.key, v.content, c.hasid, c.trace, c.partial, coalesce(v.variant, 0), c.flags, c.keywords, " +
		"c.date, c.message_id, c.subject, p.rank FROM copy c CROSS JOIN place p ON p.folder = c.folder LEFT JOIN verdict v ON v.copy = c.id " +
		"WHERE c.id > ?2 AND c.id <= ?3 AND " + alone + " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = c.id) AND "
)

// PlanSingles plans the messages that have one copy only and are not in the ledger yet: most, as a rule. There is nothing to choose for
// them, so they need not come out of the ledger. Folders that have no place are left aside.
func (a *Account) PlanSingles(ctx context.Context, sources []int64, places []Place) error {
	spans, err := a.spans(ctx, sources)
	if err != nil {
		return err
	}
	for _, span := range spans {
		err := a.l.tx(ctx, func(tx *sql.Tx) error {
			if err := hold(ctx, tx, places); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, planSingles+live("c", sources)+" ORDER BY c.id", a.id, span*memberSpan, (span+1)*memberSpan)
			return err
		})
		if err != nil {
			return err
		}
		a.l.rewindJournal(ctx)
	}
	return nil
}

func hold(ctx context.Context, tx *sql.Tx, places []Place) error {
	if _, err := tx.ExecContext(ctx, holdPlaces); err != nil {
		return err
	}
	for _, p := range places {
		if _, err := tx.ExecContext(ctx, holdPlace, p.Folder, p.Mailbox, p.Rank); err != nil {
			return err
		}
	}
	return nil
}

// Several lists the members of the messages that [Account.PlanSingles] left, and of those alone that were in doubt, in the way
// of [Account.Members].
func (a *Account) Several(ctx context.Context, sources []int64) iter.Seq2[Member, error] {
	return a.members(ctx, sources, "(NOT ("+alone+") OR m.doubted = 1)")
}
