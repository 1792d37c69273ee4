package imap

import (
	"slices"
	"time"

	"unpop/migrate"
)

func receiptOf(err error) migrate.Receipt { return migrate.Receipt{Err: err} }

// handle takes a "+" or a tagged response.
func (a *appender) handle(r response) error {
	if r.tag == "+" {
		if !a.asking {
			return a.s.wire.failed(errContinuation)
		}
		a.asking = false
		a.pen.word <- true
		return nil
	}
	i := slices.IndexFunc(a.sent, func(c *command) bool { return c.tag == r.tag })
	if i < 0 {
		return nil
	}
	c := a.sent[i]
	c.answer = &r
	if c == a.open && a.asking {
		a.asking = false
		a.pen.word <- false // a refusal in place of "+": the command is over
	}
	if c.ended || c == a.open && a.isLineBroken() {
		a.complete(c)
	}
	if slices.ContainsFunc(a.sent, func(c *command) bool { return c.ended }) {
		a.s.wire.paced.arm() // the next answer is due
	}
	return nil
}

// complete settles the messages of an answered command, or sends them again in smaller ones.
func (a *appender) complete(c *command) {
	a.forget(c)
	r := *c.answer
	if r.kind == "OK" {
		a.accepted(c, r)
		return
	}
	err := classify(r, migrate.Refused, false)
	one := c.letters[0]
	switch passes := err.Kind == migrate.Refused || err.Kind == migrate.Full; {
	case passes && len(c.letters) > 1: // one of them is to blame
		a.s.batch = max(a.s.mostLetters()/4, 1)
		a.back = append(a.back, c.halves()...)
	case err.Kind == migrate.Refused && len(usualFlags(one.flags)) < len(one.flags): // better without a keyword than not at all
		again := *one
		again.flags = usualFlags(one.flags)
		a.back = append(a.back, []*letter{&again})
	default:
		for _, l := range c.letters {
			a.settle(l.i, receiptOf(err))
		}
		if err.Kind != migrate.Refused && a.stop == nil {
			a.stop = err
		}
	}
}

func (a *appender) accepted(c *command, r response) {
	slow := isThrottled(r.text)
	if now := time.Now(); now.After(a.resume) { // else it was said before we could heed it
		a.s.pause.heed(slow)
		a.resume = now.Add(time.Duration(a.s.pause))
	}
	if !c.fixed {
		a.s.batch = min(2*a.s.mostLetters(), commandMessages)
	}
	for i, receipt := range c.receipts(r) {
		receipt.Slow = slow
		a.settle(c.letters[i].i, receipt)
	}
}

// mostLetters is how many messages a command gets: fewer where the server has refused some, as each refusal costs a whole command.
func (s *Session) mostLetters() int {
	if s.batch == 0 {
		s.batch = commandMessages
	}
	return s.batch
}
