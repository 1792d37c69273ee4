package state

import (
	"context"
	"database/sql"
)

// Totals is the account of all copies of all sources, whichever run brought them.
type Totals struct {
	Tally
	Adopted  int64 // of the uploaded: their OK was lost, and they were found
	Orphans  int64 // messages on the target whose copies are gone from the sources; in no other number
	Stored   int64 // all messages on the target
	Bytes    int64 // of them
	Repaired int64 // of them, sent with bytes changed, as the target refused them as they were
	Missing  int64 // of them, not found by the last verification
}

// Totals counts what has become of everything that the account's sources hold. What is done is done, in whichever run.
func (a *Account) Totals(ctx context.Context) (Totals, error) {
	var t Totals
	distinct, err := a.totalCopies(ctx, &t.Tally)
	if err != nil {
		return t, err
	}
	t.Duplicate -= distinct // of all live copies
	if err := a.totalMessages(ctx, &t); err != nil {
		return t, err
	}
	return t, nil
}

// totalCopies counts copies; Duplicate are all live ones, of which so many are of different messages.
func (a *Account) totalCopies(ctx context.Context, t *Tally) (distinct int64, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE f.excluded), 0), "+
		"coalesce(sum(n) FILTER (WHERE NOT f.excluded AND c.state = 1), 0), coalesce(sum(n) FILTER (WHERE NOT f.excluded AND c.state = 2), 0), "+
		"coalesce(sum(n) FILTER (WHERE NOT f.excluded AND c.state = 0), 0) "+
		"FROM (SELECT folder, state, count(*) AS n FROM copy WHERE part IN "+partsOf+" GROUP BY part, folder, state) c JOIN folder f ON f.id = c.folder", a.id).
		Scan(&t.Seen, &t.Excluded, &t.Expunged, &t.Unreadable, &t.Duplicate)
	if err != nil {
		return 0, wrap(err)
	}
	// Each live copy is the first of its message, or follows another one; one may be left that follows a copy which is not there.
	var followers, left int64
	err = a.l.read.QueryRowContext(ctx, "SELECT count(*), count(DISTINCT CASE WHEN NOT "+ledBy("v.message")+" THEN v.message END) "+
		"FROM copy c JOIN folder f ON f.id = c.folder CROSS JOIN verdict v ON v.copy = c.id "+
		"WHERE c.part IN "+partsOf+" AND c.state = 0 AND f.excluded = 0 AND v.message <> v.copy", a.id).Scan(&followers, &left)
	if err != nil {
		return 0, wrap(err)
	}
	return t.Duplicate - followers + left, nil
}

// ledBy is the condition for the copy of that number to be live, and a message of its own.
func ledBy(id string) string {
	return "EXISTS (SELECT 1 FROM copy l JOIN folder lf ON lf.id = l.folder LEFT JOIN verdict w ON w.copy = l.id " +
		"WHERE l.id = " + id + " AND l.state = 0 AND lf.excluded = 0 AND coalesce(w.message, l.id) = l.id)"
}

// followed is the condition for the message of that number to have another live copy than its first.
func followed(id string) string {
	return "EXISTS (SELECT 1 FROM verdict v JOIN copy c ON c.id = v.copy JOIN folder f ON f.id = c.folder " +
		"WHERE v.message = " + id + " AND v.copy <> " + id + " AND c.state = 0 AND f.excluded = 0)"
}

// messageCount is how many messages share a fate.
type messageCount struct {
	state                                        MessageState
	how                                          How
	here                                         bool // a live copy is in the sources
	messages, variants, bytes, repaired, missing int64
}

func (a *Account) totalMessages(ctx context.Context, t *Totals) error {
	rows := stream(ctx, a.l.read, func(rows *sql.Rows) (messageCount, error) {
		var c messageCount
		return c, rows.Scan(&c.state, &c.how, &c.here, &c.messages, &c.variants, &c.bytes, &c.repaired, &c.missing)
	}, "SELECT state, how, here, count(*), sum(variant), sum(size), sum(changed), sum(missing) FROM ("+
		"SELECT m.state, m.how, "+ledBy("m.id")+" OR "+followed("m.id")+" AS here, m.variant, "+sizeThere+" AS size, "+changed+" AS changed, m.missing "+
		"FROM message m WHERE m.mailbox IN "+boxesOf+" AND m.state <> 6 LIMIT -1) GROUP BY 1, 2, 3", a.id) // the limit keeps SQLite from asking twice
	for c, err := range rows {
		if err != nil {
			return err
		}
		t.count(c)
	}
	return nil
}

// sizeThere is the size of a message as the target got it or is to get it.
const sizeThere = "CASE WHEN m.repair > 0 THEN m.sentsize ELSE m.size END"

func (t *Totals) count(c messageCount) {
	if c.state == Done {
		t.Stored += c.messages
		t.Bytes += c.bytes
		t.Repaired += c.repaired
		t.Missing += c.missing
	}
	if !c.here {
		if c.state == Done {
			t.Orphans += c.messages
		}
		return
	}
	t.Variant += c.variants
	t.add(c.state, min(c.how, Moved), true, c.messages)
	switch {
	case c.state == Done && c.how <= Adopted:
		t.BytesUploaded += c.bytes
	case c.state <= Sending:
		t.BytesPending += c.bytes
	}
	if c.state == Done && c.how == Adopted {
		t.Adopted += c.messages
	}
}
