package imap

import (
	"context"
	"errors"
	"slices"
	"strings"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// Select opens a mailbox for writing.
func (s *Session) Select(ctx context.Context, mailbox string) (migrate.Mailbox, error) {
	if err := checkName(mailbox); err != nil {
		return migrate.Mailbox{}, err
	}
	var box migrate.Mailbox
	err := s.do(ctx, migrate.Refused, func() error {
		s.selected = "" // whatever comes of it, the old one is closed
		data, err := s.selectMailbox(mailbox)
		if err != nil {
			return err
		}
		box = migrate.Mailbox{UIDValidity: data.UIDValidity, UIDNext: migrate.UID(data.UIDNext), Messages: data.NumMessages}
		return s.complete(&box, mailbox)
	})
	if err != nil {
		return migrate.Mailbox{}, err
	}
	s.selected = encodeName(mailbox, s.wire.utf8Names())
	box.Permanent, box.AnyKeyword = s.wire.keptFlags()
	return box, nil
}

// selectMailbox sends SELECT and tells a mailbox that isn't there from one that can't be opened.
func (s *Session) selectMailbox(mailbox string) (*goimap.SelectData, error) {
	s.wire.forgetFlags()
	data, err := s.client.Select(mailbox, nil).Wait()
	var no *goimap.Error
	if err == nil || !errors.As(err, &no) {
		return data, err
	}
	if no.Code == goimap.ResponseCodeNonExistent || no.Code == goimap.ResponseCodeTryCreate || strings.Contains(no.Text, dovecotAbsent) {
		return nil, migrate.ErrNoMailbox
	}
	there, listErr := s.exists(mailbox)
	if listErr == nil && !there {
		return nil, migrate.ErrNoMailbox
	}
	return nil, err
}

// dovecotAbsent is all that Dovecot says of a mailbox that was deleted while there are others below it: LIST goes on showing it, without
// \Noselect.
const dovecotAbsent = "Mailbox doesn't exist"

// exists asks LIST for one name. A name that can't be selected counts as absent: CREATE makes it a mailbox.
func (s *Session) exists(mailbox string) (bool, error) {
	list, err := s.client.List("", mailbox, nil).Collect()
	if err != nil {
		return false, err
	}
	for _, data := range list {
		if data.Mailbox == mailbox || strings.EqualFold(mailbox, inbox) && strings.EqualFold(data.Mailbox, inbox) {
			return selectable(data.Attrs), nil
		}
	}
	return false, nil
}

const inbox = "INBOX"

func selectable(attrs []goimap.MailboxAttr) bool {
	return !slices.Contains(attrs, goimap.MailboxAttrNoSelect) && !slices.Contains(attrs, goimap.MailboxAttrNonExistent)
}

// complete asks STATUS for what an old server leaves out of its answer to SELECT.
func (s *Session) complete(box *migrate.Mailbox, mailbox string) error {
	if box.UIDNext != 0 && box.UIDValidity != 0 {
		return nil
	}
	data, err := s.client.Status(mailbox, &goimap.StatusOptions{UIDNext: true, UIDValidity: true}).Wait()
	if err != nil {
		return err
	}
	box.UIDNext, box.UIDValidity = migrate.UID(data.UIDNext), data.UIDValidity
	return nil
}

func (w *wire) forgetFlags() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flags, w.permanent, w.hasPerm = nil, nil, false
}

// keptFlags returns the flags that the server keeps. Without PERMANENTFLAGS those are all it has (RFC 3501 section 6.3.1).
func (w *wire) keptFlags() (flags []string, anyKeyword bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept := w.permanent
	if !w.hasPerm {
		kept = w.flags
	}
	for _, flag := range kept {
		if flag == `\*` {
			anyKeyword = true
		} else {
			flags = append(flags, flag)
		}
	}
	return flags, anyKeyword
}
