package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpop/state"
)

// UndoOptions say how to undo.
type UndoOptions struct {
	// DryRun only looks: nothing changes on the target.
	DryRun bool
	// Obstacle is told of every message that is not taken back; nil is fine.
	Obstacle func(NotUndone)
}

// NotUndone is a message that was not taken back.
type NotUndone struct {
	Mailbox   string
	UID       UID // that it had
	MessageID string
	Subject   string
	Why       error // [ErrGone], [ErrOther] or [ErrRenumbered]
}

// Why a message is not taken back.
var (
	// ErrGone: the user moved or deleted it since.
	ErrGone = errors.New("not there any more: moved or deleted since")
	// ErrOther: its UID has a message that can't be proven to be the one that was sent.
	ErrOther = errors.New("not the message that was sent")
	// ErrRenumbered: the server numbered the mailbox's messages anew (UIDVALIDITY), so that nothing tells which are ours.
	ErrRenumbered = errors.New("the server numbered the mailbox anew")
)

// ErrCantUndo says that the server has no means to remove single messages (UIDPLUS, RFC 4315).
var ErrCantUndo = errors.New("undo: the server can't remove single messages (no UIDPLUS)")

// UndoReport is the account of an undo.
type UndoReport struct {
	UndoCounts
	Mailboxes []UndoneMailbox // those that had uploaded messages or were made, by name
	Deleted   int64           // mailboxes
}

// UndoCounts count messages.
type UndoCounts struct {
	Removed    int64 // or to be removed, in a dry run
	MovedBack  int64 // to where they were before, or to be moved
	Unflagged  int64 // that lose flags which they were given, and stay
	Gone       int64 // [ErrGone]; they are forgotten like the removed ones
	Other      int64 // [ErrOther]
	Renumbered int64 // [ErrRenumbered]
}

// Left counts those that could not be taken back.
func (c UndoCounts) Left() int64 { return c.Gone + c.Other + c.Renumbered }

func (c *UndoCounts) add(o UndoCounts) {
	c.Removed += o.Removed
	c.MovedBack += o.MovedBack
	c.Unflagged += o.Unflagged
	c.Gone += o.Gone
	c.Other += o.Other
	c.Renumbered += o.Renumbered
}

// UndoneMailbox is what was done in a mailbox.
type UndoneMailbox struct {
	Name string
	UndoCounts
	Made    bool  // by this ledger
	Deleted bool  // or to be deleted, in a dry run
	Kept    error // why one that was made is not deleted
}

// The points of an undo, beside those of a migration.
const (
	PointUndoing   Point = "undoing"    // messages are marked, none is removed
	PointTakenBack Point = "taken back" // they are removed, the ledger doesn't know
	PointDeleted   Point = "deleted"    // a mailbox is deleted, the ledger doesn't know

	PointMovingBack Point = "moving back" // messages are marked to be moved back, none is
	PointMovedBack  Point = "moved back"  // they are, the ledger doesn't know
	PointUnflagged  Point = "unflagged"   // flags are taken away, the ledger doesn't know
)

// UndoPoints returns all of them.
func UndoPoints() []Point {
	return []Point{PointMovingBack, PointMovedBack, PointUnflagged, PointUndoing, PointTakenBack, PointDeleted}
}

// Undo takes back what this ledger did on the target: it moves back what it moved, takes away the flags that it gave, removes the messages that
// it uploaded, by UID and only what is proven to be what was sent, and then the mailboxes that it made, if they are empty. What is removed is planned again: a new
// migration starts afresh. It may be stopped at any instant, and called again. The report is valid, as far as it
// goes, whatever the error.
func (m *Migration) Undo(ctx context.Context, opts UndoOptions) (UndoReport, error) {
	u := &undo{m: m, opts: opts, boxes: map[string]*UndoneMailbox{}}
	err := u.run(ctx)
	return u.report(), err
}

// undo is one call. Every kind of change to the target has its step here: what was uploaded, what was made.
type undo struct {
	m     *Migration
	opts  UndoOptions
	boxes map[string]*UndoneMailbox

	loads []state.Load // still to do
	at    position     // in the first of them

	routes []state.Route   // still to do
	moved  int64           // number of the last move of the first of them that is done
	asked  bool            // for the routes
	freed  []state.Mailbox // with flags to be taken away, still to do
	freeAt state.Seat      // in the first of them
}

// position is up to where a mailbox is done: everything below stays as it is, for reasons that were told.
type position struct{ validity, uid uint32 }

func (u *undo) run(ctx context.Context) error {
	m := u.m
	m.p.Begin(StepUndo, 0, 0)
	if err := m.begin(ctx); err != nil {
		return err
	}
	if err := m.resolveAll(ctx); err != nil { // what is in doubt may be there
		return err
	}
	if err := m.resolveMoves(ctx); err != nil {
		return err
	}
	if !u.opts.DryRun {
		if err := m.lookOnceMore(ctx); err != nil {
			return err
		}
	}
	if err := u.prepare(ctx); err != nil {
		return err
	}
	return m.withSessions(ctx, func(ctx context.Context, s Session, worked func()) error {
		if err := u.moves(ctx, s, worked); err != nil {
			return err
		}
		if err := u.gifts(ctx, s, worked); err != nil {
			return err
		}
		if err := u.uploads(ctx, s, worked); err != nil {
			return err
		}
		if err := u.late(ctx, s); err != nil {
			return err
		}
		return u.mailboxes(ctx, s)
	})
}

// prepare finds out what there is to do, wherever the user has renamed it to.
func (u *undo) prepare(ctx context.Context) (err error) {
	m := u.m
	if u.loads, err = m.account.UndoLoads(ctx); err != nil || len(u.loads) == 0 {
		return err
	}
	if err := m.followRenamed(ctx, u.loads); err != nil {
		return err
	}
	if u.loads, err = m.account.UndoLoads(ctx); err != nil {
		return err
	}
	var messages, bytes int64
	for _, l := range u.loads {
		messages += l.Messages
		bytes += l.Bytes
	}
	m.p.Begin(StepUndo, messages, bytes)
	return nil
}

// followRenamed finds the mailboxes that are not there under their names any more.
func (m *Migration) followRenamed(ctx context.Context, loads []state.Load) error {
	return m.withSession(ctx, func(ctx context.Context, s Session) error {
		arranger, ok := s.(Arranger)
		if !ok {
			return errors.New("target: can't list mailboxes")
		}
		mailboxes, err := arranger.Mailboxes(ctx)
		if err != nil {
			return err
		}
		for _, l := range loads {
			if named(mailboxes, l.Mailbox.Name) {
				continue
			}
			if err := m.findRenamed(ctx, s, l.Mailbox, 0, mailboxes); err != nil {
				return fmt.Errorf("mailbox %q: %w", l.Mailbox.Name, err)
			}
		}
		return nil
	})
}

func named(mailboxes []MailboxInfo, name string) bool {
	for _, b := range mailboxes {
		if b.Name == name {
			return true
		}
	}
	return false
}

// box returns the account of a mailbox.
func (u *undo) box(b state.Mailbox) *UndoneMailbox {
	if u.boxes[b.Name] == nil {
		u.boxes[b.Name] = &UndoneMailbox{Name: b.Name}
	}
	u.boxes[b.Name].Made = u.boxes[b.Name].Made || b.Made
	return u.boxes[b.Name]
}

// report sorts the accounts by mailbox and sums them up.
func (u *undo) report() UndoReport {
	var r UndoReport
	for _, b := range u.boxes {
		r.Mailboxes = append(r.Mailboxes, *b)
		r.add(b.UndoCounts)
		if b.Deleted {
			r.Deleted++
		}
	}
	slices.SortFunc(r.Mailboxes, func(a, b UndoneMailbox) int { return strings.Compare(a.Name, b.Name) })
	return r
}
