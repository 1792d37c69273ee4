package memserver

import (
	"bytes"
	"net"
	"time"
)

// DrainAfterCut makes the server finish what it has received when the connection is cut, as real ones do: the commands
// that came whole are carried out, one after the other, the last of them d later. 0 is as before: the server stops when it
// notices, which is at its next answer at the latest.
func (s *Server) DrainAfterCut(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.drain = d
}

func (s *Server) drains() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.drain
}

// leave notes that the client has gone, if its commands are to be finished. w.mu is held.
func (w *wire) leave() {
	if !w.gone.IsZero() || w.isClosed() || w.server.drains() == 0 {
		return
	}
	w.gone = time.Now()
	w.server.faults.lates.add(1)
}

// lost notes that the client can't be told anything any more, and tells whether its commands are finished all the same.
func (w *wire) lost() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leave()
	return !w.gone.IsZero()
}

func (w *wire) isClosed() bool {
	select {
	case <-w.closed:
		return true
	default:
		return false
	}
}

// pace waits before a command of a client that has gone. w.mu is held, but not while it waits.
func (w *wire) pace() error {
	if w.gone.IsZero() {
		return nil
	}
	w.server.traffic.count(func(t *Traffic) { t.Drained++ })
	left := time.Until(w.gone.Add(w.server.drains())) / time.Duration(max(w.waiting(nil), 1))
	w.mu.Unlock()
	defer w.mu.Lock()
	select {
	case <-time.After(left):
		return nil
	case <-w.closed:
		return net.ErrClosed
	}
}

// inFlight counts the APPENDs that have come, at least their first lines, and are not answered.
func (w *wire) inFlight() int {
	n := w.waiting(func(c command) bool { return c.name == "APPEND" })
	if w.command.name == "APPEND" && !w.command.answered {
		n++
	}
	return n
}

// waiting counts the commands behind the current one. Literals that the server would ask for are taken to come.
func (w *wire) waiting(counts func(command) bool) (n int) {
	all, at, next, within := w.input.Bytes(), int64(w.line)+w.literal, w.next, w.within
	for {
		if next.literal {
			at += next.size
		}
		if at >= int64(len(all)) {
			return n
		}
		end := bytes.IndexByte(all[at:], '\n')
		if end < 0 {
			return n
		}
		line := all[at : at+int64(end)+1]
		if !within && (counts == nil || counts(commandOf(line))) {
			n++
		}
		next, at = announced(line), at+int64(len(line))
		within = next.literal
	}
}
