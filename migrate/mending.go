package migrate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"

	"unpop/migrate/mend"
	"unpop/state"
)

// mend climbs the repair ladder for a message that the server refused: it is sent again with as little changed as the next
// step does, until the server takes it or the ladder ends. The original is kept in the quarantine either way.
func (w *worker) mend(ctx context.Context, mailbox state.Mailbox, box *Mailbox, r refusal) error {
	m, first, msg := w.u.m, r.err.Error(), r.msg
	last, _ := msg.OnTarget()
	if err := w.u.keep(msg, first); err != nil {
		return w.giveUp(ctx, msg, first)
	}
	for step := mend.Step(msg.Repair) + 1; step <= mend.Last; step++ {
		if err := m.account.Refused(ctx, msg.ID, msg.Repair, r.err.Error()); err != nil {
			return err
		}
		m.reach(PointRefused)
		digest, size, err := m.measure(ctx, msg, step)
		if err != nil {
			return w.giveUp(ctx, msg, err.Error())
		}
		if bytes.Equal(digest, last) {
			continue // this step has nothing to mend
		}
		last, msg.Repair, msg.Sent, msg.SentSize = digest, int(step), digest, size
		if err := m.account.Repaired(ctx, msg.ID, msg.Repair, digest, size); err != nil {
			return err
		}
		m.reach(PointMended)
		again, err := w.sendMended(ctx, mailbox, box, msg)
		if err != nil || again == nil {
			return err
		}
		r = *again
	}
	if err := m.account.Refused(ctx, msg.ID, msg.Repair, r.err.Error()); err != nil {
		return err
	}
	return w.giveUp(ctx, msg, first)
}

// sendMended sends one message and returns the refusal, if it is refused again.
func (w *worker) sendMended(ctx context.Context, mailbox state.Mailbox, box *Mailbox, msg state.Message) (*refusal, error) {
	one := newStretch(w, mailbox, *box, 0)
	one.only = []state.Message{msg}
	err := one.run(ctx, ctx)
	*box = one.box
	if err != nil || len(one.refused) == 0 {
		return nil, err
	}
	return &one.refused[0], nil
}

// measure reads a message as a step mends it.
func (m *Migration) measure(ctx context.Context, msg state.Message, step mend.Step) (digest []byte, size int64, err error) {
	msg.Repair = 0
	clean, err := m.openExact(ctx, msg)
	if err != nil {
		return nil, 0, err
	}
	defer clean.Close()
	hash := sha256.New()
	size, err = io.Copy(hash, mend.Reader(clean, step))
	return hash.Sum(nil), size, err
}
