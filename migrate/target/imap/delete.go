package imap

import (
	"context"
	"fmt"
	"strings"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

var _ migrate.Deleter = (*Session)(nil)

// Delete deletes a mailbox that holds neither messages nor other mailboxes, and unsubscribes it. IMAP has no way to delete
// only what is empty: the server is asked in the round trip before.
func (s *Session) Delete(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if strings.EqualFold(name, inbox) {
		return migrate.ErrNotEmpty // it belongs to the account (RFC 9051 section 5.1)
	}
	var obstacle error // a finding, not a failure of the session
	err := s.do(ctx, migrate.Refused, func() (err error) {
		if err = s.leave(); err != nil {
			return err
		}
		if obstacle, err = s.obstacle(name); err != nil || obstacle != nil {
			return err
		}
		if err := s.client.Delete(name).Wait(); err != nil {
			return err
		}
		if err := s.client.Unsubscribe(name).Wait(); err != nil && !isAnswer(err) {
			return err
		}
		return nil // some servers have unsubscribed it already, and say so
	})
	if err == nil {
		err = obstacle
	}
	return err
}

// leave makes sure that the mailbox to delete is not the selected one. CLOSE would expunge; looking at INBOX does nothing.
func (s *Session) leave() error {
	s.selected = ""
	_, err := s.client.Select(inbox, &goimap.SelectOptions{ReadOnly: true}).Wait()
	return err
}

// obstacle says why a mailbox is not to be deleted: what lies in it or below it. A name that can't be selected is no mailbox,
// as for Create.
func (s *Session) obstacle(name string) (obstacle, err error) {
	list, err := s.client.List("", literalPattern(name), nil).Collect()
	if err != nil {
		return nil, err
	}
	there := false
	for _, data := range list {
		if data.Mailbox == name {
			there = selectable(data.Attrs)
		}
		if data.Delim != 0 && strings.HasPrefix(data.Mailbox, name+string(data.Delim)) {
			return migrate.ErrNotEmpty, nil
		}
	}
	if !there {
		return migrate.ErrNoMailbox, nil
	}
	return s.messagesIn(name)
}

func (s *Session) messagesIn(name string) (obstacle, err error) {
	data, err := s.client.Status(name, &goimap.StatusOptions{NumMessages: true}).Wait()
	switch {
	case err != nil:
		return nil, err
	case data.NumMessages == nil:
		return errNoCount, nil
	case *data.NumMessages > 0:
		return migrate.ErrNotEmpty, nil
	}
	return nil, nil
}

// errNoCount says that a mailbox can't be proven to be empty.
var errNoCount = fmt.Errorf("%w as far as can be told: STATUS without the number of messages", migrate.ErrNotEmpty)

// literalPattern matches all names that begin with name. A wildcard within the name only matches more than that.
func literalPattern(name string) string { return name + "*" }
