package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Stock is how far a mailbox of the target is in the index.
type Stock struct {
	Mailbox     int64
	UIDValidity uint32
	UIDNext     uint32 // what has a UID below it is in the index
	Messages    uint32 // so many
	ModSeq      uint64 // flags are known up to it; 0: the server doesn't count
}

// Item is a message on the target, as it was when it was looked at last.
type Item struct {
	Mailbox int64
	Seat
	Size     int64 // RFC822.SIZE
	Date     int64 // INTERNALDATE
	Flags    int
	Deleted  bool // marked \Deleted
	Keywords []string
	Key      []byte // of the Message-ID; after a look at the body, what that says; empty: no Message-ID
}

// Digests are what a look at an item's body told.
type Digests struct {
	Key, Exact, Content, Core []byte
	Trace                     bool
}

// Stocks returns the mailboxes that are in the index, by number.
func (a *Account) Stocks(ctx context.Context) (map[int64]Stock, error) {
	list, err := collect(ctx, a.l.read, func(rows *sql.Rows) (Stock, error) {
		var s Stock
		return s, rows.Scan(&s.Mailbox, &s.UIDValidity, &s.UIDNext, &s.Messages, &s.ModSeq)
	}, "SELECT s.mailbox, s.uidvalidity, s.uidnext, s.messages, s.modseq FROM stock s JOIN mailbox b ON b.id = s.mailbox WHERE b.account = ?", a.id)
	all := make(map[int64]Stock, len(list))
	for _, s := range list {
		all[s.Mailbox] = s
	}
	return all, err
}

// SetStock records that a mailbox is in the index.
func (a *Account) SetStock(ctx context.Context, s Stock) error {
	return a.exec(ctx, "INSERT INTO stock (mailbox, uidvalidity, uidnext, messages, modseq) VALUES (?, ?, ?, ?, ?) ON CONFLICT (mailbox) DO UPDATE SET "+
		"uidvalidity = excluded.uidvalidity, uidnext = excluded.uidnext, messages = excluded.messages, modseq = excluded.modseq",
		s.Mailbox, s.UIDValidity, s.UIDNext, s.Messages, int64(s.ModSeq))
}

// ForgetStock takes a mailbox out of the index, but for what has the given UIDVALIDITY; 0 leaves nothing.
func (a *Account) ForgetStock(ctx context.Context, mailbox int64, keep uint32) error {
	return a.l.tx(ctx, func(tx *sql.Tx) error {
		return execAll(ctx, tx, []change{
			{"DELETE FROM stock WHERE mailbox = ? AND uidvalidity <> ?", []any{mailbox, keep}},
			{"DELETE FROM item WHERE mailbox = ? AND uidvalidity <> ?", []any{mailbox, keep}},
		})
	})
}

// StoreItems puts messages into the index. Of those that it has, only the flags are new.
func (a *Account) StoreItems(ctx context.Context, items []Item) error {
	return a.l.together(ctx, func(tx *sql.Tx) error {
		pending := make([]change, len(items))
		for i, it := range items {
			pending[i] = change{
				"INSERT INTO item (mailbox, uidvalidity, uid, size, date, flags, deleted, keywords, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) " +
					"ON CONFLICT DO UPDATE SET flags = excluded.flags, deleted = excluded.deleted, keywords = excluded.keywords",
				[]any{it.Mailbox, it.UIDValidity, it.UID, it.Size, it.Date, it.Flags, it.Deleted, strings.Join(it.Keywords, " "), bytesOf(it.Key)},
			}
		}
		return execAll(ctx, tx, pending)
	})
}

// bytesOf is never NULL.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// OwnItems puts those messages of a mailbox into the index that this ledger itself brought there, with from <= UID < below, and reports how
// many there are. They need not be asked for.
func (a *Account) OwnItems(ctx context.Context, mailbox int64, validity, from, below uint32) (int64, error) {
	result, err := a.l.write.ExecContext(ctx, "INSERT INTO item (mailbox, uidvalidity, uid, size, date, flags, deleted, keywords, key, exact, content, trace) "+
		"SELECT mailbox, uidvalidity, uid, CASE WHEN repair > 0 THEN sentsize ELSE size END, date, flags, 0, keywords, iif(hasid OR how = 1 AND repair = 0, key, x''), "+
		"iif(how = 1 AND repair = 0, exact, NULL), content, trace FROM message "+
		"WHERE mailbox = ? AND state = 2 AND uidvalidity = ? AND uid >= ? AND uid < ? ON CONFLICT DO UPDATE SET deleted = 0", mailbox, validity, from, below)
	if err != nil {
		return 0, wrap(err)
	}
	return result.RowsAffected()
}

// CountItems counts the messages of a mailbox in the index with from <= UID < below.
func (a *Account) CountItems(ctx context.Context, mailbox int64, validity, from, below uint32) (n int64, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT count(*) FROM item WHERE mailbox = ? AND uidvalidity = ? AND uid >= ? AND uid < ?", mailbox, validity, from, below).Scan(&n)
	return n, err
}

// ItemUIDs lists the UIDs of a mailbox in the index, those after a given one.
func (a *Account) ItemUIDs(ctx context.Context, mailbox int64, validity, after uint32, limit int) ([]uint32, error) {
	return collect(ctx, a.l.read, scanNumber, "SELECT uid FROM item WHERE mailbox = ? AND uidvalidity = ? AND uid > ? ORDER BY uid LIMIT ?", mailbox, validity, after, limit)
}

func scanNumber(rows *sql.Rows) (n uint32, err error) { return n, rows.Scan(&n) }

// RemoveItems takes messages out of the index that are not in their mailbox any more.
func (a *Account) RemoveItems(ctx context.Context, mailbox int64, validity uint32, uids []uint32) error {
	if len(uids) == 0 {
		return nil
	}
	return a.l.together(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM item WHERE mailbox = ? AND uidvalidity = ? AND uid IN "+in(uids), mailbox, validity)
		return err
	})
}

// SetDigests stores what a look at an item's body told, so that nobody has to look again.
func (b *Batch) SetDigests(ctx context.Context, mailbox int64, at Seat, d Digests) error {
	return b.add(ctx, "UPDATE item SET key = ?, exact = ?, content = ?, core = ?, trace = ? WHERE mailbox = ? AND uidvalidity = ? AND uid = ?",
		d.Key, d.Exact, d.Content, d.Core, d.Trace, mailbox, at.UIDValidity, at.UID)
}

// Item returns what the index has of a message, and false where it has nothing.
func (a *Account) Item(ctx context.Context, mailbox int64, at Seat) (it Item, found bool, err error) {
	var keywords string
	it.Mailbox, it.Seat = mailbox, at
	err = a.l.read.QueryRowContext(ctx, "SELECT size, date, flags, deleted, keywords, key FROM item WHERE mailbox = ? AND uidvalidity = ? AND uid = ?",
		mailbox, at.UIDValidity, at.UID).Scan(&it.Size, &it.Date, &it.Flags, &it.Deleted, &keywords, &it.Key)
	if errors.Is(err, sql.ErrNoRows) {
		return it, false, nil
	}
	if err != nil {
		return it, false, fmt.Errorf("ledger: item: %w", err)
	}
	it.Keywords = strings.Fields(keywords)
	return it, true, nil
}

// AllMailboxes lists the mailboxes that the ledger knows.
func (a *Account) AllMailboxes(ctx context.Context) ([]Mailbox, error) { return a.allMailboxes(ctx) }
