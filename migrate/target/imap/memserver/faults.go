package memserver

import (
	"bytes"
	"fmt"
	"io"
	"net"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// An Answer is what the server says instead of doing what it was asked.
type Answer struct {
	Kind string // NO, BAD or BYE; BYE closes the connection
	Code string // such as OVERQUOTA; may be empty
	Text string
}

// faults are what is still to go wrong, in order.
type faults struct {
	logins, appends []Answer
	refuse          func(mailbox string, size int64) *Answer
	swallow         int
	cutAfter        int64
}

// FailLogins makes the next sign-ins end with these answers.
func (s *Server) FailLogins(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.logins = append(s.faults.logins, answers...)
}

// FailAppends makes the next APPENDs end with these answers. An answer without a kind lets one pass.
func (s *Server) FailAppends(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.appends = append(s.faults.appends, answers...)
}

// Refuse asks f about each APPEND that no queued answer is for; nil lets it pass.
func (s *Server) Refuse(f func(mailbox string, size int64) *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.refuse = f
}

// SwallowOK makes the next n messages be stored and the connection closed in place of the OK.
func (s *Server) SwallowOK(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.swallow = n
}

// CutAppend closes the connection of the next APPEND after so many bytes of its literal, at least one.
func (s *Server) CutAppend(after int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.cutAfter = after
}

func (s *Server) swallowsOK() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.swallow == 0 {
		return false
	}
	s.faults.swallow--
	return true
}

func (s *Server) nextLoginFault(conn *imapserver.Conn) error {
	s.mu.Lock()
	answer := shift(&s.faults.logins)
	s.mu.Unlock()
	return answer.give(conn)
}

func (s *Server) nextAppendFault(conn *imapserver.Conn, mailbox string, r imap.LiteralReader) error {
	s.mu.Lock()
	answer, refuse, cut := shift(&s.faults.appends), s.faults.refuse, s.faults.cutAfter
	s.faults.cutAfter = 0
	s.mu.Unlock()
	if cut > 0 {
		_, _ = io.CopyN(io.Discard, r, cut)
		_ = conn.NetConn().Close()
		return fmt.Errorf("cut after %d bytes", cut)
	}
	if answer == nil && refuse != nil {
		answer = refuse(mailbox, r.Size())
	}
	return answer.give(conn)
}

func shift(queue *[]Answer) *Answer {
	if len(*queue) == 0 {
		return nil
	}
	first := (*queue)[0]
	*queue = (*queue)[1:]
	return &first
}

// give makes the answer an error of go-imap's, or says BYE by itself.
func (a *Answer) give(conn *imapserver.Conn) error {
	if a == nil || a.Kind == "" {
		return nil
	}
	if a.Kind != "BYE" {
		return &imap.Error{Type: imap.StatusResponseType(a.Kind), Code: imap.ResponseCode(a.Code), Text: a.Text}
	}
	text := a.Text
	if a.Code != "" {
		text = "[" + a.Code + "] " + text
	}
	// Not by conn.Bye, which would wait for the lock that AUTHENTICATE holds.
	_, _ = fmt.Fprintf(conn.NetConn(), "* BYE %s\r\n", text)
	_ = conn.NetConn().Close()
	return net.ErrClosed
}

// faultyListener makes connections whose output is altered.
type faultyListener struct {
	net.Listener
	server *Server
}

// Accept implements [net.Listener].
func (l *faultyListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &faultyConn{Conn: conn, server: l.server}, nil
}

// faultyConn takes hidden capabilities out of what is written; go-imap's server offers some whatever it is told.
type faultyConn struct {
	net.Conn
	server *Server
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
