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
	next    func() (state.Load, bool)
	session Session // nil: dial
	retry   retrier
}

// errLeft says that a worker gave its mailbox back: the server has no use for so many.
var errLeft = errors.New("left to the other sessions")

// run takes mailboxes until there are none. soft says when to stop, hard when to cut.
func (w *worker) run(soft, hard context.Context) error {
	defer w.close()
	for {
		load, ok := w.next()
		if !ok {
			return nil
		}
		switch err := w.mailbox(soft, hard, load); {
		case errors.Is(err, errLeft):
			return nil
		case err != nil:
			return err
		}
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
		if errors.Is(err, errLeft) {
			return err
		}
		w.close()
		if target := asTargetError(err); target != nil && (target.Kind == Crowded || target.Kind == Busy) && w.u.crew.leave(load) {
			return errLeft
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
	if errors.Is(err, ErrNoMailbox) {
		box, err = w.u.m.remake(hard, w.session, load.Mailbox)
	}
	if err != nil {
		return fmt.Errorf("mailbox %q: %w", load.Mailbox.Name, err)
	}
	w.retry.answered()
	return w.send(soft, hard, load, box)
}

// send appends the planned messages of the selected mailbox. What is refused on the way is sent again with its bytes mended.
func (w *worker) send(soft, hard context.Context, load state.Load, box Mailbox) error {
	var after int64
	for soft.Err() == nil {
		s := newStretch(w, load.Mailbox, box, after)
		if err := s.run(soft, hard); err != nil {
			return err
		}
		after, box = s.after, s.box
		for _, r := range s.refused {
			if err := w.mend(hard, load.Mailbox, &box, r); err != nil {
				return err
			}
		}
		if s.done {
			return nil
		}
		w.retry.worked()
		if w.u.crew.sheds() && w.u.crew.leave(load) {
			return errLeft
		}
	}
	return soft.Err()
}
