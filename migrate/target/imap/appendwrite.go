package imap

import (
	"slices"
	"time"
)

// advance gives the pen what may be written now.
func (a *appender) advance() {
	if a.working || a.failure != nil {
		return
	}
	if a.open == nil {
		a.begin()
	}
	switch c := a.open; {
	case c == nil:
	case a.mustEnd():
		a.giveBack(c)
		a.give(job{ends: true}, nil)
	default:
		if l := a.pick(); l != nil {
			a.write(l)
		}
	}
}

// begin opens a command, if there is something to send and it may be sent now.
func (a *appender) begin() {
	if a.stop != nil || time.Now().Before(a.resume) {
		return
	}
	c := &command{began: time.Now()}
	var first *letter
	switch {
	case len(a.back) > 0:
		first = a.back[0][0]
		c.rest, c.fixed = a.back[0], true
	case a.slot != nil:
		first = a.slot
		c.single = a.alone(first)
	default:
		return
	}
	if !a.mayBegin(first) {
		return
	}
	if c.fixed {
		a.back = a.back[1:]
	}
	c.tag = a.s.wire.newTag()
	a.open = c
	a.sent = append(a.sent, c)
}

// mayBegin tells whether a command may begin with what is under way. Synchronizing literals are never pipelined: their "+" would
// wait for Nagle's algorithm and the delayed acknowledgement, some 45 ms even without a line (Courier, Cyrus).
func (a *appender) mayBegin(first *letter) bool {
	if a.way < Pipelined || a.s.asks(a.way, &first.m) {
		return len(a.sent) == 0
	}
	return true
}

// alone tells whether a message is a command of its own.
func (a *appender) alone(l *letter) bool {
	return a.way < Multi || l.m.Size >= aloneSize || a.s.asks(a.way, &l.m)
}

// mustEnd tells whether the open command gets no more messages.
func (a *appender) mustEnd() bool {
	c := a.open
	switch {
	case len(c.letters) == 0:
		return false
	case c.answer != nil, a.stop != nil, c.full(a.s.mostLetters(), time.Now()):
		return true
	case c.fixed:
		return false
	case a.slot != nil:
		return a.alone(a.slot)
	default:
		return a.dry || time.Since(a.touched) >= commandIdle
	}
}

// giveBack takes from a command what it was to get still.
func (a *appender) giveBack(c *command) {
	if len(c.rest) > 0 {
		a.back, c.rest = append(a.back, c.rest), nil
	}
}

// pick takes the next message of the open command, if there is one.
func (a *appender) pick() *letter {
	c := a.open
	if c.fixed && len(c.rest) > 0 {
		l := c.rest[0]
		c.rest = c.rest[1:]
		return l
	}
	if !c.fixed && a.slot != nil {
		l := a.slot
		a.slot = nil
		return l
	}
	return nil
}

// write gives a message to the pen.
func (a *appender) write(l *letter) {
	c := a.open
	j := job{from: l, asks: a.s.asks(a.way, &l.m)}
	plus := "+"
	if j.asks {
		plus = ""
	}
	tag := c.tag
	if len(c.letters) > 0 {
		tag = ""
	}
	j.text = heading(tag, a.s.selected, l, plus)
	c.letters = append(c.letters, l) // as if: wrote takes it back if nothing was written
	j.ends = c.full(a.s.mostLetters(), time.Now())
	c.letters = c.letters[:len(c.letters)-1]
	a.give(j, l)
}

func (a *appender) give(j job, l *letter) {
	a.working, a.with, a.asking, a.ending = true, l, j.asks, j.ends
	a.pen.jobs <- j
}

// wrote takes note of what the pen did.
func (a *appender) wrote(d written) {
	c, l, ended := a.open, a.with, a.ending
	a.working, a.with, a.asking, a.ending = false, nil, false, false
	a.touched = time.Now()
	switch {
	case d.unread != nil:
		a.settle(l.i, receiptOf(d.unread))
		if len(c.letters) == 0 { // nothing of it was written
			a.giveBack(c)
			a.forget(c)
		}
		return
	case d.torn != nil:
		a.settle(l.i, receiptOf(d.torn))
		a.fail(&ownEnd{d.torn})
		return
	case d.line != nil:
		a.fail(d.line)
	}
	if l != nil {
		a.add(c, l)
	}
	if ended && d.line == nil || d.mute {
		c.ended = true
		a.open = nil
	}
	if c.answer != nil && (c.ended || d.line != nil) {
		a.complete(c)
	}
}

// add counts a message as sent.
func (a *appender) add(c *command, l *letter) {
	c.letters = append(c.letters, l)
	c.bytes += l.m.Size
	a.letters++
	a.bytes += l.m.Size
}

// forget takes a command off the list.
func (a *appender) forget(c *command) {
	a.sent = slices.DeleteFunc(a.sent, func(other *command) bool { return other == c })
	a.letters -= len(c.letters)
	a.bytes -= c.bytes
	if a.open == c {
		a.open = nil
	}
}

func (a *appender) fail(err error) { a.failure, a.failed = err, time.Now() }
