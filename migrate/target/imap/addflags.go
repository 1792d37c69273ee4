package imap

import (
	"context"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// AddFlags implements [migrate.Flagger] (UID STORE +FLAGS.SILENT, RFC 9051 section 6.4.6).
func (s *Session) AddFlags(ctx context.Context, uids []migrate.UID, flags []string) error {
	return s.storeFlags(ctx, goimap.StoreFlagsAdd, uids, flags)
}

// RemoveFlags implements [migrate.Flagger].
func (s *Session) RemoveFlags(ctx context.Context, uids []migrate.UID, flags []string) error {
	return s.storeFlags(ctx, goimap.StoreFlagsDel, uids, flags)
}

func (s *Session) storeFlags(ctx context.Context, op goimap.StoreFlagsOp, uids []migrate.UID, flags []string) error {
	if err := checkUIDs(uids); err != nil || len(flags) == 0 {
		return err
	}
	change := &goimap.StoreFlags{Op: op, Silent: true}
	for _, flag := range flags {
		change.Flags = append(change.Flags, goimap.Flag(flag))
	}
	for len(uids) > 0 {
		var set goimap.UIDSet
		n := min(len(uids), removeBatch)
		for _, uid := range uids[:n] {
			set.AddNum(goimap.UID(uid))
		}
		uids = uids[n:]
		if err := s.do(ctx, migrate.Refused, func() error { return s.client.Store(set, change, nil).Close() }); err != nil {
			return err
		}
	}
	return nil
}
