package memserver

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// An Answer is what the server says instead of doing what it was asked.
type Answer struct {
	Kind string // NO, BAD, BYE or CUT; BYE closes the connection, CUT does so without a word
	Code string // such as OVERQUOTA; may be empty
	Text string
	Done bool // the command is carried out all the same, before; if that ends in an error, it is the answer
}

// String tells the answer as it is on the wire, nearly.
func (a Answer) String() string {
	s := a.Kind + " "
	if a.Code != "" {
		s += "[" + a.Code + "] "
	}
	return s + a.Text
}

// faults are what is still to go wrong, in order.
type faults struct {
	answers  map[string][]Answer // by command
	refuse   func(mailbox string, size int64) *Answer
	swallow  int
	forget   int
	cutAfter int64
	late     []time.Duration
	waited   chan struct{} // closed when somebody waits for what is late
	lates    counter
	drain    time.Duration
	wires    map[*wire]struct{}
	refusing time.Time // until when
}

// commands are those that answers can be planned for.
var commands = []string{
	"LOGIN", "SELECT", "UNSELECT", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "STATUS", "NAMESPACE",
	"APPEND", "FETCH", "SEARCH", "STORE", "EXPUNGE", "COPY", "MOVE",
}

// Plan makes the next commands of a name end with these answers, in order. An answer without a kind lets one pass. The name
// also stands for the command's kin: LOGIN for AUTHENTICATE, SELECT for EXAMINE, LIST for LSUB, UNSELECT for CLOSE, and
// FETCH for UID FETCH, as others for theirs with UID. An unknown name is an error.
func (s *Server) Plan(command string, answers ...Answer) error {
	command = strings.ToUpper(command)
	if !slices.Contains(commands, command) {
		return fmt.Errorf("memserver: no answers for %q: want one of %s", command, strings.Join(commands, " "))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.answers == nil {
		s.faults.answers = make(map[string][]Answer)
	}
	s.faults.answers[command] = append(s.faults.answers[command], answers...)
	return nil
}

// FailLogins makes the next sign-ins end with these answers.
func (s *Server) FailLogins(answers ...Answer) { _ = s.Plan("LOGIN", answers...) }

// FailAppends makes the next APPENDs end with these answers. An answer without a kind lets one pass.
func (s *Server) FailAppends(answers ...Answer) { _ = s.Plan("APPEND", answers...) }

// Refuse asks f about each message of an APPEND that no queued answer is for; nil lets it pass. An answer is the whole
// command's, and the last one with Done is given when all is stored.
func (s *Server) Refuse(f func(mailbox string, size int64) *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.refuse = f
}

// SwallowOK makes the messages of the next n APPENDs be stored and the connection closed in place of the OK.
func (s *Server) SwallowOK(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.swallow = n
}

// ForgetUIDs makes the next n APPENDs be answered with an OK that has no APPENDUID.
func (s *Server) ForgetUIDs(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.forget = n
}

// CutAppend closes the connection of the next APPEND after so many bytes of its messages, at least one, or at its end. Nothing
// of it is stored.
func (s *Server) CutAppend(after int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.cutAfter = after
}

// Unfired lists what was planned and hasn't happened yet, such as "APPEND: NO [OVERQUOTA] full".
func (s *Server) Unfired() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []string
	for _, command := range commands {
		for _, answer := range s.faults.answers[command] {
			if answer.Kind != "" {
				left = append(left, command+": "+answer.String())
			}
		}
	}
	for range s.faults.swallow {
		left = append(left, "APPEND: swallowed OK")
	}
	for range s.faults.forget {
		left = append(left, "APPEND: OK without APPENDUID")
	}
	if s.faults.cutAfter > 0 {
		left = append(left, fmt.Sprintf("APPEND: cut after %d bytes", s.faults.cutAfter))
	}
	for _, d := range s.faults.late {
		left = append(left, fmt.Sprintf("APPEND: stored %v late", d))
	}
	return left
}

func (s *Server) nextCut() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	cut := s.faults.cutAfter
	s.faults.cutAfter = 0
	return cut
}

func (s *Server) swallowsOK() bool { return s.next(&s.faults.swallow) }

// next takes one of what is to happen a few times.
func (s *Server) next(left *int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *left == 0 {
		return false
	}
	*left--
	return true
}

// nextAnswer takes the answer that is planned for a command.
func (s *Server) nextAnswer(command string) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := s.faults.answers[command]
	if len(queue) == 0 {
		return nil
	}
	s.faults.answers[command] = queue[1:]
	return &queue[0]
}

// give makes the answer an error of go-imap's, or ends the connection by itself.
func (a *Answer) give(conn *imapserver.Conn) error {
	if a == nil || a.Kind == "" {
		return nil
	}
	if a.Kind != "BYE" && a.Kind != "CUT" {
		return &imap.Error{Type: imap.StatusResponseType(a.Kind), Code: imap.ResponseCode(a.Code), Text: a.Text}
	}
	if a.Kind == "BYE" { // not by conn.Bye, which would wait for the lock that AUTHENTICATE holds
		_, _ = fmt.Fprintf(conn.NetConn(), "* BYE %s\r\n", strings.TrimPrefix(a.String(), "BYE "))
	}
	_ = conn.NetConn().Close()
	return net.ErrClosed
}
