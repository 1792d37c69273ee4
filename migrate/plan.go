package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"unpop/state"
)

// Plan is what would happen, or is about to.
type Plan struct {
	Survey    Survey
	Folders   []PlannedFolder
	Mailboxes []PlannedMailbox // that get messages in this run, those with the most bytes first
	Tally     state.Tally
	Forecast
}

// PlannedFolder is a store folder and where its messages go.
type PlannedFolder struct {
	state.Holding
	Mailbox string   // empty: excluded
	Why     Renaming // it has another name than the folder
}

// PlannedMailbox is a mailbox and what it gets.
type PlannedMailbox struct {
	state.Load
	New bool // it does not exist yet
}

// Fits reports whether the target has room for what is to be sent, as far as it says.
func (p *Plan) Fits() bool { return p.Lacking() == 0 }

// Plan decides which copies are one message and where each goes, and stores it in the ledger. The target is asked, and not
// changed. Scan comes before it.
func (m *Migration) Plan(ctx context.Context) (*Plan, error) {
	p, err := m.plan(ctx)
	if err != nil {
		return nil, err
	}
	return p, m.describe(ctx, p)
}

// planStep makes the plan, and keeps it for who wants to see it.
func (m *Migration) planStep(ctx context.Context) (err error) {
	if m.opts.Approve == nil {
		_, err = m.plan(ctx)
		return err
	}
	m.unseen, err = m.Plan(ctx)
	return err
}

// approved lets somebody look at the plan before anything is done.
func (m *Migration) approved(ctx context.Context) error {
	if m.unseen == nil {
		return nil
	}
	plan := m.unseen
	m.unseen = nil
	return m.opts.Approve(ctx, plan)
}

// plan is Plan for those who don't want to see it: of what it returns only the mailboxes are filled in.
func (m *Migration) plan(ctx context.Context) (*Plan, error) {
	m.p.Begin(StepPlan, 0, 0)
	mailboxes, err := m.match(ctx)
	if err != nil {
		return nil, err
	}
	able, err := m.index(ctx, mailboxes)
	if err != nil {
		return nil, err
	}
	if err := m.refresh(ctx); err != nil {
		return nil, err
	}
	if err := m.pairAll(ctx, mailboxes, able); err != nil {
		return nil, err
	}
	m.p.Begin(StepPlan, 0, 0) // what the target holds was counted meanwhile
	loads, err := m.account.Loads(ctx, state.Planned)
	p := &Plan{Survey: m.survey}
	for _, l := range loads {
		m.p.Done(l.Messages, l.Bytes)
		exists := slices.ContainsFunc(mailboxes, func(b MailboxInfo) bool { return b.Name == l.Mailbox.Name })
		p.Mailboxes = append(p.Mailboxes, PlannedMailbox{Load: l, New: !exists})
	}
	return p, err
}

// match brings the ledger in line with the target, and the folders with its mailboxes.
func (m *Migration) match(ctx context.Context) ([]MailboxInfo, error) {
	mailboxes, err := m.ask(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.resolveUndoing(ctx); err != nil {
		return nil, err
	}
	if err := m.resolveAll(ctx); err != nil { // what is in doubt must not be planned again
		return nil, err
	}
	if err := m.resolveMoves(ctx); err != nil {
		return nil, err
	}
	if err := m.locate(ctx, mailboxes); err != nil {
		return nil, err
	}
	return mailboxes, m.assign(ctx, mailboxes)
}

// ask learns what the target has and allows.
func (m *Migration) ask(ctx context.Context) (mailboxes []MailboxInfo, err error) {
	err = m.withSession(ctx, func(ctx context.Context, s Session) error {
		arranger, ok := s.(Arranger)
		if !ok {
			return errors.New("target: can't list mailboxes")
		}
		if m.survey, err = arranger.Survey(ctx); err != nil {
			return err
		}
		mailboxes, err = arranger.Mailboxes(ctx)
		return err
	})
	return mailboxes, err
}

// assign gives every store folder its mailbox.
func (m *Migration) assign(ctx context.Context, mailboxes []MailboxInfo) error {
	made, err := m.account.MadeMailboxes(ctx)
	if err != nil {
		return err
	}
	chosen, err := newChooser(m.opts.Include, m.opts.Exclude)
	if err != nil {
		return err
	}
	folders, err := m.account.Folders(ctx, m.ids)
	if err != nil {
		return err
	}
	return m.withSession(ctx, func(ctx context.Context, s Session) error {
		probe := prober{ctx: ctx, session: s, exists: mailboxes}
		naming := newNaming(m.survey, mailboxes, func(name string) bool { return made[name] }, probe.allows, &m.opts)
		naming.learn(folders)
		m.why = map[int64]Renaming{}
		for _, f := range folders {
			to := naming.of(f)
			m.why[f.ID] = naming.why
			if probe.err != nil {
				return probe.err
			}
			if err := m.assignFolder(ctx, f, to, !chosen.takes(f.Name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// prober asks the server whether it would take a name.
type prober struct {
	ctx     context.Context
	session Session
	exists  []MailboxInfo
	err     error // the first
}

func (p *prober) allows(mailbox string) bool {
	if slices.ContainsFunc(p.exists, func(b MailboxInfo) bool { return b.Name == mailbox }) {
		return true
	}
	s, ok := p.session.(Prober)
	if !ok || p.err != nil {
		return true
	}
	var allowed bool
	allowed, p.err = s.Allows(p.ctx, mailbox)
	return allowed
}

func (m *Migration) assignFolder(ctx context.Context, f state.Folder, to destination, excluded bool) error {
	mailbox, err := m.account.Mailbox(ctx, to.mailbox, int(to.role))
	if err != nil {
		return err
	}
	return m.account.Assign(ctx, f.ID, mailbox, excluded)
}

// refresh makes the plan again, unless it was made from the same things.
func (m *Migration) refresh(ctx context.Context) error {
	basis, err := m.basis(ctx)
	if err != nil {
		return err
	}
	old, err := m.account.Plan(ctx)
	if err != nil {
		return err
	}
	if old == basis {
		return m.account.RetryRejected(ctx, m.ids)
	}
	if err := m.account.SetPlan(ctx, ""); err != nil {
		return err
	}
	if err := m.replan(ctx); err != nil {
		return err
	}
	return m.account.SetPlan(ctx, basis)
}

// replan starts from the copies again.
func (m *Migration) replan(ctx context.Context) error {
	if err := m.account.ResetPlan(ctx, m.ids); err != nil {
		return err
	}
	if err := m.recall(ctx); err != nil {
		return err
	}
	if err := m.group(ctx); err != nil {
		return err
	}
	if err := m.account.ReseatGone(ctx, m.ids); err != nil {
		return err
	}
	m.reach(PointGrouped)
	if err := m.choose(ctx); err != nil {
		return err
	}
	err := m.account.Shelve(ctx, m.ids)
	m.reach(PointPlanned)
	return err
}

// basis is a digest of what the plan depends on beside the copies; a scan that reads anything voids the stored one.
func (m *Migration) basis(ctx context.Context) (string, error) {
	folders, err := m.account.Folders(ctx, m.ids)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal([]any{m.ids, folders})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// describe adds what a person wants to see beside the mailboxes.
func (m *Migration) describe(ctx context.Context, p *Plan) (err error) {
	if p.Folders, err = m.plannedFolders(ctx); err != nil {
		return err
	}
	if p.Tally, err = m.Tally(ctx); err != nil {
		return err
	}
	return m.forecast(ctx, p)
}

func (m *Migration) plannedFolders(ctx context.Context) ([]PlannedFolder, error) {
	holdings, err := m.account.Holdings(ctx, m.ids)
	if err != nil {
		return nil, err
	}
	names, err := m.account.MailboxNames(ctx)
	if err != nil {
		return nil, err
	}
	folders := make([]PlannedFolder, 0, len(holdings))
	for _, h := range holdings {
		f := PlannedFolder{Holding: h, Why: m.why[h.Folder.ID]}
		if !h.Folder.Excluded {
			f.Mailbox = names[h.Folder.Mailbox]
		}
		folders = append(folders, f)
	}
	return folders, nil
}
