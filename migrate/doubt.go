package migrate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

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
	doubts.box, err = m.standstill(ctx, s, b.Name, cause)
	switch {
	case errors.Is(err, ErrNoMailbox):
		return m.resolveElsewhere(ctx, s, b, doubts)
	case err != nil:
		return err
	}
	if err := m.look(ctx, finder, b, doubts); err != nil {
		return err
	}
	return m.close(ctx, b, doubts, cause == answerLost)
}

// close records what was found of the doubtful messages, and that the rest is to be sent again.
func (m *Migration) close(ctx context.Context, b state.Mailbox, d *doubts, late bool) error {
	m.reach(PointLooked)
	if late && len(d.open) > 0 {
		m.late.Store(b.ID, true)
	}
	return m.account.Settle(ctx, m.run, append(d.outcomes, d.giveUp(late)...))
}

// restless is how often a mailbox may be found to have grown before it is looked into all the same: somebody else delivers to it,
// and would keep us from it for ever.
const restless = 15

// standstill selects the mailbox, and after a lost answer waits until the server has stopped storing what it had received.
func (m *Migration) standstill(ctx context.Context, s Session, name string, cause doubtCause) (Mailbox, error) {
	box, err := s.Select(ctx, name)
	for n := 0; err == nil && cause == answerLost && n < restless; n++ {
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
	forms    map[int64][]form // of those that were read
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
	suspects, err := m.suspects(ctx, finder, d)
	if err != nil {
		return err
	}
	var strange []sighting
	for s, err := range m.sight(ctx, finder, b, d.box, suspects) {
		if err != nil {
			return err
		}
		if known, err := m.adopt(ctx, d, s, m.sameBytes); err != nil {
			return err
		} else if !known {
			strange = append(strange, s)
		}
	}
	for _, s := range strange { // only now: what has a message's own bytes comes before what has its content
		if _, err := m.adopt(ctx, d, s, m.sameContent); err != nil {
			return err
		}
	}
	return nil
}

// sighting is a message of the mailbox that may be one in doubt.
type sighting struct {
	Found
	id      dedupe.Identity
	content dedupe.Digest
}

// sight digests those of the found messages that are nobody's as far as the ledger knows. What vanished meanwhile is left out. The session
// may not be used inside the loop.
func (m *Migration) sight(ctx context.Context, finder Finder, b state.Mailbox, box Mailbox, found []Found) iter.Seq2[sighting, error] {
	return func(yield func(sighting, error) bool) {
		free := map[UID]Found{}
		var uids []UID
		for _, f := range found {
			taken, err := m.account.Taken(ctx, b.ID, box.UIDValidity, uint32(f.UID))
			if err != nil {
				yield(sighting{}, err)
				return
			}
			if !taken {
				free[f.UID] = f
				uids = append(uids, f.UID)
			}
		}
		for body, err := range bodies(ctx, finder, uids) {
			s := sighting{Found: free[body.UID]}
			if err == nil {
				s.id, s.content, err = digestBody(body.Body)
			}
			if !yield(s, err) || err != nil {
				return
			}
		}
	}
}

// suspects lists what may be a doubtful message: as many as share an id or a size with one.
func (m *Migration) suspects(ctx context.Context, finder Finder, d *doubts) (all []Found, err error) {
	for _, msg := range d.open {
		if mayHide(msg) {
			if _, err := m.formsOf(ctx, d, msg); err != nil {
				return nil, err
			}
		}
	}
	for found, err := range finder.Find(ctx, d.from(), 0, true) {
		if err != nil {
			return nil, err
		}
		if len(d.candidates(found)) > 0 {
			all = append(all, found)
		}
	}
	return all, nil
}

// formsOf reads a message once.
func (m *Migration) formsOf(ctx context.Context, d *doubts, msg state.Message) ([]form, error) {
	forms, read := d.forms[msg.ID]
	if read {
		return forms, nil
	}
	forms, err := m.forms(ctx, msg)
	if d.forms == nil {
		d.forms = map[int64][]form{}
	}
	d.forms[msg.ID] = forms
	return forms, err
}

// candidates are the doubtful messages that a found one may be; bytes decide. Message-ID and size alone prove nothing, as somebody
// else may have delivered another message with the same ones, and each of them nominates, as servers alter odd bytes and may read
// another Message-ID out of an odd header.
func (d *doubts) candidates(found Found) []state.Message {
	var all []state.Message
	for _, msg := range d.open {
		_, size := msg.OnTarget()
		if size == found.Size || sameHeader(found, msg) || slices.ContainsFunc(d.forms[msg.ID], func(f form) bool { return f.nominates(found) }) {
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
func (m *Migration) adopt(ctx context.Context, d *doubts, s sighting, same func(context.Context, *doubts, sighting, state.Message) (bool, error)) (bool, error) {
	candidates := d.candidates(s.Found)
	for _, msg := range candidates { // its own bytes first: a server may make equal what was not
		if digest, _ := msg.OnTarget(); string(s.id.Exact[:]) == string(digest) {
			d.settle(msg, s.Found)
			return true, nil
		}
	}
	for _, msg := range candidates {
		if is, err := same(ctx, d, s, msg); err != nil || is {
			if is {
				d.settle(msg, s.Found)
			}
			return is, err
		}
	}
	return false, nil
}

// unlessVanished returns err, or nil if it is because somebody removed the message since it was listed.
func unlessVanished(ctx context.Context, finder Finder, uid UID, err error) error {
	if asTargetError(err) != nil || ctx.Err() != nil {
		return err
	}
	for _, failure := range finder.Find(ctx, uid, uid, false) {
		return errors.Join(err, failure) // it is there
	}
	return nil
}

func (d *doubts) settle(msg state.Message, found Found) {
	d.outcomes = append(d.outcomes, state.Outcome{
		Message: msg.ID, State: state.Done, How: state.Adopted, UIDValidity: d.box.UIDValidity, UID: uint32(found.UID),
	})
	delete(d.open, msg.ID)
}

// sameBytes reports whether a found message has the bytes that one of ours has on a server that alters some.
func (m *Migration) sameBytes(ctx context.Context, d *doubts, s sighting, msg state.Message) (bool, error) {
	forms, err := m.formsOf(ctx, d, msg)
	return slices.ContainsFunc(forms, func(f form) bool { return f.exact == s.id.Exact }), err
}

// sameContent compares in what nominates a message and in content, for servers that alter what nobody knows yet.
func (m *Migration) sameContent(ctx context.Context, d *doubts, s sighting, msg state.Message) (bool, error) {
	forms, err := m.formsOf(ctx, d, msg)
	if err != nil || !slices.ContainsFunc(forms, func(f form) bool { return f.key == s.id.Key && f.trace == s.id.Trace }) {
		return false, err
	}
	sent, err := m.openSent(ctx, msg)
	if err != nil {
		return false, nil // the bytes can't be compared: it is not ours as far as anybody can tell
	}
	defer sent.Close()
	own, err := dedupe.Content(sent)
	return err == nil && own == s.content, nil
}

// digestFetched digests a message on the server, in one pass.
func digestFetched(ctx context.Context, finder Finder, uid UID) (id dedupe.Identity, content dedupe.Digest, err error) {
	body, err := finder.Fetch(ctx, uid)
	if err != nil {
		return id, content, err
	}
	defer body.Close()
	return digestBody(body)
}
