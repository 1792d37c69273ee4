package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpop/dedupe"
	"unpop/state"
)

const (
	// stockSpan is how many UIDs of a mailbox one session asks for in one go, so that several share a large mailbox.
	stockSpan = 20_000
	// stockPage is how many messages go into the ledger at once, and are held in memory by each session.
	stockPage = 2000
)

// A stockJob is a piece of a mailbox to be listed.
type stockJob struct {
	box      *stockBox
	from, to UID
	since    uint64
}

// stockBox is a mailbox of the target on its way into the index.
type stockBox struct {
	state.Mailbox
	was state.Stock
	now Standing
}

// takeStock brings the index of the target up to date: only what is new or changed is asked for. It reports whether the target can
// be indexed at all.
func (m *Migration) takeStock(ctx context.Context, mailboxes []MailboxInfo) (able bool, err error) {
	boxes, able, err := m.standings(ctx, mailboxes)
	if err != nil || !able {
		return able, err
	}
	var jobs []stockJob
	var changed []*stockBox
	for _, b := range boxes {
		more, err := m.stockJobs(ctx, b)
		if err != nil {
			return true, err
		}
		if b.was != b.stock() {
			changed = append(changed, b)
		}
		jobs = append(jobs, more...)
	}
	if err := share(ctx, m, jobs, m.listStock); err != nil {
		return true, err
	}
	m.reach(PointIndexed)
	return true, m.closeStocks(ctx, changed)
}

func (b *stockBox) stock() state.Stock {
	return state.Stock{
		Mailbox: b.ID, UIDValidity: b.now.UIDValidity, UIDNext: uint32(b.now.UIDNext), Messages: b.now.Messages, ModSeq: b.now.ModSeq,
	}
}

// standings asks how all mailboxes stand, and forgets those that are gone.
func (m *Migration) standings(ctx context.Context, mailboxes []MailboxInfo) (boxes []*stockBox, able bool, err error) {
	mailboxes = slices.DeleteFunc(slices.Clone(mailboxes), func(b MailboxInfo) bool { return b.Virtual || b.Foreign && !m.sendsTo(b.Name) })
	names := make([]string, 0, len(mailboxes))
	for _, b := range mailboxes {
		names = append(names, b.Name)
	}
	var told map[string]Standing
	err = m.withSession(ctx, func(ctx context.Context, s Session) (err error) {
		var indexer Indexer
		if indexer, able = s.(Indexer); able {
			told, err = indexer.Standings(ctx, names)
		}
		return err
	})
	if err != nil || !able {
		return nil, able, err
	}
	was, err := m.account.Stocks(ctx)
	if err != nil {
		return nil, able, err
	}
	for _, b := range mailboxes {
		now, there := told[b.Name]
		if !there {
			continue
		}
		id, err := m.mailboxNumber(ctx, b)
		if err != nil {
			return nil, able, err
		}
		boxes = append(boxes, &stockBox{Mailbox: state.Mailbox{ID: id, Name: b.Name, Role: int(b.Role)}, was: was[id], now: now})
		delete(was, id)
	}
	for id := range was {
		if err := m.account.ForgetStock(ctx, id, 0); err != nil {
			return nil, able, err
		}
	}
	return boxes, able, nil
}

// sendsTo tells whether the user wants mail in a mailbox, or below it: then what it holds matters, whoever it belongs to.
func (m *Migration) sendsTo(mailbox string) bool {
	named := func(to string) bool {
		return to != "" && strings.HasPrefix(mailbox, strings.ReplaceAll(to, "/", string(m.survey.Delimiter)))
	}
	return named(m.opts.Prefix) || slices.ContainsFunc(m.opts.Map, func(to Mapping) bool { return named(to.Mailbox) })
}

// mailboxNumber is the ledger's number of a mailbox of the server. What the ledger knows of its role stays, where the server has nothing to say.
func (m *Migration) mailboxNumber(ctx context.Context, b MailboxInfo) (int64, error) {
	if m.numbers == nil {
		all, err := m.account.AllMailboxes(ctx)
		if err != nil {
			return 0, err
		}
		m.numbers = map[string]int64{}
		for _, k := range all {
			m.numbers[k.Name] = k.ID
		}
	}
	if id, known := m.numbers[b.Name]; known {
		return id, nil
	}
	id, err := m.account.Mailbox(ctx, b.Name, int(b.Role))
	m.numbers[b.Name] = id
	return id, err
}

// stockJobs tells what is to be asked for of a mailbox.
func (m *Migration) stockJobs(ctx context.Context, b *stockBox) (jobs []stockJob, err error) {
	if b.was.UIDValidity != b.now.UIDValidity || b.now.UIDNext < UID(b.was.UIDNext) { // numbered anew, or gone back to a backup
		if err := m.account.ForgetStock(ctx, b.ID, 0); err != nil {
			return nil, err
		}
		b.was = state.Stock{}
	}
	from := UID(max(b.was.UIDNext, 1))
	own, err := m.account.OwnItems(ctx, b.ID, b.now.UIDValidity, uint32(from), uint32(b.now.UIDNext))
	if err != nil {
		return nil, err
	}
	if int64(b.now.UIDNext)-int64(from) == own {
		from = b.now.UIDNext // nobody else brought anything
	}
	for ; from < b.now.UIDNext && b.now.Messages > 0; from += stockSpan {
		jobs = append(jobs, stockJob{box: b, from: from, to: min(from+stockSpan, b.now.UIDNext) - 1})
		if len(jobs) >= mostSpans {
			jobs[len(jobs)-1].to = b.now.UIDNext - 1
			break
		}
	}
	if b.was.UIDNext > 1 && b.was.ModSeq != 0 && b.was.ModSeq < b.now.ModSeq {
		jobs = append(jobs, stockJob{box: b, from: 1, to: UID(b.was.UIDNext) - 1, since: b.was.ModSeq})
	}
	return jobs, nil
}

// mostSpans bounds in how many pieces a mailbox is cut.
const mostSpans = 64

// listStock puts a piece of a mailbox into the index.
func (m *Migration) listStock(ctx context.Context, s Session, job stockJob) error {
	m.p.SetPlace(job.box.Name)
	box, err := s.Select(ctx, job.box.Name)
	if errors.Is(err, ErrNoMailbox) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mailbox %q: %w", job.box.Name, err)
	}
	if box.UIDValidity != job.box.now.UIDValidity {
		return nil // it was made anew meanwhile: the next run sees it
	}
	var page []state.Item
	for found, err := range s.(Indexer).Index(ctx, job.from, job.to, job.since) {
		if err != nil {
			return err
		}
		if page = append(page, item(job.box, found)); len(page) == stockPage {
			if err := m.storeStock(ctx, page); err != nil {
				return err
			}
			page = page[:0]
		}
	}
	return m.storeStock(ctx, page)
}

func (m *Migration) storeStock(ctx context.Context, page []state.Item) error {
	if len(page) == 0 {
		return nil
	}
	slices.SortFunc(page, func(a, b state.Item) int { return int(int64(a.UID) - int64(b.UID)) })
	m.p.Done(int64(len(page)), 0)
	return m.account.StoreItems(ctx, page)
}

func item(b *stockBox, found Found) state.Item {
	flags, keywords := ParseFlags(found.Flags)
	it := state.Item{
		Mailbox: b.ID, Seat: state.Seat{UIDValidity: b.now.UIDValidity, UID: uint32(found.UID)}, Size: found.Size, Date: found.Received.Unix(),
		Flags: int(flags), Deleted: marked(found.Flags), Keywords: keywords,
	}
	if key := dedupe.IDKey(found.MessageID); key != (dedupe.Key{}) {
		it.Key = key[:]
	}
	return it
}

// marked reports whether somebody marked a message to be deleted.
func marked(flags []string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return strings.EqualFold(f, `\Deleted`) })
}

// closeStocks records how far the mailboxes are in the index, and looks before for what vanished where the numbers don't agree.
func (m *Migration) closeStocks(ctx context.Context, changed []*stockBox) error {
	var doubtful []*stockBox
	for _, b := range changed {
		n, err := m.countStock(ctx, b)
		if err != nil {
			return err
		}
		if n == b.now.Messages {
			err = m.account.SetStock(ctx, b.stock())
		} else {
			doubtful = append(doubtful, b)
		}
		if err != nil {
			return err
		}
	}
	return share(ctx, m, doubtful, func(ctx context.Context, s Session, b *stockBox) error {
		if err := m.pruneStock(ctx, s, b); err != nil {
			return err
		}
		stock := b.stock()
		var err error
		stock.Messages, err = m.countStock(ctx, b) // not what the server told, if somebody was at work meanwhile: the next run sees it
		return errors.Join(err, m.account.SetStock(ctx, stock))
	})
}

func (m *Migration) countStock(ctx context.Context, b *stockBox) (uint32, error) {
	n, err := m.account.CountItems(ctx, b.ID, b.now.UIDValidity, 1, uint32(b.now.UIDNext))
	return uint32(n), err
}

// pruneStock takes out of the index what is not in the mailbox any more.
func (m *Migration) pruneStock(ctx context.Context, s Session, b *stockBox) error {
	box, err := s.Select(ctx, b.Name)
	lister, ok := s.(Lister)
	if err != nil && !errors.Is(err, ErrNoMailbox) || !ok {
		return err
	}
	if err != nil || box.UIDValidity != b.now.UIDValidity {
		return m.account.ForgetStock(ctx, b.ID, 0)
	}
	var failed error
	var asked [][]uint32
	pages := func(yield func([]UID) bool) {
		for after := uint32(0); ; {
			var page []uint32
			if page, failed = m.account.ItemUIDs(ctx, b.ID, b.now.UIDValidity, after, checkPage); failed != nil || len(page) == 0 {
				return
			}
			after = page[len(page)-1]
			asked = append(asked, page)
			if !yield(asUIDs(page)) {
				return
			}
		}
	}
	for there, err := range lister.List(ctx, pages) {
		if err != nil {
			return err
		}
		if err := m.pruneThese(ctx, b, asked[0], there); err != nil {
			return err
		}
		asked = asked[1:]
	}
	return failed
}

func (m *Migration) pruneThese(ctx context.Context, b *stockBox, asked []uint32, there []Found) error {
	gone := slices.DeleteFunc(asked, func(uid uint32) bool {
		var found Found
		found, there = pick(there, UID(uid))
		return found.UID != 0
	})
	return m.account.RemoveItems(ctx, b.ID, b.now.UIDValidity, gone)
}

func asUIDs(numbers []uint32) []UID {
	uids := make([]UID, len(numbers))
	for i, n := range numbers {
		uids[i] = UID(n)
	}
	return uids
}
