package memserver

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
)

// LateStore makes the server take the next APPEND's message whole, close the connection in place of an answer, and store
// the message d later: whoever looks before doesn't find it.
func (s *Server) LateStore(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.late = append(s.faults.late, d)
}

// WaitLate waits until every message taken by then that is to be stored late has been. [Server.Close] drops those left.
func (s *Server) WaitLate() { s.faults.lates.wait() }

// Append implements [imapserver.Session].
func (s *session) Append(mailbox string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	answer := s.server.nextAppendAnswer(mailbox, r.Size())
	if answer != nil && !answer.Done {
		if err := answer.give(s.conn); err != nil {
			return nil, err
		}
	}
	if cut := s.server.nextCut(); cut > 0 {
		_, _ = io.CopyN(io.Discard, r, cut)
		_ = s.conn.NetConn().Close()
		return nil, fmt.Errorf("cut after %d bytes", cut)
	}
	if !s.user.room(r.Size()) {
		return nil, &imap.Error{
			Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeOverQuota,
			Text: "Quota exceeded (mailbox for user is full)",
		}
	}
	whole := &countingReader{LiteralReader: r}
	if d, late := s.server.nextLate(); late {
		return nil, s.storeLate(d, mailbox, whole, options)
	}
	data, err := s.UserSession.Append(mailbox, whole, options)
	if err == nil && s.server.swallowsOK() {
		_ = s.conn.NetConn().Close()
	}
	if err == nil && answer != nil && answer.Done {
		err = answer.give(s.conn)
	}
	if s.server.hides(string(imap.CapUIDPlus)) {
		data = nil
	}
	return data, err
}

// storeLate reads a message and hangs up; it is stored when the time has come.
func (s *session) storeLate(d time.Duration, mailbox string, r imap.LiteralReader, options *imap.AppendOptions) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	later, user, server := *options, s.user, s.server
	server.faults.lates.add(1)
	go func() {
		defer server.faults.lates.add(-1)
		select {
		case <-time.After(d):
			_, _ = user.Append(mailbox, literal(content), &later)
		case <-server.done:
		}
	}()
	_ = s.conn.NetConn().Close()
	return fmt.Errorf("late by %v", d)
}

// literal makes content readable as an APPEND's message.
func literal(content []byte) imap.LiteralReader { return bytes.NewReader(content) }

// nextAppendAnswer takes the answer planned for an APPEND, or asks the function that was set for it.
func (s *Server) nextAppendAnswer(mailbox string, size int64) *Answer {
	answer := s.nextAnswer("APPEND")
	s.mu.Lock()
	refuse := s.faults.refuse
	s.mu.Unlock()
	if answer == nil && refuse != nil {
		answer = refuse(mailbox, size)
	}
	return answer
}

func (s *Server) nextCut() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	cut := s.faults.cutAfter
	s.faults.cutAfter = 0
	return cut
}

func (s *Server) nextLate() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults.late) == 0 {
		return 0, false
	}
	d := s.faults.late[0]
	s.faults.late = s.faults.late[1:]
	return d, true
}

// A counter is waited for until it is zero; unlike a WaitGroup, it may be added to meanwhile.
type counter struct {
	mu   sync.Mutex
	n    int
	zero chan struct{}
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == 0 {
		c.zero = make(chan struct{})
	}
	if c.n += n; c.n == 0 {
		close(c.zero)
	}
}

func (c *counter) wait() {
	c.mu.Lock()
	zero, n := c.zero, c.n
	c.mu.Unlock()
	if n > 0 {
		<-zero
	}
}

// countingReader makes a literal that ends too early an error: go-imap takes what has come for the message.
type countingReader struct {
	imap.LiteralReader
	got int64
}

// Read implements [io.Reader].
func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.LiteralReader.Read(p)
	c.got += int64(n)
	if err == io.EOF && c.got < c.Size() {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
