package migrate

import (
	"context"
	"slices"

	"unpop/state"
)

// choose makes a planned message of every group that the ledger does not know yet.
func (m *Migration) choose(ctx context.Context) error {
	places, err := m.places(ctx)
	if err != nil {
		return err
	}
	if err := m.account.PlanSingles(ctx, m.ids, places); err != nil {
		return err
	}
	folders := make(map[int64]state.Place, len(places))
	for _, p := range places {
		folders[p.Folder] = p
	}
	return m.chooseAmong(ctx, folders)
}

// chooseAmong does so where there is a choice.
func (m *Migration) chooseAmong(ctx context.Context, folders map[int64]state.Place) error {
	batch := m.account.Batch()
	var msg *merge
	for member, err := range m.account.Several(ctx, m.ids) {
		if err != nil {
			return err
		}
		if msg != nil && msg.id != member.Message {
			if err := msg.store(ctx, batch); err != nil {
				return err
			}
			msg = nil
		}
		if msg == nil {
			msg = &merge{id: member.Message, known: member.AnchorExists, state: member.AnchorState}
		}
		msg.add(member, folders[member.Folder])
	}
	if msg != nil {
		if err := msg.store(ctx, batch); err != nil {
			return err
		}
	}
	return batch.Flush(ctx)
}

// places tells where the messages of the folders go.
func (m *Migration) places(ctx context.Context) ([]state.Place, error) {
	folders, err := m.account.Folders(ctx, m.ids)
	places := make([]state.Place, 0, len(folders))
	for _, f := range folders {
		if !f.Excluded {
			places = append(places, state.Place{Folder: f.ID, Mailbox: f.Mailbox, Rank: place(f)})
		}
	}
	return places, err
}

// merge makes one message of its copies: the bytes of the richest, the union of flags and keywords, the most credible date,
// the best place.
type merge struct {
	id    int64
	known bool               // to the ledger: sent, done or in doubt
	state state.MessageState // then
	began bool

	best     state.Member
	place    state.Place
	flags    int
	keywords []string
	date     int64
	dateRank int
	variant  bool
}

func (g *merge) add(c state.Member, at state.Place) {
	first := !g.began
	g.began = true
	if poorer := poverty(c) - poverty(g.best); first || poorer < 0 || poorer == 0 && g.supersedes(at) {
		g.best = c
	}
	if first || at.Rank < g.place.Rank {
		g.place = at
	}
	if first || c.DateRank < g.dateRank || c.DateRank == g.dateRank && c.Date < g.date {
		g.date, g.dateRank = c.Date, c.DateRank
	}
	g.flags |= c.Flags
	g.keywords = append(g.keywords, c.Keywords...)
	g.variant = g.variant || c.Variant
	if len(g.keywords) > 64 { // many copies with the same few keywords
		g.keywords = distinct(g.keywords)
	}
}

// supersedes reports whether a copy at a place is what was sent, after others that are not: a draft has a date and fields of its own.
func (g *merge) supersedes(at state.Place) bool {
	return at.Rank == rankSent && g.place.Rank > rankSent
}

// poverty ranks copies: original bytes before rebuilt ones, complete before header-only.
func poverty(c state.Member) int {
	rank := 0
	if c.Partial {
		rank += 2
	}
	if c.Rebuilt {
		rank++
	}
	return rank
}

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// store plans the message, unless the ledger knows it already.
func (g *merge) store(ctx context.Context, batch *state.Batch) error {
	b := g.best
	if g.place.Rank == rankSent {
		g.flags &^= int(Draft)
	}
	msg := state.Message{
		ID: g.id, Copy: b.ID, Mailbox: g.place.Mailbox, Size: b.Size, Exact: b.Exact, Key: b.Key, Content: b.Content, HasID: b.HasID, Trace: b.Trace,
		Partial: b.Partial, Variant: g.variant, Flags: g.flags, Keywords: distinct(g.keywords), Date: g.date, MessageID: b.MessageID, Subject: b.Subject,
		Rank: g.place.Rank,
	}
	switch {
	case !g.known:
		return batch.AddMessage(ctx, msg)
	case g.state == state.Planned:
		return batch.Replan(ctx, msg)
	default:
		return nil
	}
}
