package memserver

import (
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"unpop/migrate"
)

// An Account lets a test act as somebody else who uses the same mail at the same time. Its methods may be called by several
// goroutines at once. Planned answers and quotas are not for them.
type Account struct{ user *user }

// Account returns the account of a user, or an error if there is none.
func (s *Server) Account(name string) (*Account, error) {
	u := s.users[name]
	if u == nil {
		return nil, fmt.Errorf("memserver: no user %q", name)
	}
	return &Account{u}, nil
}

// Deliver stores a message. A zero date means now. It returns the message's UID.
func (a *Account) Deliver(mailbox string, body []byte, flags []string, date time.Time) (migrate.UID, error) {
	data, err := a.user.Append(mailbox, literal(body), &imap.AppendOptions{Flags: asFlags(flags), Time: date})
	if err != nil {
		return 0, fmt.Errorf("mailbox %q: %w", mailbox, err)
	}
	return migrate.UID(data.UID), nil
}

// SetFlags replaces a message's flags and keywords. A UID that isn't there is an error.
func (a *Account) SetFlags(mailbox string, uid migrate.UID, flags ...string) error {
	return a.with(mailbox, uid, func(s *imapmemserver.UserSession, set imap.UIDSet) error {
		return s.Store(nil, set, &imap.StoreFlags{Op: imap.StoreFlagsSet, Silent: true, Flags: asFlags(flags)}, nil)
	})
}

// Expunge removes a message. A UID that isn't there is an error.
func (a *Account) Expunge(mailbox string, uid migrate.UID) error {
	return a.with(mailbox, uid, expunge)
}

// MoveMessage moves a message to another mailbox and returns its UID there.
func (a *Account) MoveMessage(from string, uid migrate.UID, to string) (moved migrate.UID, err error) {
	err = a.with(from, uid, func(s *imapmemserver.UserSession, set imap.UIDSet) error {
		data, err := s.Copy(set, to)
		if err != nil {
			return err
		}
		if nums, ok := data.DestUIDs.Nums(); ok && len(nums) == 1 {
			moved = migrate.UID(nums[0])
		}
		return expunge(s, set)
	})
	return moved, err
}

// CreateMailbox makes a mailbox.
func (a *Account) CreateMailbox(mailbox string) error {
	return a.user.create(mailbox, migrate.RoleNone)
}

// DeleteMailbox removes a mailbox and its mail. Made again, it has another UIDVALIDITY. Sessions in it still see the mail.
func (a *Account) DeleteMailbox(mailbox string) error { return a.user.remove(mailbox) }

// RenameMailbox gives a mailbox another name. It keeps its UIDVALIDITY and its mail their UIDs.
func (a *Account) RenameMailbox(from, to string) error { return a.user.move(from, to, nil) }

// Renumber gives a mailbox another UIDVALIDITY and each message the UID that the next one had, or a new one: what a client
// remembers is of other messages. Flags and dates stay, subscriptions don't. Sessions in the mailbox see it as it was until
// they select it again.
func (a *Account) Renumber(mailbox string) error {
	const aside = "\x00aside" // no client can name it
	a.user.whole.Lock()
	defer a.user.whole.Unlock()
	u := a.user.User
	if err := u.Create(aside, nil); err != nil {
		return err
	}
	defer func() { _ = u.Delete(aside) }()
	if _, err := u.Append(aside, literal(nil), &imap.AppendOptions{}); err != nil {
		return err
	}
	if err := a.with(aside, 1, expunge); err != nil {
		return err
	}
	err := a.with(mailbox, 0, func(s *imapmemserver.UserSession, all imap.UIDSet) error {
		_, err := s.Copy(all, aside)
		return err
	})
	if err != nil {
		return err
	}
	if err := u.Delete(mailbox); err != nil {
		return err
	}
	return u.Rename(aside, mailbox, nil)
}

// with selects a mailbox and runs f with a message of it, or with all if uid is 0.
func (a *Account) with(mailbox string, uid migrate.UID, f func(*imapmemserver.UserSession, imap.UIDSet) error) error {
	s := imapmemserver.NewUserSession(a.user.User)
	if _, err := s.Select(mailbox, nil); err != nil {
		return fmt.Errorf("mailbox %q: %w", mailbox, err)
	}
	defer func() { _ = s.Close() }()
	if uid == 0 {
		return f(s, imap.UIDSet{imap.UIDRange{Start: 1}})
	}
	set := imap.UIDSetNum(imap.UID(uid))
	found, err := s.Search(0, &imap.SearchCriteria{UID: []imap.UIDSet{set}}, &imap.SearchOptions{})
	if err == nil && found.Count == 0 {
		err = fmt.Errorf("no message %d", uid)
	}
	if err == nil {
		err = f(s, set)
	}
	if err != nil {
		return fmt.Errorf("mailbox %q: %w", mailbox, err)
	}
	return nil
}

func expunge(s *imapmemserver.UserSession, set imap.UIDSet) error {
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := s.Store(nil, set, deleted, nil); err != nil {
		return err
	}
	return s.Expunge(nil, &set)
}

func asFlags(names []string) []imap.Flag {
	var flags []imap.Flag
	for _, name := range names {
		flags = append(flags, imap.Flag(name))
	}
	return flags
}

// remove deletes a mailbox.
func (u *user) remove(name string) error {
	u.whole.Lock()
	defer u.whole.Unlock()
	err := u.Delete(name)
	if err == nil {
		u.forget(name)
	}
	return err
}

// move renames a mailbox.
func (u *user) move(from, to string, options *imap.RenameOptions) error {
	u.whole.Lock()
	defer u.whole.Unlock()
	err := u.Rename(from, to, options)
	if err == nil {
		u.rename(from, to)
	}
	return err
}
