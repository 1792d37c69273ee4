package migrate

import (
	"context"
	"errors"
	"fmt"

	"unpop/state"
)

// A message may be what breaks the connection, each time that it is sent. What was under way when it broke goes again in small
// company, and then alone, so that it takes no other with it; after hopelessTries it is rejected.
const (
	triedCompany  = 32
	suspectTries  = 2
	hopelessTries = 8
)

// company is how many messages may be under way together with this one.
func (m *Migration) company(msg state.Message) int {
	switch {
	case msg.Tries >= suspectTries:
		return 1
	case msg.Tries > 0:
		return triedCompany
	default:
		return int(^uint(0) >> 1)
	}
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

// settle notes the fate of a message.
func (s *stretch) settle(i int, r Receipt) {
	s.mu.Lock()
	drawn := s.open[i]
	msg := drawn.msg
	delete(s.open, i)
	outcome, known := s.outcome(msg, r)
	s.mu.Unlock()
	drawn.free() // also of a message that nobody opened
	if known {
		s.outcomes.note(outcome)
	}
	if u := s.w.u; r.Err == nil && r.UID > 0 {
		u.m.p.Done(1, msg.Size)
		u.crew.did(1, msg.Size)
		u.m.reach(PointAnswered)
	}
	if r.Slow {
		s.w.u.crew.shed()
	}
}

// outcome is what the ledger is told of a receipt: nothing, where it leaves a doubt.
func (s *stretch) outcome(msg state.Message, r Receipt) (o state.Outcome, known bool) {
	target := asTargetError(r.Err)
	switch {
	case errors.Is(r.Err, ErrUnsent):
		return state.Outcome{Message: msg.ID, State: state.Planned, Unsent: true}, true
	case r.Err == nil && r.UID == 0:
		s.unplaced = true // nothing is done without a UID: it stays in doubt until it is found
		return o, false
	case r.Err == nil:
		s.uidNext = max(s.uidNext, r.UID+1) // UIDs only grow: the next one of ours is above
		return state.Outcome{Message: msg.ID, State: state.Done, How: state.Appended, UIDValidity: r.UIDValidity, UID: uint32(r.UID)}, true
	case target != nil && target.Kind == Refused:
		s.refused = append(s.refused, refusal{msg, r.Err})
		return state.Outcome{Message: msg.ID, State: state.Planned}, true
	case target != nil || errors.Is(r.Err, ErrChanged) || errors.Is(r.Err, context.Canceled):
		return state.Outcome{Message: msg.ID, State: state.Planned}, true // nothing is wrong with it
	default:
		return s.w.u.reject(msg, r.Err.Error()), true
	}
}

// reject keeps the bytes of a message that can't be sent and says so.
func (u *upload) reject(msg state.Message, reason string) state.Outcome {
	u.m.p.Rejected.Add(1)
	u.m.p.Done(1, msg.Size)
	if err := u.keep(msg, reason); err != nil {
		reason += "; quarantine: " + err.Error()
	}
	return state.Outcome{Message: msg.ID, State: state.Rejected, Reason: reason}
}

// giveUp settles a message as rejected.
func (w *worker) giveUp(ctx context.Context, msg state.Message, reason string) error {
	outcome := w.u.reject(msg, reason)
	w.u.m.reach(PointQuarantined)
	return w.u.m.account.Settle(ctx, w.u.m.run, []state.Outcome{outcome})
}
