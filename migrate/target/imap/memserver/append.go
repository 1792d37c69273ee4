package memserver

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/emersion/go-imap/v2"
)

// minusMax is the longest non-synchronizing literal of LITERAL- (RFC 7888 section 5).
const minusMax = 4096

// invitation asks for a literal.
const invitation = "+ Ready for the message\r\n"

// An appending is an APPEND under way, with one message or more (RFC 3502). Nothing is stored before all of it has come.
type appending struct {
	*session
	mailbox  string
	planned  bool    // the answer was, and nobody else is to be asked
	answer   *Answer // when all is done
	messages []message
	size     int64 // of all messages that were announced
	cut      int64 // so many bytes more are read; 0 means all
	refusal  error // why nothing of it is stored
	tail     string
}

// A message is one of an APPEND.
type message struct {
	content []byte
	options imap.AppendOptions
}

// Append implements [imapserver.Session]. go-imap knows of the first message only and gets the end of the line, whatever
// came in between.
func (s *session) Append(mailbox string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	answer := s.server.nextAnswer("APPEND")
	a := &appending{session: s, mailbox: mailbox, planned: answer != nil, cut: s.server.nextCut()}
	if err := a.heed(answer); err != nil {
		return nil, err
	}
	if err := a.receive(r, options); err != nil {
		return nil, err
	}
	if a.refusal != nil {
		return nil, a.refusal
	}
	data, err := a.finish()
	if err == nil {
		err = a.answer.give(s.conn)
	}
	return data, err
}

// heed gives an answer that was planned now, or keeps it for the end. An error ends the connection.
func (a *appending) heed(answer *Answer) error {
	if answer != nil && answer.Done {
		a.answer = answer
		return nil
	}
	return a.refuse(answer.give(a.conn))
}

// refuse takes note of a reason to store nothing. An error that isn't said is returned: the connection has ended.
func (a *appending) refuse(err error) error {
	var said *imap.Error
	if err != nil && !errors.As(err, &said) {
		return err
	}
	if a.refusal == nil {
		a.refusal = err
	}
	return nil
}

// receive takes all messages, or what has to be read of them if they are refused.
func (a *appending) receive(r imap.LiteralReader, options *imap.AppendOptions) error {
	p, content := part{options: *options, size: r.Size(), nonSync: a.wire.lastNonSync()}, io.Reader(r)
	if err := a.admit(p); err != nil {
		return err
	}
	if a.server.opts.RefuseEarly && !p.nonSync {
		if a.refusal != nil {
			return a.wire.forgo(p.size)
		}
		if _, err := io.WriteString(a.wire, invitation); err != nil {
			return err
		}
	}
	for {
		if err := a.take(p, content); err != nil {
			return err
		}
		next, err := a.follow()
		if err != nil {
			return err
		}
		if next == nil || a.refusal != nil {
			return a.end()
		}
		p, content = *next, a.wire.message(next.size)
	}
}

// follow reads what stands behind a message: the end, or the next one's beginning. An error ends the connection.
func (a *appending) follow() (next *part, err error) {
	line, err := a.wire.rest()
	if err == nil {
		next, err = a.next(line)
	}
	if err == nil && next != nil {
		err = a.invite(*next)
	}
	return next, a.refuse(err)
}

// end gives go-imap the end of the command, and cuts the connection if that was to happen somewhere in it.
func (a *appending) end() error {
	if a.cut > 0 {
		return a.hangUp()
	}
	return a.wire.abandon(a.tail)
}

func (a *appending) hangUp() error {
	_ = a.wire.Close()
	return net.ErrClosed
}

// take reads a message.
func (a *appending) take(p part, r io.Reader) error {
	if a.cut > 0 && a.cut <= p.size {
		_, _ = io.CopyN(io.Discard, r, a.cut)
		return a.hangUp()
	}
	if a.cut > 0 {
		a.cut -= p.size
	}
	if a.refusal != nil {
		_, err := io.Copy(io.Discard, r)
		return err
	}
	content, err := io.ReadAll(r)
	if err == nil && int64(len(content)) < p.size {
		err = io.ErrUnexpectedEOF // go-imap takes what has come for the message
	}
	a.messages = append(a.messages, message{content, p.options})
	return err
}

// next reads the line behind a message: nil is the end of the command.
func (a *appending) next(line string) (*part, error) {
	if len(line) > 0 && line[0] == ')' && a.tail == "" { // of UTF8 (~{…} (RFC 6855 section 4)
		a.tail, line = ")", line[1:]
	}
	if isEnd(line) {
		return nil, nil
	}
	if a.server.hides("MULTIAPPEND") {
		return nil, syntaxError("expected CRLF")
	}
	p, err := parsePart(line)
	return &p, err
}

// invite decides about a further message and asks for its literal if it has to be asked for.
func (a *appending) invite(p part) error {
	if p.size == 0 {
		return &imap.Error{Type: imap.StatusResponseTypeNo, Text: "APPEND cancelled"} // RFC 3502
	}
	if err := a.admit(p); err != nil || a.refusal != nil || p.nonSync {
		return err
	}
	_, err := io.WriteString(a.wire, invitation)
	return err
}

// finish stores the messages and says so, as far as faults let it.
func (a *appending) finish() (*imap.AppendData, error) {
	if d, late := a.server.nextLate(); late {
		return nil, a.storeLate(d)
	}
	a.linger()
	stored, err := a.user.store(a.mailbox, a.messages)
	if err != nil {
		return nil, err
	}
	if a.server.swallowsOK() {
		return nil, a.hangUp()
	}
	if a.server.next(&a.server.faults.forget) || a.server.hides(string(imap.CapUIDPlus)) {
		return nil, nil
	}
	if len(stored.UIDs) > 1 {
		a.wire.say(fmt.Sprintf("APPENDUID %d %v", stored.UIDValidity, uidSet(stored.UIDs)))
		return nil, nil
	}
	return &imap.AppendData{UIDValidity: stored.UIDValidity, UID: stored.UIDs[0]}, nil
}
