package imap

import (
	"time"

	"unpop/migrate"
)

// Bounds of an APPEND with many messages. It is stored as a whole or not at all, so they bound what a refusal or a cut costs.
const (
	commandMessages = 100
	commandBytes    = 16 << 20
	// commandTime is how long messages are added to a command: on a slow line that is what a cut may cost.
	commandTime = 2 * time.Second
	// commandIdle is how long the next message is waited for.
	commandIdle = 100 * time.Millisecond
	// aloneSize is the size from which a message is a command of its own: its bytes may turn out bad when half of them
	// are sent, and nothing is saved by company.
	aloneSize = 1 << 20
)

// Bounds of what is under way without an answer: it is in doubt after a cut.
const (
	windowMessages = 1000
	windowBytes    = 32 << 20
)

// A letter is a message on its way.
type letter struct {
	i     int // its number
	m     migrate.Outgoing
	flags []string
}

// A command is an APPEND under way.
type command struct {
	tag     string
	letters []*letter
	rest    []*letter // to be added still
	fixed   bool      // nothing is added but rest
	single  bool      // it gets one message
	bytes   int64
	began   time.Time
	ended   bool      // its last byte is written
	answer  *response // may come before the end
}

// full tells whether a command is not to get any more messages.
func (c *command) full(most int, now time.Time) bool {
	if c.fixed || c.single {
		return len(c.rest) == 0
	}
	return len(c.letters) >= most || c.bytes >= commandBytes || now.Sub(c.began) >= commandTime
}

// receipts reads what an OK says of each message.
func (c *command) receipts(r response) []migrate.Receipt {
	receipts := make([]migrate.Receipt, len(c.letters))
	if r.code != "APPENDUID" {
		return receipts
	}
	validity, uids := appendUID(r.arg, len(c.letters))
	for i, uid := range uids {
		receipts[i] = migrate.Receipt{UIDValidity: validity, UID: uid}
	}
	return receipts
}

// halves are the commands to send in place of one that was refused as a whole.
func (c *command) halves() [][]*letter {
	n := len(c.letters) / 2
	return [][]*letter{c.letters[:n], c.letters[n:]}
}
