package pop3test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
)

// Message is one message of the maildrop. Body has CRLF line ends.
type Message struct {
	UIDL string
	Body string
	// Size is what LIST says; 0 means the true size.
	Size int
}

// Options say what the server is like. The zero value is a server that can everything, for any user, without TLS.
type Options struct {
	User, Password string // User empty: anybody
	Messages       []Message
	// TLS offers STLS, or begins with TLS if Implicit is set.
	TLS      *tls.Config
	Implicit bool
	// Greeting replaces "+OK POP3 ready".
	Greeting string
	// Hide are capabilities that are not offered (nor known): "PIPELINING", "TOP", "UIDL", "CAPA", "SASL", "USER".
	Hide []string
	// SASL are the mechanisms; nil means PLAIN and LOGIN and XOAUTH2.
	SASL []string
	// Exclusive lets one session in at a time, [IN-USE] for others.
	Exclusive bool
	// OneByOne hangs up where commands come in a row.
	OneByOne bool
	// Answer is asked before each command, in capitals and with its arguments; what it returns is said in place of the server's own
	// answer. It may be nil.
	Answer func(command string) (answer string, taken bool)
}

// HangUp as a part of an answer ends the connection there.
const HangUp = "\x00hang up\x00"

// Server listens on a port of 127.0.0.1.
type Server struct {
	listener net.Listener
	done     sync.WaitGroup

	mu       sync.Mutex
	opts     Options
	seen     map[string]int // commands
	inside   int            // sessions in the transaction state
	conns    map[net.Conn]struct{}
	commands []string
}

// New starts a server. The caller closes it.
func New(opts Options) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("pop3test: %w", err)
	}
	s := &Server{listener: listener, opts: opts, seen: map[string]int{}, conns: map[net.Conn]struct{}{}}
	s.done.Go(s.serve)
	return s, nil
}

// Addr is where it listens.
func (s *Server) Addr() *net.TCPAddr {
	addr, _ := s.listener.Addr().(*net.TCPAddr)
	return addr
}

// Close ends the server and its connections.
func (s *Server) Close() {
	_ = s.listener.Close()
	s.mu.Lock()
	for c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

// Change changes the options, for sessions from now on; messages too.
func (s *Server) Change(change func(*Options)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.opts)
}

// Messages returns what the maildrop holds.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.opts.Messages...)
}

// Seen tells how many commands of a name clients have sent.
func (s *Server) Seen(command string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[command]
}

// Commands returns all lines that clients have sent.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.commands...)
}

func (s *Server) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[conn] = struct{}{}
		opts := s.opts
		s.mu.Unlock()
		s.done.Go(func() {
			defer s.forget(conn)
			if opts.Implicit {
				conn = tls.Server(conn, opts.TLS)
			}
			c := &session{server: s, opts: opts, conn: conn}
			c.use(conn)
			c.run()
		})
	}
}

func (s *Server) forget(conn net.Conn) {
	_ = conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}

// note counts a line.
func (s *Server) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	word, _, _ := strings.Cut(line, " ")
	s.seen[strings.ToUpper(word)]++
	s.commands = append(s.commands, line)
}

// enter lets a session in, unless another one is.
func (s *Server) enter(exclusive bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if exclusive && s.inside > 0 {
		return false
	}
	s.inside++
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
}

// remove deletes messages by UIDL and body, at QUIT.
func (s *Server) remove(gone map[int]bool, listed []Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []Message
	for i, m := range listed {
		if !gone[i] {
			left = append(left, m)
		}
	}
	s.opts.Messages = append(left, s.opts.Messages[min(len(listed), len(s.opts.Messages)):]...)
}

// session is one connection.
type session struct {
	server *Server
	opts   Options
	conn   net.Conn
	br     *bufio.Reader
	bw     *bufio.Writer
	user   string
	inside bool
	gone   map[int]bool
}

func (c *session) use(conn net.Conn) {
	c.conn, c.br, c.bw = conn, bufio.NewReader(conn), bufio.NewWriterSize(conn, 32<<10)
}
