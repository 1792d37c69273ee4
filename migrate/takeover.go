package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpop/state"
)

const (
	// takePage is how many messages are taken over at once; a killed run leaves no more of them in doubt.
	takePage = 300
	// takeRounds is how often the target is looked at anew where messages are not where they were found.
	takeRounds = 3
)

// takeOver settles what the target holds already: messages that stay get the flags that they lack, and those that are to be moved
// are moved. Each of them is looked at once more before. dropped counts the keywords that a mailbox does not keep.
func (m *Migration) takeOver(ctx context.Context) (dropped int64, err error) {
	for range takeRounds {
		loads, err := m.account.ExistingLoads(ctx)
		if err != nil || len(loads) == 0 {
			return dropped, err
		}
		if err := m.makeTargets(ctx); err != nil {
			return dropped, err
		}
		t := &takeover{m: m, loads: loads}
		err = m.withSessions(ctx, t.run)
		dropped += t.dropped
		if err != nil || t.gone == 0 {
			return dropped, err
		}
		mailboxes, err := m.ask(ctx) // somebody is at work there: they may be elsewhere now
		if err == nil {
			err = m.findExisting(ctx, mailboxes)
		}
		if err != nil {
			return dropped, err
		}
	}
	_, err = m.account.ResetExisting(ctx)
	return dropped, err
}

// makeTargets makes the mailboxes that messages are to be moved to.
func (m *Migration) makeTargets(ctx context.Context) error {
	targets, err := m.account.ExistingTargets(ctx)
	if err != nil || len(targets) == 0 {
		return err
	}
	loads := make([]state.Load, len(targets))
	for i, b := range targets {
		loads[i].Mailbox = b
	}
	return m.withSession(ctx, func(ctx context.Context, s Session) error { return m.makeMailboxes(ctx, s, loads) })
}

// takeover is one go through the mailboxes where messages lie.
type takeover struct {
	m     *Migration
	loads []state.Load // still to do
	after state.Existing
	names map[int64]string

	session Session
	from    state.Mailbox
	box     Mailbox

	gone, dropped int64
}

func (t *takeover) run(ctx context.Context, s Session, worked func()) (err error) {
	t.session = s
	if err := t.m.resolveMovesIn(ctx, s); err != nil { // of the session before
		return err
	}
	if t.names, err = t.m.account.MailboxNames(ctx); err != nil {
		return err
	}
	for len(t.loads) > 0 {
		t.from = t.loads[0].Mailbox
		t.m.p.SetPlace(t.from.Name)
		if err := t.mailbox(ctx, worked); err != nil {
			return fmt.Errorf("mailbox %q: %w", t.from.Name, err)
		}
		t.loads, t.after = t.loads[1:], state.Existing{}
	}
	return nil
}

func (t *takeover) mailbox(ctx context.Context, worked func()) (err error) {
	t.box, err = t.session.Select(ctx, t.from.Name)
	if err != nil && !errors.Is(err, ErrNoMailbox) {
		return err
	}
	for {
		page, err := t.m.account.Existing(ctx, t.from.ID, t.after, takePage)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := t.page(ctx, page); err != nil {
			return err
		}
		t.after = page[len(page)-1]
		t.m.p.Done(int64(len(page)), 0)
		worked()
	}
}

// A taken message is one that is there still.
type taken struct {
	state.Existing
	found Found
	lacks []string // flags
}

// page settles some messages of the selected mailbox.
func (t *takeover) page(ctx context.Context, page []state.Existing) error {
	there, err := t.there(ctx, page)
	if err != nil {
		return err
	}
	if err := t.give(ctx, there); err != nil {
		return err
	}
	var stay, move []taken
	for _, e := range there {
		if e.Way == state.Present {
			stay = append(stay, e)
		} else {
			move = append(move, e)
		}
	}
	for len(move) > 0 {
		n := slices.IndexFunc(move, func(e taken) bool { return e.Planned != move[0].Planned || e.Way != move[0].Way })
		if n < 0 {
			n = len(move)
		}
		left, err := t.move(ctx, move[:n])
		if err != nil {
			return err
		}
		stay = append(stay, left...)
		move = move[n:]
	}
	return t.stay(ctx, stay)
}

// there looks once more at the messages, and forgets those that are not what they were.
func (t *takeover) there(ctx context.Context, page []state.Existing) (there []taken, err error) {
	var uids []UID
	for _, e := range page {
		if e.UIDValidity == t.box.UIDValidity {
			uids = append(uids, UID(e.UID))
		}
	}
	slices.Sort(uids)
	now, err := thereNow(ctx, t.session, uids)
	if err != nil {
		return nil, err
	}
	batch := t.m.account.Batch()
	for _, e := range page {
		found, is := now[UID(e.UID)]
		if !is || e.UIDValidity != t.box.UIDValidity || found.Size != e.ItemSize || marked(found.Flags) {
			t.gone++
			if err := batch.DropExisting(ctx, e.Message); err != nil {
				return nil, err
			}
			continue
		}
		if e.Way == state.Present && t.m.ranks[t.from.ID] == rankSent {
			e.Flags &^= int(Draft) // it was sent, whatever the sources have of it
		}
		there = append(there, taken{Existing: e, found: found})
	}
	return there, batch.Flush(ctx)
}

// thereNow lists those of some messages of the selected mailbox that are there.
func thereNow(ctx context.Context, s Session, uids []UID) (map[UID]Found, error) {
	all := map[UID]Found{}
	if len(uids) == 0 {
		return all, nil
	}
	lister, ok := s.(Lister)
	if !ok {
		return nil, errNoFinder
	}
	for there, err := range lister.List(ctx, slices.Values([][]UID{uids})) {
		if err != nil {
			return nil, err
		}
		for _, f := range there {
			all[f.UID] = f
		}
	}
	return all, nil
}

// give adds the flags and keywords of the sources' copies. What is added is in the ledger before, so that undo can take it away.
func (t *takeover) give(ctx context.Context, all []taken) error {
	groups := map[string][]UID{}
	var given []state.Given
	for i := range all {
		e := &all[i]
		if e.lacks = t.lacks(e); len(e.lacks) == 0 {
			continue
		}
		flags := strings.Join(e.lacks, " ")
		groups[flags] = append(groups[flags], e.found.UID)
		given = append(given, state.Given{Mailbox: t.from.ID, Seat: e.Seat, Flags: e.lacks})
	}
	if len(given) == 0 {
		return nil
	}
	if err := t.m.account.Give(ctx, given); err != nil {
		return err
	}
	t.m.reach(PointGiven)
	return addFlags(ctx, t.session, groups)
}

// lacks are the flags that a message is to get and that its mailbox keeps.
func (t *takeover) lacks(e *taken) (lacks []string) {
	for _, f := range append(Flags(e.Flags).Names(), strings.Fields(e.Keywords)...) {
		switch {
		case hasFlag(e.found.Flags, f):
		case t.box.keeps(f):
			lacks = append(lacks, f)
		case !strings.HasPrefix(f, `\`):
			t.dropped++
		}
	}
	return lacks
}

func hasFlag(flags []string, want string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return strings.EqualFold(f, want) })
}

// addFlags adds flags to the messages that are to get the same ones. Those that the server refuses are left out: a message is where it should
// be all the same.
func addFlags(ctx context.Context, s Session, groups map[string][]UID) error {
	flagger, ok := s.(Flagger)
	if !ok {
		return nil
	}
	for flags, uids := range groups {
		err := flagger.AddFlags(ctx, uids, strings.Fields(flags))
		if target := asTargetError(err); target != nil && target.Kind == Refused {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stay records messages that are done where they are.
func (t *takeover) stay(ctx context.Context, all []taken) error {
	var found []state.Stays
	for _, e := range all {
		f := e.stays(t.from.ID, e.Seat)
		f.How = state.Present
		if e.Doubted && e.Planned == t.from.ID && e.Validity == e.UIDValidity && e.Floor > 0 && e.UID >= e.Floor {
			f.How = state.Adopted // what was sent arrived late
		}
		found = append(found, f)
	}
	if len(found) == 0 {
		return nil
	}
	return t.m.account.Found(ctx, t.m.run, found)
}

// stays is what the ledger is told of a message on the target, where it is now.
func (e *taken) stays(mailbox int64, at state.Seat) state.Stays {
	f := united(e.Flags, e.Keywords, append(slices.Clone(e.found.Flags), e.lacks...))
	f.Message, f.Mailbox, f.Seat, f.Size = e.Message, mailbox, at, e.found.Size
	if e.ItemExact != nil && string(e.ItemExact) != string(e.Exact) {
		f.Exact = e.ItemExact
	}
	return f
}

// united joins a message's flags with those that the target has. What the mailbox does not keep stays noted, as for one that is sent.
func united(flags int, keywords string, there []string) (f state.Stays) {
	has, words := ParseFlags(there)
	all := strings.Fields(keywords)
	for _, w := range words {
		if !hasFlag(all, w) {
			all = append(all, w)
		}
	}
	f.Flags, f.Keywords = flags|int(has), strings.Join(distinct(all), " ")
	return f
}
