package memserver

import (
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"unpop/migrate"
)

// A user is an account: imapmemserver keeps its mail, this its mailboxes' names and roles, and how much it holds.
type user struct {
	*imapmemserver.User
	server *Server
	opts   Options
	whole  sync.RWMutex // held while mailboxes change in more than one step

	mu    sync.Mutex
	boxes map[string]migrate.Role
	used  int64
}

func newUser(s *Server, name, password string) (*user, error) {
	u := &user{User: imapmemserver.NewUser(name, password), server: s, opts: s.opts, boxes: make(map[string]migrate.Role)}
	boxes := append([]migrate.MailboxInfo{{Name: "INBOX", Role: migrate.RoleInbox}}, s.opts.Mailboxes...)
	for _, box := range boxes {
		if err := u.create(box.Name, box.Role); err != nil {
			return nil, err
		}
	}
	return u, nil
}

func (u *user) create(name string, role migrate.Role) error {
	name = strings.TrimRight(name, string(u.opts.Delimiter))
	if !strings.HasPrefix(name, u.opts.Prefix) && !strings.EqualFold(name, "INBOX") {
		return &imap.Error{
			Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeCannot,
			Text: "Client tried to access nonexistent namespace",
		}
	}
	if err := u.User.Create(name, nil); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.boxes[name] = role
	return nil
}

func (u *user) forget(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.boxes, name)
}

func (u *user) rename(from, to string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.boxes[to] = u.boxes[from]
	delete(u.boxes, from)
}

var attributes = map[migrate.Role]imap.MailboxAttr{
	migrate.RoleSent: imap.MailboxAttrSent, migrate.RoleDrafts: imap.MailboxAttrDrafts, migrate.RoleTrash: imap.MailboxAttrTrash,
	migrate.RoleJunk: imap.MailboxAttrJunk, migrate.RoleArchive: imap.MailboxAttrArchive,
}

func roleOf(attrs []imap.MailboxAttr) migrate.Role {
	for role, attr := range attributes {
		if slices.Contains(attrs, attr) {
			return role
		}
	}
	return migrate.RoleNone
}

// list answers LIST.
func (u *user) list(w *imapserver.ListWriter, ref string, patterns []string, special bool) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: u.opts.Delimiter})
	}
	for _, data := range u.matches(ref, patterns, special) {
		if err := w.WriteList(&data); err != nil {
			return err
		}
	}
	return nil
}

func (u *user) matches(ref string, patterns []string, special bool) []imap.ListData {
	u.mu.Lock()
	defer u.mu.Unlock()
	var list []imap.ListData
	for name, role := range u.boxes {
		match := func(p string) bool { return imapserver.MatchList(name, u.opts.Delimiter, ref, p) }
		if !slices.ContainsFunc(patterns, match) {
			continue
		}
		data := imap.ListData{Mailbox: name, Delim: u.opts.Delimiter}
		if attr, ok := attributes[role]; ok && special {
			data.Attrs = []imap.MailboxAttr{attr}
		}
		list = append(list, data)
	}
	slices.SortFunc(list, func(a, b imap.ListData) int { return strings.Compare(a.Mailbox, b.Mailbox) })
	return list
}
