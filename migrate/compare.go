package migrate

import (
	"context"
	"errors"
	"io"
	"slices"

	"unpop/dedupe"
	"unpop/state"
)

// likeness is how much a message on the target is the one that was sent.
type likeness int

// The degrees, the more the more.
const (
	unlike      likeness = iota // another message
	unproven                    // can't be told: our bytes are not at hand, or were changed before they were sent
	sameContent                 // other bytes, the same content: the server altered some
	same                        // byte for byte
)

// compare fetches a message and compares it with one of the ledger.
func (m *Migration) compare(ctx context.Context, finder Finder, uid UID, msg state.Message) (likeness, error) {
	id, content, err := digestFetched(ctx, finder, uid)
	if err != nil {
		return unlike, err
	}
	return m.likeness(ctx, id, content, msg)
}

// likeness compares a message that was fetched with one of the ledger.
func (m *Migration) likeness(ctx context.Context, id dedupe.Identity, content dedupe.Digest, msg state.Message) (likeness, error) {
	if digest, _ := msg.OnTarget(); string(id.Exact[:]) == string(digest) {
		return same, nil
	}
	forms, err := m.forms(ctx, msg)
	if err != nil {
		return unlike, err
	}
	if slices.ContainsFunc(forms, func(f form) bool { return f.exact == id.Exact }) {
		return sameContent, nil
	}
	own, known := m.ownContent(ctx, msg)
	sameKey := string(id.Key[:]) == string(msg.Key)
	switch {
	case msg.HasID && !sameKey:
		return unlike, nil
	case known && own == content:
		if sameKey {
			return sameContent, nil
		}
		return unproven, nil // a server may have altered the header fields that stand for a Message-ID
	case known && msg.Repair == 0:
		return unlike, nil
	default:
		return unproven, nil
	}
}

// ownContent is the content digest of a message, if it is known or its bytes are at hand.
func (m *Migration) ownContent(ctx context.Context, msg state.Message) (digest dedupe.Digest, known bool) {
	if len(msg.Content) == len(digest) && string(msg.Content) != string(msg.Exact) { // equal: it stood for one that could not be had
		return dedupe.Digest(msg.Content), true
	}
	clean, err := m.openExact(ctx, msg)
	if err != nil {
		return digest, false
	}
	defer clean.Close()
	digest, err = dedupe.Content(clean)
	return digest, err == nil
}

// digestBody digests a message in one pass.
func digestBody(body io.Reader) (id dedupe.Identity, content dedupe.Digest, err error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		var err error
		content, err = dedupe.Content(r)
		_ = r.CloseWithError(err) // nil: everything was read
		done <- err
	}()
	id, err = dedupe.Identify(io.TeeReader(dedupe.NewCleaner(body), w))
	_ = w.CloseWithError(err)
	return id, content, errors.Join(err, <-done)
}

// digestAll is digestBody with all that a message of the target may be recognised by.
func digestAll(body io.Reader) (state.Digests, error) {
	r, w := io.Pipe()
	done := make(chan error, 1)
	var core dedupe.Digest
	go func() {
		var err error
		core, err = dedupe.Core(r)
		_ = r.CloseWithError(err) // nil: everything was read
		done <- err
	}()
	id, content, err := digestBody(io.TeeReader(dedupe.NewCleaner(body), w))
	_ = w.CloseWithError(err)
	err = errors.Join(err, <-done)
	return state.Digests{Key: id.Key[:], Exact: id.Exact[:], Content: content[:], Core: core[:], Trace: id.Trace}, err
}

// withSessions is withSession for long work: do calls worked whenever something got done, so that the patience with a bad line
// starts anew. leave, if there is one, is asked after a failure whether to end there without error. Several may run
// at once.
func (m *Migration) withSessions(ctx context.Context, do func(ctx context.Context, s Session, worked func()) error, leave ...func(error) bool) error {
	if err := m.honour(ctx); err != nil {
		return err
	}
	retry := retrier{m: m, patience: m.opts.Patience}
	for {
		err := m.session(ctx, func(s Session) error { return do(ctx, s, retry.worked) })
		if err == nil {
			return nil
		}
		for _, may := range leave {
			if may(err) {
				return nil
			}
		}
		if err := retry.pause(ctx, err); err != nil {
			return err
		}
	}
}

func (m *Migration) session(ctx context.Context, do func(Session) error) error {
	s, err := m.target.Dial(ctx)
	if err != nil {
		return err
	}
	defer s.Close() // what was to be done is done
	return do(s)
}
