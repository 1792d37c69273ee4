package migrate

import (
	"context"
	"iter"
	"slices"
	"strings"

	"unpop/dedupe"
	"unpop/migrate/mend"
	"unpop/state"
)

// What the target holds already is one more source. It is indexed, and a planned message that is there is not sent: it stays where it
// is, or is moved to where it belongs. The rules are those of package dedupe, but that one message of a Message-ID and size
// on either side needs no look at its body.

// findExisting finds the planned messages on the target. Nothing is changed there.
func (m *Migration) findExisting(ctx context.Context, mailboxes []MailboxInfo) error {
	able, err := m.index(ctx, mailboxes)
	if err != nil {
		return err
	}
	return m.pairAll(ctx, mailboxes, able)
}

// index makes the index of the target what the target is, and reports whether anything is to be looked for there.
func (m *Migration) index(ctx context.Context, mailboxes []MailboxInfo) (able bool, err error) {
	m.numbers = nil
	if m.opts.Existing == ExistingUpload {
		return false, nil
	}
	return m.takeStock(ctx, mailboxes)
}

// pairAll finds the planned messages in the index.
func (m *Migration) pairAll(ctx context.Context, mailboxes []MailboxInfo, able bool) error {
	any, err := m.account.ResetExisting(ctx)
	if err != nil || !able || !any {
		return err
	}
	if err := m.rank(ctx, mailboxes); err != nil {
		return err
	}
	if err := m.pair(ctx, m.account.LikelySingle(ctx, m.whole)); err != nil {
		return err
	}
	if err := m.lookAtNominated(ctx, m.account.Nominated(ctx)); err != nil {
		return err
	}
	m.reach(PointLookedUp)
	if err := m.pair(ctx, m.account.LikelyBytes(ctx)); err != nil {
		return err
	}
	if err := m.pairUnlike(ctx); err != nil {
		return err
	}
	err = m.pair(ctx, m.account.LikelyContent(ctx))
	m.reach(PointMatched)
	return err
}

// rank tells how the mailboxes of the target rank as places of a message, see [place].
func (m *Migration) rank(ctx context.Context, mailboxes []MailboxInfo) error {
	m.ranks, m.whole = map[int64]int{}, 0
	for _, b := range mailboxes {
		id, err := m.mailboxNumber(ctx, b)
		if err != nil {
			return err
		}
		m.ranks[id] = m.rankOf(b)
		if m.survey.Labels && b.Role == RoleArchive {
			m.whole = id
		}
	}
	return nil
}

func (m *Migration) rankOf(b MailboxInfo) int {
	role := b.Role
	if role == RoleNone {
		role = RoleOf(strings.TrimPrefix(b.Name, m.survey.Prefix))
	}
	return place(state.Folder{Role: int(role), Path: []string{b.Name}})
}

// pair chooses, for each message, the best of those on the target that it may be. They come one after the other.
func (m *Migration) pair(ctx context.Context, likely iter.Seq2[state.Likely, error]) error {
	batch := m.account.Batch()
	var best state.Likely
	settle := func() error {
		if best.Message == 0 {
			return nil
		}
		return batch.SetExisting(ctx, best, m.way(best))
	}
	for l, err := range likely {
		if err != nil {
			return err
		}
		switch {
		case m.onlyDraft(l):
		case l.Message != best.Message:
			if err := settle(); err != nil {
				return err
			}
			best = l
		case m.better(l, best):
			best = l
		}
	}
	if err := settle(); err != nil {
		return err
	}
	return batch.Flush(ctx)
}

// onlyDraft reports whether what lies on the target is the draft of a message that was sent: that has a date and fields of its own, and
// would be marked as a draft among the sent mail.
func (m *Migration) onlyDraft(l state.Likely) bool {
	return l.Rank == rankSent && l.Mailbox != l.Planned && m.ranks[l.Mailbox] == rankDrafted
}

// better reports whether a message would rather be l than o: in its own mailbox, then in the better one, then the one that was there first.
func (m *Migration) better(l, o state.Likely) bool {
	switch there, other := l.Mailbox == l.Planned, o.Mailbox == o.Planned; {
	case there != other:
		return there
	case m.ranks[l.Mailbox] != m.ranks[o.Mailbox]:
		return m.ranks[l.Mailbox] < m.ranks[o.Mailbox]
	default:
		return l.Mailbox == o.Mailbox && l.UID < o.UID
	}
}

// way is what becomes of a message that is there: only one that is where nobody would rather have it is moved.
func (m *Migration) way(l state.Likely) state.How {
	if m.opts.Existing == ExistingKeep || l.Mailbox == l.Planned || m.ranks[l.Mailbox] <= l.Rank {
		return state.Present
	}
	if l.Mailbox == m.whole { // nothing leaves it, and to be copied from there is to get a label
		return state.Labelled
	}
	return state.Moved
}

// lookChunk is how many bodies are asked for at once.
const lookChunk = 200

// A lookJob is some messages of a mailbox whose bodies are to be digested.
type lookJob struct {
	mailbox  int64
	name     string
	validity uint32
	uids     []UID
}

// lookAtNominated digests the bodies of some items, once and for all.
func (m *Migration) lookAtNominated(ctx context.Context, nominated iter.Seq2[state.Nominated, error]) error {
	names, err := m.account.MailboxNames(ctx)
	if err != nil {
		return err
	}
	var jobs []lookJob
	flush := func() error {
		err := share(ctx, m, jobs, m.lookAt)
		jobs = nil
		return err
	}
	var last *lookJob
	for n, err := range nominated {
		if err != nil {
			return err
		}
		if last == nil || last.mailbox != n.Mailbox || last.validity != n.UIDValidity || len(last.uids) >= lookChunk {
			if len(jobs) >= mostSpans {
				if err := flush(); err != nil {
					return err
				}
			}
			jobs = append(jobs, lookJob{mailbox: n.Mailbox, name: names[n.Mailbox], validity: n.UIDValidity})
			last = &jobs[len(jobs)-1]
		}
		last.uids = append(last.uids, UID(n.UID))
	}
	return flush()
}

// lookAt digests the bodies of some messages of one mailbox.
func (m *Migration) lookAt(ctx context.Context, s Session, job lookJob) error {
	finder, ok := s.(Finder)
	if !ok {
		return errNoFinder
	}
	m.p.SetPlace(job.name)
	box, err := s.Select(ctx, job.name)
	if err != nil || box.UIDValidity != job.validity {
		return unlessGone(err)
	}
	batch := m.account.Batch()
	for body, err := range bodies(ctx, finder, job.uids) {
		if err != nil {
			return err
		}
		d, err := digestAll(body.Body)
		if err != nil {
			return err
		}
		if err := batch.SetDigests(ctx, job.mailbox, state.Seat{UIDValidity: job.validity, UID: uint32(body.UID)}, d); err != nil {
			return err
		}
	}
	return batch.Flush(ctx)
}

// pairUnlike prepares the planned messages that have a likely one of other bytes on the target: their content is digested, so that it can
// be compared; and what a source made anew, or a server is known to alter, or was mended before it was sent, is recognised here.
func (m *Migration) pairUnlike(ctx context.Context) error {
	batch := m.account.Batch()
	for msg, err := range m.account.Unlike(ctx) {
		if err != nil {
			return err
		}
		if m.byID[msg.Source] == nil {
			continue // not to be read in this run
		}
		if err := m.compareLooks(ctx, batch, msg); err != nil {
			return err
		}
	}
	return batch.Flush(ctx)
}

// mostLooks bounds how many bodies of one Message-ID are compared.
const mostLooks = 200

func (m *Migration) compareLooks(ctx context.Context, batch *state.Batch, msg state.Message) error {
	looks, err := m.account.Looks(ctx, msg.ID, mostLooks)
	if err != nil {
		return err
	}
	content, known := m.ownContent(ctx, msg)
	if known && len(msg.Content) == 0 {
		if err := batch.SetContent(ctx, state.Candidate{ID: msg.ID, Anchor: true}, content[:]); err != nil {
			return err
		}
	}
	if known && slices.ContainsFunc(looks, func(l state.Look) bool {
		return string(l.Content) == string(content[:]) && string(l.Key) == string(msg.Key) && l.Trace == msg.Trace
	}) {
		return nil // the ledger will find it
	}
	same, err := m.sameLook(ctx, msg, looks)
	if err != nil || same == nil {
		return err
	}
	l := state.Likely{Message: msg.ID, Planned: msg.Mailbox, Rank: msg.Rank, Mailbox: same.Mailbox, Seat: same.Seat}
	if m.onlyDraft(l) {
		return nil
	}
	return batch.SetExisting(ctx, l, m.way(l))
}

// sameLook finds what is the same as a message though neither bytes nor content are.
func (m *Migration) sameLook(ctx context.Context, msg state.Message, looks []state.Look) (*state.Look, error) {
	forms, err := m.allForms(ctx, msg)
	if err != nil {
		return nil, err
	}
	rebuilt, err := m.account.RebuiltCopy(ctx, msg.Copy)
	if err != nil {
		return nil, err
	}
	var core dedupe.Digest
	if rebuilt {
		if core, err = m.core(ctx, state.Candidate{Sample: msg.Copy, Exact: string(msg.Exact)}); err != nil {
			return nil, err
		}
	}
	for i := range looks {
		l := &looks[i]
		sameKey := string(l.Key) == string(msg.Key) && l.Trace == msg.Trace
		if rebuilt && sameKey && string(l.Core) == string(core[:]) ||
			slices.ContainsFunc(forms, func(f form) bool { return string(f.exact[:]) == string(l.Exact) }) {
			return l, nil
		}
	}
	return nil, nil
}

// allForms are what servers make of a message, as it is and as it is sent once mended.
func (m *Migration) allForms(ctx context.Context, msg state.Message) ([]form, error) {
	all, err := m.forms(ctx, msg)
	for step := mend.Step(1); step <= mend.Last && err == nil && len(all) > 0; step++ {
		var mended []form
		mended, err = m.mendedForms(ctx, msg, step)
		all = append(all, mended...)
	}
	return all, err
}

func (m *Migration) mendedForms(ctx context.Context, msg state.Message, step mend.Step) ([]form, error) {
	digest, size, err := m.measure(ctx, msg, step)
	if err != nil || string(digest) == string(msg.Exact) {
		return nil, ctx.Err()
	}
	msg.Repair, msg.Sent, msg.SentSize = int(step), digest, size
	return m.forms(ctx, msg)
}
