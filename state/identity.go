package state

import (
	"context"
	"database/sql"
	"iter"
	"strconv"
	"strings"
)

// live is the condition for a row of the table copy to take part: it is neither expunged nor unreadable, and in a folder of the
// sources that is not left out.
func live(table string, sources []int64) string {
	return table + ".state = 0 AND " + table + ".folder IN (SELECT id FROM folder WHERE excluded = 0 AND source IN " + in(sources) + ")"
}

// ofSources is the condition for a row of the table copy to be of the sources, by which it is found among those of other accounts.
func ofSources(table string, sources []int64) string {
	return table + ".part IN (SELECT id FROM part WHERE source IN " + in(sources) + ")"
}

// ofAccount is the same for a row of the table message.
func ofAccount(table string, account int64) string {
	return table + ".mailbox IN (SELECT id FROM mailbox WHERE account = " + strconv.FormatInt(account, 10) + ")"
}

// candidates are all that may be copies of one message: the live copies of the sources, and the messages that the target
// has or may have. A content that equals the bytes stood for one that could not be had.
func candidates(account int64, sources []int64) string {
	return strings.NewReplacer("$account", ofAccount("m", account), "$live", ofSources("c", sources)+" AND "+live("c", sources)).Replace(`
		SELECT m.id, m.id AS message, m.copy AS sample, m.key, m.trace, m.hasid, m.partial, m.exact, nullif(m.content, m.exact) AS content, 1 AS anchor, m.state = 2 AS done, m.variant,
			coalesce((SELECT rebuilt FROM copy WHERE id = m.copy), 0) AS rebuilt
		FROM message m WHERE $account AND (m.state <> 0 OR m.doubted = 1)
		UNION ALL
		SELECT c.id, coalesce(v.message, c.id), c.id, c.key, c.trace, c.hasid, c.partial, c.exact, nullif(v.content, c.exact), 0, 0, coalesce(v.variant, 0), c.rebuilt
		FROM copy c LEFT JOIN verdict v ON v.copy = c.id WHERE $live`)
}

// Candidate is a copy, or a message that was settled or sent before (an anchor), on its way into a group.
type Candidate struct {
	ID      int64 // of the copy or the message
	Message int64 // where it belongs so far
	Sample  int64 // the copy whose bytes stand for it
	Key     string
	Exact   string
	Content string // empty: not known
	Trace   bool
	HasID   bool
	Partial bool
	Anchor  bool
	Variant bool
	Rebuilt bool // made anew by a source from parts, as Outlook's are
}

const candidateColumns = "id, message, sample, key, trace, hasid, partial, exact, coalesce(content, x''), anchor, variant, rebuilt"

func scanCandidate(rows *sql.Rows) (Candidate, error) {
	var c Candidate
	var key, exact, content []byte
	err := rows.Scan(&c.ID, &c.Message, &c.Sample, &key, &c.Trace, &c.HasID, &c.Partial, &exact, &content, &c.Anchor, &c.Variant, &c.Rebuilt)
	c.Key, c.Exact, c.Content = string(key), string(exact), string(content)
	return c, err
}

// Undecided lists the candidates whose content digest is needed and not known: those that share key and trace with
// one of other bytes, or with one whose digest an earlier plan needed. Those of equal bytes follow each other, and begin with the ones
// whose digest is known, if there are such.
func (a *Account) Undecided(ctx context.Context, sources []int64) iter.Seq2[Candidate, error] {
	return stream(ctx, a.l.read, scanCandidate, "SELECT "+candidateColumns+" FROM "+
		"(SELECT *, min(exact) OVER same AS least, max(exact) OVER same AS most, max(content) OVER same AS known, max(content IS NULL) OVER same AS open FROM ("+
		candidates(a.id, sources)+") WHERE partial = 0 WINDOW same AS (PARTITION BY key, trace)) WHERE (least <> most OR known IS NOT NULL) AND open = 1 "+
		"ORDER BY exact, content IS NULL, anchor DESC, id")
}

// HasRebuilt tells whether any copy was made anew by its source, so that Rebuilt may have something to list: it takes as long as sorting
// all candidates does.
func (a *Account) HasRebuilt(ctx context.Context) (found bool, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM copy WHERE rebuilt = 1)").Scan(&found)
	if err != nil {
		err = wrap(err)
	}
	return found, err
}

// Rebuilt lists the candidates that share key and trace with one of another content, where one of them at least was rebuilt: by key and
// trace, anchors first, then what was not rebuilt.
func (a *Account) Rebuilt(ctx context.Context, sources []int64) iter.Seq2[Candidate, error] {
	return stream(ctx, a.l.read, scanCandidate, "SELECT "+candidateColumns+" FROM "+
		"(SELECT *, min(content) OVER same AS least, max(content) OVER same AS most, max(rebuilt) OVER same AS made FROM ("+candidates(a.id, sources)+
		") WHERE partial = 0 WINDOW same AS (PARTITION BY key, trace)) WHERE made = 1 AND least <> most ORDER BY key, trace, anchor DESC, rebuilt, id")
}

// Candidates lists them so that the copies of one message follow each other: by key and trace, complete ones before partial
// ones, then by content where it is known, else by bytes; anchors first, and of these what is done, then the oldest copy. Those that
// share their key with no other one, most as a rule, are left out, but for copies of which an earlier plan found something else.
func (a *Account) Candidates(ctx context.Context, sources []int64) iter.Seq2[Candidate, error] {
	all := candidates(a.id, sources)
	return stream(ctx, a.l.read, scanCandidate, "SELECT "+candidateColumns+" FROM ("+all+") WHERE variant <> 0 OR anchor = 0 AND message <> id OR "+
		"key IN (SELECT key FROM ("+all+") GROUP BY key HAVING count(*) > 1) "+
		"ORDER BY key, trace, partial, coalesce(content, exact), done DESC, anchor DESC, id")
}

// Batch collects changes and writes them in transactions of some thousand; what it is told of copies it writes at the end. It belongs
// to one goroutine, and no two are told of copies at a time.
type Batch struct {
	a       *Account
	pending []change
	holding bool // verdicts
}

type change struct {
	query string
	args  []any
}

// Batch begins a batch; the caller ends it with Flush.
func (a *Account) Batch() *Batch { return &Batch{a: a} }

func (b *Batch) add(ctx context.Context, query string, args ...any) error {
	b.pending = append(b.pending, change{query, args})
	if len(b.pending) < rowsPerCommit {
		return nil
	}
	return b.commit(ctx)
}

// Flush writes what was collected.
func (b *Batch) Flush(ctx context.Context) error {
	if err := b.commit(ctx); err != nil {
		return err
	}
	return b.storeAll(ctx)
}

func (b *Batch) commit(ctx context.Context) error {
	if len(b.pending) == 0 {
		return nil
	}
	pending := b.pending
	b.pending = b.pending[:0]
	return b.a.l.tx(ctx, func(tx *sql.Tx) error { return execAll(ctx, tx, pending) })
}

// execAll prepares each kind of change once.
func execAll(ctx context.Context, tx *sql.Tx, pending []change) error {
	prepared := map[string]*sql.Stmt{}
	for _, c := range pending {
		stmt := prepared[c.query]
		if stmt == nil {
			var err error
			if stmt, err = tx.PrepareContext(ctx, c.query); err != nil {
				return err
			}
			prepared[c.query] = stmt
		}
		if _, err := stmt.ExecContext(ctx, c.args...); err != nil {
			return err
		}
	}
	return nil
}
