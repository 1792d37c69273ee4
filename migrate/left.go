package migrate

import (
	"context"
	"errors"
	"slices"
	"time"
)

// kindPOP3 is the kind of sources that may be asked to delete what has arrived.
const kindPOP3 = "pop3"

// A Disposer is a [Source] that can delete messages at the place where they came from.
type Disposer interface {
	Source
	// Dispose deletes messages of a part there, as far as they are still the same and no more than most of them, and returns how
	// many are surely gone. What the source itself keeps of them stays.
	Dispose(ctx context.Context, part string, refs []string, most int) (int64, error)
}

// ErrOneMailbox says that what is deleted at a source goes from the target too.
var ErrOneMailbox = errors.New("delete: INBOX of the target lost a message when the first one was deleted here: they seem to be one mailbox")

// Dispose deletes, where the inputs fetched them, the messages that an earlier run found on the target at least after ago and that were not
// missed since. Nothing else is ever deleted at a source. It is called after [Migration.Run], whose own verification found them again.
// [ErrOneMailbox] ends it after the first message.
func (m *Migration) Dispose(ctx context.Context, after time.Duration) (disposed int64, err error) {
	before := time.Now().Add(-after)
	for _, in := range m.inputs {
		d, ok := in.Source.(Disposer)
		if !ok || in.Kind != kindPOP3 {
			continue
		}
		id, err := m.account.Source(ctx, in.Kind, in.Path)
		if err != nil {
			return disposed, err
		}
		n, err := m.dispose(ctx, d, id, before)
		disposed += n
		if err != nil {
			return disposed, &SourceError{Path: in.Path, Err: err}
		}
	}
	return disposed, nil
}

func (m *Migration) dispose(ctx context.Context, d Disposer, id int64, before time.Time) (disposed int64, err error) {
	due, err := m.account.VerifiedBefore(ctx, id, m.run, before)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	parts := map[string][]string{}
	for _, r := range due {
		parts[r.Part] = append(parts[r.Part], r.Ref)
	}
	for part, refs := range parts {
		n, err := m.disposePart(ctx, d, part, refs)
		disposed += n
		if err != nil {
			return disposed, err
		}
	}
	return disposed, nil
}

// disposePart deletes one message first, and the others if INBOX of the target lost none by that: one mailbox may have names by IMAP
// and by POP3 that don't tell.
func (m *Migration) disposePart(ctx context.Context, d Disposer, part string, refs []string) (disposed int64, err error) {
	before, err := m.inbox(ctx)
	if err != nil {
		return 0, err
	}
	if disposed, err = d.Dispose(ctx, part, refs, 1); err != nil || disposed == 0 {
		return disposed, err
	}
	after, err := m.inbox(ctx)
	if err != nil {
		return disposed, err
	}
	for _, uid := range before {
		if _, there := slices.BinarySearch(after, uid); !there {
			return disposed, ErrOneMailbox
		}
	}
	rest, err := d.Dispose(ctx, part, refs, len(refs))
	return disposed + rest, err
}

// inbox lists what INBOX of the target holds, sorted: that is what a server shows by POP3.
func (m *Migration) inbox(ctx context.Context) (uids []UID, err error) {
	err = m.withSession(ctx, func(ctx context.Context, s Session) error {
		finder, ok := s.(Finder)
		if !ok {
			return errNoFinder
		}
		uids = nil // of a session that was lost
		if _, err := s.Select(ctx, "INBOX"); err != nil {
			return err
		}
		for found, err := range finder.Find(ctx, 1, 0, false) {
			if err != nil {
				return err
			}
			uids = append(uids, found.UID)
		}
		return nil
	})
	slices.Sort(uids)
	return uids, err
}
