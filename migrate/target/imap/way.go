package imap

import (
	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// A Way is how messages travel.
type Way uint8

// The ways, from the slowest to the fastest.
const (
	// Synchronizing: the server is asked before each literal (RFC 9051 section 4.3), and nothing else is under way. Two round
	// trips a message.
	Synchronizing Way = iota
	// Waiting: literals go unasked (RFC 7888), each answer is waited for. One round trip a message.
	Waiting
	// Pipelined: commands follow each other without waiting for answers, within a window.
	Pipelined
	// Multi: many messages in a command (MULTIAPPEND, RFC 3502), and these pipelined. The server stores all of a command or
	// nothing, and commits once.
	Multi
)

// String names the way as a person would.
func (w Way) String() string {
	switch w {
	case Waiting:
		return "one by one, without asking"
	case Pipelined:
		return "pipelined"
	case Multi:
		return "many in a command"
	default:
		return "one by one, asking first"
	}
}

// Ways lists those that the server's capabilities allow, the one that Append takes by itself first. With LITERAL- (RFC 7888
// section 5), messages over 4096 bytes are synchronizing in any way.
func (s *Session) Ways() []Way {
	if !s.wire.caps.Has(goimap.CapLiteralMinus) && !s.takesLong() {
		return []Way{Synchronizing}
	}
	ways := []Way{Pipelined, Waiting, Synchronizing}
	if s.wire.caps.Has(capMultiAppend) {
		ways = append([]Way{Multi}, ways...)
	}
	return ways
}

const capMultiAppend goimap.Cap = "MULTIAPPEND"

// Use makes Append send in this way, which must be one of Ways.
func (s *Session) Use(w Way) { s.way, s.wayChosen = w, true }

// inUse is the way that Append takes.
func (s *Session) inUse() Way {
	if s.wayChosen {
		return s.way
	}
	return s.Ways()[0]
}

// takesLong tells whether the server takes non-synchronizing literals of any length. go-imap's Has would have LITERAL+ imply
// LITERAL-, which is true, and the other way round, which is not.
func (s *Session) takesLong() bool {
	_, ok := s.wire.caps[goimap.CapLiteralPlus]
	return ok
}

// asks tells whether the server is to be asked before a message's literal.
func (s *Session) asks(w Way, m *migrate.Outgoing) bool {
	size := m.Size
	switch {
	case w == Synchronizing, size > askFirst, m.Ask && size > minusMax:
		return true
	case s.takesLong():
		return false
	default:
		return size > minusMax || !s.wire.caps.Has(goimap.CapLiteralMinus)
	}
}
