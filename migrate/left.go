package migrate

import (
	"context"
	"time"
)

// kindPOP3 is the kind of sources that may be asked to delete what has arrived.
const kindPOP3 = "pop3"

// A Disposer is a [Source] that can delete messages at the place where they came from.
type Disposer interface {
	Source
	// Dispose deletes messages of a part there, as far as they are still the same, and returns how many are surely gone. What the
	// source itself keeps of them stays.
	Dispose(ctx context.Context, part string, refs []string) (int64, error)
}

// Dispose deletes, where the inputs fetched them, the messages that an earlier run found on the target at least after ago and that were not
// missed since. Nothing else is ever deleted at a source. It is called after [Migration.Run], whose own verification found them again.
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
		n, err := d.Dispose(ctx, part, refs)
		disposed += n
		if err != nil {
			return disposed, err
		}
	}
	return disposed, nil
}
