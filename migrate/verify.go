package migrate

import (
	"context"
	"errors"
	"fmt"

	"unpop/state"
)

// verifyChunk is how many messages are asked for at once.
const verifyChunk = 1000

// Verify asks the target for every message that the ledger says it holds, by UID, and returns how many are there
// and how many are not.
func (m *Migration) Verify(ctx context.Context) (verified, missing int64, err error) {
	if err := m.begin(ctx); err != nil {
		return 0, 0, err
	}
	loads, err := m.account.Loads(ctx, state.Done)
	if err != nil {
		return 0, 0, err
	}
	var total int64
	for _, l := range loads {
		total += l.Messages
	}
	m.p.Begin(StepVerify, total, 0)
	if len(loads) == 0 {
		return 0, 0, nil
	}
	err = m.withSession(ctx, func(ctx context.Context, s Session) error {
		m.p.Begin(StepVerify, total, 0)
		verified, missing = 0, 0
		for _, l := range loads {
			v := verification{m: m, batch: m.account.Batch(), session: s}
			if err := v.mailbox(ctx, l.Mailbox); err != nil {
				return err
			}
			verified += v.found
			missing += v.missing
		}
		return nil
	})
	return verified, missing, err
}

// verification checks one mailbox.
type verification struct {
	m       *Migration
	session Session
	batch   *state.Batch
	box     Mailbox
	gone    bool // the mailbox itself is

	found, missing int64
}

func (v *verification) mailbox(ctx context.Context, b state.Mailbox) error {
	v.m.p.SetPlace(b.Name)
	var err error
	v.box, err = v.session.Select(ctx, b.Name)
	if v.gone = errors.Is(err, ErrNoMailbox); err != nil && !v.gone {
		return fmt.Errorf("mailbox %q: %w", b.Name, err)
	}
	chunk := make([]state.Message, 0, verifyChunk)
	for msg, err := range v.m.account.Stored(ctx, b.ID) {
		if err != nil {
			return err
		}
		if chunk = append(chunk, msg); len(chunk) == verifyChunk {
			if err := v.check(ctx, chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	if err := v.check(ctx, chunk); err != nil {
		return err
	}
	return v.batch.Flush(ctx)
}

// check asks for a chunk of messages, sorted by UID.
func (v *verification) check(ctx context.Context, chunk []state.Message) error {
	there, err := v.ask(ctx, chunk)
	if err != nil {
		return err
	}
	for _, msg := range chunk {
		found := msg.UIDValidity == v.box.UIDValidity && there[UID(msg.UID)]
		if found {
			v.found++
		} else {
			v.missing++
		}
		if msg.Missing == found {
			if err := v.batch.SetMissing(ctx, msg.ID, !found); err != nil {
				return err
			}
		}
	}
	v.m.p.Done(int64(len(chunk)), 0)
	return nil
}

// ask returns which UIDs of the chunk the mailbox holds. Others may lie between them.
func (v *verification) ask(ctx context.Context, chunk []state.Message) (map[UID]bool, error) {
	finder, ok := v.session.(Finder)
	if !ok {
		return nil, errors.New("target: can't be searched")
	}
	there := map[UID]bool{}
	var first, last UID
	for _, msg := range chunk {
		if uid := UID(msg.UID); msg.UIDValidity == v.box.UIDValidity && !v.gone {
			there[uid] = false
			if first == 0 {
				first = uid
			}
			last = uid
		}
	}
	if len(there) == 0 {
		return there, nil
	}
	for found, err := range finder.Find(ctx, first, last, false) {
		if err != nil {
			return nil, err
		}
		if _, asked := there[found.UID]; asked {
			there[found.UID] = true
		}
	}
	return there, nil
}
