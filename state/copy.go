package state

import (
	"context"
	"database/sql"
	"iter"
	"strings"
)

// CopyState says whether a copy takes part.
type CopyState int

// The states of a copy.
const (
	Live       CopyState = iota
	Expunged             // deleted by the user, bytes still there
	Unreadable           // Flaw says why
)

// Copy is a message as one source holds it.
type Copy struct {
	ID            int64
	Folder        int64
	Ref           string
	State         CopyState
	Size          int64
	Exact, Key    []byte
	HasID, Trace  bool
	Partial       bool
	Rebuilt       bool
	Flags         int
	Keywords      []string
	Date          int64
	DateRank      int
	MessageID     string
	Subject       string
	Flaw          string
	Part, Message int64 // filled when read back
}

// rowsPerCommit bounds what a crash makes the scan do again, and what a transaction holds in memory.
const rowsPerCommit = 4000

// PartWriter takes the copies of one part. It belongs to one goroutine.
type PartWriter struct {
	a      *Account
	part   int64
	next   int64
	tx     *sql.Tx
	insert *sql.Stmt
	rows   int
}

// ScanPart forgets what the ledger knows of a part and takes its copies anew. The caller ends with Finish or Abandon.
func (a *Account) ScanPart(ctx context.Context, part int64) (*PartWriter, error) {
	w := &PartWriter{a: a, part: part}
	err := a.l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM copy WHERE part = ?", part); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE part SET stamp = '', remarks = '', error = '' WHERE id = ?", part); err != nil {
			return err
		}
		// A message keeps the number of its first copy, so a number is never given twice.
		return tx.QueryRowContext(ctx, "SELECT 1 + max((SELECT coalesce(max(id), 0) FROM copy), (SELECT coalesce(max(id), 0) FROM message))").Scan(&w.next)
	})
	if err != nil {
		return nil, wrap(err)
	}
	return w, nil
}

const insertCopy = "INSERT INTO copy (id, part, folder, ref, state, size, exact, key, hasid, trace, partial, rebuilt, flags, keywords, " +
	"date, daterank, message_id, subject, flaw, message) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?1)"

// Add stores a copy. It is on disk after Finish, or some thousand copies later.
func (w *PartWriter) Add(ctx context.Context, c Copy) error {
	if err := w.begin(ctx); err != nil {
		return wrap(err)
	}
	_, err := w.insert.ExecContext(ctx, w.next, w.part, c.Folder, c.Ref, c.State, c.Size, c.Exact, c.Key, c.HasID, c.Trace, c.Partial, c.Rebuilt,
		c.Flags, strings.Join(c.Keywords, " "), c.Date, c.DateRank, c.MessageID, c.Subject, c.Flaw)
	if err != nil {
		return wrap(err)
	}
	w.next++
	w.rows++
	if w.rows%rowsPerCommit == 0 {
		return w.commit()
	}
	return nil
}

func (w *PartWriter) begin(ctx context.Context) error {
	if w.tx != nil {
		return nil
	}
	tx, err := w.a.l.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	w.tx = tx
	w.insert, err = tx.PrepareContext(ctx, insertCopy)
	return err
}

func (w *PartWriter) commit() error {
	if w.tx == nil {
		return nil
	}
	tx := w.tx
	w.tx = nil
	if err := tx.Commit(); err != nil {
		return wrap(err)
	}
	return nil
}

// Finish records that the part was read to its end, with the stamp by which it is known to be unchanged later,
// or how far it could be read (failure); then it is read again in the next run.
func (w *PartWriter) Finish(ctx context.Context, stamp string, remarks []string, failure string) error {
	if err := w.commit(); err != nil {
		return err
	}
	return w.a.exec(ctx, "UPDATE part SET stamp = ?, remarks = ?, error = ? WHERE id = ?", stamp, strings.Join(remarks, "\n"), failure, w.part)
}

// Abandon drops what is not committed; the part is read again in the next run.
func (w *PartWriter) Abandon() {
	if w.tx != nil {
		_ = w.tx.Rollback()
		w.tx = nil
	}
}

// UnreadableCopy is a copy that could not be read.
type UnreadableCopy struct {
	Folder, Part, Ref string
	Size              int64
	Reason            string
}

// Unreadables lists the copies of the sources that could not be read and are not left out.
func (a *Account) Unreadables(ctx context.Context, sources []int64) iter.Seq2[UnreadableCopy, error] {
	return stream(ctx, a.l.read, func(rows *sql.Rows) (UnreadableCopy, error) {
		var u UnreadableCopy
		return u, rows.Scan(&u.Folder, &u.Part, &u.Ref, &u.Size, &u.Reason)
	}, "SELECT f.name, p.name, c.ref, c.size, c.flaw FROM copy c JOIN part p ON p.id = c.part JOIN folder f ON f.id = c.folder "+
		"WHERE p.source IN "+in(sources)+" AND c.state = 2 AND f.excluded = 0 ORDER BY c.id")
}

// Holding is what a folder holds.
type Holding struct {
	Folder         Folder
	Messages       int64 // live
	Bytes          int64 // of the live ones, clean
	Expunged       int64
	Unreadable     int64
	Oldest, Newest int64 // Unix seconds; 0 where nothing is dated
}

// Holdings lists the folders of the sources with what they hold.
func (a *Account) Holdings(ctx context.Context, sources []int64) ([]Holding, error) {
	folders, err := a.Folders(ctx, sources)
	if err != nil {
		return nil, err
	}
	counts, err := a.holdingCounts(ctx, sources)
	if err != nil {
		return nil, err
	}
	all := make([]Holding, 0, len(folders))
	for _, f := range folders {
		h := counts[f.ID]
		h.Folder = f
		all = append(all, h)
	}
	return all, nil
}

func (a *Account) holdingCounts(ctx context.Context, sources []int64) (map[int64]Holding, error) {
	counts := map[int64]Holding{}
	rows := stream(ctx, a.l.read, func(rows *sql.Rows) (Holding, error) {
		var h Holding
		return h, rows.Scan(&h.Folder.ID, &h.Messages, &h.Bytes, &h.Expunged, &h.Unreadable, &h.Oldest, &h.Newest)
	}, "SELECT folder, sum(c.state = 0), coalesce(sum(c.size) FILTER (WHERE c.state = 0), 0), sum(c.state = 1), sum(c.state = 2), "+
		"coalesce(min(c.date) FILTER (WHERE c.state = 0 AND c.date > 0), 0), coalesce(max(c.date) FILTER (WHERE c.state = 0), 0) "+
		"FROM copy c JOIN part p ON p.id = c.part WHERE p.source IN "+in(sources)+" GROUP BY folder")
	for h, err := range rows {
		if err != nil {
			return nil, err
		}
		counts[h.Folder.ID] = h
	}
	return counts, nil
}
