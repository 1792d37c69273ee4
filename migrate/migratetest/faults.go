package migratetest

import (
	"fmt"
	"strings"
	"time"
)

// A Fault is one thing that goes wrong on the way between client and server, once: Do happens at When. Its fields take
// any trigger with any action; the functions that return a Fault are the usual pairs. [Proxy.Plan] takes them.
type Fault struct {
	When Trigger
	Do   Action
}

// With returns the fault with another action, such as CutAfter(5000).With(HangUp()).
func (f Fault) With(do Action) Fault {
	f.Do = do
	return f
}

// Kind names trigger and action without their numbers, such as "append ok: freeze". [Proxy.Fired] counts by it.
func (f Fault) Kind() string { return f.When.kind() + ": " + f.Do.name }

// String tells the whole fault, such as "append ok 3: freeze".
func (f Fault) String() string { return f.When.String() + ": " + f.Do.name + f.Do.detail }

// The queues of triggers. The ones from queueLiteral to queueReply need a connection that can be read.
const (
	queueClient   = "client byte"
	queueServer   = "server byte"
	queueConnect  = "connection"
	queueLiteral  = "literal of append"
	queueAppendOK = "append ok"
	queueReply    = "reply"
)

// A Trigger is the moment at which a fault happens. It counts from when it is armed, which is when it was planned or when
// the fault planned before it with the same trigger has happened, and over all connections of the proxy together.
type Trigger struct {
	queue   string
	command string // of queueReply; empty for any
	nth     int64  // from 1
	within  int64  // bytes into the literal
}

// AtClientByte is the moment when n more bytes from clients have gone to the server. It needs no plain text.
func AtClientByte(n int64) Trigger { return Trigger{queue: queueClient, nth: n} }

// AtServerByte is the moment when n more bytes from the server have gone to clients. It needs no plain text.
func AtServerByte(n int64) Trigger { return Trigger{queue: queueServer, nth: n} }

// AtConnect is the moment before the greeting of the nth connection from now. It needs no plain text.
func AtConnect(nth int64) Trigger { return Trigger{queue: queueConnect, nth: nth} }

// InLiteral is within the nth message of the APPENDs from now, after so many bytes of it: 0 is before the first one, more
// than there are is after the last one and before the end of the command. An APPEND may bring several messages (RFC 3502).
func InLiteral(nth, after int64) Trigger {
	return Trigger{queue: queueLiteral, nth: nth, within: max(after, 0)}
}

// AtAppendOK is the moment when the nth tagged OK to an APPEND comes from the server, which has stored the message. The
// client never sees that OK, whatever the action.
func AtAppendOK(nth int64) Trigger { return Trigger{queue: queueAppendOK, nth: nth} }

// AtReply is the moment when the nth tagged response to a command, in capitals and with its UID ("UID FETCH"), comes from
// the server; an empty command stands for any. The client never sees that response, whatever the action.
func AtReply(command string, nth int64) Trigger {
	return Trigger{queue: queueReply, command: strings.ToUpper(command), nth: nth}
}

// key names the queue in which faults with such a trigger wait for each other.
func (t Trigger) key() string { return strings.TrimSpace(t.queue + " " + t.command) }

func (t Trigger) kind() string {
	if t.queue == queueReply {
		return strings.TrimSpace("reply to " + t.command)
	}
	return t.queue
}

// String tells the trigger with its numbers.
func (t Trigger) String() string {
	s := fmt.Sprintf("%s %d", t.kind(), t.nth)
	if t.queue == queueLiteral {
		s += fmt.Sprintf(" after %d bytes", t.within)
	}
	return s
}

// An Action is what happens to the connection that meets a trigger, or to all of them.
type Action struct {
	name, detail string
	ends         bool // nothing goes on behind it
	do           func(*link)
}

// Reset ends the connection with an RST for the client. The server gets all that went before and then the end of the
// stream, so that it surely carries out every whole command it was sent.
func Reset() Action { return Action{name: "reset", ends: true, do: func(l *link) { l.cut(true) }} }

// HangUp ends the connection in good order, with a FIN on both sides.
func HangUp() Action { return Action{name: "hang up", ends: true, do: func(l *link) { l.cut(false) }} }

// Freeze makes the connection half-open: it stays, and nothing comes through in either direction any more. The server
// isn't told when the client leaves; that ends with the proxy.
func Freeze() Action {
	return Action{name: "freeze", ends: true, do: func(l *link) { l.frozen.Store(true) }}
}

// Swallow does nothing more. It is for triggers that take a response away: the conversation goes on without it.
func Swallow() Action { return Action{name: "swallow", do: func(*link) {}} }

// Bye says "* BYE text" to the client and hangs up. At a trigger of the client's side it may come in the middle of a
// response, if one is under way just then.
func Bye(text string) Action {
	return Action{name: "bye", detail: " " + text, ends: true, do: func(l *link) {
		l.say("* BYE " + text + "\r\n")
		l.cut(false)
	}}
}

// Refuse ends the connection with an RST, and each new one for the time d before it is greeted.
func Refuse(d time.Duration) Action {
	return Action{name: "refuse", detail: " for " + d.String(), ends: true, do: func(l *link) {
		l.proxy.refuse(d)
		l.cut(true)
	}}
}

// Restart does what [Refuse] does and ends all other connections too, as a server does that starts anew.
func Restart(d time.Duration) Action {
	return Action{name: "restart", detail: " for " + d.String(), ends: true, do: func(l *link) {
		l.proxy.refuse(d)
		for _, other := range l.proxy.open() {
			other.cut(true)
		}
	}}
}

// Delay lets each byte of the connection take d longer in each direction from then on. Throughput is as before.
func Delay(d time.Duration) Action {
	return Action{name: "delay", detail: " by " + d.String(), do: func(l *link) { l.delay.Store(int64(d)) }}
}

// Trickle lets at most so many bytes per second through in each direction from then on.
func Trickle(bytesPerSecond int64) Action {
	return Action{name: "trickle", detail: fmt.Sprintf(" at %d B/s", bytesPerSecond), do: func(l *link) { l.rate.Store(bytesPerSecond) }}
}
