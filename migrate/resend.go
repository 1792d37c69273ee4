package migrate

import (
	"context"
	"errors"
	"fmt"

	"unpop/dedupe"
	"unpop/state"
)

// resendChunk is how many missing messages are looked for in one go through a mailbox, and are held in memory.
const resendChunk = 5000

// errUnfinished says that sending what is missing would meet what a migration has left to do.
var errUnfinished = errors.New("repair: a migration is not finished: its messages come first")

// errNoSource says that nothing missing can be read.
var errNoSource = errors.New("repair: none of the missing messages is in the sources given")

// repair looks for the missing messages in their mailboxes, and sends those again that are not there.
func (m *Migration) repair(ctx context.Context, before Verification) (Verification, error) {
	if err := m.canSend(ctx); err != nil {
		return before, err
	}
	planned, found, err := m.resendAll(ctx)
	if err != nil {
		return before, err
	}
	if planned > 0 {
		if _, err := m.Upload(ctx); err != nil {
			return before, err
		}
	}
	after, err := m.checkAll(ctx, false)
	if err != nil {
		return before, err
	}
	sent, err := m.account.SentBy(ctx, m.run)
	sent = min(sent, planned) // an unfinished migration's may have gone with them
	return before.repaired(after, sent, found), err
}

// repaired is the outcome of a verification after a repair and another look, which was not deep.
func (v Verification) repaired(after Verification, sent, found int64) Verification {
	r := after
	r.Sent, r.Repaired = sent, sent+found
	r.Missing = max(after.Missing, v.Missing-r.Repaired) // what could not be read now is planned and not there
	r.Altered, r.Different, r.OnlyInbox = max(v.Altered, after.Altered), v.Different, v.OnlyInbox
	r.Verified -= v.Different
	return r
}

// canSend makes sure that all that is planned can be read: an upload sends all of it.
func (m *Migration) canSend(ctx context.Context) error {
	sources, err := m.account.PlannedSources(ctx)
	if err != nil {
		return err
	}
	for _, id := range sources {
		if m.byID[id] == nil {
			return errUnfinished
		}
	}
	return nil
}

// resendAll plans again what is not in its mailbox under any UID, and reports how much that is, and how much was found.
func (m *Migration) resendAll(ctx context.Context) (planned, found int64, err error) {
	loads, err := m.account.Loads(ctx, state.Done)
	if err != nil {
		return 0, 0, err
	}
	err = m.withSession(ctx, func(ctx context.Context, s Session) error {
		for _, l := range loads {
			r := &resending{m: m, session: s, mailbox: l.Mailbox}
			err := r.run(ctx)
			planned += r.planned // also before a lost session: it is in the ledger
			found += r.found
			if err != nil {
				return fmt.Errorf("mailbox %q: %w", l.Mailbox.Name, err)
			}
		}
		return nil
	})
	if err == nil && planned+found == 0 {
		err = errNoSource
	}
	return planned, found, err
}

// resending works on one mailbox.
type resending struct {
	m       *Migration
	session Session
	mailbox state.Mailbox
	box     Mailbox

	planned, found int64
}

func (r *resending) run(ctx context.Context) error {
	var after int64
	for {
		chunk, err := r.m.account.Vanished(ctx, r.mailbox.ID, after, resendChunk)
		if err != nil || len(chunk) == 0 {
			return err
		}
		after = chunk[len(chunk)-1].ID
		left, err := r.find(ctx, chunk)
		if err != nil {
			return err
		}
		if err := r.plan(ctx, left); err != nil {
			return err
		}
	}
}

// find gives those their new UIDs that are in the mailbox under another one, and returns the others.
func (r *resending) find(ctx context.Context, chunk []state.Message) (map[int64]state.Message, error) {
	left := make(map[int64]state.Message, len(chunk))
	keys := map[dedupe.Key][]int64{}
	var bare []int64 // without Message-ID
	for _, msg := range chunk {
		left[msg.ID] = msg
		if msg.HasID {
			keys[dedupe.Key(msg.Key)] = append(keys[dedupe.Key(msg.Key)], msg.ID)
		} else {
			bare = append(bare, msg.ID)
		}
	}
	var err error
	if r.box, err = r.session.Select(ctx, r.mailbox.Name); errors.Is(err, ErrNoMailbox) {
		return left, nil
	}
	finder, ok := r.session.(Finder)
	if err == nil && !ok {
		err = errNoFinder
	}
	if err != nil {
		return nil, err
	}
	for found, err := range finder.Find(ctx, 1, 0, true) {
		if err != nil {
			return nil, err
		}
		candidates := bare
		if key := dedupe.IDKey(found.MessageID); key != (dedupe.Key{}) {
			candidates = keys[key]
		}
		if err := r.recognise(ctx, finder, found, candidates, left); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// recognise takes a found message for the missing one that it is, if it is one.
func (r *resending) recognise(ctx context.Context, finder Finder, found Found, candidates []int64, left map[int64]state.Message) error {
	for _, id := range candidates {
		msg, open := left[id]
		if !open || !sameHeader(found, msg) {
			continue
		}
		taken, err := r.m.account.Taken(ctx, r.mailbox.ID, r.box.UIDValidity, uint32(found.UID))
		if err != nil || taken {
			return err
		}
		like, err := r.m.compare(ctx, finder, found.UID, msg)
		if err != nil {
			return err
		}
		if like >= sameContent {
			delete(left, id)
			r.found++
			return r.m.account.Relocate(ctx, id, r.box.UIDValidity, uint32(found.UID))
		}
	}
	return nil
}

// plan plans again what can be read. The rest stays missing.
func (r *resending) plan(ctx context.Context, left map[int64]state.Message) error {
	if len(left) == 0 {
		return nil
	}
	all := make([]int64, 0, len(left))
	for id := range left {
		all = append(all, id)
	}
	if err := r.m.account.Reseat(ctx, all, r.m.ids); err != nil {
		return err
	}
	n, err := r.m.account.Resend(ctx, all, r.m.ids, "vanished from "+r.mailbox.Name+" on the target")
	r.planned += n
	return err
}
