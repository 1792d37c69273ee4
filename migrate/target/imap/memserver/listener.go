package memserver

import (
	"bytes"
	"net"
	"time"
)

// faultyListener makes connections whose output is altered.
type faultyListener struct {
	net.Listener
	server *Server
}

// Accept implements [net.Listener].
func (l *faultyListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.server.admit(conn); c != nil {
			return c, nil
		}
		_ = conn.Close()
	}
}

// Restart ends all connections without a word and keeps the mail. New connections are closed before the greeting for the
// time d.
func (s *Server) Restart(d time.Duration) {
	s.mu.Lock()
	s.faults.refusing = time.Now().Add(d)
	conns := s.faults.conns
	s.faults.conns = nil
	s.mu.Unlock()
	for conn := range conns {
		_ = conn.Close()
	}
}

// admit takes a connection, unless the server restarts just now.
func (s *Server) admit(conn net.Conn) net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.faults.refusing) {
		return nil
	}
	if s.faults.conns == nil {
		s.faults.conns = make(map[net.Conn]struct{})
	}
	c := &faultyConn{Conn: conn, server: s}
	s.faults.conns[conn] = struct{}{}
	return c
}

// faultyConn takes hidden capabilities out of what is written; go-imap's server offers some whatever it is told.
type faultyConn struct {
	net.Conn
	server *Server
}

// Close implements [net.Conn].
func (c *faultyConn) Close() error {
	c.server.mu.Lock()
	delete(c.server.faults.conns, c.Conn)
	c.server.mu.Unlock()
	return c.Conn.Close()
}

// Write implements [net.Conn].
func (c *faultyConn) Write(p []byte) (int, error) {
	out := p
	if bytes.Contains(p, []byte("CAPABILITY")) {
		for _, name := range c.server.opts.Hide {
			out = bytes.ReplaceAll(out, []byte(" "+name+" "), []byte(" "))
			out = bytes.ReplaceAll(out, []byte(" "+name+"]"), []byte("]"))
			out = bytes.ReplaceAll(out, []byte(" "+name+"\r"), []byte("\r"))
		}
	}
	if c.server.opts.Alter != nil {
		if out = c.server.opts.Alter(out); out == nil {
			return 0, c.Close()
		}
	}
	if _, err := c.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
