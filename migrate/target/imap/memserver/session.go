package memserver

import (
	"fmt"

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
	wire                       *wire
	user                       *user
}

func (s *Server) newSession(conn *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
	w, ok := conn.NetConn().(*wire)
	if !ok {
		return nil, nil, fmt.Errorf("session: a connection of type %T", conn.NetConn())
	}
	return &session{server: s, conn: conn, wire: w}, nil, nil
}

// Login implements [imapserver.Session].
func (s *session) Login(name, password string) error {
	return s.faulty("LOGIN", func() error {
		u := s.server.users[name]
		if u == nil {
			return imapserver.ErrAuthFailed
		}
		if err := u.Login(name, password); err != nil {
			return err
		}
		s.user, s.UserSession = u, imapmemserver.NewUserSession(u.User)
		return nil
	})
}

// AppendLimit implements [imapserver.SessionAppendLimit].
func (s *session) AppendLimit() uint32 { return s.server.appendLimit() }

func (s *Server) appendLimit() uint32 {
	if s.opts.AppendMax == 0 {
		return 100 << 20
	}
	return s.opts.AppendMax
}

// Create implements [imapserver.Session].
func (s *session) Create(name string, options *imap.CreateOptions) error {
	role := migrate.RoleNone
	if options != nil {
		role = roleOf(options.SpecialUse)
	}
	return s.faulty("CREATE", func() error { return s.user.create(name, role) })
}

// Delete implements [imapserver.Session].
func (s *session) Delete(name string) error {
	return s.faulty("DELETE", func() error { return s.user.remove(name) })
}

// Rename implements [imapserver.Session].
func (s *session) Rename(from, to string, options *imap.RenameOptions) error {
	return s.faulty("RENAME", func() error { return s.user.move(from, to, options) })
}

// List implements [imapserver.Session].
func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	return s.faulty("LIST", func() error {
		return s.user.list(w, ref, patterns, options.ReturnSpecialUse || options.SelectSpecialUse)
	})
}

// Namespace implements [imapserver.SessionNamespace].
func (s *session) Namespace() (*imap.NamespaceData, error) {
	opts := s.server.opts
	if err := s.faulty("NAMESPACE", func() error { return nil }); err != nil {
		return nil, err
	}
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Prefix: opts.Prefix, Delim: opts.Delimiter}}}, nil
}
