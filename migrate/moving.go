package migrate

import (
	"context"
	"errors"
	"slices"

	"unpop/state"
)

// move moves messages of the selected mailbox that are to go to one and the same, and returns those that the server doesn't let go: they
// stay. The claim is in the ledger before the command.
func (t *takeover) move(ctx context.Context, all []taken) (left []taken, err error) {
	target := state.Mailbox{ID: all[0].Planned, Name: t.names[all[0].Planned]}
	moves := make([]state.Move, len(all))
	for i, e := range all {
		moves[i] = state.Move{
			Message: e.Message, Label: e.Way == state.Labelled, Mailbox: t.from.ID, Seat: e.Seat, Target: target.ID,
			Size: e.ItemSize, Date: e.ItemDate, Key: e.ItemKey,
		}
	}
	moved, err := t.m.moveOut(ctx, t.session, moves, target.Name)
	if errors.Is(err, errCantMove) {
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, t.arrived(ctx, all, moved)
}

// arrived records the moves whose end the server told, and looks for the others.
func (t *takeover) arrived(ctx context.Context, all []taken, moves []state.Move) error {
	var done []state.Move
	var found []state.Stays
	for i, mv := range moves {
		if mv.There == 0 {
			continue
		}
		f := all[i].stays(mv.Target, state.Seat{UIDValidity: mv.Validity, UID: mv.There})
		f.How = all[i].Way
		done, found = append(done, mv), append(found, f)
	}
	if err := t.m.account.Moved(ctx, t.m.run, done, found); err != nil || len(done) == len(moves) {
		return err
	}
	if err := t.m.resolveMovesIn(ctx, t.session); err != nil {
		return err
	}
	var err error
	t.box, err = t.session.Select(ctx, t.from.Name)
	return err
}

// errCantMove says that the server does not let messages go: nothing was moved.
var errCantMove = errors.New("move: not possible")

// moveOut claims moves, and moves. There is set in those whose end is known; the others are in doubt. After an error other than
// errCantMove, all of them are.
func (m *Migration) moveOut(ctx context.Context, s Session, moves []state.Move, target string) ([]state.Move, error) {
	mover, can := s.(Mover)
	if _, knows := s.(Indexer); !can || !knows {
		return nil, errCantMove
	}
	if _, err := mover.Move(ctx, nil, target); errors.Is(err, errors.ErrUnsupported) && !moves[0].Label {
		return nil, errCantMove
	}
	standing, err := m.standing(ctx, s, state.Mailbox{ID: moves[0].Target, Name: target})
	if err != nil {
		return nil, err
	}
	for i := range moves {
		moves[i].Validity, moves[i].Floor = standing.UIDValidity, uint32(standing.UIDNext)
	}
	if err := m.account.ClaimMoves(ctx, moves); err != nil {
		return nil, err
	}
	m.reach(PointMoving)
	arrival, err := relocateAll(ctx, mover, moves, target)
	if err != nil {
		return nil, m.refusedMoves(ctx, moves, err)
	}
	m.reach(PointMoved)
	for i := range moves {
		moves[i].There = uint32(arrival.UIDs[UID(moves[i].UID)])
		if moves[i].There > 0 {
			moves[i].Validity = arrival.UIDValidity
		}
	}
	return moves, nil
}

// standing tells how the mailbox stands that messages are to go to. One that was listed and is not there is made, as in [Migration.remake].
func (m *Migration) standing(ctx context.Context, s Session, b state.Mailbox) (Standing, error) {
	told, err := s.(Indexer).Standings(ctx, []string{b.Name})
	if arranger, ok := s.(Arranger); ok && err == nil && told[b.Name] == (Standing{}) {
		if err = m.makeMailbox(ctx, arranger, b); err == nil {
			told, err = s.(Indexer).Standings(ctx, []string{b.Name})
		}
	}
	if isRefusal(err) || err == nil && told[b.Name] == (Standing{}) {
		return Standing{}, errCantMove
	}
	return told[b.Name], err
}

func relocateAll(ctx context.Context, mover Mover, moves []state.Move, target string) (Arrival, error) {
	var uids []UID
	for _, mv := range moves {
		uids = append(uids, UID(mv.UID))
	}
	slices.Sort(uids)
	if moves[0].Label {
		return mover.Copy(ctx, uids, target)
	}
	return mover.Move(ctx, uids, target)
}

// refusedMoves plans again what the server refused to move as a whole; after any other failure it stays in doubt.
func (m *Migration) refusedMoves(ctx context.Context, moves []state.Move, err error) error {
	target := asTargetError(err)
	if refused := target != nil && (target.Kind == Refused || target.Kind == Full || target.Kind == Missing); !refused && !errors.Is(err, ErrNoMailbox) {
		return err
	}
	return errors.Join(m.account.NotMoved(ctx, moves), errCantMove)
}
