package memserver

import (
	"crypto/tls"
	"net"
	"time"
)

// wireListener makes connections into wires.
type wireListener struct {
	net.Listener
	server  *Server
	upgrade *tls.Config // for STARTTLS
}

// Accept implements [net.Listener].
func (l *wireListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if w := l.server.newWire(conn, l.upgrade); l.server.admit(w) {
			return w, nil
		}
		_ = conn.Close()
	}
}

// Restart ends all connections without a word and keeps the mail. New connections are closed before the greeting for the
// time d.
func (s *Server) Restart(d time.Duration) {
	s.mu.Lock()
	s.faults.refusing = time.Now().Add(d)
	wires := s.faults.wires
	s.faults.wires = nil
	s.mu.Unlock()
	for w := range wires {
		_ = w.Close()
	}
}

// admit takes a connection, unless the server restarts just now.
func (s *Server) admit(w *wire) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.faults.refusing) {
		return false
	}
	if s.faults.wires == nil {
		s.faults.wires = make(map[*wire]struct{})
	}
	s.faults.wires[w] = struct{}{}
	return true
}

// release forgets a connection.
func (s *Server) release(w *wire) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.faults.wires, w)
}
