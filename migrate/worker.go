package migrate

import (
	"context"
	"errors"
	"fmt"

	"unpop/state"
)

// worker is one session of an upload. It owns the mailbox that it works on: nobody else of this run touches it.
type worker struct {
	u       *upload
	session Session // nil: dial
	retry   retrier
	alone   func() bool
}

// run takes mailboxes until there are none. soft says when to stop, hard when to cut.
func (w *worker) run(soft, hard context.Context) error {
	defer w.close()
	for {
		load, ok := w.u.take()
		if !ok {
			return nil
		}
		err := w.mailbox(soft, hard, load)
		if err == nil {
			continue
		}
		if target := asTargetError(err); target != nil && target.Kind == Crowded && !w.alone() {
			w.u.giveBack(load) // the server gives no more connections: fewer will do
			return nil
		}
		return err
	}
}

func (w *worker) close() {
	if w.session != nil {
		_ = w.session.Close()
		w.session = nil
	}
}

// mailbox sends all that is planned for a mailbox, over as many sessions as it takes.
func (w *worker) mailbox(soft, hard context.Context, load state.Load) error {
	for {
		err := w.once(soft, hard, load)
		if err == nil || soft.Err() != nil {
			return errors.Join(err, soft.Err())
		}
		w.close()
		if target := asTargetError(err); target != nil && target.Kind == Crowded && !w.alone() {
			return err
		}
		if err := w.retry.pause(soft, err); err != nil {
			return err
		}
	}
}

// once works on a mailbox until it is done or the session fails.
func (w *worker) once(soft, hard context.Context, load state.Load) error {
	m := w.u.m
	if w.session == nil {
		session, err := m.target.Dial(soft)
		if err != nil {
			return err
		}
		w.session = session
	}
	m.p.SetPlace(load.Mailbox.Name)
	if err := m.resolve(hard, w.session, load.Mailbox, answerLost); err != nil {
		return err
	}
	box, err := w.session.Select(hard, load.Mailbox.Name)
	if err != nil {
		return fmt.Errorf("mailbox %q: %w", load.Mailbox.Name, err)
	}
	return w.send(soft, hard, load.Mailbox, box)
}

// send appends the planned messages of the selected mailbox in batches.
func (w *worker) send(soft, hard context.Context, mailbox state.Mailbox, box Mailbox) error {
	var after int64
	for soft.Err() == nil {
		page, err := w.u.m.account.Next(hard, mailbox.ID, after, batchMessages)
		if err != nil || len(page) == 0 {
			return err
		}
		batch := cut(page)
		after = batch[len(batch)-1].Copy
		d := &delivery{w: w, mailbox: mailbox, box: box, batch: batch}
		if err := d.run(hard); err != nil {
			return err
		}
		box.UIDNext = d.box.UIDNext
		w.retry.worked()
	}
	return soft.Err()
}

// cut bounds a batch in bytes; one message always fits.
func cut(page []state.Message) []state.Message {
	var bytes int64
	for i, msg := range page {
		if bytes += msg.Size; bytes > batchBytes && i > 0 {
			return page[:i]
		}
	}
	return page
}

// delivery is one batch on its way.
type delivery struct {
	w        *worker
	mailbox  state.Mailbox
	box      Mailbox
	batch    []state.Message
	outcomes []state.Outcome
	unplaced bool // a message was stored and the server did not say where
}

// run claims the batch, appends it and settles what is known. The claim is on disk before the first byte leaves; what
// remains unsettled is in doubt.
func (d *delivery) run(ctx context.Context) error {
	m := d.w.u.m
	ids := make([]int64, len(d.batch))
	out := make([]Outgoing, len(d.batch))
	for i, msg := range d.batch {
		var dropped int64
		ids[i] = msg.ID
		out[i], dropped = m.outgoing(ctx, msg, d.box)
		d.w.u.dropped.Add(dropped)
	}
	if err := m.account.Claim(ctx, ids, d.box.UIDValidity, uint32(d.box.UIDNext)); err != nil {
		return err
	}
	err := d.w.session.Append(ctx, out, d.settle)
	if settled := m.account.Settle(context.WithoutCancel(ctx), m.run, d.outcomes); settled != nil {
		return settled
	}
	if err == nil && d.unplaced {
		return m.resolve(ctx, d.w.session, d.mailbox, answered)
	}
	return err
}

// settle notes the fate of a message.
func (d *delivery) settle(i int, r Receipt) {
	msg := d.batch[i]
	switch {
	case r.Err == nil && r.UID == 0:
		d.unplaced = true // nothing is done without a UID: it stays in doubt until it is found
		return
	case r.Err == nil:
		d.note(state.Outcome{Message: msg.ID, State: state.Done, How: state.Appended, UIDValidity: r.UIDValidity, UID: uint32(r.UID)})
		d.box.UIDNext = max(d.box.UIDNext, r.UID+1) // UIDs only grow: the next one of ours is above
	case d.postponed(r.Err):
		d.note(state.Outcome{Message: msg.ID, State: state.Planned})
		return
	default:
		d.reject(msg, r.Err)
	}
	d.w.u.m.p.Done(1, msg.Size)
}

func (d *delivery) note(o state.Outcome) { d.outcomes = append(d.outcomes, o) }

// postponed reports whether the message is sent later: nothing is wrong with it.
func (d *delivery) postponed(err error) bool {
	if errors.Is(err, ErrChanged) || errors.Is(err, context.Canceled) {
		return true
	}
	target := asTargetError(err)
	return target != nil && target.Kind != Refused
}

// reject records why a message can't be sent, and keeps its bytes.
func (d *delivery) reject(msg state.Message, err error) {
	m := d.w.u.m
	m.p.Rejected.Add(1)
	reason := err.Error()
	if kept := d.w.u.keep(msg, reason); kept != nil {
		reason += "; quarantine: " + kept.Error()
	}
	d.note(state.Outcome{Message: msg.ID, State: state.Rejected, Reason: reason})
}
