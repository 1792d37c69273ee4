package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"unpop/state"
)

// AsideName is the mailbox, at the top, that duplicates are moved to.
const AsideName = "Duplicates (unpop)"

// CleanOptions say how to clean.
type CleanOptions struct {
	// DryRun only looks: nothing changes on the target.
	DryRun bool
	// Delete removes duplicates for good, in place of moving them to [AsideName]. No undo brings them back.
	Delete bool
}

// CleanReport is the account of a clean.
type CleanReport struct {
	Mailboxes []CleanedMailbox // those with duplicates, by name
	Aside     string           // the mailbox that they are moved to
	Looked    int64            // messages of the account
	CleanCounts
}

// CleanCounts count duplicates.
type CleanCounts struct {
	Messages int64 // moved or deleted, or to be, in a dry run
	Bytes    int64 // of those
	Left     int64 // not touched, because they or what they are the same as had changed
}

// CleanedMailbox is what was done in a mailbox.
type CleanedMailbox struct {
	Name string
	CleanCounts
}

// Why an account is not cleaned.
var (
	ErrCantClean = errors.New("clean: the server can neither move nor remove single messages (no MOVE, no UIDPLUS)")
	ErrLabels    = errors.New("clean: the server keeps each message once, under several labels: there are no duplicates that could be told from labels")
)

// Clean finds the messages that the target itself holds more than once, by the rules of package dedupe and never by Message-ID alone, keeps the
// best one of each with the flags of all, and moves the others aside. [Migration.Undo] brings them back. It may be stopped at any instant,
// and called again. The report is valid, as far as it goes, whatever the error.
func (m *Migration) Clean(ctx context.Context, opts CleanOptions) (CleanReport, error) {
	c := &cleaning{m: m, opts: opts}
	err := c.run(ctx)
	for _, b := range c.boxes {
		c.report.Mailboxes = append(c.report.Mailboxes, *b)
		c.report.Messages += b.Messages
		c.report.Bytes += b.Bytes
		c.report.Left += b.Left
	}
	return c.report, err
}

// cleaning is one call.
type cleaning struct {
	m      *Migration
	opts   CleanOptions
	report CleanReport
	boxes  []*CleanedMailbox
	aside  int64
	names  map[int64]string

	loads []state.Load    // still to do
	after state.Duplicate // in the first of them
}

func (c *cleaning) run(ctx context.Context) error {
	m := c.m
	m.p.Begin(StepClean, 0, 0)
	if err := m.begin(ctx); err != nil {
		return err
	}
	if err := c.find(ctx); err != nil {
		return err
	}
	for _, l := range c.loads {
		c.boxes = append(c.boxes, &CleanedMailbox{Name: l.Mailbox.Name})
		if c.opts.DryRun {
			c.boxes[len(c.boxes)-1].CleanCounts = CleanCounts{Messages: l.Messages, Bytes: l.Bytes}
		}
	}
	if c.opts.DryRun || len(c.loads) == 0 {
		return nil
	}
	m.p.Begin(StepClean, sumMessages(c.loads), 0)
	if err := m.withSession(ctx, c.prepare); err != nil {
		return err
	}
	return m.withSessions(ctx, c.act)
}

func sumMessages(loads []state.Load) (n int64) {
	for _, l := range loads {
		n += l.Messages
	}
	return n
}

// find takes stock and compares, without changing anything on the target.
func (c *cleaning) find(ctx context.Context) error {
	m := c.m
	mailboxes, err := m.ask(ctx)
	if err != nil {
		return err
	}
	if m.survey.Labels {
		return ErrLabels
	}
	for _, settle := range []func(context.Context) error{m.resolveUndoing, m.resolveAll, m.resolveMoves} {
		if err := settle(ctx); err != nil {
			return err
		}
	}
	c.report.Aside = m.survey.Prefix + AsideName
	if c.aside, err = m.account.Mailbox(ctx, c.report.Aside, int(RoleNone)); err != nil {
		return err
	}
	m.numbers = nil
	if able, err := m.takeStock(ctx, mailboxes); err != nil || !able {
		return errors.Join(err, unless(able, ErrCantClean))
	}
	if err := m.rank(ctx, mailboxes); err != nil {
		return err
	}
	if err := m.lookAtNominated(ctx, m.account.NominatedDuplicates(ctx, c.aside)); err != nil {
		return err
	}
	m.reach(PointLookedUp)
	if err := m.account.FindDuplicates(ctx, c.aside, m.ranks); err != nil {
		return err
	}
	m.reach(PointMatched)
	if err := c.count(ctx); err != nil {
		return err
	}
	c.loads, err = m.account.DuplicateLoads(ctx)
	return err
}

func unless(is bool, err error) error {
	if is {
		return nil
	}
	return err
}

func (c *cleaning) count(ctx context.Context) error {
	stocks, err := c.m.account.Stocks(ctx)
	for id, s := range stocks {
		if id != c.aside {
			c.report.Looked += int64(s.Messages)
		}
	}
	return err
}

// prepare makes the mailbox for the duplicates, and makes sure that the server can do what is wanted.
func (c *cleaning) prepare(ctx context.Context, s Session) error {
	if c.opts.Delete {
		remover, ok := s.(Remover)
		if !ok || errors.Is(remover.Remove(ctx, nil), errors.ErrUnsupported) {
			return ErrCantClean
		}
		return nil
	}
	mover, ok := s.(Mover)
	arranger, arranges := s.(Arranger)
	if !ok || !arranges {
		return ErrCantClean
	}
	if _, err := mover.Move(ctx, nil, c.report.Aside); errors.Is(err, errors.ErrUnsupported) {
		return ErrCantClean
	}
	mailboxes, err := arranger.Mailboxes(ctx)
	if err != nil || named(mailboxes, c.report.Aside) {
		return err
	}
	return c.m.makeMailbox(ctx, arranger, state.Mailbox{ID: c.aside, Name: c.report.Aside})
}

// act works through the mailboxes. After a lost session it goes on where it was.
func (c *cleaning) act(ctx context.Context, s Session, worked func()) (err error) {
	if err := c.m.resolveMovesIn(ctx, s); err != nil { // of the session before
		return err
	}
	if c.names, err = c.m.account.MailboxNames(ctx); err != nil {
		return err
	}
	for len(c.loads) > 0 {
		b := c.loads[0].Mailbox
		c.m.p.SetPlace(b.Name)
		if err := c.mailbox(ctx, s, b, worked); err != nil {
			return fmt.Errorf("mailbox %q: %w", b.Name, err)
		}
		c.loads, c.after = c.loads[1:], state.Duplicate{}
	}
	return nil
}

func (c *cleaning) mailbox(ctx context.Context, s Session, b state.Mailbox, worked func()) error {
	at := slices.IndexFunc(c.boxes, func(o *CleanedMailbox) bool { return o.Name == b.Name })
	for {
		page, err := c.m.account.Duplicates(ctx, b.ID, c.after, takePage)
		if err != nil || len(page) == 0 {
			return err
		}
		p := &cleanPage{c: c, session: s, from: b, counts: c.boxes[at]}
		if err := p.run(ctx, page); err != nil {
			return err
		}
		c.after = page[len(page)-1]
		c.m.p.Done(int64(len(page)), 0)
		worked()
	}
}
