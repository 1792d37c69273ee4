package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Moving is the state of a message that is being moved on the target: in which mailbox it is, is not known.
const Moving MessageState = 5

// MoveState is how far a move has come.
type MoveState int

// The states of a move.
const (
	MoveOut  MoveState = iota + 1 // on its way; after a crash: in doubt
	MoveDone                      // there
	MoveBack                      // on its way back; after a crash: in doubt
)

// Move is a message of the target that was moved.
type Move struct {
	ID       int64
	Message  int64 // 0: a duplicate inside of the account
	State    MoveState
	Label    bool // it is where it was, too
	Mailbox  int64
	Seat           // where it was
	Target   int64 // mailbox where it went
	Validity uint32
	Floor    uint32 // no UID below it can be it, on its way
	There    uint32 // UID in Target
	Size     int64  // what it is known by, as all that follows
	Date     int64
	Key      []byte
}

const moveColumns = "SELECT id, coalesce(message, 0), state, label, mailbox, uidvalidity, uid, target, validity, floor, there, size, date, key FROM move "

func scanMove(rows *sql.Rows) (Move, error) {
	var m Move
	return m, rows.Scan(&m.ID, &m.Message, &m.State, &m.Label, &m.Mailbox, &m.UIDValidity, &m.UID, &m.Target, &m.Validity, &m.Floor, &m.There, &m.Size, &m.Date, &m.Key)
}

// ClaimMoves records, before anything is sent, that messages may from now on be in another mailbox. All of them or none. It sets their
// numbers.
func (a *Account) ClaimMoves(ctx context.Context, moves []Move) error {
	return a.l.together(ctx, func(tx *sql.Tx) error {
		for i := range moves {
			m := &moves[i]
			if err := claimMove(ctx, tx, m); err != nil {
				return err
			}
			err := tx.QueryRowContext(ctx, "INSERT INTO move (account, message, state, label, mailbox, uidvalidity, uid, target, validity, floor, size, date, key) "+
				"VALUES (?, nullif(?, 0), 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id", a.id, m.Message, m.Label, m.Mailbox, m.UIDValidity, m.UID, m.Target, m.Validity, m.Floor,
				m.Size, m.Date, bytesOf(m.Key)).Scan(&m.ID)
			if err != nil {
				return wrap(err)
			}
			m.State = MoveOut
		}
		return nil
	})
}

func claimMove(ctx context.Context, tx *sql.Tx, m *Move) error {
	if m.Message == 0 {
		return nil
	}
	result, err := tx.ExecContext(ctx, "UPDATE message SET state = 5 WHERE id = ? AND state = 0", m.Message)
	if err != nil {
		return wrap(err)
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("claim: %w", cause(err))
	}
	return nil
}

// Moved records where messages arrived, and with them that those which are messages of the ledger are done.
func (a *Account) Moved(ctx context.Context, run int64, moves []Move, found []Stays) error {
	return a.l.together(ctx, func(tx *sql.Tx) error {
		var pending []change
		for _, f := range found {
			pending = append(pending, f.changes(run)...)
		}
		for _, m := range moves {
			pending = append(pending, change{"UPDATE move SET state = 2, validity = ?, there = ? WHERE id = ?", []any{m.Validity, m.There, m.ID}})
			if !m.Label {
				pending = append(pending, left(m)...)
			}
		}
		return execAll(ctx, tx, pending)
	})
}

// left takes out of the index what was moved away.
func left(m Move) []change {
	return []change{
		{
			"UPDATE stock SET messages = messages - 1 WHERE mailbox = ?1 AND uidvalidity = ?2 AND EXISTS (SELECT 1 FROM item WHERE mailbox = ?1 AND uidvalidity = ?2 AND uid = ?3)",
			[]any{m.Mailbox, m.UIDValidity, m.UID},
		},
		{"DELETE FROM item WHERE mailbox = ? AND uidvalidity = ? AND uid = ?", []any{m.Mailbox, m.UIDValidity, m.UID}},
	}
}

// Moveable is what the ledger knows of a move's message, and of what lies on the target for it.
type Moveable struct {
	Flags    int
	Keywords string
	Size     int64  // of what lies on the target
	Exact    []byte // of that, if it was looked at and is of other bytes than the message; else nil
}

// Moveable tells it. It holds until the move is recorded.
func (a *Account) Moveable(ctx context.Context, m Move) (v Moveable, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT m.flags, m.keywords, coalesce(i.size, 0), iif(i.exact = m.exact, NULL, i.exact) FROM message m "+
		"LEFT JOIN item i ON i.mailbox = ? AND i.uidvalidity = ? AND i.uid = ? WHERE m.id = ?", m.Mailbox, m.UIDValidity, m.UID, m.Message).
		Scan(&v.Flags, &v.Keywords, &v.Size, &v.Exact)
	if errors.Is(err, sql.ErrNoRows) {
		return v, nil
	}
	return v, err
}

// ItemExact is the digest of an item whose body was looked at; nil if nobody did.
func (a *Account) ItemExact(ctx context.Context, mailbox int64, at Seat) (exact []byte, err error) {
	err = a.l.read.QueryRowContext(ctx, "SELECT exact FROM item WHERE mailbox = ? AND uidvalidity = ? AND uid = ?", mailbox, at.UIDValidity, at.UID).Scan(&exact)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return exact, err
}

// NotMoved records that messages stayed where they were: those on their way out are planned again, those on their way back are
// where they were moved to.
func (a *Account) NotMoved(ctx context.Context, moves []Move) error {
	return a.eachMove(ctx, moves, func(m Move) []change {
		if m.State == MoveBack {
			return []change{
				{"UPDATE move SET state = 2, validity = ?, floor = 0 WHERE id = ?", []any{m.Validity, m.ID}},
				{"UPDATE message SET state = 2 WHERE id = ? AND state = 5", []any{m.Message}},
			}
		}
		return []change{
			{"DELETE FROM move WHERE id = ?", []any{m.ID}},
			{"UPDATE message SET state = 0 WHERE id = ? AND state = 5", []any{m.Message}},
		}
	})
}

// MovingBack records, before anything is sent, that moved messages may from now on be back where they were.
func (a *Account) MovingBack(ctx context.Context, moves []Move) error {
	return a.eachMove(ctx, moves, func(m Move) []change {
		return []change{
			{"UPDATE move SET state = 3, floor = ? WHERE id = ?", []any{m.Floor, m.ID}},
			{"UPDATE message SET state = 5 WHERE id = ? AND state = 2", []any{m.Message}},
		}
	})
}

// MovedBack records that messages are back where they were, or that nobody knows where: as if they had never been moved. There is no plan
// any more.
func (a *Account) MovedBack(ctx context.Context, moves []Move) error {
	return a.eachMove(ctx, moves, func(m Move) []change {
		return append([]change{
			{"DELETE FROM move WHERE id = ?", []any{m.ID}},
			{"UPDATE account SET plan = '' WHERE id = ? AND plan <> ''", []any{a.id}},
		}, forget("id = ? AND state IN (2, 5)", m.Message))
	})
}

// forget makes a done message one that was never sent.
func forget(where string, args ...any) change {
	return change{"UPDATE message SET state = 0, how = 0, run = 0, uidvalidity = 0, uid = 0, floor = 0, tries = 0, doubted = 0, missing = 0, " +
		"repair = 0, sent = NULL, sentsize = 0, reason = '' WHERE " + where, args}
}

func (a *Account) eachMove(ctx context.Context, moves []Move, changes func(Move) []change) error {
	if len(moves) == 0 {
		return nil
	}
	return a.l.together(ctx, func(tx *sql.Tx) error {
		var pending []change
		for _, m := range moves {
			pending = append(pending, changes(m)...)
		}
		return execAll(ctx, tx, pending)
	})
}

// MovesInDoubt lists the moves whose end is not known. There are no more of them than were under way.
func (a *Account) MovesInDoubt(ctx context.Context) ([]Move, error) {
	return collect(ctx, a.l.read, scanMove, moveColumns+"WHERE account = ? AND state IN (1, 3) ORDER BY target, mailbox, id", a.id)
}

// Moves lists moves that are done, by the mailbox that they went to and the one that they came from, those after a given number.
func (a *Account) Moves(ctx context.Context, target, mailbox, after int64, limit int) ([]Move, error) {
	return collect(ctx, a.l.read, scanMove, moveColumns+"WHERE account = ? AND state = 2 AND target = ? AND mailbox = ? AND id > ? ORDER BY id LIMIT ?",
		a.id, target, mailbox, after, limit)
}

// Route is a pair of mailboxes between which messages were moved.
type Route struct {
	From, To Mailbox
	Messages int64
}

// Routes lists them.
func (a *Account) Routes(ctx context.Context) ([]Route, error) {
	return collect(ctx, a.l.read, func(rows *sql.Rows) (Route, error) {
		var r Route
		return r, rows.Scan(&r.From.ID, &r.From.Name, &r.From.Role, &r.To.ID, &r.To.Name, &r.To.Role, &r.To.Made, &r.Messages)
	}, "SELECT f.id, f.name, f.role, t.id, t.name, t.role, t.made, count(*) FROM move v JOIN mailbox f ON f.id = v.mailbox JOIN mailbox t ON t.id = v.target "+
		"WHERE v.account = ? AND v.state = 2 GROUP BY f.id, t.id ORDER BY t.name, f.name", a.id)
}

// Arrived reports whether a move or a message of the ledger has a seat.
func (a *Account) Arrived(ctx context.Context, mailbox int64, at Seat) (bool, error) {
	taken, err := a.Taken(ctx, mailbox, at.UIDValidity, at.UID)
	if err != nil || taken {
		return taken, err
	}
	err = a.l.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM move WHERE account = ? AND state = 2 AND target = ? AND there = ? AND validity = ?)",
		a.id, mailbox, at.UID, at.UIDValidity).Scan(&taken)
	return taken, err
}
