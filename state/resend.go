package state

import (
	"context"
	"database/sql"
)

// Vanished lists messages of a mailbox that the last verification did not find, after a given one.
func (a *Account) Vanished(ctx context.Context, mailbox, after int64, limit int) ([]Message, error) {
	return collect(ctx, a.l.read, scanMessage, "SELECT "+messageColumns+messageTables+
		"WHERE m.mailbox = ? AND m.state = 2 AND m.missing = 1 AND m.id > ? ORDER BY m.id LIMIT ?", mailbox, after, limit)
}

// Reseat makes each of the messages whose best copy is not in one of the sources stand on another copy of equal bytes that
// is, where there is one.
func (a *Account) Reseat(ctx context.Context, messages, sources []int64) error {
	live := "SELECT c.id FROM copy c JOIN part p ON p.id = c.part WHERE p.source IN " + in(sources) + " AND c.state = 0 AND c.exact = message.exact AND c.id IN " + copiesOf
	return a.exec(ctx, "UPDATE message SET copy = coalesce(("+live+" ORDER BY c.id LIMIT 1), copy) WHERE copy NOT IN ("+live+") AND id IN "+in(messages))
}

// ReseatGone makes the messages whose best copy is gone stand on another one of equal bytes: a part that was read anew has such copies.
func (a *Account) ReseatGone(ctx context.Context, sources []int64) error {
	return a.exec(ctx, "UPDATE message SET copy = coalesce((SELECT c.id FROM copy c WHERE c.id IN "+copiesOf+" AND c.exact = message.exact AND "+live("c", sources)+
		" ORDER BY c.id LIMIT 1), copy) WHERE "+ofAccount("message", a.id)+" AND NOT EXISTS (SELECT 1 FROM copy o WHERE o.id = message.copy)")
}

// Resend plans messages again that vanished from the target, those that lie in one of the sources; the reason is recorded. It
// reports how many there were.
func (a *Account) Resend(ctx context.Context, messages, sources []int64, reason string) (int64, error) {
	if err := a.exec(ctx, unverify+in(messages)); err != nil {
		return 0, err
	}
	result, err := a.l.write.ExecContext(ctx, "UPDATE message SET state = 0, how = 0, run = 0, uidvalidity = 0, uid = 0, floor = 0, doubted = 0, missing = 0, "+
		"repair = CASE repair WHEN 99 THEN 0 ELSE repair END, sent = CASE repair WHEN 99 THEN NULL ELSE sent END, sentsize = CASE repair WHEN 99 THEN 0 ELSE sentsize END, "+
		"reason = ? WHERE state = 2 AND missing = 1 AND id IN "+in(messages)+" AND copy IN (SELECT c.id FROM copy c JOIN part p ON p.id = c.part WHERE p.source IN "+in(sources)+")", reason)
	if err != nil {
		return 0, wrap(err)
	}
	return result.RowsAffected()
}

// PlannedSources lists the sources of the messages that are planned; 0 stands for those whose copy is gone.
func (a *Account) PlannedSources(ctx context.Context) ([]int64, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (int64, error) {
		var id int64
		return id, rows.Scan(&id)
	}, "SELECT DISTINCT coalesce(p.source, 0)"+messageTables+"WHERE m.account = ? AND m.state = 0 ORDER BY 1", a.id)
}

// SentBy counts the messages that a run stored on the target.
func (a *Account) SentBy(ctx context.Context, run int64) (n int64, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT count(*) FROM message WHERE "+ofAccount("message", a.id)+" AND run = ? AND state = 2 AND how IN (1, 2)", run).Scan(&n)
	return n, err
}

// KnownSource is a source that the account was filled from.
type KnownSource struct{ Kind, Path string }

// Sources lists the sources of the account, in the order in which they were given first.
func (a *Account) Sources(ctx context.Context) ([]KnownSource, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (KnownSource, error) {
		var s KnownSource
		return s, rows.Scan(&s.Kind, &s.Path)
	}, "SELECT kind, path FROM source WHERE account = ? ORDER BY id", a.id)
}
