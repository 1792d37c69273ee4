package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"

	"unpop/dedupe"
	"unpop/state"
)

// group decides which copies are one message, after the rules of package dedupe: copies are nominated by their Message-ID (or
// what stands for it) and whether they carry trace fields; equal bytes decide, else the content. Nothing is held in
// memory but one candidate: the ledger sorts.
func (m *Migration) group(ctx context.Context) error {
	rebuilt, err := m.account.HasRebuilt(ctx)
	if err != nil {
		return err
	}
	if !rebuilt { // mostly only equal bytes share a Message-ID, and one look is enough
		if err := m.walk(ctx, true); !errors.Is(err, errUndecided) {
			return err
		}
	}
	if err := m.digestContents(ctx); err != nil {
		return err
	}
	if rebuilt {
		if err := m.matchRebuilt(ctx); err != nil {
			return err
		}
	}
	return m.walk(ctx, false)
}

// errUndecided ends a walk that needs content digests.
var errUndecided = errors.New("content is not known")

// walk groups the candidates by what is known of them. With onlyDecided it ends where that isn't enough: another walk
// goes over all of it again.
func (m *Migration) walk(ctx context.Context, onlyDecided bool) error {
	batch := m.account.Batch()
	g := grouping{batch: batch}
	for c, err := range m.account.Candidates(ctx, m.ids) {
		if err == nil {
			err = g.add(ctx, c)
		}
		if err == nil && onlyDecided && g.undecided {
			err = errUndecided
		}
		if err != nil {
			return err
		}
	}
	return batch.Flush(ctx)
}

// digestContents computes the content digests that are needed to tell copies of other bytes apart.
func (m *Migration) digestContents(ctx context.Context) error {
	batch := m.account.Batch()
	var same alike
	for c, err := range m.account.Undecided(ctx, m.ids) {
		if err == nil && c.Exact != same.exact {
			same = alike{exact: c.Exact}
		}
		if err == nil {
			err = m.digestContent(ctx, batch, &same, c)
		}
		if err != nil {
			return err
		}
	}
	return batch.Flush(ctx)
}

// alike are candidates of equal bytes: what is known of one of them is known of all.
type alike struct {
	exact, content string
	waiting        []state.Candidate // their content can't be had so far
}

func (m *Migration) digestContent(ctx context.Context, batch *state.Batch, same *alike, c state.Candidate) error {
	if c.Content != "" { // an earlier plan needed it; those come first
		same.content = c.Content
		return nil
	}
	if same.waiting = append(same.waiting, c); same.content == "" {
		content, err := m.content(ctx, c)
		if err != nil || content == nil {
			return err
		}
		same.content = string(content)
	}
	for _, c := range same.waiting {
		if err := batch.SetContent(ctx, c, []byte(same.content)); err != nil {
			return err
		}
	}
	same.waiting = nil
	return nil
}

// content digests a candidate's content. It is nil where the bytes can't be had: then the candidate equals only its own like, and
// nothing is merged for want of knowledge.
func (m *Migration) content(ctx context.Context, c state.Candidate) ([]byte, error) {
	clean, err := m.openCopy(ctx, c.Sample)
	if err != nil {
		return nil, ctx.Err()
	}
	defer clean.Close()
	digest, err := dedupe.Content(clean)
	if err != nil {
		return nil, ctx.Err()
	}
	return digest[:], nil
}

// openCopy returns the clean bytes of a copy of one of the inputs.
func (m *Migration) openCopy(ctx context.Context, id int64) (io.ReadCloser, error) {
	source, part, ref, err := m.account.Place(ctx, id)
	if err != nil {
		return nil, err
	}
	return m.open(ctx, source, part, ref)
}

// open returns the clean bytes of a copy.
func (m *Migration) open(ctx context.Context, source int64, part, ref string) (io.ReadCloser, error) {
	s := m.byID[source]
	if s == nil {
		return nil, fmt.Errorf("source of %s %s: not among those of this run", part, ref)
	}
	raw, err := s.Open(ctx, part, ref)
	if err != nil {
		return nil, err
	}
	return cleanCloser{dedupe.NewCleaner(raw), raw}, nil
}

type cleanCloser struct {
	io.Reader
	io.Closer
}

// grouping is the walk over the sorted candidates.
type grouping struct {
	batch *state.Batch
	last  state.Candidate
	begun bool

	leader   int64 // of the message that last belongs to
	complete int64 // the leader of the first complete message of this nomination; 0 if there is none
	messages int   // of this nomination so far

	exact     string // of the first complete candidate of this nomination
	unknown   bool   // of one of them the content is not known
	differ    bool   // they have not all the same bytes, or of one the content is known: then bytes and contents would be compared
	undecided bool   // both, in this nomination or one before
}

// add puts the next candidate where it belongs.
func (g *grouping) add(ctx context.Context, c state.Candidate) error {
	if !g.begun || c.Key != g.last.Key || c.Trace != g.last.Trace {
		g.complete, g.messages = 0, 0
		g.exact, g.unknown, g.differ = c.Exact, false, false
	}
	g.compare(c)
	first := false
	switch {
	case c.Partial && g.complete != 0:
		g.leader = g.complete // the header alone adds nothing to the whole
	case g.messages == 0 || c.Partial != g.last.Partial || sameness(c) != sameness(g.last):
		g.leader, first = c.Message, true
		if !c.Anchor {
			g.leader = c.ID
		}
		g.messages++
		if !c.Partial && g.complete == 0 {
			g.complete = g.leader
		}
	}
	g.last, g.begun = c, true
	return g.record(ctx, c, first)
}

// compare finds out whether a content must be known, as [state.Account.Undecided] does for all at once. Complete candidates come first.
func (g *grouping) compare(c state.Candidate) {
	if c.Partial {
		return
	}
	g.unknown = g.unknown || c.Content == ""
	g.differ = g.differ || c.Exact != g.exact || c.Content != ""
	g.undecided = g.undecided || g.unknown && g.differ
}

// record writes what changed.
func (g *grouping) record(ctx context.Context, c state.Candidate, first bool) error {
	variant := first && g.messages > 1 && c.HasID
	if c.Variant != variant {
		if err := g.batch.SetVariant(ctx, c, variant); err != nil {
			return err
		}
	}
	if c.Anchor || c.Message == g.leader {
		return nil
	}
	return g.batch.SetMessage(ctx, c.ID, g.leader)
}

// sameness is what equal messages have in common.
func sameness(c state.Candidate) string {
	if c.Content != "" {
		return c.Content
	}
	return c.Exact
}
