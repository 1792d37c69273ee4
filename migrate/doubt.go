package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"

	"unpop/dedupe"
	"unpop/state"
)

// doubtCause is why the fate of messages is not known.
type doubtCause bool

const (
	answerLost doubtCause = true  // the connection or the process ended: the server may still be storing
	answered   doubtCause = false // the server said OK, and not where
)

// ErrDoubt says that a doubt can't be settled.
var ErrDoubt = errors.New("message in doubt")

// resolveAll settles what an earlier run left in doubt, in every mailbox of the account.
func (m *Migration) resolveAll(ctx context.Context) error {
	mailboxes, err := m.account.Mailboxes(ctx, false)
	if err != nil || len(mailboxes) == 0 {
		return err
	}
	return m.withSession(ctx, func(ctx context.Context, s Session) error {
		for _, b := range mailboxes {
			if err := m.resolve(ctx, s, b, answerLost); err != nil {
				return err
			}
		}
		return nil
	})
}

// resolve settles the doubts about one mailbox: what is found there is adopted, the rest is planned again. Nobody else of this
// run may be sending to the mailbox.
func (m *Migration) resolve(ctx context.Context, s Session, b state.Mailbox, cause doubtCause) error {
	doubts, err := m.doubts(ctx, b)
	if err != nil || len(doubts.open) == 0 {
		return err
	}
	finder, ok := s.(Finder)
	if !ok {
		return fmt.Errorf("%w: the target can't be searched", ErrDoubt)
	}
	box, err := m.standstill(ctx, s, b.Name, cause)
	switch {
	case errors.Is(err, ErrNoMailbox):
		return m.account.Settle(ctx, m.run, doubts.giveUp(false)) // gone with all that was in it
	case err != nil:
		return err
	}
	doubts.box = box
	if err := m.look(ctx, finder, b, doubts); err != nil {
		return err
	}
	m.reach(PointLooked)
	return m.account.Settle(ctx, m.run, append(doubts.outcomes, doubts.giveUp(cause == answerLost)...))
}

// standstill selects the mailbox, and after a lost answer waits until the server has stopped storing what it had received.
func (m *Migration) standstill(ctx context.Context, s Session, name string, cause doubtCause) (Mailbox, error) {
	box, err := s.Select(ctx, name)
	for err == nil && cause == answerLost {
		if err := sleep(ctx, m.opts.Settle); err != nil {
			return box, err
		}
		before := box
		if box, err = s.Select(ctx, name); err == nil && box.UIDNext == before.UIDNext && box.UIDValidity == before.UIDValidity {
			return box, nil
		}
	}
	return box, err
}

// doubts are the messages of a mailbox whose fate is not known. There are no more of them than were in flight.
type doubts struct {
	box      Mailbox
	open     map[int64]state.Message
	floor    uint32 // no UID below it can be ours
	validity uint32
	outcomes []state.Outcome
}

func (m *Migration) doubts(ctx context.Context, b state.Mailbox) (*doubts, error) {
	d := &doubts{open: map[int64]state.Message{}, floor: ^uint32(0)}
	for msg, err := range m.account.InDoubt(ctx, b.ID) {
		if err != nil {
			return nil, err
		}
		d.open[msg.ID] = msg
		d.floor = min(d.floor, msg.Floor)
		d.validity = msg.UIDValidity
	}
	return d, nil
}

// from is the first UID to look at: all of them, if the mailbox is no longer the one that was sent to.
func (d *doubts) from() UID {
	if d.validity != d.box.UIDValidity {
		return 1
	}
	return UID(max(d.floor, 1))
}

// giveUp plans again what was not found. late says that a twin may still turn up.
func (d *doubts) giveUp(late bool) []state.Outcome {
	var outcomes []state.Outcome
	for id := range d.open {
		outcomes = append(outcomes, state.Outcome{Message: id, State: state.Planned, Doubted: late})
	}
	return outcomes
}

// look goes through what the mailbox holds from the floor on.
func (m *Migration) look(ctx context.Context, finder Finder, b state.Mailbox, d *doubts) error {
	var suspects []Found
	for found, err := range finder.Find(ctx, d.from(), 0, true) {
		if err != nil {
			return err
		}
		if len(d.candidates(found)) > 0 {
			suspects = append(suspects, found) // as many as share a doubtful message's id and size
		}
	}
	for _, found := range suspects {
		taken, err := m.account.Taken(ctx, b.ID, d.box.UIDValidity, uint32(found.UID))
		if err != nil {
			return err
		}
		if taken {
			continue
		}
		if err := m.adopt(ctx, finder, d, found, suspects); err != nil {
			return err
		}
	}
	return nil
}

// candidates are the doubtful messages that a found one may be. Servers alter odd bytes, so the size only helps where there is
// no Message-ID.
func (d *doubts) candidates(found Found) []state.Message {
	var all []state.Message
	for _, msg := range d.open {
		if sameHeader(found, msg) {
			all = append(all, msg)
		}
	}
	return all
}

// near allows for line ends that a server added or dropped.
func near(a, b int64) bool {
	difference := max(a-b, b-a)
	return difference <= 64+b/50
}

// adopt takes a found message for the doubtful one that it is, if it is one.
func (m *Migration) adopt(ctx context.Context, finder Finder, d *doubts, found Found, suspects []Found) error {
	candidates := d.candidates(found)
	if len(candidates) == 1 && candidates[0].HasID && alone(found, suspects) {
		if _, size := candidates[0].OnTarget(); size == found.Size {
			d.settle(candidates[0], found)
			return nil
		}
	}
	for _, msg := range candidates {
		same, err := m.sameMessage(ctx, finder, found.UID, msg)
		if err != nil {
			return err
		}
		if same {
			d.settle(msg, found)
			return nil
		}
	}
	return nil
}

func alone(found Found, suspects []Found) bool {
	for _, other := range suspects {
		if other.UID != found.UID && other.MessageID == found.MessageID {
			return false
		}
	}
	return true
}

func (d *doubts) settle(msg state.Message, found Found) {
	d.outcomes = append(d.outcomes, state.Outcome{
		Message: msg.ID, State: state.Done, How: state.Adopted, UIDValidity: d.box.UIDValidity, UID: uint32(found.UID),
	})
	delete(d.open, msg.ID)
}

// sameMessage compares a message on the server with one of ours: equal bytes, or, where the server altered some, equal in
// what nominates a message and in content.
func (m *Migration) sameMessage(ctx context.Context, finder Finder, uid UID, msg state.Message) (bool, error) {
	id, content, err := digestFetched(ctx, finder, uid)
	if err != nil {
		return false, err
	}
	if digest, _ := msg.OnTarget(); string(id.Exact[:]) == string(digest) {
		return true, nil
	}
	if string(id.Key[:]) != string(msg.Key) {
		return false, nil
	}
	clean, err := m.open(ctx, msg.Source, msg.Part, msg.Ref)
	if err != nil {
		return false, nil // the bytes can't be compared: it is not ours as far as anybody can tell
	}
	defer clean.Close()
	own, err := dedupe.Content(clean)
	return err == nil && own == content, nil
}

// digestFetched digests a message on the server, in one pass.
func digestFetched(ctx context.Context, finder Finder, uid UID) (id dedupe.Identity, content dedupe.Digest, err error) {
	body, err := finder.Fetch(ctx, uid)
	if err != nil {
		return id, content, err
	}
	defer body.Close()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		var err error
		content, err = dedupe.Content(r)
		_ = r.CloseWithError(err) // nil: everything was read
		done <- err
	}()
	id, err = dedupe.Identify(io.TeeReader(dedupe.NewCleaner(body), w))
	_ = w.CloseWithError(err)
	return id, content, errors.Join(err, <-done)
}

// lookOnceMore removes what arrived after a doubt was settled: a server may finish an APPEND after we looked. Only a proven
// second copy of what this ledger itself sent is removed.
func (m *Migration) lookOnceMore(ctx context.Context) error {
	mailboxes, err := m.account.Mailboxes(ctx, true)
	if err != nil || len(mailboxes) == 0 {
		return err
	}
	return m.withSession(ctx, func(ctx context.Context, s Session) error {
		for _, b := range mailboxes {
			if err := m.removeTwins(ctx, s, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *Migration) removeTwins(ctx context.Context, s Session, b state.Mailbox) error {
	finder, ok := s.(Finder)
	if !ok {
		return nil
	}
	box, err := s.Select(ctx, b.Name)
	if err != nil {
		return err
	}
	sent := &doubts{box: box, open: map[int64]state.Message{}, floor: ^uint32(0), validity: box.UIDValidity}
	for msg, err := range m.account.Doubted(ctx, b.ID) {
		if err != nil {
			return err
		}
		if msg.UIDValidity == box.UIDValidity {
			sent.open[msg.ID] = msg
			sent.floor = min(sent.floor, msg.Floor)
		}
	}
	twins, err := m.twins(ctx, finder, b, sent)
	if err != nil {
		return err
	}
	m.reach(PointTwins)
	if err := remove(ctx, s, twins); err != nil {
		return err
	}
	m.reach(PointRemoved)
	return m.account.ClearDoubt(ctx, b.ID)
}

// twins finds messages that nobody in the ledger claims and that have the bytes of one that was sent twice.
func (m *Migration) twins(ctx context.Context, finder Finder, b state.Mailbox, sent *doubts) ([]UID, error) {
	if len(sent.open) == 0 {
		return nil, nil
	}
	var suspects, twins []UID
	for found, err := range finder.Find(ctx, sent.from(), 0, true) {
		if err != nil {
			return nil, err
		}
		if len(sent.candidates(found)) > 0 {
			suspects = append(suspects, found.UID)
		}
	}
	for _, uid := range suspects {
		if taken, err := m.account.Taken(ctx, b.ID, sent.box.UIDValidity, uint32(uid)); err != nil || taken {
			if err != nil {
				return nil, err
			}
			continue
		}
		id, _, err := digestFetched(ctx, finder, uid)
		if err != nil {
			return nil, err
		}
		for _, msg := range sent.open {
			if digest, _ := msg.OnTarget(); string(id.Exact[:]) == string(digest) {
				twins = append(twins, uid)
				break
			}
		}
	}
	return twins, nil
}

func remove(ctx context.Context, s Session, uids []UID) error {
	remover, ok := s.(Remover)
	if !ok || len(uids) == 0 {
		return nil
	}
	if err := remover.Remove(ctx, uids); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}
