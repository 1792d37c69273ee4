package migratetest

import (
	"slices"
	"strings"
)

// A serverScan follows what a server says. It keeps the begin of a line back until it is known whose response it is.
type serverScan struct {
	lineScan
	decided  bool
	dropping bool   // the line
	data     bool   // the line is of an untagged response that may have literals
	owed     []byte // to be forwarded, cut short by a fault
}

// down takes a step through what the server says.
func (l *link) down(b []byte) (int, []byte, *planned) {
	n, out, due := len(b), b, (*planned)(nil)
	if len(l.answers.owed) > 0 {
		n, out = 0, l.answers.owed
	} else if !l.opaque {
		n, out, due = l.answer(b)
	}
	count, fault := l.proxy.plan.count(queueServer, len(out))
	l.answers.owed = nil
	if fault != nil {
		l.proxy.plan.restore(due)
		l.answers.owed = slices.Clone(out[count:])
		due = fault
	}
	return n, out[:count], due
}

// answer follows the server over a step: how long it is, what of it is for the client, and the fault that is due then.
func (l *link) answer(b []byte) (n int, out []byte, due *planned) {
	s := &l.answers
	if n = s.span(b); n == 0 {
		return 0, nil, nil
	}
	if s.literal > 0 {
		s.literal -= int64(n)
		return n, b[:n], nil
	}
	held, ended := len(s.head), s.line(b[:n])
	out = b[:n]
	if !s.decided {
		if !ended && !s.decidable() {
			return n, nil, nil // held back, in head
		}
		out = append(slices.Clone(s.head[:held]), out...)
		s.decided, s.data, due = true, s.hasData(), l.decide(string(s.head))
		s.dropping = due != nil
	}
	if s.dropping {
		out = nil
	}
	if ended {
		s.finish()
	}
	return n, out, due
}

// decidable tells whether a line's begin shows what it is.
func (s *serverScan) decidable() bool {
	return s.head[0] == '+' || len(s.head) == headMax || strings.Count(string(s.head), " ") > 1
}

// hasData tells an untagged response with data, which may have literals, from text, which may look as if it had.
func (s *serverScan) hasData() bool {
	rest, untagged := strings.CutPrefix(string(s.head), "* ")
	word, _, _ := strings.Cut(rest, " ")
	return untagged && !slices.Contains([]string{"OK", "NO", "BAD", "BYE", "PREAUTH"}, strings.ToUpper(word))
}

// finish ends a line.
func (s *serverScan) finish() {
	size, _, literal := s.announced()
	s.decided = literal && s.data // what follows is the same response
	s.literal, s.dropping = 0, false
	if s.decided {
		s.literal = size
	}
	s.nextLine()
}

// decide looks at the begin of a line and returns the fault that takes it away.
func (l *link) decide(head string) *planned {
	if head[0] == '+' {
		l.asks.asked = false
	}
	if head[0] == '+' || head[0] == '*' {
		return nil
	}
	tag, rest, _ := strings.Cut(strings.TrimRight(head, "\r\n"), " ")
	command, ok := l.settle(tag)
	if !ok {
		return nil
	}
	word, _, _ := strings.Cut(rest, " ")
	fine := strings.EqualFold(word, "OK")
	if fine && (command == "STARTTLS" || command == "COMPRESS") {
		defer l.encrypt()
	}
	keys := []string{queueReply + " " + command, queueReply}
	if fine && command == "APPEND" {
		keys = append([]string{queueAppendOK}, keys...)
	}
	return l.proxy.plan.countAny(keys...)
}
