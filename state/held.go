package state

import (
	"context"
	"database/sql"
	"strings"
)

// Seat is where a message lies in its mailbox on the target.
type Seat struct{ UIDValidity, UID uint32 }

// Held is a done message with no more than what a listing of its mailbox can be compared with.
type Held struct {
	ID int64
	Seat
	Size     int64 // of the bytes that the target got
	Flags    int
	Keywords []string
	Missing  bool // when it was looked for last
}

// Held lists done messages of a mailbox by seat, those behind a given one.
func (a *Account) Held(ctx context.Context, mailbox int64, after Seat, limit int) ([]Held, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Held, error) {
		var h Held
		var keywords string
		err := rows.Scan(&h.ID, &h.UIDValidity, &h.UID, &h.Size, &h.Flags, &keywords, &h.Missing)
		h.Keywords = strings.Fields(keywords)
		return h, err
	}, "SELECT id, uidvalidity, uid, CASE WHEN repair > 0 THEN sentsize ELSE size END, flags, keywords, missing FROM message "+
		"WHERE mailbox = ? AND state = 2 AND (uidvalidity, uid) > (?, ?) ORDER BY uidvalidity, uid LIMIT ?", mailbox, after.UIDValidity, after.UID, limit)
}

// Held is what a listing can be compared with.
func (m Message) Held() Held {
	_, size := m.OnTarget()
	return Held{m.ID, Seat{m.UIDValidity, m.UID}, size, m.Flags, m.Keywords, m.Missing}
}
