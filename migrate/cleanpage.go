package migrate

import (
	"context"
	"errors"
	"slices"
	"strings"

	"unpop/state"
)

// cleanPage is some duplicates of one mailbox, whose keepers are all in one mailbox.
type cleanPage struct {
	c       *cleaning
	session Session
	from    state.Mailbox
	counts  *CleanedMailbox
}

// run looks once more at the duplicates and at their keepers, gives these the flags of those, and puts the duplicates aside.
func (p *cleanPage) run(ctx context.Context, page []state.Duplicate) error {
	there, err := p.look(ctx, p.from.Name, page, func(d state.Duplicate) state.Seat { return d.Seat })
	if err != nil {
		return err
	}
	kept, err := p.look(ctx, p.c.names[page[0].Keeper], page, func(d state.Duplicate) state.Seat { return d.Kept })
	if err != nil {
		return err
	}
	var sure []state.Duplicate
	for _, d := range page {
		found, is := there[UID(d.UID)]
		_, stays := kept[UID(d.Kept.UID)]
		if is && stays && found.Size == d.Size {
			sure = append(sure, d)
		} else {
			p.counts.Left++
		}
	}
	if len(sure) == 0 {
		return nil
	}
	if err := p.unite(ctx, sure, there, kept); err != nil {
		return err
	}
	if _, err := p.session.Select(ctx, p.from.Name); err != nil {
		return err
	}
	return p.putAside(ctx, sure)
}

// look selects a mailbox and lists those of some messages that are there and that nobody has marked to be deleted.
func (p *cleanPage) look(ctx context.Context, name string, page []state.Duplicate, seat func(state.Duplicate) state.Seat) (map[UID]Found, error) {
	box, err := p.session.Select(ctx, name)
	if err != nil {
		return nil, unlessGone(err)
	}
	var uids []UID
	for _, d := range page {
		if at := seat(d); at.UIDValidity == box.UIDValidity {
			uids = append(uids, UID(at.UID))
		}
	}
	slices.Sort(uids)
	there, err := thereNow(ctx, p.session, slices.Compact(uids))
	for uid, f := range there {
		if marked(f.Flags) {
			delete(there, uid)
		}
	}
	return there, err
}

// unite gives the keepers, whose mailbox is selected, the flags of the duplicates. What was sent is no draft any more.
func (p *cleanPage) unite(ctx context.Context, sure []state.Duplicate, there, kept map[UID]Found) error {
	sent := p.c.m.ranks[sure[0].Keeper] == rankSent
	lacks := map[state.Seat][]string{}
	for _, d := range sure {
		for _, f := range there[UID(d.UID)].Flags {
			if strings.EqualFold(f, `\Recent`) || sent && strings.EqualFold(f, `\Draft`) || hasFlag(kept[UID(d.Kept.UID)].Flags, f) || hasFlag(lacks[d.Kept], f) {
				continue
			}
			lacks[d.Kept] = append(lacks[d.Kept], f)
		}
	}
	groups := map[string][]UID{}
	var given []state.Given
	for seat, flags := range lacks {
		slices.Sort(flags)
		given = append(given, state.Given{Mailbox: sure[0].Keeper, Seat: seat, Flags: flags})
		groups[strings.Join(flags, " ")] = append(groups[strings.Join(flags, " ")], UID(seat.UID))
	}
	if len(given) == 0 {
		return nil
	}
	if err := p.c.m.account.Give(ctx, given); err != nil {
		return err
	}
	p.c.m.reach(PointGiven)
	return addFlags(ctx, p.session, groups)
}

// putAside moves duplicates of the selected mailbox, or deletes them.
func (p *cleanPage) putAside(ctx context.Context, sure []state.Duplicate) (err error) {
	if p.c.opts.Delete {
		err = p.delete(ctx, sure)
	} else {
		err = p.move(ctx, sure)
	}
	if err != nil {
		return err
	}
	for _, d := range sure {
		p.counts.Messages++
		p.counts.Bytes += d.Size
	}
	return nil
}

func (p *cleanPage) delete(ctx context.Context, sure []state.Duplicate) error {
	var gone []uint32
	for _, d := range sure {
		gone = append(gone, d.UID)
	}
	slices.Sort(gone)
	if err := removeThese(ctx, p.session, asUIDs(gone)); err != nil {
		return err
	}
	return p.c.m.account.RemoveItems(ctx, p.from.ID, sure[0].UIDValidity, gone)
}

func (p *cleanPage) move(ctx context.Context, sure []state.Duplicate) error {
	moves := make([]state.Move, len(sure))
	for i, d := range sure {
		moves[i] = state.Move{Mailbox: p.from.ID, Seat: d.Seat, Target: p.c.aside, Size: d.Size, Date: d.Date, Key: d.Key}
	}
	m := p.c.m
	moved, err := m.moveOut(ctx, p.session, moves, p.c.report.Aside)
	if errors.Is(err, errCantMove) {
		return errors.Join(ErrCantClean, err)
	}
	if err != nil {
		return err
	}
	done := slices.DeleteFunc(moved, func(mv state.Move) bool { return mv.There == 0 })
	if err := m.account.Moved(ctx, m.run, done, nil); err != nil || len(done) == len(sure) {
		return err
	}
	return m.resolveMovesIn(ctx, p.session)
}
