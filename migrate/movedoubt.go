package migrate

import (
	"context"
	"errors"
	"slices"

	"unpop/dedupe"
	"unpop/state"
)

// resolveMoves settles the moves that an earlier run left in doubt, by looking at both mailboxes.
func (m *Migration) resolveMoves(ctx context.Context) error {
	moves, err := m.account.MovesInDoubt(ctx)
	if err != nil || len(moves) == 0 {
		return err
	}
	return m.withSession(ctx, m.resolveMovesIn)
}

// resolveMovesIn is resolveMoves in a session that is there already. No mailbox may be taken for selected afterwards, if there were any.
func (m *Migration) resolveMovesIn(ctx context.Context, s Session) error {
	moves, err := m.account.MovesInDoubt(ctx)
	if err != nil || len(moves) == 0 {
		return err
	}
	names, err := m.account.MailboxNames(ctx)
	if err != nil {
		return err
	}
	route := func(mv state.Move) [3]int64 { return [3]int64{int64(mv.State), mv.Mailbox, mv.Target} }
	for len(moves) > 0 {
		var same []state.Move
		first := route(moves[0])
		same = slices.DeleteFunc(slices.Clone(moves), func(mv state.Move) bool { return route(mv) != first })
		moves = slices.DeleteFunc(moves, func(mv state.Move) bool { return route(mv) == first })
		d := &moveDoubt{m: m, session: s, moves: same, from: same[0].Mailbox, to: same[0].Target}
		if d.back = same[0].State == state.MoveBack; d.back {
			d.from, d.to = d.to, d.from
		}
		if err := d.resolve(ctx, names); err != nil {
			return err
		}
	}
	return nil
}

// moveDoubt is some moves between two mailboxes of which it is not known whether they happened.
type moveDoubt struct {
	m        *Migration
	session  Session
	moves    []state.Move
	back     bool
	from, to int64 // mailboxes

	there    map[int64]Found // by number of the move: where it was to go
	validity uint32          // of that mailbox
	stayed   map[UID]Found   // where it was
}

func (d *moveDoubt) resolve(ctx context.Context, names map[int64]string) error {
	if err := d.lookThere(ctx, names[d.to]); err != nil {
		return err
	}
	if err := d.lookHere(ctx, names[d.from]); err != nil {
		return err
	}
	d.m.reach(PointLookedForMoves)
	twice := slices.DeleteFunc(slices.Clone(d.moves), func(mv state.Move) bool {
		_, there := d.there[mv.ID]
		_, stayed := d.stayed[d.uid(mv)]
		return mv.Label || !there || !stayed
	})
	if err := d.finish(ctx, names, twice); err != nil { // copied, and not removed
		return err
	}
	return d.settle(ctx)
}

// uid is a move's UID in the mailbox that it is to leave.
func (d *moveDoubt) uid(mv state.Move) UID {
	if d.back {
		return UID(mv.There)
	}
	return UID(mv.UID)
}

// lookThere looks for the messages where they were to go.
func (d *moveDoubt) lookThere(ctx context.Context, name string) error {
	d.there = map[int64]Found{}
	finder, ok := d.session.(Finder)
	if !ok {
		return errNoFinder
	}
	box, err := d.m.standstill(ctx, d.session, name, answerLost)
	if err != nil {
		return unlessGone(err)
	}
	d.validity = box.UIDValidity
	from := UID(1)
	if expected := d.moves[0]; d.back && box.UIDValidity == expected.UIDValidity || !d.back && box.UIDValidity == expected.Validity {
		from = UID(slices.MinFunc(d.moves, func(a, b state.Move) int { return int(int64(a.Floor) - int64(b.Floor)) }).Floor)
	}
	for found, err := range finder.Find(ctx, from, 0, true) {
		if err != nil {
			return err
		}
		if err := d.recognise(ctx, finder, found); err != nil {
			return err
		}
	}
	return nil
}

// recognise takes a found message for the moved one that it is, if it is one: of its size, date and Message-ID, and nobody else's.
func (d *moveDoubt) recognise(ctx context.Context, finder Finder, found Found) error {
	for _, mv := range d.moves {
		if _, known := d.there[mv.ID]; known || found.Size != mv.Size || found.Received.Unix() != mv.Date {
			continue
		}
		at := state.Seat{UIDValidity: d.validity, UID: uint32(found.UID)}
		if taken, err := d.m.account.Arrived(ctx, d.to, at); err != nil || taken {
			return err
		}
		same, err := d.same(ctx, finder, found, mv)
		if err != nil {
			return err
		}
		if same {
			d.there[mv.ID] = found
			return nil
		}
	}
	return nil
}

func (d *moveDoubt) same(ctx context.Context, finder Finder, found Found, mv state.Move) (bool, error) {
	if key := dedupe.IDKey(found.MessageID); key != (dedupe.Key{}) {
		return string(key[:]) == string(mv.Key), nil
	}
	exact, err := d.m.account.ItemExact(ctx, mv.Mailbox, mv.Seat)
	if err != nil || exact == nil {
		return err == nil, err // nothing speaks against it
	}
	id, _, err := digestFetched(ctx, finder, found.UID)
	return err == nil && string(id.Exact[:]) == string(exact), err
}

// lookHere looks for them where they were.
func (d *moveDoubt) lookHere(ctx context.Context, name string) error {
	box, err := d.session.Select(ctx, name)
	if err != nil {
		return unlessGone(err)
	}
	var uids []UID
	for _, mv := range d.moves {
		if validity := mv.UIDValidity; !d.back && validity == box.UIDValidity || d.back && mv.Validity == box.UIDValidity {
			uids = append(uids, d.uid(mv))
		}
	}
	slices.Sort(uids)
	d.stayed, err = thereNow(ctx, d.session, uids)
	return err
}

// finish removes what was copied and not removed, if it is proven that the copy has the same bytes. Else the copy is not ours.
func (d *moveDoubt) finish(ctx context.Context, names map[int64]string, twice []state.Move) error {
	if len(twice) == 0 {
		return nil
	}
	finder := d.session.(Finder) // lookThere has used it
	exact := map[int64]dedupe.Digest{}
	var remove []UID
	for _, mv := range twice { // their mailbox is selected
		id, _, err := digestFetched(ctx, finder, d.uid(mv))
		if err != nil {
			return err
		}
		exact[mv.ID] = id.Exact
	}
	if _, err := d.session.Select(ctx, names[d.to]); err != nil {
		return err
	}
	for _, mv := range twice {
		id, _, err := digestFetched(ctx, finder, d.there[mv.ID].UID)
		if err != nil {
			return err
		}
		if id.Exact == exact[mv.ID] {
			remove = append(remove, d.uid(mv))
		} else {
			delete(d.there, mv.ID)
		}
	}
	if _, err := d.session.Select(ctx, names[d.from]); err != nil {
		return err
	}
	err := removeThese(ctx, d.session, remove)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// settle records what was found.
func (d *moveDoubt) settle(ctx context.Context) error {
	var moved, not []state.Move
	var found []state.Stays
	for _, mv := range d.moves {
		f, there := d.there[mv.ID]
		if !there {
			not = append(not, mv)
			continue
		}
		if d.back {
			moved = append(moved, mv)
			continue
		}
		mv.Validity, mv.There = d.validity, uint32(f.UID)
		moved = append(moved, mv)
		if mv.Message == 0 {
			continue
		}
		stays, err := d.stays(ctx, mv, f)
		if err != nil {
			return err
		}
		found = append(found, stays)
	}
	if d.back {
		return errors.Join(d.backAgain(ctx, moved, not))
	}
	if err := d.m.account.Moved(ctx, d.m.run, moved, found); err != nil {
		return err
	}
	return d.m.account.NotMoved(ctx, not)
}

// backAgain records what came back, and what is nowhere: there is nothing left to be done about it.
func (d *moveDoubt) backAgain(ctx context.Context, moved, not []state.Move) error {
	var there []state.Move
	for _, mv := range not {
		if _, stayed := d.stayed[d.uid(mv)]; stayed {
			there = append(there, mv)
		} else {
			moved = append(moved, mv)
		}
	}
	if err := d.m.account.MovedBack(ctx, moved); err != nil {
		return err
	}
	return d.m.account.NotMoved(ctx, there)
}

func (d *moveDoubt) stays(ctx context.Context, mv state.Move, f Found) (state.Stays, error) {
	v, err := d.m.account.Moveable(ctx, mv)
	stays := united(v.Flags, v.Keywords, f.Flags)
	stays.Message, stays.Mailbox, stays.Size, stays.Exact, stays.How = mv.Message, mv.Target, f.Size, v.Exact, state.Moved
	stays.Seat = state.Seat{UIDValidity: mv.Validity, UID: mv.There}
	if mv.Label {
		stays.How = state.Labelled
	}
	return stays, err
}

// unlessGone returns err, or nil if it says that a mailbox is not there.
func unlessGone(err error) error {
	if errors.Is(err, ErrNoMailbox) {
		return nil
	}
	return err
}
