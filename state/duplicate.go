package state

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// Duplicate is a message of the target that is the same as another one there.
type Duplicate struct {
	Mailbox int64
	Seat
	Keeper int64 // mailbox of the one that stays
	Kept   Seat
	Size   int64
	Date   int64
	Key    []byte
}

// inAccount is the condition for an item to be looked at for duplicates: it belongs to the account, and is not put aside already.
const inAccount = "EXISTS (SELECT 1 FROM mailbox b WHERE b.id = i.mailbox AND b.account = ?1) AND i.mailbox <> ?2 AND i.deleted = 0"

// NominatedDuplicates lists the items that may be the same as others and whose bodies were never looked at: they share the Message-ID with
// another one, or have none and share the size. aside is the mailbox where duplicates are put.
func (a *Account) NominatedDuplicates(ctx context.Context, aside int64) func(yield func(Nominated, error) bool) {
	return stream(ctx, a.l.read, scanNominated, "SELECT i.mailbox, i.uidvalidity, i.uid FROM item i WHERE "+inAccount+" AND (i.exact IS NULL OR i.content IS NULL) AND ("+
		"i.key <> x'' AND i.key IN (SELECT i.key FROM item i WHERE "+inAccount+" GROUP BY i.key HAVING count(*) > 1) OR "+
		"i.key = x'' AND i.size IN (SELECT i.size FROM item i WHERE "+inAccount+" GROUP BY i.size HAVING count(*) > 1)) "+
		"ORDER BY i.mailbox, i.uidvalidity, i.uid", a.id, aside)
}

// FindDuplicates finds out which items are the same: of one key, trace and content. The one that stays is one of this ledger, else the one in the mailbox of
// the lowest rank, else the first. What this ledger brought is never a duplicate.
func (a *Account) FindDuplicates(ctx context.Context, aside int64, ranks map[int64]int) error {
	window := " OVER (PARTITION BY i.key, i.trace, i.content ORDER BY " + ours + " DESC, " + rankOf(ranks) + ", i.mailbox, i.uid)"
	return a.l.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM duplicate WHERE mailbox IN (SELECT id FROM mailbox WHERE account = ?)", a.id); err != nil {
			return wrap(err)
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO duplicate (mailbox, uidvalidity, uid, keeper, keptin, kept) SELECT mailbox, uidvalidity, uid, keeper, keptin, kept FROM ("+
			"SELECT i.mailbox, i.uidvalidity, i.uid, "+ours+" AS ours, row_number()"+window+" AS n, first_value(i.mailbox)"+window+" AS keeper, "+
			"first_value(i.uidvalidity)"+window+" AS keptin, first_value(i.uid)"+window+" AS kept "+
			"FROM item i WHERE "+inAccount+" AND i.exact IS NOT NULL AND i.content IS NOT NULL) WHERE n > 1 AND NOT ours", a.id, aside)
		if err != nil {
			return wrap(err)
		}
		return nil
	})
}

// ours is whether an item is a message of the ledger.
const ours = "EXISTS (SELECT 1 FROM message t WHERE t.mailbox = i.mailbox AND t.uidvalidity = i.uidvalidity AND t.uid = i.uid AND t.state = 2)"

func rankOf(ranks map[int64]int) string {
	if len(ranks) == 0 {
		return "0"
	}
	var text strings.Builder
	for mailbox, rank := range ranks {
		fmt.Fprintf(&text, " WHEN %d THEN %d", mailbox, rank)
	}
	return "CASE i.mailbox" + text.String() + " ELSE 9 END"
}

// DuplicateLoads lists the mailboxes with duplicates, by name.
func (a *Account) DuplicateLoads(ctx context.Context) ([]Load, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Load, error) {
		var l Load
		return l, rows.Scan(&l.Mailbox.ID, &l.Mailbox.Name, &l.Mailbox.Role, &l.Mailbox.Made, &l.Messages, &l.Bytes)
	}, "SELECT b.id, b.name, b.role, b.made, count(*), sum(i.size) FROM duplicate d JOIN mailbox b ON b.id = d.mailbox "+
		"JOIN item i ON i.mailbox = d.mailbox AND i.uidvalidity = d.uidvalidity AND i.uid = d.uid WHERE b.account = ? GROUP BY b.id ORDER BY b.name", a.id)
}

// Duplicates lists those of a mailbox whose keepers are all in one mailbox, those after a given one. A page ends where the next keeper's
// mailbox begins.
func (a *Account) Duplicates(ctx context.Context, mailbox int64, after Duplicate, limit int) ([]Duplicate, error) {
	page, err := collect(ctx, a.l.read, func(rows *sql.Rows) (Duplicate, error) {
		d := Duplicate{Mailbox: mailbox}
		return d, rows.Scan(&d.UIDValidity, &d.UID, &d.Keeper, &d.Kept.UIDValidity, &d.Kept.UID, &d.Size, &d.Date, &d.Key)
	}, "SELECT d.uidvalidity, d.uid, d.keeper, d.keptin, d.kept, i.size, i.date, i.key FROM duplicate d "+
		"JOIN item i ON i.mailbox = d.mailbox AND i.uidvalidity = d.uidvalidity AND i.uid = d.uid "+
		"WHERE d.mailbox = ? AND (d.keeper, d.uidvalidity, d.uid) > (?, ?, ?) ORDER BY d.keeper, d.uidvalidity, d.uid LIMIT ?",
		mailbox, after.Keeper, after.UIDValidity, after.UID, limit)
	if n := slices.IndexFunc(page, func(d Duplicate) bool { return d.Keeper != page[0].Keeper }); n > 0 {
		page = page[:n]
	}
	return page, err
}
