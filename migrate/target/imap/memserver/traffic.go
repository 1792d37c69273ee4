package memserver

import (
	"maps"
	"sync"
)

// Traffic is what clients have sent, so that a test can tell how they send it.
type Traffic struct {
	// Commands counts them by name, in capitals and with its UID ("UID FETCH").
	Commands map[string]int
	// Messages counts the APPENDs that came whole, refused or not, by how many messages they had.
	Messages map[int]int
	// Sync and NonSync count the literals that were messages, by whether the server had to ask for them (RFC 7888).
	Sync, NonSync int
	// InFlight is the greatest number of APPENDs of one connection that had come, at least in part, and were not answered.
	InFlight int
	// Drained counts the commands that were begun when their client had gone; see [Server.DrainAfterCut].
	Drained int
}

// Multi is how many APPENDs had more than one message.
func (t Traffic) Multi() (n int) {
	for messages, commands := range t.Messages {
		if messages > 1 {
			n += commands
		}
	}
	return n
}

// traffic counts, for several goroutines.
type traffic struct {
	mu  sync.Mutex
	sum Traffic
}

func (t *traffic) count(f func(*Traffic)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sum.Commands == nil {
		t.sum.Commands, t.sum.Messages = make(map[string]int), make(map[int]int)
	}
	f(&t.sum)
}

// Traffic returns what was counted since the start or the last [Server.ResetTraffic].
func (s *Server) Traffic() (sum Traffic) {
	s.traffic.count(func(t *Traffic) {
		sum = *t
		sum.Commands, sum.Messages = maps.Clone(t.Commands), maps.Clone(t.Messages)
	})
	return sum
}

// ResetTraffic counts from nothing again.
func (s *Server) ResetTraffic() {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	s.traffic.sum = Traffic{}
}

// countCommand counts the command that has begun.
func (w *wire) countCommand() {
	if name := w.command.name; name != "" {
		w.server.traffic.count(func(t *Traffic) { t.Commands[name]++ })
	}
}

// countLiteral counts a literal that comes, if it is a message.
func (w *wire) countLiteral(a announcement) {
	c := &w.command
	if c.name != "APPEND" || c.box {
		c.box = false
		return
	}
	c.messages++
	w.server.traffic.count(func(t *Traffic) {
		if a.nonSync {
			t.NonSync++
		} else {
			t.Sync++
		}
	})
}

// endCommand counts a command that has come whole.
func (w *wire) endCommand() {
	if n := w.command.messages; n > 0 {
		w.server.traffic.count(func(t *Traffic) { t.Messages[n]++ })
		w.command.messages = 0
	}
}
