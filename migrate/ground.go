package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpop/dedupe"
	"unpop/state"
)

// The ground may move between two runs: a mailbox was renamed or deleted, or the server numbered its messages anew (UIDVALIDITY,
// RFC 9051 section 2.3.1.1). What is still there must be recognised, or it would be sent again after it
// could not be verified.

// locate finds the mailboxes and messages of earlier runs again.
func (m *Migration) locate(ctx context.Context, mailboxes []MailboxInfo) error {
	known, err := m.account.DoneMailboxes(ctx)
	if err != nil || len(known) == 0 {
		return err
	}
	return m.withSession(ctx, func(ctx context.Context, s Session) error {
		moved, err := m.moved(ctx, s, known)
		if err != nil {
			return err
		}
		for _, b := range moved {
			if err := m.relocate(ctx, s, b, mailboxes); err != nil {
				return fmt.Errorf("mailbox %q: %w", b.Name, err)
			}
		}
		return nil
	})
}

// moved leaves out the mailboxes that are there and number their messages as ever, as far as the target can tell that of all at once.
func (m *Migration) moved(ctx context.Context, s Session, known []state.Mailbox) ([]state.Mailbox, error) {
	peeker, ok := s.(Peeker)
	if !ok {
		return known, nil
	}
	names := make([]string, len(known))
	for i, b := range known {
		names[i] = b.Name
	}
	told, err := peeker.UIDValidities(ctx, names)
	var moved []state.Mailbox
	for _, b := range known {
		validities, failed := m.account.UIDValidities(ctx, b.ID)
		if err = errors.Join(err, failed); err != nil {
			return nil, err
		}
		if v, there := told[b.Name]; !there || len(validities) != 1 || validities[0] != v {
			moved = append(moved, b)
		}
	}
	return moved, err
}

// relocate finds one mailbox and its messages again.
func (m *Migration) relocate(ctx context.Context, s Session, b state.Mailbox, mailboxes []MailboxInfo) error {
	box, err := s.Select(ctx, b.Name)
	switch {
	case errors.Is(err, ErrNoMailbox):
		return m.findRenamed(ctx, s, b, 0, mailboxes)
	case err != nil:
		return err
	}
	if err := m.findRenamed(ctx, s, b, box.UIDValidity, mailboxes); err != nil {
		return err
	}
	if box, err = s.Select(ctx, b.Name); err != nil {
		return err
	}
	return m.renumber(ctx, s, b, box)
}

// findRenamed looks for a mailbox that has the lost one's UIDVALIDITY and messages: RENAME keeps both. If there is none, the mailbox
// was deleted, and verify will say what is missing. Where another mailbox has the name now, now is its UIDVALIDITY.
func (m *Migration) findRenamed(ctx context.Context, s Session, lost state.Mailbox, now uint32, mailboxes []MailboxInfo) error {
	validities, err := m.account.UIDValidities(ctx, lost.ID)
	if err != nil {
		return err
	}
	validities = slices.DeleteFunc(validities, func(v uint32) bool { return v == now || v == 0 })
	if len(validities) == 0 {
		return nil
	}
	mailboxes, err = numbered(ctx, s, mailboxes, validities)
	if err != nil {
		return err
	}
	for _, b := range mailboxes {
		box, err := s.Select(ctx, b.Name)
		if errors.Is(err, ErrNoMailbox) || err == nil && !slices.Contains(validities, box.UIDValidity) {
			continue
		}
		if err != nil {
			return err
		}
		if same, err := m.holdsSample(ctx, s, lost, box); err != nil {
			return err
		} else if same {
			return m.follow(ctx, lost, b, box.UIDValidity)
		}
	}
	return nil
}

// follow records that what was in a lost mailbox is in another.
func (m *Migration) follow(ctx context.Context, lost state.Mailbox, b MailboxInfo, uidValidity uint32) error {
	id, err := m.account.Mailbox(ctx, b.Name, int(b.Role))
	if err != nil {
		return err
	}
	return m.account.Renamed(ctx, lost.ID, id, uidValidity)
}

// numbered leaves out the mailboxes that have none of the UIDVALIDITYs, as far as the target can tell that of all at once.
func numbered(ctx context.Context, s Session, mailboxes []MailboxInfo, validities []uint32) ([]MailboxInfo, error) {
	peeker, ok := s.(Peeker)
	if !ok {
		return mailboxes, nil
	}
	names := make([]string, len(mailboxes))
	for i, b := range mailboxes {
		names[i] = b.Name
	}
	told, err := peeker.UIDValidities(ctx, names)
	return slices.DeleteFunc(slices.Clone(mailboxes), func(b MailboxInfo) bool {
		v, there := told[b.Name]
		return there && !slices.Contains(validities, v)
	}), err
}

// resolveElsewhere settles the doubts about a mailbox that is gone: deleted with all that was in it, or renamed. A renamed one has
// kept its UIDVALIDITY, and what is found in it proves it.
func (m *Migration) resolveElsewhere(ctx context.Context, s Session, lost state.Mailbox, d *doubts) error {
	arranger, ok := s.(Arranger)
	finder, can := s.(Finder)
	if !ok || !can {
		return m.close(ctx, lost, d, false)
	}
	mailboxes, err := arranger.Mailboxes(ctx)
	if err != nil {
		return err
	}
	for _, b := range mailboxes {
		d.box, err = s.Select(ctx, b.Name)
		if errors.Is(err, ErrNoMailbox) || err == nil && d.box.UIDValidity != d.validity {
			continue
		}
		if err == nil {
			err = m.look(ctx, finder, lost, d)
		}
		if err != nil {
			return err
		}
		if len(d.outcomes) > 0 {
			return m.closeRenamed(ctx, lost, b, d)
		}
	}
	return m.close(ctx, lost, d, false)
}

func (m *Migration) closeRenamed(ctx context.Context, lost state.Mailbox, b MailboxInfo, d *doubts) error {
	if err := m.close(ctx, lost, d, false); err != nil {
		return err
	}
	return m.follow(ctx, lost, b, d.validity)
}

// sampleSize is how many messages must be where they were for a mailbox to be the one that was lost.
const sampleSize = 20

// holdsSample reports whether the selected mailbox holds the first messages of the lost one: any of them, and none of its UIDs
// with another Message-ID.
func (m *Migration) holdsSample(ctx context.Context, s Session, lost state.Mailbox, box Mailbox) (bool, error) {
	finder, ok := s.(Finder)
	if !ok {
		return false, nil
	}
	hits, looked := 0, 0
	for msg, err := range m.account.Stored(ctx, lost.ID) {
		if err != nil {
			return false, err
		}
		if msg.UIDValidity != box.UIDValidity {
			continue
		}
		if looked++; looked > sampleSize {
			break
		}
		for found, err := range finder.Find(ctx, UID(msg.UID), UID(msg.UID), true) {
			if err != nil {
				return false, err
			}
			if !sameHeader(found, msg) {
				return false, nil
			}
			hits++
		}
	}
	return hits > 0, nil
}

// sameHeader compares what a listing shows with a message of the ledger.
func sameHeader(found Found, msg state.Message) bool {
	key := dedupe.IDKey(found.MessageID)
	if msg.HasID {
		return string(key[:]) == string(msg.Key)
	}
	_, size := msg.OnTarget()
	return key == dedupe.Key{} && near(found.Size, size)
}

// renumber finds the messages of a mailbox under their new UIDs, if the server gave them some.
func (m *Migration) renumber(ctx context.Context, s Session, b state.Mailbox, box Mailbox) (err error) {
	validities, err := m.account.UIDValidities(ctx, b.ID)
	if err != nil || !slices.ContainsFunc(validities, func(v uint32) bool { return v != box.UIDValidity }) {
		return err
	}
	finder, ok := s.(Finder)
	if !ok {
		return nil
	}
	drop, err := m.account.IndexDisplaced(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	for found, err := range finder.Find(ctx, 1, 0, true) {
		if err != nil {
			return err
		}
		if err := m.recognise(ctx, finder, b, box, found); err != nil {
			return err
		}
	}
	return nil
}

// recognise gives a message of the ledger its new UID, if the found one is it: the only one of its key and size, or equal in bytes.
func (m *Migration) recognise(ctx context.Context, finder Finder, b state.Mailbox, box Mailbox, found Found) error {
	key := dedupe.IDKey(found.MessageID)
	if key != (dedupe.Key{}) {
		candidates, err := m.displaced(ctx, b, box, key)
		if err != nil || len(candidates) == 0 {
			return err
		}
		if _, size := candidates[0].OnTarget(); len(candidates) == 1 && size == found.Size {
			return m.account.Relocate(ctx, candidates[0].ID, box.UIDValidity, uint32(found.UID))
		}
	}
	id, _, err := digestFetched(ctx, finder, found.UID)
	if err != nil {
		return err
	}
	candidates, err := m.displaced(ctx, b, box, id.Key)
	for _, msg := range candidates {
		if digest, _ := msg.OnTarget(); string(id.Exact[:]) == string(digest) {
			return m.account.Relocate(ctx, msg.ID, box.UIDValidity, uint32(found.UID))
		}
	}
	return err
}

func (m *Migration) displaced(ctx context.Context, b state.Mailbox, box Mailbox, key dedupe.Key) (all []state.Message, err error) {
	for msg, err := range m.account.Displaced(ctx, b.ID, box.UIDValidity, key[:]) {
		if err != nil {
			return nil, err
		}
		all = append(all, msg)
	}
	return all, nil
}
