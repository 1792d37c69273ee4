package migrate

import (
	"context"
	"errors"
	"fmt"

	"unpop/state"
)

// ErrTwins says that messages arrived a second time, and could not be removed again. Running again says so as long as they are there.
var ErrTwins = errors.New("second copies arrived late")

// lookOnceMore removes what arrived after a doubt was settled: a server may finish an APPEND after we looked. Only a proven
// second copy of what this ledger itself sent is removed. The run after this one looks again.
func (m *Migration) lookOnceMore(ctx context.Context) error {
	mailboxes, err := m.account.Mailboxes(ctx, true)
	if err != nil || len(mailboxes) == 0 {
		return err
	}
	if err := sleep(ctx, m.opts.Settle); err != nil { // once for all of them
		return err
	}
	return m.withSession(ctx, func(ctx context.Context, s Session) error {
		var left error
		for _, b := range mailboxes {
			switch err := m.removeTwins(ctx, s, b); {
			case errors.Is(err, ErrTwins):
				left = errors.Join(left, err)
			case err != nil:
				return err
			}
		}
		return left
	})
}

func (m *Migration) removeTwins(ctx context.Context, s Session, b state.Mailbox) error {
	finder, ok := s.(Finder)
	if !ok {
		return nil
	}
	box, err := s.Select(ctx, b.Name)
	if errors.Is(err, ErrNoMailbox) { // deleted, with the twins in it
		return m.account.ClearDoubt(ctx, b.ID)
	}
	if err != nil {
		return err
	}
	sent, err := m.sentTwice(ctx, b, box)
	if err != nil {
		return err
	}
	twins, err := m.twins(ctx, finder, b, sent)
	if err != nil {
		return err
	}
	m.reach(PointTwins)
	if err := removeOrSay(ctx, s, b, twins); err != nil {
		return err
	}
	m.reach(PointRemoved)
	if _, fresh := m.late.Load(b.ID); fresh {
		return nil // the doubt is of this run: one may arrive still later
	}
	return m.account.ClearDoubt(ctx, b.ID)
}

// sentTwice are the messages of a mailbox that were sent again after a doubt.
func (m *Migration) sentTwice(ctx context.Context, b state.Mailbox, box Mailbox) (*doubts, error) {
	sent := &doubts{box: box, open: map[int64]state.Message{}, floor: ^uint32(0), validity: box.UIDValidity}
	for msg, err := range m.account.Doubted(ctx, b.ID) {
		if err != nil {
			return nil, err
		}
		if msg.UIDValidity == box.UIDValidity {
			msg.Tries-- // the last one is the message itself
			sent.open[msg.ID] = msg
			sent.floor = min(sent.floor, msg.Floor)
		}
	}
	return sent, nil
}

// twins finds messages that nobody in the ledger claims and that have the bytes of one that was sent twice.
func (m *Migration) twins(ctx context.Context, finder Finder, b state.Mailbox, sent *doubts) ([]UID, error) {
	if len(sent.open) == 0 {
		return nil, nil
	}
	suspects, err := m.suspects(ctx, finder, sent)
	if err != nil {
		return nil, err
	}
	var sightings []sighting // to judge one, the session is needed
	for s, err := range m.sight(ctx, finder, b, sent.box, suspects) {
		if err != nil {
			return nil, err
		}
		sightings = append(sightings, s)
	}
	var twins []UID
	for _, s := range sightings {
		if twin, err := m.isTwin(ctx, finder, sent, s); err != nil {
			return nil, err
		} else if twin {
			twins = append(twins, s.UID)
		}
	}
	return twins, nil
}

// isTwin reports whether a message has the bytes of one that was sent twice, or those that the server made of them. No message has
// more twins than there were tries, and what is the only copy by now is the message itself.
func (m *Migration) isTwin(ctx context.Context, finder Finder, sent *doubts, s sighting) (bool, error) {
	for _, msg := range sent.candidates(s.Found) {
		equal, kept, err := m.equals(ctx, finder, sent, s, msg)
		if err != nil {
			return false, err
		}
		if equal {
			delete(sent.open, msg.ID)
			if msg.Tries--; msg.Tries > 0 {
				sent.open[msg.ID] = msg
			}
			if !kept {
				err = m.account.Relocate(ctx, msg.ID, sent.box.UIDValidity, uint32(s.UID))
			}
			return kept, err
		}
	}
	return false, nil
}

// equals reports whether a message has the bytes of one that was sent, and whether that one is still where it was stored. Of bytes that
// the server altered, it must have made the same both times.
func (m *Migration) equals(ctx context.Context, finder Finder, sent *doubts, s sighting, msg state.Message) (equal, kept bool, err error) {
	digest, _ := msg.OnTarget()
	if equal = string(s.id.Exact[:]) == string(digest); !equal {
		if altered, err := m.sameBytes(ctx, sent, s, msg); err != nil || !altered {
			return false, false, err
		}
	}
	if msg.UID == 0 { // it was given up, and is nowhere else
		return equal, true, nil
	}
	there, _, err := digestFetched(ctx, finder, UID(msg.UID))
	if err != nil {
		return equal, false, unlessVanished(ctx, finder, UID(msg.UID), err)
	}
	return equal || there.Exact == s.id.Exact, true, nil
}

// remove removes messages where the server can, and else leaves them.
func remove(ctx context.Context, s Session, uids []UID) error {
	if err := removeThese(ctx, s, uids); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

func removeThese(ctx context.Context, s Session, uids []UID) error {
	if len(uids) == 0 {
		return nil
	}
	remover, ok := s.(Remover)
	if !ok {
		return errors.ErrUnsupported
	}
	return remover.Remove(ctx, uids)
}

// removeOrSay removes twins, or says where they are.
func removeOrSay(ctx context.Context, s Session, b state.Mailbox, twins []UID) error {
	err := removeThese(ctx, s, twins)
	if errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("%w: the server stored %d messages in %q twice, after the connection had broken, and can't remove single messages "+
			"(it has no UIDPLUS); nothing is lost; delete one of each in a mail program (UIDs %v)", ErrTwins, len(twins), b.Name, twins)
	}
	return err
}
