package migrate

import (
	"context"
	"errors"
	"iter"
	"sync"

	"unpop/state"
)

// stretch is some planned messages of one mailbox that go in one call of Append: all that are left, unless something is to be done
// before the next one goes. Messages are claimed and read ahead of the sending, outcomes are written behind it, so that the line
// waits neither for the disk of the source nor for that of the ledger.
type stretch struct {
	w        *worker
	mailbox  state.Mailbox
	only     []state.Message // these and no others; nil: what is planned
	limit    int             // how many may go together; 0: not known yet
	taken    int             // how many were staged
	after    int64           // the copy of the last of them
	done     bool            // nothing is left behind them
	ready    chan staged
	room     tokens
	unsent   []state.Message // claimed, and never drawn
	outcomes *settler
	box      Mailbox // as it was selected; run brings UIDNext up to date at its end

	mu       sync.Mutex // guards what follows: Append draws and settles from different goroutines
	uidNext  UID        // not above that of what is stored from now on
	drawn    int
	open     map[int]staged // drawn, and not settled; no more than are under way
	refused  []refusal      // by the server, as they were sent
	unplaced bool           // a message was stored and the server did not say where
}

// refusal is a message with the server's words.
type refusal struct {
	msg state.Message
	err error
}

func newStretch(w *worker, mailbox state.Mailbox, box Mailbox, after int64) *stretch {
	return &stretch{
		w: w, mailbox: mailbox, box: box, uidNext: box.UIDNext, after: after, ready: make(chan staged), room: newTokens(stagedBytes),
		outcomes: newSettler(w.u.m), open: map[int]staged{},
	}
}

// run sends the stretch. It stops between two messages when soft ends, and wherever it is when hard does. What remains unsettled
// is in doubt.
func (s *stretch) run(soft, hard context.Context) error {
	m := s.w.u.m
	staging, stop := context.WithCancel(soft)
	staged := make(chan error, 1)
	go func() { staged <- s.stage(staging, hard) }()
	err := s.w.session.Append(hard, s.messages(), s.settle)
	m.reach(PointAppended)
	stop()
	err = errors.Join(<-staged, err)
	s.box.UIDNext = s.uidNext
	s.release()
	if settled := s.outcomes.close(); settled != nil {
		return settled
	}
	if err == nil && s.unplaced {
		return m.resolve(hard, s.w.session, s.mailbox, answered)
	}
	return err
}

// messages are those that were staged, as Append draws them.
func (s *stretch) messages() iter.Seq[Outgoing] {
	return func(yield func(Outgoing) bool) {
		for next := range s.ready {
			s.draw(next)
			if !yield(next.out) || s.mustPause() {
				return
			}
		}
	}
}

func (s *stretch) draw(next staged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[s.drawn] = next
	s.drawn++
}

// mendAfter is how many messages may be refused before they are mended: they are in memory.
const mendAfter = 16

// mustPause tells whether something is to be done before more is sent.
func (s *stretch) mustPause() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unplaced || len(s.refused) >= mendAfter || s.w.u.crew.sheds()
}

// floor is the UID below which nothing can be that is claimed now: of a message in doubt before, a twin may have arrived since it
// was looked for, so that its floor stays.
func (s *stretch) floor(batch []state.Message) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	floor := uint32(s.uidNext)
	for _, msg := range batch {
		if msg.Doubted && msg.UIDValidity == s.box.UIDValidity {
			floor = min(floor, msg.Floor)
		}
	}
	return floor
}

// release gives back what was claimed and never sent. The next stretch begins with it.
func (s *stretch) release() {
	if len(s.unsent) > 0 {
		s.after, s.done = s.unsent[0].Copy-1, false
	}
	for _, msg := range s.unsent {
		s.outcomes.note(state.Outcome{Message: msg.ID, State: state.Planned, Unsent: true})
	}
}
