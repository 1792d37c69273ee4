package state

import (
	"context"
	"database/sql"
	"iter"
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
	Sum           []byte // CRC-32C of the clean bytes, big-endian; nil: not known
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
	UIDL          string // that a mail client noted in its copy; empty: none
	Part, Message int64  // filled when read back
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
