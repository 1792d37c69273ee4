package imap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// mailboxesMax bounds what a LIST may bring.
const mailboxesMax = 100_000

// roles are the special-use attributes of RFC 6154. Templates have none.
var roles = map[goimap.MailboxAttr]migrate.Role{
	goimap.MailboxAttrSent:    migrate.RoleSent,
	goimap.MailboxAttrDrafts:  migrate.RoleDrafts,
	goimap.MailboxAttrTrash:   migrate.RoleTrash,
	goimap.MailboxAttrJunk:    migrate.RoleJunk,
	goimap.MailboxAttrArchive: migrate.RoleArchive,
}

// Mailboxes lists all mailboxes that can be selected. One whose name is not valid modified UTF-7 is left out: no command
// could name it.
func (s *Session) Mailboxes(ctx context.Context) ([]migrate.MailboxInfo, error) {
	var infos []migrate.MailboxInfo
	err := s.do(ctx, migrate.Refused, func() error {
		// RFC 6154 section 3: RETURN (SPECIAL-USE) needs LIST-EXTENDED; without it a plain LIST shows the attributes.
		special := s.wire.caps.Has(goimap.CapSpecialUse) && s.wire.caps.Has(goimap.CapListExtended)
		list := s.client.List("", "*", &goimap.ListOptions{ReturnSpecialUse: special})
		for data := list.Next(); data != nil; data = list.Next() {
			if selectable(data.Attrs) && len(infos) <= mailboxesMax {
				infos = append(infos, migrate.MailboxInfo{Name: data.Mailbox, Role: roleOf(data)})
			}
		}
		return list.Close()
	})
	if err == nil && len(infos) > mailboxesMax {
		err = fmt.Errorf("server: lists more than %d mailboxes", mailboxesMax)
	}
	return infos, err
}

func roleOf(data *goimap.ListData) migrate.Role {
	if strings.EqualFold(data.Mailbox, inbox) {
		return migrate.RoleInbox
	}
	for _, attr := range data.Attrs {
		if role, ok := roles[attr]; ok {
			return role
		}
	}
	return migrate.RoleNone
}

// Create makes a mailbox, with its special use where the server takes one, and subscribes it.
func (s *Session) Create(ctx context.Context, name string, role migrate.Role) (bool, error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	created := false
	err := s.do(ctx, migrate.Refused, func() error {
		err := s.create(name, role)
		if created = err == nil; !created {
			if there, listErr := s.exists(name); listErr != nil || !there {
				return err
			}
		}
		if err := s.client.Subscribe(name).Wait(); err != nil && !isAnswer(err) {
			return err
		}
		return nil // a mailbox that can't be subscribed is there all the same
	})
	return created && err == nil, err
}

// create sends CREATE, and sends it again without the special use if the server does not like that one.
func (s *Session) create(name string, role migrate.Role) error {
	if strings.EqualFold(name, inbox) {
		return &goimap.Error{Type: goimap.StatusResponseTypeNo, Code: goimap.ResponseCodeAlreadyExists, Text: "INBOX exists"}
	}
	for attr, r := range roles {
		if r == role && s.wire.caps.Has(goimap.CapCreateSpecialUse) {
			err := s.client.Create(name, &goimap.CreateOptions{SpecialUse: []goimap.MailboxAttr{attr}}).Wait()
			if err == nil || !isAnswer(err) {
				return err
			}
		}
	}
	return s.client.Create(name, nil).Wait()
}

// isAnswer tells a refusal from the end of the connection.
func isAnswer(err error) bool {
	var answer *goimap.Error
	return errors.As(err, &answer)
}
