package imap

import (
	"context"
	"errors"
	"fmt"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// removeBatch keeps a command line short of 8 KiB, which all servers take (RFC 2683 section 3.2.1.5).
const removeBatch = 300

// Remove deletes messages of the selected mailbox for good, these and no others.
func (s *Session) Remove(ctx context.Context, uids []migrate.UID) error {
	if !s.wire.caps.Has(goimap.CapUIDPlus) {
		return fmt.Errorf("remove: server has no UIDPLUS: %w", errors.ErrUnsupported)
	}
	for len(uids) > 0 {
		n := min(len(uids), removeBatch)
		if err := s.removeBatch(ctx, uids[:n]); err != nil {
			return err
		}
		uids = uids[n:]
	}
	return nil
}

func (s *Session) removeBatch(ctx context.Context, uids []migrate.UID) error {
	var set goimap.UIDSet
	for _, uid := range uids {
		if uid == 0 { // would be written as *, the last message
			return errNoMessage
		}
		set.AddNum(goimap.UID(uid))
	}
	return s.do(ctx, migrate.Refused, func() error {
		deleted := &goimap.StoreFlags{Op: goimap.StoreFlagsAdd, Silent: true, Flags: []goimap.Flag{goimap.FlagDeleted}}
		if err := s.client.Store(set, deleted, nil).Close(); err != nil {
			return err
		}
		return s.client.UIDExpunge(set).Close()
	})
}
