package migrate

import (
	"context"
	"errors"
	"fmt"

	"unpop/state"
)

// A message may be what breaks the connection, each time that it is sent. After suspectTries it travels alone, so that it takes
// no other with it, and after hopelessTries it is rejected.
const (
	suspectTries  = 2
	hopelessTries = 8
)

// cut bounds a batch in bytes, and leaves suspects for themselves; one message always fits.
func (m *Migration) cut(page []state.Message) []state.Message {
	var bytes int64
	for i, msg := range page {
		bytes += msg.Size
		if i > 0 && (bytes > batchBytes || m.suspect(msg) || m.suspect(page[0])) {
			return page[:i]
		}
	}
	return page
}

func (m *Migration) suspect(msg state.Message) bool {
	return msg.Tries >= suspectTries || m.hopeless(msg) != ""
}

// hopeless says why a message is not even tried; empty if it is.
func (m *Migration) hopeless(msg state.Message) string {
	switch _, size := msg.OnTarget(); {
	case msg.Tries >= hopelessTries:
		return "the connection broke each time that it was sent"
	case m.survey.AppendMax > 0 && size > m.survey.AppendMax: // APPENDLIMIT, RFC 7889: it would only cost the transfer
		return fmt.Sprintf("message has %d bytes, the server takes %d at most", size, m.survey.AppendMax)
	default:
		return ""
	}
}

// delivery is one batch on its way.
type delivery struct {
	w        *worker
	mailbox  state.Mailbox
	box      Mailbox
	batch    []state.Message
	outcomes []state.Outcome
	refused  []refusal // by the server, as they were sent
	unplaced bool      // a message was stored and the server did not say where
}

// refusal is a message with the server's words.
type refusal struct {
	msg state.Message
	err error
}

// run sends the batch, and then what was refused with its bytes mended.
func (d *delivery) run(ctx context.Context) error {
	if err := d.send(ctx); err != nil {
		return err
	}
	refused := d.refused
	for _, r := range refused {
		if err := d.mend(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// send claims the batch, appends it and settles what is known. The claim is on disk before the first byte leaves; what
// remains unsettled is in doubt.
func (d *delivery) send(ctx context.Context) error {
	m := d.w.u.m
	d.outcomes, d.refused, d.unplaced = nil, nil, false
	ids := make([]int64, len(d.batch))
	out := make([]Outgoing, len(d.batch))
	for i, msg := range d.batch {
		var dropped int64
		ids[i] = msg.ID
		out[i], dropped = m.outgoing(ctx, msg, d.box)
		d.w.u.dropped.Add(dropped)
	}
	if err := m.account.Claim(ctx, ids, d.box.UIDValidity, d.floor()); err != nil {
		return err
	}
	m.reach(PointClaimed)
	err := d.w.session.Append(ctx, out, d.settle)
	m.reach(PointAppended)
	if settled := m.account.Settle(context.WithoutCancel(ctx), m.run, d.outcomes); settled != nil {
		return settled
	}
	m.reach(PointSettled)
	if err == nil && d.unplaced {
		return m.resolve(ctx, d.w.session, d.mailbox, answered)
	}
	return err
}

// floor is the UID below which nothing of the batch can be: of a message in doubt before, a twin may have arrived since it was looked
// for, so that its floor stays.
func (d *delivery) floor() uint32 {
	floor := uint32(d.box.UIDNext)
	for _, msg := range d.batch {
		if msg.Doubted && msg.UIDValidity == d.box.UIDValidity {
			floor = min(floor, msg.Floor)
		}
	}
	return floor
}

// settle notes the fate of a message.
func (d *delivery) settle(i int, r Receipt) {
	m, msg := d.w.u.m, d.batch[i]
	target := asTargetError(r.Err)
	switch {
	case r.Err == nil && r.UID == 0:
		d.unplaced = true // nothing is done without a UID: it stays in doubt until it is found
	case r.Err == nil:
		d.note(state.Outcome{Message: msg.ID, State: state.Done, How: state.Appended, UIDValidity: r.UIDValidity, UID: uint32(r.UID)})
		d.box.UIDNext = max(d.box.UIDNext, r.UID+1) // UIDs only grow: the next one of ours is above
		m.p.Done(1, msg.Size)
		m.reach(PointAnswered)
	case target != nil && target.Kind == Refused:
		d.refused = append(d.refused, refusal{msg, r.Err})
		d.note(state.Outcome{Message: msg.ID, State: state.Planned})
	case target != nil || errors.Is(r.Err, ErrChanged) || errors.Is(r.Err, context.Canceled):
		d.note(state.Outcome{Message: msg.ID, State: state.Planned}) // nothing is wrong with it
	default:
		d.note(d.w.u.reject(msg, r.Err.Error()))
	}
}

func (d *delivery) note(o state.Outcome) { d.outcomes = append(d.outcomes, o) }

// reject keeps the bytes of a message that can't be sent and says so.
func (u *upload) reject(msg state.Message, reason string) state.Outcome {
	u.m.p.Rejected.Add(1)
	u.m.p.Done(1, msg.Size)
	if err := u.keep(msg, reason); err != nil {
		reason += "; quarantine: " + err.Error()
	}
	return state.Outcome{Message: msg.ID, State: state.Rejected, Reason: reason}
}
