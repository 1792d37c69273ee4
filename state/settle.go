package state

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// Outcome is what has become of a claimed message.
type Outcome struct {
	Message     int64
	State       MessageState // Done, Rejected, or Planned: it was not stored and is to be sent again
	How         How
	UIDValidity uint32
	UID         uint32
	Reason      string
	Doubted     bool // with Planned: a late arrival may turn up in the mailbox
	Unsent      bool // with Planned: no byte of it had left, so that it was no try
}

// Settle records outcomes, all or none. Several may run at once: they go to disk together. That messages were appended may be lost in a
// power cut; they are in doubt then.
func (a *Account) Settle(ctx context.Context, run int64, outcomes []Outcome) error {
	if len(outcomes) == 0 {
		return nil
	}
	appended, others := divide(outcomes)
	open := a.l.claims.with(others)
	write := a.l.together
	if len(others) == 0 { // a claim that is not known to be answered is looked into
		write = a.l.softly
	}
	err := write(ctx, func(tx *sql.Tx) error {
		if len(open) > 0 { // what is to be said of one of them is said in its own row
			if err := spread(ctx, tx, open); err != nil {
				return err
			}
		}
		for validity, group := range appended {
			if err := place(ctx, tx, run, validity, group); err != nil {
				return fmt.Errorf("ledger: settle: %w", err)
			}
		}
		pending := make([]change, len(others))
		for i, o := range others {
			pending[i] = o.change(run)
		}
		if err := execAll(ctx, tx, pending); err != nil {
			return fmt.Errorf("ledger: settle: %w", err)
		}
		return nil
	})
	if err == nil {
		a.l.claims.drop(open)
		a.l.claims.answered(outcomes)
	}
	return err
}

// divide puts what was appended together by UIDVALIDITY, as that is nearly all there is and one statement will do for it.
func divide(outcomes []Outcome) (appended map[uint32][]Outcome, others []Outcome) {
	appended = map[uint32][]Outcome{}
	for _, o := range outcomes {
		if o.State == Done && o.How == Appended {
			appended[o.UIDValidity] = append(appended[o.UIDValidity], o)
		} else {
			others = append(others, o)
		}
	}
	return appended, others
}

// place records where messages were stored. A UID that another message has is taken from it, see displacing.
func place(ctx context.Context, tx *sql.Tx, run int64, validity uint32, group []Outcome) error {
	uids := object(group)
	update := func() error {
		_, err := tx.ExecContext(ctx, "UPDATE message SET state = 2, how = ?, run = ?, uidvalidity = ?, uid = v.place, missing = 0, reason = '' "+
			"FROM (SELECT CAST(key AS INTEGER) AS message, value AS place FROM json_each(?)) v WHERE id = v.message AND state <> 2", Appended, run, validity, uids)
		return err
	}
	err := update()
	if err == nil || !strings.Contains(err.Error(), "UNIQUE constraint") {
		return err
	}
	taken := displacing(validity, values(group)) // a failed statement has changed nothing
	if _, err := tx.ExecContext(ctx, taken.query, taken.args...); err != nil {
		return err
	}
	return update()
}

// object writes messages and their UIDs as a JSON object, which is no part of the statement: that is understood once for all.
func object(outcomes []Outcome) string {
	text := []byte("{")
	for i, o := range outcomes {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(append(text, '"'), o.Message, 10)
		text = strconv.AppendUint(append(text, '"', ':'), uint64(o.UID), 10)
	}
	return string(append(text, '}'))
}

// values writes messages and their UIDs as a table. They are numbers, so nothing can be injected.
func values(outcomes []Outcome) string {
	rows := make([]string, len(outcomes))
	for i, o := range outcomes {
		rows[i] = fmt.Sprintf("(%d,%d)", o.Message, o.UID)
	}
	return "VALUES " + strings.Join(rows, ",")
}

// displacing takes UIDs from the messages that had them: the server has just given them to others, so it went back in time, to a
// backup, and lost what it had stored since. The messages are missing until they are found elsewhere.
func displacing(validity uint32, rows string) change {
	return change{
		"UPDATE message SET uidvalidity = 0, uid = id, missing = 1 WHERE id IN (SELECT old.id FROM (" + rows + ") v JOIN message new ON new.id = v.column1 " +
			"CROSS JOIN message old ON old.mailbox = new.mailbox AND old.uidvalidity = ? AND old.uid = v.column2 AND old.state = 2 WHERE old.id <> new.id)",
		[]any{validity},
	}
}

func (o Outcome) change(run int64) change {
	switch o.State {
	case Done:
		return change{
			"UPDATE message SET state = 2, how = ?, run = ?, uidvalidity = ?, uid = ?, missing = 0, reason = '' WHERE id = ? AND state <> 2",
			[]any{o.How, run, o.UIDValidity, o.UID, o.Message},
		}
	case Rejected:
		return change{"UPDATE message SET state = 3, run = ?, reason = ? WHERE id = ? AND state <> 2", []any{run, o.Reason, o.Message}}
	default:
		return change{
			"UPDATE message SET state = 0, doubted = max(doubted, ?), tries = max(tries - ?, 0) WHERE id = ? AND state = 1",
			[]any{o.Doubted, o.Unsent, o.Message},
		}
	}
}
