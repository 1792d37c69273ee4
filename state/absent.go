package state

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"
)

// absent are the done messages whose best copy is not in the sources, and of whose bytes no copy is, but one of other bytes that may be
// the same: with what is known of their content, and whether one of them was rebuilt.
func absent(account int64, sources []int64) string {
	return strings.NewReplacer("$account", ofAccount("m", account), "$here", ofSources("o", sources), "$live", ofSources("c", sources)+" AND "+live("c", sources)).Replace(`
		WITH away AS MATERIALIZED (SELECT m.id, m.key, m.trace, m.exact, nullif(m.content, m.exact) AS content, m.mailbox, m.uidvalidity, m.uid,
				coalesce((SELECT rebuilt FROM copy WHERE id = m.copy), 0) AS rebuilt
			FROM message m WHERE $account AND m.state = 2 AND m.partial = 0 AND NOT EXISTS (SELECT 1 FROM copy o WHERE o.id = m.copy AND $here)),
		here AS MATERIALIZED (SELECT c.key, c.trace, c.exact, nullif(v.content, c.exact) AS content, c.rebuilt FROM copy c LEFT JOIN verdict v ON v.copy = c.id
			WHERE $live AND c.partial = 0 AND c.key IN (SELECT key FROM away)),
		absent AS (SELECT a.id, a.mailbox, a.uidvalidity, a.uid, a.content, max(a.rebuilt, h.rebuilt) AS rebuilt
			FROM away a JOIN (SELECT key, trace, max(rebuilt) AS rebuilt FROM here GROUP BY key, trace) h ON h.key = a.key AND h.trace = a.trace
			WHERE a.exact NOT IN (SELECT exact FROM here) AND
				(a.content IS NULL OR (a.key, a.trace, a.content) NOT IN (SELECT key, trace, content FROM here WHERE content IS NOT NULL))) `)
}

// atItem joins a row of the message table, or of absent, with what lies on the target for it.
const atItem = "i.mailbox = a.mailbox AND i.uidvalidity = a.uidvalidity AND i.uid = a.uid"

// Absent lists the done messages whose bodies must be looked at, as nothing in the sources tells what they are made of and a copy there
// may be the same: by mailbox and seat.
func (a *Account) Absent(ctx context.Context, sources []int64) iter.Seq2[Nominated, error] {
	return stream(ctx, a.l.read, scanNominated, absent(a.id, sources)+"SELECT i.mailbox, i.uidvalidity, i.uid FROM absent a JOIN item i ON "+atItem+
		" WHERE a.content IS NULL AND i.content IS NULL OR a.rebuilt = 1 AND i.core IS NULL ORDER BY i.mailbox, i.uidvalidity, i.uid")
}

// Recall gives the messages that [Account.Absent] lists the content that was found on the target, if a server has not altered what
// nominates them.
func (a *Account) Recall(ctx context.Context, sources []int64) error {
	return a.exec(ctx, absent(a.id, sources)+"UPDATE message SET content = i.content FROM absent a JOIN item i ON "+atItem+
		" WHERE message.id = a.id AND a.content IS NULL AND i.content IS NOT NULL AND i.key = message.key AND i.trace = message.trace")
}

// CoreThere is the core of what lies on the target for a message; nil if nobody looked, or a server has altered what nominates it.
func (a *Account) CoreThere(ctx context.Context, message int64) (core []byte, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT i.core FROM message a JOIN item i ON "+atItem+" WHERE a.id = ? AND a.state = 2 AND i.key = a.key AND i.trace = a.trace", message).
		Scan(&core)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return core, err
}
