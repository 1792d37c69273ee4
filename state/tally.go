package state

import (
	"context"
	"database/sql"
)

// Tally is the account of every copy that some sources hold. It closes: see [Tally.Balance].
type Tally struct {
	Seen       int64 // all copies
	Uploaded   int64 // messages sent by the run
	Present    int64 // messages that were on the target before the run
	Moved      int64 // messages that the run moved on the target
	Duplicate  int64 // further copies of a message
	Expunged   int64
	Excluded   int64
	Unreadable int64 // rejected because they could not be read
	Refused    int64 // rejected by the target, or unreadable when they were to be sent
	Pending    int64 // planned or in doubt

	ToKeep int64 // of the pending ones: are on the target, and stay where they are
	ToMove int64 // of the pending ones: are on the target, and are to be moved there

	Variant       int64 // messages that share their Message-ID with another one counted before
	Partial       int64 // messages that are sent, or to be sent, as the part that is there; it takes a plan to know them
	BytesUploaded int64
	BytesPending  int64 // to be sent
	BytesLargest  int64 // of those
	BytesThere    int64 // of the messages that were on the target before the run, or are there and pending
}

// ToSend is how many messages are to be sent.
func (t Tally) ToSend() int64 { return t.Pending - t.ToKeep - t.ToMove }

// Rejected is what the report calls rejected.
func (t Tally) Rejected() int64 { return t.Unreadable + t.Refused }

// Balance is what was seen and is not accounted for; 0 for a finished run.
func (t Tally) Balance() int64 {
	return t.Seen - t.Uploaded - t.Present - t.Moved - t.Duplicate - t.Expunged - t.Excluded - t.Rejected()
}

// Tally counts the copies of the sources by what has become of them. What a run before this one did counts as present.
func (a *Account) Tally(ctx context.Context, sources []int64, run int64) (Tally, error) {
	t, _, err := a.tallyCopies(ctx, sources)
	if err != nil {
		return t, err
	}
	return t, a.tallyMessages(ctx, &t, sources, run)
}

// TallyCopies counts the copies of the sources where there is no plan: all messages are pending.
func (a *Account) TallyCopies(ctx context.Context, sources []int64) (Tally, error) {
	t, distinct, err := a.tallyCopies(ctx, sources)
	t.Pending = distinct
	return t, err
}

func (a *Account) tallyCopies(ctx context.Context, sources []int64) (t Tally, distinct int64, err error) {
	var all int64
	err = a.l.read.QueryRowContext(ctx, "SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE f.excluded), 0), "+
		"coalesce(sum(n) FILTER (WHERE NOT f.excluded AND c.state = 1), 0), coalesce(sum(n) FILTER (WHERE NOT f.excluded AND c.state = 2), 0), "+
		"coalesce(sum(n) FILTER (WHERE NOT f.excluded AND c.state = 0), 0) "+
		"FROM (SELECT folder, state, count(*) AS n FROM copy WHERE "+ofSources("copy", sources)+" GROUP BY part, folder, state) c JOIN folder f ON f.id = c.folder WHERE f.source IN "+in(sources)).
		Scan(&t.Seen, &t.Excluded, &t.Expunged, &t.Unreadable, &all)
	if err != nil {
		return t, 0, wrap(err)
	}
	// Each live copy is the first of its message, or follows another one; one may be left that follows a copy which is not there.
	var followers, left int64
	err = a.l.read.QueryRowContext(ctx, "SELECT coalesce(sum(v.variant), 0), coalesce(sum(v.message <> v.copy), 0), "+
		"count(DISTINCT CASE WHEN v.message <> v.copy AND NOT "+leads("v.message", sources)+" THEN v.message END) "+
		"FROM copy c CROSS JOIN verdict v ON v.copy = c.id WHERE "+ofSources("c", sources)+" AND "+live("c", sources)).Scan(&t.Variant, &followers, &left)
	if err != nil {
		return t, 0, wrap(err)
	}
	distinct = all - followers + left
	t.Duplicate = all - distinct
	return t, distinct, nil
}

// leads is the condition for the copy of that number to be live, and a message of its own.
func leads(id string, sources []int64) string {
	return "(EXISTS (SELECT 1 FROM copy l WHERE l.id = " + id + " AND " + live("l", sources) + ") AND " +
		"NOT EXISTS (SELECT 1 FROM verdict w WHERE w.copy = " + id + " AND w.message <> w.copy))"
}

func (a *Account) tallyMessages(ctx context.Context, t *Tally, sources []int64, run int64) error {
	type count struct {
		state                                        MessageState
		how, way                                     How
		ours                                         bool
		messages, variants, partials, bytes, biggest int64
	}
	counts, err := collect(ctx, a.l.read, func(rows *sql.Rows) (count, error) {
		var c count
		return c, rows.Scan(&c.state, &c.how, &c.way, &c.ours, &c.messages, &c.variants, &c.partials, &c.bytes, &c.biggest)
	}, "SELECT m.state, m.how, coalesce(x.way, 0), m.run = ?, count(*), sum(m.variant), sum(m.partial), sum(m.size), max(m.size) FROM message m "+
		"LEFT JOIN existing x ON x.message = m.id WHERE m.account = ? AND ("+leads("m.id", sources)+
		" OR EXISTS (SELECT 1 FROM verdict v JOIN copy c ON c.id = v.copy WHERE v.message = m.id AND v.message <> v.copy AND "+live("c", sources)+")) "+
		"GROUP BY 1, 2, 3, 4", run, a.id)
	t.Variant = 0
	for _, c := range counts {
		t.Variant += c.variants
		if c.state <= Sending && c.way == 0 || c.state == Done && c.how <= Adopted {
			t.Partial += c.partials
		}
		t.add(c.state, c.how, c.ours, c.messages)
		if c.state == Done && c.ours && c.how <= Adopted {
			t.BytesUploaded += c.bytes
		}
		switch {
		case c.state == Planned && c.way == Present:
			t.ToKeep += c.messages
			t.BytesThere += c.bytes
		case c.state == Planned && c.way != 0:
			t.ToMove += c.messages
			t.BytesThere += c.bytes
		case c.state == Done && c.ours && c.how >= Present:
			t.BytesThere += c.bytes
		case c.state <= Sending:
			t.BytesPending += c.bytes
			t.BytesLargest = max(t.BytesLargest, c.biggest)
		}
	}
	return err
}

func (t *Tally) add(state MessageState, how How, ours bool, messages int64) {
	switch {
	case state == Rejected:
		t.Refused += messages
	case state != Done:
		t.Pending += messages
	case !ours || how == Present:
		t.Present += messages
	case how == Moved || how == Labelled:
		t.Moved += messages
	default:
		t.Uploaded += messages
	}
}
