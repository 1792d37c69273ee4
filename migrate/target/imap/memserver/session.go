package memserver

import (
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"unpop/migrate"
)

// A session is one connection's.
type session struct {
	*imapmemserver.UserSession // nil before sign-in
	server                     *Server
	conn                       *imapserver.Conn
	user                       *user
}

func (s *Server) newSession(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
	return &session{server: s, conn: conn}, nil, nil
}

// Login implements [imapserver.Session].
func (s *session) Login(name, password string) error {
	if err := s.server.nextLoginFault(s.conn); err != nil {
		return err
	}
	u := s.server.users[name]
	if u == nil {
		return imapserver.ErrAuthFailed
	}
	if err := u.Login(name, password); err != nil {
		return err
	}
	s.user, s.UserSession = u, imapmemserver.NewUserSession(u.User)
	return nil
}

// AppendLimit implements [imapserver.SessionAppendLimit].
func (s *session) AppendLimit() uint32 {
	if s.server.opts.AppendMax == 0 {
		return 100 << 20
	}
	return s.server.opts.AppendMax
}

// Append implements [imapserver.Session].
func (s *session) Append(mailbox string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	if err := s.server.nextAppendFault(s.conn, mailbox, r); err != nil {
		return nil, err
	}
	if !s.user.room(r.Size()) {
		return nil, &imap.Error{
			Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeOverQuota,
			Text: "Quota exceeded (mailbox for user is full)",
		}
	}
	whole := &countingReader{LiteralReader: r}
	data, err := s.UserSession.Append(mailbox, whole, options)
	if err == nil && s.server.swallowsOK() {
		_ = s.conn.NetConn().Close()
	}
	if s.server.hides(string(imap.CapUIDPlus)) {
		data = nil
	}
	return data, err
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

// Create implements [imapserver.Session].
func (s *session) Create(name string, options *imap.CreateOptions) error {
	role := migrate.RoleNone
	if options != nil {
		role = roleOf(options.SpecialUse)
	}
	return s.user.create(name, role)
}

// Delete implements [imapserver.Session].
func (s *session) Delete(name string) error {
	err := s.UserSession.Delete(name)
	if err == nil {
		s.user.forget(name)
	}
	return err
}

// Rename implements [imapserver.Session].
func (s *session) Rename(from, to string, options *imap.RenameOptions) error {
	err := s.UserSession.Rename(from, to, options)
	if err == nil {
		s.user.rename(from, to)
	}
	return err
}

// List implements [imapserver.Session].
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	return s.user.list(w, ref, patterns, options.ReturnSpecialUse || options.SelectSpecialUse)
}

// Namespace implements [imapserver.SessionNamespace].
func (s *session) Namespace() (*imap.NamespaceData, error) {
	opts := s.server.opts
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Prefix: opts.Prefix, Delim: opts.Delimiter}}}, nil
}
