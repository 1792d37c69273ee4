package migrate

import (
	"context"
	"errors"
	"fmt"

	"unpop/state"
)

// resolveUndoing settles, before anything else is done, what an undo that was stopped had not settled: what is gone was
// removed, what is there stays.
func (m *Migration) resolveUndoing(ctx context.Context) error {
	mailboxes, err := m.account.HalfUndoneMailboxes(ctx)
	if err != nil || len(mailboxes) == 0 {
		return err
	}
	return m.withSession(ctx, func(ctx context.Context, s Session) error {
		for _, b := range mailboxes {
			if err := m.resolveHalf(ctx, s, b); err != nil {
				return fmt.Errorf("mailbox %q: %w", b.Name, err)
			}
		}
		return nil
	})
}

func (m *Migration) resolveHalf(ctx context.Context, s Session, b state.Mailbox) error {
	finder, ok := s.(Finder)
	if !ok {
		return fmt.Errorf("%w: the target can't be searched", ErrDoubt)
	}
	half, err := m.account.HalfUndone(ctx, b.ID)
	if err != nil {
		return err
	}
	box, err := s.Select(ctx, b.Name)
	if err != nil && !errors.Is(err, ErrNoMailbox) {
		return err
	}
	var there map[UID]Found
	if err == nil {
		if there, err = lookUp(ctx, finder, box, half, false); err != nil {
			return err
		}
	}
	var gone, kept []int64
	for _, msg := range half {
		_, present := there[UID(msg.UID)]
		if renumbered := box.UIDValidity != 0 && msg.UIDValidity != box.UIDValidity; present || renumbered {
			kept = append(kept, msg.ID)
		} else {
			gone = append(gone, msg.ID)
		}
	}
	if err := unmark(ctx, s, there); err != nil {
		return err
	}
	if err := m.account.NotUndone(ctx, kept); err != nil {
		return err
	}
	if len(gone) == 0 {
		return nil
	}
	return m.account.Undone(ctx, gone)
}

// unmark takes \Deleted from messages that were to be removed and stay: any mail program could finish what was begun.
func unmark(ctx context.Context, s Session, there map[UID]Found) error {
	var uids []UID
	for uid, found := range there {
		if marked(found.Flags) {
			uids = append(uids, uid)
		}
	}
	flagger, ok := s.(Flagger)
	if !ok || len(uids) == 0 {
		return nil
	}
	return flagger.RemoveFlags(ctx, uids, []string{`\Deleted`})
}

// late removes what arrived after a doubt was settled: a server may finish an APPEND after we looked. Only what has exactly
// the bytes that were sent is removed.
func (u *undo) late(ctx context.Context, s Session) error {
	mailboxes, err := u.m.account.GivenUpMailboxes(ctx)
	if err != nil || u.opts.DryRun {
		return err
	}
	for _, b := range mailboxes {
		if err := u.lateIn(ctx, s, b); err != nil {
			return fmt.Errorf("mailbox %q: %w", b.Name, err)
		}
	}
	return nil
}

func (u *undo) lateIn(ctx context.Context, s Session, b state.Mailbox) error {
	finder, ok := s.(Finder)
	if !ok {
		return nil
	}
	box, err := s.Select(ctx, b.Name)
	if errors.Is(err, ErrNoMailbox) {
		return nil
	}
	if err != nil {
		return err
	}
	given, err := u.m.account.GivenUp(ctx, b.ID)
	if err != nil {
		return err
	}
	sent := &doubts{box: box, open: map[int64]state.Message{}, floor: ^uint32(0), validity: box.UIDValidity}
	for _, msg := range given {
		if msg.UIDValidity == box.UIDValidity {
			sent.open[msg.ID] = msg
			sent.floor = min(sent.floor, msg.Floor)
		}
	}
	twins, err := u.m.twins(ctx, finder, b, sent)
	if err != nil {
		return err
	}
	u.box(b).Removed += int64(len(twins))
	return remove(ctx, s, twins)
}
