package migratetest

import (
	"math/rand/v2"
	"time"
)

// CutAfter resets the connection when n bytes have gone to the server.
func CutAfter(n int64) Fault { return Fault{When: AtClientByte(n), Do: Reset()} }

// CutRepliesAfter resets the connection when n bytes have come from the server.
func CutRepliesAfter(n int64) Fault { return Fault{When: AtServerByte(n), Do: Reset()} }

// CutInAppend resets the connection within the nth message that is appended, after so many bytes of it.
func CutInAppend(nth, after int64) Fault { return Fault{When: InLiteral(nth, after), Do: Reset()} }

// SwallowOK takes the nth OK to an APPEND away; the message is stored. The connection is silent then, and stays.
func SwallowOK(nth int64) Fault { return Fault{When: AtAppendOK(nth), Do: Freeze()} }

// SwallowOKAndCut takes the nth OK to an APPEND away and resets the connection; the message is stored.
func SwallowOKAndCut(nth int64) Fault { return Fault{When: AtAppendOK(nth), Do: Reset()} }

// SwallowReply takes the nth tagged response to a command away. The conversation goes on without it.
func SwallowReply(command string, nth int64) Fault {
	return Fault{When: AtReply(command, nth), Do: Swallow()}
}

// FreezeAfter makes the connection silent when n bytes have gone to the server.
func FreezeAfter(n int64) Fault { return Fault{When: AtClientByte(n), Do: Freeze()} }

// ByeAfter says BYE and hangs up when n bytes have gone to the server.
func ByeAfter(n int64, text string) Fault { return Fault{When: AtClientByte(n), Do: Bye(text)} }

// ByeAtOK says BYE in place of the nth OK to an APPEND and hangs up; the message is stored.
func ByeAtOK(nth int64, text string) Fault { return Fault{When: AtAppendOK(nth), Do: Bye(text)} }

// DropGreeting hangs up on the nth connection before it is greeted.
func DropGreeting(nth int64) Fault { return Fault{When: AtConnect(nth), Do: HangUp()} }

// RestartAfter ends all connections when n bytes have gone to the server, and greets no new one for the time d.
func RestartAfter(n int64, d time.Duration) Fault {
	return Fault{When: AtClientByte(n), Do: Restart(d)}
}

// DelayConnection delays the nth connection by d in each direction.
func DelayConnection(nth int64, d time.Duration) Fault {
	return Fault{When: AtConnect(nth), Do: Delay(d)}
}

// TrickleConnection lets so many bytes per second through the nth connection in each direction.
func TrickleConnection(nth, bytesPerSecond int64) Fault {
	return Fault{When: AtConnect(nth), Do: Trickle(bytesPerSecond)}
}

// RandomFault chooses a fault that loses an answer or a connection, somewhere in the first so many messages of a mean size.
// The same random numbers give the same fault. Without freeze there is none that a client must wait out.
func RandomFault(r *rand.Rand, messages, size int64, freeze bool) Fault {
	messages, size = max(messages, 1), max(size, 1)
	nth, bytes := 1+r.Int64N(messages), 1+r.Int64N(messages*size)
	triggers := []Trigger{
		AtClientByte(bytes), AtServerByte(1 + r.Int64N(messages*40)), AtConnect(1), AtAppendOK(nth), AtReply("", nth),
		InLiteral(nth, 0), InLiteral(nth, r.Int64N(size)), InLiteral(nth, 1<<40),
	}
	actions := []Action{Reset(), HangUp(), Bye("Server shutting down."), Restart(20 * time.Millisecond)}
	if freeze {
		actions = append(actions, Freeze())
	}
	return Fault{When: triggers[r.IntN(len(triggers))], Do: actions[r.IntN(len(actions))]}
}
