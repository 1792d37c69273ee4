package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpop/state"
)

// moves takes back what was moved. After a lost session it goes on with the move where it was.
func (u *undo) moves(ctx context.Context, s Session, worked func()) (err error) {
	if err := u.m.resolveMovesIn(ctx, s); err != nil { // of the session before
		return err
	}
	if !u.asked {
		if u.routes, err = u.m.account.Routes(ctx); err != nil {
			return err
		}
		u.asked = true
		if u.freed, err = u.m.account.GivenMailboxes(ctx); err != nil {
			return err
		}
	}
	for len(u.routes) > 0 {
		b := &returning{u: u, session: s, route: u.routes[0], counts: u.box(u.routes[0].To)}
		u.m.p.SetPlace(b.route.To.Name)
		if err := b.run(ctx, worked); err != nil {
			return fmt.Errorf("mailbox %q: %w", b.route.To.Name, err)
		}
		u.routes, u.moved = u.routes[1:], 0
	}
	return nil
}

// returning moves messages from one mailbox back to another.
type returning struct {
	u       *undo
	session Session
	route   state.Route
	box     Mailbox
	lost    bool // the mailbox is gone
	counts  *UndoneMailbox
}

func (b *returning) run(ctx context.Context, worked func()) (err error) {
	if b.box, err = b.session.Select(ctx, b.route.To.Name); err != nil && !errors.Is(err, ErrNoMailbox) {
		return err
	}
	b.lost = err != nil
	for {
		page, err := b.u.m.account.Moves(ctx, b.route.To.ID, b.route.From.ID, b.u.moved, undoChunk)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := b.page(ctx, page); err != nil {
			return err
		}
		b.u.moved = page[len(page)-1].ID
		worked()
	}
}

// page takes back some moves: those whose message is where it went. What is gone from there is forgotten.
func (b *returning) page(ctx context.Context, page []state.Move) error {
	there, err := b.there(ctx, page)
	if err != nil {
		return err
	}
	var back, gone []state.Move
	for _, mv := range page {
		found, is := there[UID(mv.There)]
		switch {
		case !b.lost && mv.Validity != b.box.UIDValidity:
			b.tell(mv, ErrRenumbered)
		case !is:
			gone = append(gone, mv)
			b.tell(mv, ErrGone)
		case found.Size != mv.Size:
			b.tell(mv, ErrOther)
		default:
			back = append(back, mv)
		}
	}
	if !b.u.opts.DryRun {
		if err := b.u.m.account.MovedBack(ctx, gone); err != nil {
			return err
		}
		if back, err = b.back(ctx, back); err != nil {
			return err
		}
	}
	b.counts.MovedBack += int64(len(back))
	b.u.m.p.Done(int64(len(page)), 0)
	return nil
}

func (b *returning) there(ctx context.Context, page []state.Move) (map[UID]Found, error) {
	if b.lost {
		return nil, nil
	}
	var uids []UID
	for _, mv := range page {
		uids = append(uids, UID(mv.There))
	}
	slices.Sort(uids)
	return thereNow(ctx, b.session, slices.Compact(uids))
}

func (b *returning) tell(mv state.Move, why error) {
	b.counts.note(why)
	if tell := b.u.opts.Obstacle; tell != nil {
		tell(NotUndone{Mailbox: b.counts.Name, UID: UID(mv.There), Why: why})
	}
}

// back takes away the flags that the messages were given, and moves them: the intent first, then the deed, then the result. It returns those
// that are back.
func (b *returning) back(ctx context.Context, moves []state.Move) ([]state.Move, error) {
	if len(moves) == 0 {
		return nil, nil
	}
	if err := b.ungive(ctx, moves); err != nil {
		return nil, err
	}
	if moves[0].Label {
		return moves, b.unlabel(ctx, moves)
	}
	mover, can := b.session.(Mover)
	indexer, knows := b.session.(Indexer)
	if !can || !knows {
		return nil, ErrCantUndo
	}
	told, err := indexer.Standings(ctx, []string{b.route.From.Name})
	if err != nil {
		return nil, err
	}
	standing, there := told[b.route.From.Name]
	if !there {
		return nil, b.keep(moves, fmt.Errorf("%q: %w", b.route.From.Name, ErrNoMailbox))
	}
	for i := range moves {
		moves[i].Floor, moves[i].State = uint32(standing.UIDNext), state.MoveBack
	}
	if err := b.u.m.account.MovingBack(ctx, moves); err != nil {
		return nil, err
	}
	b.u.m.reach(PointMovingBack)
	return b.moved(ctx, mover, moves)
}

func (b *returning) moved(ctx context.Context, mover Mover, moves []state.Move) ([]state.Move, error) {
	m := b.u.m
	var uids []UID
	for _, mv := range moves {
		uids = append(uids, UID(mv.There))
	}
	slices.Sort(uids)
	arrival, err := mover.Move(ctx, uids, b.route.From.Name)
	if target := asTargetError(err); target != nil && (target.Kind == Refused || target.Kind == Full) {
		return nil, errors.Join(m.account.NotMoved(ctx, moves), b.keep(moves, err))
	}
	if err != nil {
		return nil, err
	}
	m.reach(PointMovedBack)
	done := moves
	if arrival.UIDValidity != 0 {
		done = slices.DeleteFunc(slices.Clone(moves), func(mv state.Move) bool { return arrival.UIDs[UID(mv.There)] == 0 })
	}
	if err := m.account.MovedBack(context.WithoutCancel(ctx), done); err != nil || len(done) == len(moves) {
		return done, err
	}
	if err := m.resolveMovesIn(ctx, b.session); err != nil {
		return nil, err
	}
	b.box, err = b.session.Select(ctx, b.route.To.Name)
	return done, err
}

// keep tells of messages that stay where they were moved to.
func (b *returning) keep(moves []state.Move, why error) error {
	for _, mv := range moves {
		b.tell(mv, why)
	}
	return nil
}

// unlabel takes away a label: the message is where it was all the time.
func (b *returning) unlabel(ctx context.Context, moves []state.Move) error {
	var uids []UID
	for _, mv := range moves {
		uids = append(uids, UID(mv.There))
	}
	if err := removeThese(ctx, b.session, uids); err != nil {
		return err
	}
	return b.u.m.account.MovedBack(ctx, moves)
}

// ungive takes the given flags away from moved messages of the selected mailbox.
func (b *returning) ungive(ctx context.Context, moves []state.Move) error {
	groups := map[string][]UID{}
	var all []state.Given
	for _, mv := range moves {
		flags, err := b.u.m.account.GivenTo(ctx, mv.Mailbox, mv.Seat)
		if err != nil {
			return err
		}
		if len(flags) > 0 {
			groups[strings.Join(flags, " ")] = append(groups[strings.Join(flags, " ")], UID(mv.There))
			all = append(all, state.Given{Mailbox: mv.Mailbox, Seat: mv.Seat})
		}
	}
	return b.u.unflag(ctx, b.session, groups, all)
}

// unflag takes flags away from messages of the selected mailbox.
func (u *undo) unflag(ctx context.Context, s Session, groups map[string][]UID, all []state.Given) error {
	flagger, ok := s.(Flagger)
	if !ok || len(all) == 0 {
		return nil
	}
	for flags, uids := range groups {
		if err := flagger.RemoveFlags(ctx, uids, strings.Fields(flags)); err != nil {
			return err
		}
	}
	u.m.reach(PointUnflagged)
	return u.m.account.TakenBack(ctx, all)
}

// gifts takes away the flags that were given to messages which stayed where they were. They are as if nobody had ever looked for them.
func (u *undo) gifts(ctx context.Context, s Session, worked func()) error {
	for len(u.freed) > 0 {
		u.m.p.SetPlace(u.freed[0].Name)
		if err := u.giftsIn(ctx, s, u.freed[0], worked); err != nil {
			return fmt.Errorf("mailbox %q: %w", u.freed[0].Name, err)
		}
		u.freed, u.freeAt = u.freed[1:], state.Seat{}
	}
	if u.opts.DryRun {
		return nil
	}
	_, err := u.m.account.ForgetPresent(ctx)
	return err
}

func (u *undo) giftsIn(ctx context.Context, s Session, b state.Mailbox, worked func()) error {
	box, err := s.Select(ctx, b.Name)
	if err != nil && !errors.Is(err, ErrNoMailbox) {
		return err
	}
	for {
		page, err := u.m.account.Given(ctx, b.ID, u.freeAt, undoChunk)
		if err != nil || len(page) == 0 {
			return err
		}
		groups := map[string][]UID{}
		var n int64
		for _, g := range page {
			if g.UIDValidity == box.UIDValidity { // else nothing tells any more which messages they are
				groups[strings.Join(g.Flags, " ")] = append(groups[strings.Join(g.Flags, " ")], UID(g.UID))
				n++
			}
		}
		if !u.opts.DryRun {
			if err := u.unflag(ctx, s, groups, page); err != nil {
				return err
			}
		}
		u.box(b).Unflagged += n
		u.freeAt = page[len(page)-1].Seat
		worked()
	}
}
