package memserver

import (
	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// faulty carries a command out, unless another answer was planned for it.
func (s *session) faulty(command string, do func() error) error {
	answer := s.server.nextAnswer(command)
	if answer == nil {
		return do()
	}
	if answer.Done {
		if err := do(); err != nil {
			return err
		}
		return answer.give(s.conn)
	}
	if err := answer.give(s.conn); err != nil {
		return err
	}
	return do()
}

// Select implements [imapserver.Session].
func (s *session) Select(mailbox string, options *imap.SelectOptions) (data *imap.SelectData, err error) {
	err = s.faulty("SELECT", func() error {
		s.user.whole.RLock()
		defer s.user.whole.RUnlock()
		data, err = s.UserSession.Select(mailbox, options)
		return err
	})
	return data, err
}

// Unselect implements [imapserver.Session].
func (s *session) Unselect() error { return s.faulty("UNSELECT", s.UserSession.Unselect) }

// Subscribe implements [imapserver.Session].
func (s *session) Subscribe(mailbox string) error {
	return s.faulty("SUBSCRIBE", func() error { return s.UserSession.Subscribe(mailbox) })
}

// Unsubscribe implements [imapserver.Session].
func (s *session) Unsubscribe(mailbox string) error {
	return s.faulty("UNSUBSCRIBE", func() error { return s.UserSession.Unsubscribe(mailbox) })
}

// Status implements [imapserver.Session].
func (s *session) Status(mailbox string, options *imap.StatusOptions) (data *imap.StatusData, err error) {
	err = s.faulty("STATUS", func() error {
		s.user.whole.RLock()
		defer s.user.whole.RUnlock()
		data, err = s.UserSession.Status(mailbox, options)
		return err
	})
	return data, err
}

// Fetch implements [imapserver.Session].
func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	return s.faulty("FETCH", func() error { return s.UserSession.Fetch(w, set, options) })
}

// Search implements [imapserver.Session].
func (s *session) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (data *imap.SearchData, err error) {
	err = s.faulty("SEARCH", func() error {
		s.user.whole.RLock()
		defer s.user.whole.RUnlock()
		data, err = s.UserSession.Search(kind, criteria, options)
		return err
	})
	return data, err
}

// Store implements [imapserver.Session].
func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, options *imap.StoreOptions) error {
	return s.faulty("STORE", func() error { return s.UserSession.Store(w, set, flags, options) })
}

// Expunge implements [imapserver.Session].
func (s *session) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	return s.faulty("EXPUNGE", func() error { return s.UserSession.Expunge(w, uids) })
}

// Copy implements [imapserver.Session].
func (s *session) Copy(set imap.NumSet, to string) (data *imap.CopyData, err error) {
	err = s.faulty("COPY", func() error {
		data, err = s.UserSession.Copy(set, to)
		return err
	})
	return data, err
}

// Move implements [imapserver.SessionMove].
func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, to string) error {
	return s.faulty("MOVE", func() error { return s.UserSession.Move(w, set, to) })
}
