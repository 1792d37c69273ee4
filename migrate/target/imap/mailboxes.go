package imap

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

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

// Mailboxes lists all mailboxes that can be selected, also those whose names are no valid modified UTF-7, see [markName].
func (s *Session) Mailboxes(ctx context.Context) ([]migrate.MailboxInfo, error) {
	var infos []migrate.MailboxInfo
	err := s.do(ctx, migrate.Refused, func() error {
		// RFC 6154 section 3: RETURN (SPECIAL-USE) needs LIST-EXTENDED; without it a plain LIST shows the attributes.
		special := s.wire.caps.Has(goimap.CapSpecialUse) && s.wire.caps.Has(goimap.CapListExtended)
		spaces := s.askSpaces()
		list := s.client.List("", "*", &goimap.ListOptions{ReturnSpecialUse: special})
		for data := list.Next(); data != nil; data = list.Next() {
			if selectable(data.Attrs) && len(infos) <= mailboxesMax {
				infos = append(infos, s.infoOf(data))
			}
		}
		err := list.Close()
		data, failed := spaces()
		for i := range infos {
			if isForeign(data, infos[i].Name) {
				infos[i].Foreign, infos[i].Role = true, migrate.RoleNone
			}
		}
		return errors.Join(err, failed)
	})
	if err == nil && len(infos) > mailboxesMax {
		err = fmt.Errorf("server: lists more than %d mailboxes", mailboxesMax)
	}
	return infos, err
}

func (s *Session) infoOf(data *goimap.ListData) migrate.MailboxInfo {
	info := migrate.MailboxInfo{Name: data.Mailbox, Role: roleOf(data), Virtual: virtual(data.Attrs), Childless: slices.Contains(data.Attrs, goimap.MailboxAttrNoInferiors)}
	if info.Role == migrate.RoleNone && s.wire.labels() && slices.Contains(data.Attrs, goimap.MailboxAttrAll) {
		info.Role, info.Virtual = migrate.RoleArchive, false // what Gmail calls archived is there and nowhere else
	}
	return info
}

// virtual tells a mailbox that only shows what lies elsewhere, such as Gmail's All Mail and Starred.
func virtual(attrs []goimap.MailboxAttr) bool {
	return slices.ContainsFunc(attrs, func(a goimap.MailboxAttr) bool {
		return a == goimap.MailboxAttrAll || a == goimap.MailboxAttrFlagged || a == goimap.MailboxAttrImportant
	})
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
		if created = err == nil; created {
			return nil
		}
		if there, listErr := s.exists(name); listErr != nil || !there {
			_ = s.client.Unsubscribe(name).Wait() // some servers take a subscription to nothing
			return err
		}
		return nil
	})
	return created && err == nil, err
}

// create sends CREATE and SUBSCRIBE, and sends them again without the special use if the server does not like that one.
func (s *Session) create(name string, role migrate.Role) error {
	if strings.EqualFold(name, inbox) {
		return errors.Join(s.subscribed(s.client.Subscribe(name)), errInboxExists)
	}
	for attr, r := range roles {
		if r == role && s.wire.caps.Has(goimap.CapCreateSpecialUse) {
			err := s.createAnd(name, &goimap.CreateOptions{SpecialUse: []goimap.MailboxAttr{attr}})
			if err == nil || !isAnswer(err) {
				return err
			}
		}
	}
	return s.createAnd(name, nil)
}

var errInboxExists = &goimap.Error{Type: goimap.StatusResponseTypeNo, Code: goimap.ResponseCodeAlreadyExists, Text: "INBOX exists"}

// createAnd makes a mailbox and subscribes it in one round trip.
func (s *Session) createAnd(name string, options *goimap.CreateOptions) error {
	create, subscribe := s.client.Create(name, options), s.client.Subscribe(name)
	err := create.Wait()
	if failed := s.subscribed(subscribe); err == nil {
		err = failed
	}
	return err
}

// subscribed waits for SUBSCRIBE: a mailbox that can't be subscribed is there all the same.
func (s *Session) subscribed(command *imapclient.Command) error {
	if err := command.Wait(); err != nil && !isAnswer(err) {
		return err
	}
	return nil
}

// isAnswer tells a refusal from the end of the connection.
func isAnswer(err error) bool {
	var answer *goimap.Error
	return errors.As(err, &answer)
}
