package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpop/state"
)

// undoChunk is how many messages are removed at once. After a crash their fate is looked up.
const undoChunk = 300

// uploads takes back what was uploaded. After a lost session it goes on in the mailbox where it was.
func (u *undo) uploads(ctx context.Context, s Session, worked func()) error {
	for len(u.loads) > 0 {
		b := u.loads[0].Mailbox
		u.m.p.SetPlace(b.Name)
		if err := u.mailbox(ctx, s, b, worked); err != nil {
			return fmt.Errorf("mailbox %q: %w", b.Name, err)
		}
		u.loads, u.at = u.loads[1:], position{}
	}
	return nil
}

func (u *undo) mailbox(ctx context.Context, s Session, b state.Mailbox, worked func()) error {
	c := &removal{u: u, session: s, counts: u.box(b)}
	var err error
	if c.box, err = s.Select(ctx, b.Name); err != nil && !errors.Is(err, ErrNoMailbox) {
		return err
	}
	c.lost = err != nil
	if err := c.able(ctx); err != nil {
		return err
	}
	if err := c.finish(ctx, b); err != nil {
		return err
	}
	return c.begin(ctx, b, worked)
}

// finish settles what was being removed when an earlier call or session ended.
func (c *removal) finish(ctx context.Context, b state.Mailbox) error {
	if c.u.opts.DryRun && c.u.at != (position{}) {
		return nil // counted by the session before
	}
	half, err := c.u.m.account.HalfUndone(ctx, b.ID)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(half, undoChunk) {
		if err := c.chunk(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

// begin goes through what lies in the mailbox, in order.
func (c *removal) begin(ctx context.Context, b state.Mailbox, worked func()) error {
	at := &c.u.at
	for {
		page, err := c.u.m.account.Uploaded(ctx, b.ID, at.validity, at.uid, undoChunk)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := c.chunk(ctx, page); err != nil {
			return err
		}
		last := page[len(page)-1]
		*at = position{last.UIDValidity, last.UID}
		worked()
	}
}

// removal takes back messages of the selected mailbox.
type removal struct {
	u       *undo
	session Session
	box     Mailbox
	lost    bool // the mailbox is gone
	counts  *UndoneMailbox
}

// able makes sure that the server can remove single messages, before any is marked.
func (c *removal) able(ctx context.Context) error {
	remover, ok := c.session.(Remover)
	if _, finds := c.session.(Finder); !ok || !finds {
		return ErrCantUndo
	}
	if c.lost {
		return nil
	}
	if err := remover.Remove(ctx, nil); errors.Is(err, errors.ErrUnsupported) {
		return ErrCantUndo
	} else if err != nil {
		return err
	}
	return nil
}

// verdicts are what is to be done with the messages of a chunk.
type verdicts struct {
	remove, forget, keep []state.Message
	why                  map[int64]error // of those that are not removed
}

// chunk takes back some messages, sorted by UIDVALIDITY and UID: the intent first, then the deed, then the result.
func (c *removal) chunk(ctx context.Context, chunk []state.Message) error {
	v, err := c.judge(ctx, chunk)
	if err != nil {
		return err
	}
	if !c.u.opts.DryRun {
		if err := c.act(ctx, v); err != nil {
			return err
		}
	}
	c.count(v, chunk)
	return nil
}

func (c *removal) act(ctx context.Context, v *verdicts) error {
	account := c.u.m.account
	if half := halfUndone(v.keep); len(half) > 0 {
		if err := account.NotUndone(ctx, half); err != nil {
			return err
		}
	}
	if len(v.remove) > 0 {
		if err := account.Undoing(ctx, ids(v.remove)); err != nil {
			return err
		}
		c.u.m.reach(PointUndoing)
		if err := c.session.(Remover).Remove(ctx, uids(v.remove)); err != nil {
			return err
		}
		c.u.m.reach(PointTakenBack)
	}
	if done := slices.Concat(ids(v.remove), ids(v.forget)); len(done) > 0 {
		return account.Undone(context.WithoutCancel(ctx), done)
	}
	return nil
}

// judge compares each message with what the mailbox holds under its UID.
func (c *removal) judge(ctx context.Context, chunk []state.Message) (*verdicts, error) {
	v := &verdicts{why: map[int64]error{}}
	there, err := c.there(ctx, chunk)
	if err != nil {
		return nil, err
	}
	for _, msg := range chunk {
		found, present := there[UID(msg.UID)]
		switch {
		case c.lost || msg.UIDValidity == c.box.UIDValidity && !present:
			v.forget = append(v.forget, msg)
			if c.lost || msg.State != state.Undoing {
				v.why[msg.ID] = ErrGone
			}
			continue
		case msg.UIDValidity != c.box.UIDValidity:
			v.why[msg.ID] = ErrRenumbered
		default:
			ours, err := c.ours(ctx, found, msg)
			if err != nil {
				return nil, err
			}
			if ours {
				v.remove = append(v.remove, msg)
				continue
			}
			v.why[msg.ID] = ErrOther
		}
		v.keep = append(v.keep, msg)
	}
	return v, nil
}

func (c *removal) there(ctx context.Context, chunk []state.Message) (map[UID]Found, error) {
	if c.lost {
		return nil, nil
	}
	return lookUp(ctx, c.session.(Finder), c.box, chunk, true)
}

// ours reports whether the message is the one that was sent: by Message-ID and exact size, or, where a server altered odd
// bytes, by its content.
func (c *removal) ours(ctx context.Context, found Found, msg state.Message) (bool, error) {
	if _, size := msg.OnTarget(); size == found.Size && sameHeader(found, msg) {
		return true, nil
	}
	like, err := c.u.m.compare(ctx, c.session.(Finder), found.UID, msg)
	return like >= sameContent, err
}

// count tells what was done. What was marked and stays is met again under its UID.
func (c *removal) count(v *verdicts, chunk []state.Message) {
	var n UndoCounts
	var bytes int64
	for _, msg := range chunk {
		why := v.why[msg.ID]
		again := msg.State == state.Undoing && !c.u.opts.DryRun && why != nil && !errors.Is(why, ErrGone)
		if again {
			continue
		}
		bytes += msg.Size
		n.note(why)
		if tell := c.u.opts.Obstacle; tell != nil && why != nil {
			tell(NotUndone{Mailbox: c.counts.Name, UID: UID(msg.UID), MessageID: msg.MessageID, Subject: msg.Subject, Why: why})
		}
	}
	c.counts.add(n)
	c.u.m.p.Done(n.Removed+n.Left(), bytes)
}

func (c *UndoCounts) note(why error) {
	switch {
	case why == nil:
		c.Removed++
	case errors.Is(why, ErrGone):
		c.Gone++
	case errors.Is(why, ErrOther):
		c.Other++
	default:
		c.Renumbered++
	}
}

func halfUndone(messages []state.Message) (half []int64) {
	for _, msg := range messages {
		if msg.State == state.Undoing {
			half = append(half, msg.ID)
		}
	}
	return half
}

func ids(messages []state.Message) []int64 {
	all := make([]int64, len(messages))
	for i, msg := range messages {
		all[i] = msg.ID
	}
	return all
}

func uids(messages []state.Message) []UID {
	all := make([]UID, len(messages))
	for i, msg := range messages {
		all[i] = UID(msg.UID)
	}
	return all
}
