package imap

import (
	"context"
	"errors"
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
	return s.do(ctx, migrate.Refused, func() error {
		if err := s.leave(); err != nil {
			return err
		}
		if err := s.empty(name); err != nil {
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
}

// leave makes sure that the mailbox to delete is not the selected one. CLOSE would expunge; looking at INBOX does nothing.
func (s *Session) leave() error {
	s.selected = ""
	_, err := s.client.Select(inbox, &goimap.SelectOptions{ReadOnly: true}).Wait()
	return err
}

// empty asks for what lies in a mailbox and below it. A name that can't be selected is no mailbox, as for Create.
func (s *Session) empty(name string) error {
	list, err := s.client.List("", literalPattern(name), nil).Collect()
	if err != nil {
		return err
	}
	there := false
	for _, data := range list {
		if data.Mailbox == name {
			there = selectable(data.Attrs)
		}
		if data.Delim != 0 && strings.HasPrefix(data.Mailbox, name+string(data.Delim)) {
			return migrate.ErrNotEmpty
		}
	}
	if !there {
		return migrate.ErrNoMailbox
	}
	return s.emptyItself(name)
}

func (s *Session) emptyItself(name string) error {
	data, err := s.client.Status(name, &goimap.StatusOptions{NumMessages: true}).Wait()
	switch {
	case err != nil:
		return err
	case data.NumMessages == nil:
		return errNoCount
	case *data.NumMessages > 0:
		return migrate.ErrNotEmpty
	}
	return nil
}

// errNoCount says that a mailbox can't be proven to be empty.
var errNoCount = errors.New("server: STATUS without the number of messages")

// literalPattern matches all names that begin with name. A wildcard within the name only matches more than that.
func literalPattern(name string) string { return name + "*" }
