package state

import (
	"context"
	"database/sql"
	"iter"
)

// Labelled is how a message came to be done that was there, and got its mailbox as a further label.
const Labelled How = 5

// Foreign is what [Message.Repair] says of a done message of which the target has bytes of its own, of the same content.
const Foreign = 99

// Likely is a planned message with a message on the target that is the same.
type Likely struct {
	Message, Planned int64 // where the message is to go
	Rank             int   // of where it was filed in the sources
	Mailbox          int64 // where it lies
	Seat
}

func scanLikely(rows *sql.Rows) (Likely, error) {
	var l Likely
	return l, rows.Scan(&l.Message, &l.Planned, &l.Rank, &l.Mailbox, &l.UIDValidity, &l.UID)
}

const likelyColumns = "SELECT m.id, m.mailbox, m.rank, i.mailbox, i.uidvalidity, i.uid "

// free is the condition for an item to be nobody's: it belongs to the account and to no message, and nobody has marked it deleted.
const free = "i.deleted = 0 AND EXISTS (SELECT 1 FROM mailbox b WHERE b.id = i.mailbox AND b.account = m.account) AND " +
	"NOT EXISTS (SELECT 1 FROM message t WHERE t.mailbox = i.mailbox AND t.uidvalidity = i.uidvalidity AND t.uid = i.uid AND t.state = 2) AND " +
	"NOT EXISTS (SELECT 1 FROM existing x WHERE x.mailbox = i.mailbox AND x.uidvalidity = i.uidvalidity AND x.uid = i.uid)"

// unfound is the condition for a message to be planned and not found so far.
const unfound = "m.account = ?1 AND m.state = 0 AND NOT EXISTS (SELECT 1 FROM existing y WHERE y.message = m.id)"

// ResetExisting forgets what was found of the planned messages on the target, and reports whether there is anything to look for.
func (a *Account) ResetExisting(ctx context.Context) (bool, error) {
	if err := a.exec(ctx, "DELETE FROM existing WHERE message IN (SELECT id FROM message WHERE account = ?)", a.id); err != nil {
		return false, err
	}
	var both bool
	err := a.l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM message WHERE account = ?1 AND state = 0) AND "+
		"EXISTS (SELECT 1 FROM item WHERE mailbox IN (SELECT id FROM mailbox WHERE account = ?1))", a.id).Scan(&both)
	return both, err
}

// SetExisting records that a planned message lies on the target already. Nothing is recorded twice.
func (b *Batch) SetExisting(ctx context.Context, l Likely, way How) error {
	return b.add(ctx, "INSERT INTO existing (message, mailbox, uidvalidity, uid, way) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		l.Message, l.Mailbox, l.UIDValidity, l.UID, way)
}

// DropExisting records that a message does not lie there any more.
func (b *Batch) DropExisting(ctx context.Context, message int64) error {
	return b.add(ctx, "DELETE FROM existing WHERE message = ?", message)
}

// LikelySingle lists the planned messages whose Message-ID one message of the ledger and one message of the target has, no more, if
// they are of the same size. The mailbox whole, if it isn't 0, shows what lies in the others too: that does not count twice.
func (a *Account) LikelySingle(ctx context.Context, whole int64) iter.Seq2[Likely, error] {
	return stream(ctx, a.l.read, scanLikely, "WITH hit AS MATERIALIZED (SELECT m.id, m.key FROM message m WHERE m.account = ?1 AND m.hasid = 1 "+
		"AND EXISTS (SELECT 1 FROM item i WHERE i.key = m.key)), single AS MATERIALIZED (SELECT min(id) AS id FROM hit GROUP BY key HAVING count(*) = 1) "+
		likelyColumns+"FROM single s CROSS JOIN message m ON m.id = s.id CROSS JOIN item i ON i.key = m.key AND i.size = m.size "+
		"WHERE m.state = 0 AND m.partial = 0 AND "+free+" AND 1 = (SELECT count(*) FROM item o JOIN mailbox d ON d.id = o.mailbox "+
		"WHERE o.key = m.key AND o.deleted = 0 AND d.account = m.account AND (o.mailbox <> ?2 OR NOT EXISTS "+
		"(SELECT 1 FROM item p WHERE p.key = o.key AND p.size = o.size AND p.mailbox <> ?2))) ORDER BY m.id", a.id, whole)
}

// LikelyBytes lists the planned messages that the target has byte for byte, as far as it was looked at.
func (a *Account) LikelyBytes(ctx context.Context) iter.Seq2[Likely, error] {
	return stream(ctx, a.l.read, scanLikely, likelyColumns+"FROM message m CROSS JOIN item i ON i.exact = m.exact WHERE "+unfound+" AND "+free+" ORDER BY m.id", a.id)
}

// LikelyContent lists the planned messages that the target has with the same content, and those of which the sources have no more than
// the header. A message that was rebuilt may also equal one in what says most of it: see [Account.Looks].
func (a *Account) LikelyContent(ctx context.Context) iter.Seq2[Likely, error] {
	return stream(ctx, a.l.read, scanLikely, likelyColumns+"FROM message m CROSS JOIN item i ON i.key = m.key WHERE "+unfound+
		" AND i.exact IS NOT NULL AND i.trace = m.trace AND (m.partial = 1 OR i.content = m.content) AND "+free+" ORDER BY m.id", a.id)
}

// Nominated is an item whose body must be looked at.
type Nominated struct {
	Mailbox int64
	Seat
}

func scanNominated(rows *sql.Rows) (Nominated, error) {
	var n Nominated
	return n, rows.Scan(&n.Mailbox, &n.UIDValidity, &n.UID)
}

// nearby is the condition for an item without Message-ID to be a message without one: of its size, or about its size and date, as servers
// alter odd bytes.
const nearby = "m.hasid = 0 AND m.size BETWEEN i.size - 64 - i.size / 50 AND i.size + 64 + i.size / 50 AND (m.size = i.size OR abs(m.date - i.date) < 172800)"

// nearLook is nearby for an item that was looked at, which is found by its size: the limits are those of nearby, seen from the message.
const nearLook = "i.core IS NOT NULL AND i.size BETWEEN (m.size - 64) * 50 / 51 - 1 AND (m.size + 64) * 50 / 49 + 1 AND " + nearby

// Nominated lists the items that may be planned messages and whose bodies were never looked at, by mailbox and seat.
func (a *Account) Nominated(ctx context.Context) iter.Seq2[Nominated, error] {
	return stream(ctx, a.l.read, scanNominated, "SELECT i.mailbox, i.uidvalidity, i.uid FROM item i JOIN mailbox d ON d.id = i.mailbox WHERE d.account = ?1 AND "+
		"i.exact IS NULL AND i.deleted = 0 AND (i.key IN (SELECT m.key FROM message m WHERE m.hasid = 1 AND "+unfound+") OR "+
		"i.key = x'' AND EXISTS (SELECT 1 FROM message m WHERE "+unfound+" AND "+nearby+")) AND "+
		"NOT EXISTS (SELECT 1 FROM message t WHERE t.mailbox = i.mailbox AND t.uidvalidity = i.uidvalidity AND t.uid = i.uid AND t.state = 2) AND "+
		"NOT EXISTS (SELECT 1 FROM existing x WHERE x.mailbox = i.mailbox AND x.uidvalidity = i.uidvalidity AND x.uid = i.uid) "+
		"ORDER BY i.mailbox, i.uidvalidity, i.uid", a.id)
}

// Unlike lists the planned messages that share what nominates them with a message of the target of other bytes.
func (a *Account) Unlike(ctx context.Context) iter.Seq2[Message, error] {
	return a.messages(ctx, "WHERE "+unfound+" AND m.partial = 0 AND (EXISTS (SELECT 1 FROM item i WHERE i.key = m.key AND i.exact IS NOT NULL AND "+free+") OR "+
		"EXISTS (SELECT 1 FROM item i WHERE "+nearLook+" AND "+free+")) ORDER BY m.id", a.id)
}

// A Look is an item whose body was looked at.
type Look struct {
	Mailbox int64
	Seat
	Size                      int64
	Key, Exact, Content, Core []byte
	Trace                     bool
}

const looksOf = "SELECT i.mailbox, i.uidvalidity, i.uid, i.size, i.key, i.exact, i.content, i.core, i.trace FROM message m CROSS JOIN item i " +
	"WHERE m.id = ?1 AND (i.key = m.key AND i.exact IS NOT NULL OR " + nearLook + ") AND " + free + " ORDER BY i.mailbox, i.uid LIMIT ?2"

// Looks lists the items that a message may be and that were looked at, up to a limit.
func (a *Account) Looks(ctx context.Context, message int64, limit int) ([]Look, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Look, error) {
		var l Look
		return l, rows.Scan(&l.Mailbox, &l.UIDValidity, &l.UID, &l.Size, &l.Key, &l.Exact, &l.Content, &l.Core, &l.Trace)
	}, looksOf, message, limit)
}

// RebuiltCopy reports whether a copy was made anew by its source.
func (a *Account) RebuiltCopy(ctx context.Context, copyID int64) (rebuilt bool, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM copy WHERE id = ? AND rebuilt = 1)", copyID).Scan(&rebuilt)
	return rebuilt, err
}

// Existing is a planned message with where it lies on the target.
type Existing struct {
	Message   int64
	Planned   int64 // mailbox
	Way       How
	Seat            // in the mailbox that is asked for
	Size      int64 // of the message
	Flags     int
	Keywords  string
	Exact     []byte // of the message
	ItemSize  int64  // of what lies there, as all that follows
	ItemDate  int64
	ItemKey   []byte
	ItemExact []byte // NULL: its body was never looked at
	Floor     uint32 // of a message that is sent again after a doubt
	Validity  uint32
	Doubted   bool
}

// ExistingLoads lists the mailboxes where planned messages lie, with what is to become of those.
func (a *Account) ExistingLoads(ctx context.Context) ([]Load, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Load, error) {
		var l Load
		return l, rows.Scan(&l.Mailbox.ID, &l.Mailbox.Name, &l.Mailbox.Role, &l.Mailbox.Made, &l.Messages, &l.Bytes)
	}, "SELECT b.id, b.name, b.role, b.made, count(*), sum(m.size) FROM existing x JOIN message m ON m.id = x.message JOIN mailbox b ON b.id = x.mailbox "+
		"WHERE b.account = ? AND m.state = 0 GROUP BY b.id ORDER BY b.id", a.id)
}

// ExistingTargets lists the mailboxes that planned messages are to be moved to.
func (a *Account) ExistingTargets(ctx context.Context) ([]Mailbox, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Mailbox, error) {
		var b Mailbox
		return b, rows.Scan(&b.ID, &b.Name, &b.Role, &b.Made)
	}, "SELECT DISTINCT b.id, b.name, b.role, b.made FROM existing x JOIN message m ON m.id = x.message JOIN mailbox b ON b.id = m.mailbox "+
		"WHERE b.account = ? AND m.state = 0 AND x.way <> 3 ORDER BY b.id", a.id)
}

// Existing lists planned messages that lie in a mailbox: by way, planned mailbox and seat, those after a given one.
func (a *Account) Existing(ctx context.Context, mailbox int64, after Existing, limit int) ([]Existing, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Existing, error) {
		var e Existing
		return e, rows.Scan(&e.Message, &e.Planned, &e.Way, &e.UIDValidity, &e.UID, &e.Size, &e.Flags, &e.Keywords, &e.Exact,
			&e.ItemSize, &e.ItemDate, &e.ItemKey, &e.ItemExact, &e.Floor, &e.Validity, &e.Doubted)
	}, "SELECT m.id, m.mailbox, x.way, x.uidvalidity, x.uid, m.size, m.flags, m.keywords, m.exact, i.size, i.date, i.key, i.exact, m.floor, m.uidvalidity, m.doubted "+
		"FROM existing x JOIN message m ON m.id = x.message JOIN item i ON i.mailbox = x.mailbox AND i.uidvalidity = x.uidvalidity AND i.uid = x.uid "+
		"WHERE x.mailbox = ?1 AND m.state = 0 AND (x.way, CASE x.way WHEN 3 THEN 0 ELSE m.mailbox END, x.uid) > (?2, ?3, ?4) "+
		"ORDER BY x.way, CASE x.way WHEN 3 THEN 0 ELSE m.mailbox END, x.uid LIMIT ?5", mailbox, after.Way, after.group(), after.UID, limit)
}

// group is the mailbox that a message is to go to; 0 for one that stays.
func (e Existing) group() int64 {
	if e.Way == Present {
		return 0
	}
	return e.Planned
}

// Stays is a message that is the same as one on the target, and is done with that.
type Stays struct {
	Message, Mailbox int64 // where it lies
	Seat
	How      How
	Flags    int // of both
	Keywords string
	Size     int64  // of what lies there
	Exact    []byte // of what lies there, if it is of other bytes than the message; else nil
}

// Found records that messages lie on the target. One whose seat another message has meanwhile is left planned.
func (a *Account) Found(ctx context.Context, run int64, found []Stays) error {
	return a.l.together(ctx, func(tx *sql.Tx) error {
		var pending []change
		for _, f := range found {
			pending = append(pending, f.changes(run)...)
		}
		return execAll(ctx, tx, pending)
	})
}

func (f Stays) changes(run int64) []change {
	foreign := []any{0, nil, int64(0)}
	if f.Exact != nil {
		foreign = []any{Foreign, f.Exact, f.Size}
	}
	return []change{
		{
			"UPDATE OR IGNORE message SET state = 2, how = ?1, run = ?2, mailbox = ?3, uidvalidity = ?4, uid = ?5, flags = ?6, keywords = ?7, missing = 0, doubted = 0, reason = '', " +
				"repair = ?8, sent = ?9, sentsize = ?10 WHERE id = ?11 AND state IN (0, 5)",
			append(append([]any{f.How, run, f.Mailbox, f.UIDValidity, f.UID, f.Flags, f.Keywords}, foreign...), f.Message),
		},
		{"UPDATE message SET state = 0 WHERE id = ? AND state = 5", []any{f.Message}},
		{"DELETE FROM existing WHERE message = ?", []any{f.Message}},
	}
}
