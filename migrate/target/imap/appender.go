package imap

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"unpop/migrate"
)

// An appender is one call of Append. Its state belongs to one goroutine. The pen writes in another, so that answers are read
// while bytes leave; a third draws the messages, so that a slow source keeps no command from being ended.
type appender struct {
	s      *Session
	way    Way
	settle func(int, migrate.Receipt)

	drawn chan *letter
	dry   bool          // all were drawn
	quit  chan struct{} // closed: draw no more
	left  chan *letter  // what was drawn then, and not taken; closed in the end

	pen     *pen
	with    *letter // what the pen is at
	working bool    // the pen is
	asking  bool    // and waits for the server's word
	ending  bool    // and ends the command

	slot *letter     // drawn, to be written next
	back [][]*letter // of refused commands, to be sent again, each in one
	open *command    // being written
	sent []*command  // not answered, in order; open is the last of them

	letters int       // of sent, written
	bytes   int64     // of them
	touched time.Time // when the last message was written
	resume  time.Time // no new command before
	stop    error     // an answer after which nothing more is sent; what was, is answered still
	failure error     // why no more can be written: the line, or a message that broke off
	failed  time.Time
}

func newAppender(s *Session, settle func(int, migrate.Receipt)) *appender {
	return &appender{
		s: s, way: s.inUse(), settle: settle, pen: newPen(s.wire, s.chunk),
		drawn: make(chan *letter), quit: make(chan struct{}), left: make(chan *letter, 1),
	}
}

// draw begins to take messages.
func (a *appender) draw(messages iter.Seq[migrate.Outgoing]) {
	go func() {
		defer close(a.left)
		defer close(a.drawn)
		i := 0
		for m := range messages {
			l := &letter{i: i, m: m, flags: m.Flags}
			select {
			case a.drawn <- l:
			case <-a.quit:
				a.left <- l
				return
			}
			i++
		}
	}()
}

// run sends and reads until all is settled, or nothing more can be.
func (a *appender) run() error {
	for {
		a.advance()
		if a.finished() {
			return a.stop
		}
		if err := a.wait(); err != nil {
			return err
		}
	}
}

func (a *appender) finished() bool {
	if a.working || len(a.sent) > 0 || a.failure != nil {
		return false
	}
	return a.stop != nil || a.dry && a.slot == nil && len(a.back) == 0
}

// wait takes the next thing that happens.
func (a *appender) wait() error {
	w := a.s.wire
	alarm, stopAlarm := a.alarm()
	defer stopAlarm()
	select {
	case l, ok := <-a.wanted():
		a.took(l, ok)
	case r := <-w.answers:
		if err := a.handle(r); err != nil {
			return err
		}
	case d := <-a.pen.done:
		a.wrote(d)
	case <-w.dead:
		return a.lastWords()
	case <-alarm:
	}
	return a.givenUp()
}

// took puts a drawn message where it is written next.
func (a *appender) took(l *letter, ok bool) {
	if !ok {
		a.dry = true
	} else if err := checkFlags(l.flags); err != nil {
		a.settle(l.i, migrate.Receipt{Err: &migrate.TargetError{Kind: migrate.Refused, Err: err}})
	} else {
		a.slot = l
	}
}

// wanted is where the next message is taken from, if there is room for one.
func (a *appender) wanted() <-chan *letter {
	closed := a.dry || a.stop != nil || a.failure != nil
	again := len(a.back) > 0 || a.open != nil && a.open.fixed
	if closed || again || a.slot != nil || a.letters >= windowMessages || a.bytes >= windowBytes {
		return nil
	}
	return a.drawn
}

// alarm wakes us where nothing else would.
func (a *appender) alarm() (<-chan time.Time, func() bool) {
	var at time.Time
	switch {
	case a.failure != nil:
		at = a.failed.Add(lastWordsTime)
	case a.working:
	case a.open != nil && !a.open.fixed && a.slot == nil:
		at = a.touched.Add(commandIdle)
	case a.open == nil && (a.slot != nil || len(a.back) > 0) && a.resume.After(time.Now()):
		at = a.resume
	}
	if at.IsZero() {
		return nil, func() bool { return false }
	}
	timer := time.NewTimer(time.Until(at))
	return timer.C, timer.Stop
}

// lastWords handles the answers that came with the end of the line.
func (a *appender) lastWords() error {
	for {
		select {
		case r := <-a.s.wire.answers:
			if err := a.handle(r); err != nil {
				return err
			}
			continue
		default:
		}
		if a.stop != nil && len(a.sent) == 0 {
			return a.stop
		}
		_, cause := a.s.wire.end()
		return cause
	}
}

// givenUp ends what can't go on, once the answers that may still come are here: a server that hangs up in the middle of a message
// has often said why.
func (a *appender) givenUp() error {
	waitedFor := slices.ContainsFunc(a.sent, func(c *command) bool { return c != a.open || a.isLineBroken() })
	if a.failure == nil || waitedFor && time.Since(a.failed) < lastWordsTime {
		return nil
	}
	if a.stop != nil && len(a.sent) == 0 {
		a.s.wire.kill(a.failure)
		return a.stop
	}
	if a.isLineBroken() {
		return a.s.wire.failed(a.failure)
	}
	a.s.wire.kill(a.failure) // within the literal, so that the server throws away what it has
	return a.failure
}

func (a *appender) isLineBroken() bool { return a.failure != nil && !isOurEnd(a.failure) }

// leave waits for the helpers, and settles what was drawn and never sent: nothing is wrong with it.
func (a *appender) leave(err error) {
	close(a.quit)
	close(a.pen.jobs)
	if a.working { // the line is gone, so it does not take long
		<-a.pen.done
	}
	unsent := slices.Concat(a.back...)
	if a.open != nil {
		unsent = append(unsent, a.open.rest...)
	}
	if a.slot != nil {
		unsent = append(unsent, a.slot)
	}
	for l := range a.left {
		unsent = append(unsent, l)
	}
	for _, l := range unsent {
		a.settle(l.i, receiptOf(fmt.Errorf("%w: %w", migrate.ErrUnsent, err)))
	}
}
