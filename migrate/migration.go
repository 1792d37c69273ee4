package migrate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"unpop/state"
)

// Input is a source with the name under which the ledger knows it.
type Input struct {
	Kind, Path string
	Source     Source
}

// Options say what to migrate, where to, and how hard to try. The zero value is sensible.
type Options struct {
	// Include and Exclude are globs on store folders ("Local Folders/Clienti/*", "**/Spam"), without regard to case.
	// A folder takes part if it matches an Include (or there is none) and no Exclude.
	Include, Exclude []string
	// Map sends store folders, and what lies below them, to mailboxes of the user's choice.
	Map []Mapping
	// Prefix is a mailbox below which everything is put, as it is named in the store.
	Prefix string
	// Existing says what becomes of messages that the target holds already; empty means [ExistingMove].
	Existing Existing
	// Connections is the most sessions at once; 0 means 4.
	Connections int
	// Quarantine is the mbox file that keeps the bytes of rejected messages; empty keeps none.
	Quarantine string
	// Command and Version go into the ledger's record of the run.
	Command, Version string
	// Settle is how long UIDNEXT must stand still before a doubt is looked into; 0 means 2 s.
	Settle time.Duration
	// Patience is how long a session may fail in a row before the run gives up; 0 means 5 min.
	Patience time.Duration
	// Approve sees the plan of [Migration.Run] before anything is done on the target, and ends the run with its error; nil approves.
	Approve func(context.Context, *Plan) error
	// Forbearance is for how long a server may ask to be left alone before the run gives up, with the server's words as its
	// error; 0 means 26 h.
	Forbearance time.Duration
	// Gate is called before each step of Run and may let it wait; leave is called when the step has ended. nil is usual.
	Gate func(ctx context.Context, step Step) (leave func(), err error)
	// Reached is called at every [Point], by the goroutine that reaches it; nil is usual.
	Reached func(Point)
	// Progress is written while the run goes on; nil is fine.
	Progress *Progress
}

// Existing is what becomes of a message that the target holds already.
type Existing string

// The ways. In any of them, one that is in its mailbox, or in one that the user would rather have it in, stays there.
const (
	ExistingMove   Existing = "move"   // one in INBOX, or another mailbox where nobody filed it, is moved to its mailbox
	ExistingKeep   Existing = "keep"   // it stays where it is
	ExistingUpload Existing = "upload" // what is there is not looked at: a further copy is sent
)

// ParseExisting reads one of them; empty is [ExistingMove].
func ParseExisting(text string) (Existing, error) {
	switch e := Existing(text); e {
	case "":
		return ExistingMove, nil
	case ExistingMove, ExistingKeep, ExistingUpload:
		return e, nil
	default:
		return "", fmt.Errorf("existing: got %q, want move, keep or upload", text)
	}
}

// Mapping sends a store folder to a mailbox.
type Mapping struct {
	Folder  string // as [Folder.String] gives it, or without the account
	Mailbox string // names separated by "/" or the server's delimiter
}

// Migration moves the mail of some sources to a target. Its steps are called in order, from one goroutine;
// each may be repeated.
type Migration struct {
	account *state.Account
	inputs  []Input
	target  Target
	opts    Options

	ids     []int64          // of the inputs in the ledger
	byID    map[int64]Source // to open a copy
	run     int64
	p       *Progress
	survey  Survey
	why     map[int64]Renaming // of the store folders whose mailboxes have other names
	renamed []RenamedMailbox
	unseen  *Plan            // is to be approved
	met     bool             // a session was opened: what fails now may pass
	late    sync.Map         // numbers of the mailboxes where this run gave up a search, so that a twin may still arrive
	numbers map[string]int64 // of mailboxes, by name
	ranks   map[int64]int    // of mailboxes of the target, by number
	whole   int64            // the mailbox that shows all messages, whatever their labels; 0: there is none
}

// New prepares a migration. The ledger's account and the inputs stay the caller's; target may be nil for Scan and
// Duplicates alone.
func New(account *state.Account, inputs []Input, target Target, opts Options) *Migration {
	if opts.Connections <= 0 {
		opts.Connections = 4
	}
	if opts.Settle <= 0 {
		opts.Settle = 2 * time.Second
	}
	if opts.Patience <= 0 {
		opts.Patience = 5 * time.Minute
	}
	if opts.Forbearance <= 0 {
		opts.Forbearance = busyPatience
	}
	if opts.Progress == nil {
		opts.Progress = new(Progress)
	}
	return &Migration{account: account, inputs: inputs, target: target, opts: opts, p: opts.Progress, byID: map[int64]Source{}}
}

// begin records the run and the inputs, once.
func (m *Migration) begin(ctx context.Context) error {
	if m.run != 0 {
		return nil
	}
	for _, in := range m.inputs {
		id, err := m.account.Source(ctx, in.Kind, in.Path)
		if err != nil {
			return err
		}
		if _, twice := m.byID[id]; twice {
			continue
		}
		m.ids = append(m.ids, id)
		m.byID[id] = in.Source
	}
	m.attach()
	var err error
	m.run, err = m.account.StartRun(ctx, m.opts.Command, m.opts.Version)
	return err
}

// Report is the account of a run.
type Report struct {
	state.Tally
	Verification
	Renamed      []RenamedMailbox // by this run
	FlagsDropped int64            // keywords that the target does not keep, counted per message
	Times        [StepVerify + 1]time.Duration
	Server       string // what it calls itself; empty: it was not asked
}

// ErrIncomplete says that work is left: running again goes on with it.
var ErrIncomplete = errors.New("not everything is done")

// Run does all the steps. The report is valid, as far as it goes, whatever the error.
func (m *Migration) Run(ctx context.Context) (Report, error) {
	var r Report
	err := m.steps(ctx, &r)
	var tallyErr error
	r.Renamed = m.renamed
	r.Tally, tallyErr = m.Tally(context.WithoutCancel(ctx))
	r.Server = m.survey.Server
	if err == nil {
		err = errors.Join(tallyErr, r.check())
	}
	return r, errors.Join(err, m.end(context.WithoutCancel(ctx), r, err))
}

func (m *Migration) steps(ctx context.Context, r *Report) error {
	work := [StepVerify + 1]func(context.Context) error{
		StepScan:   m.Scan,
		StepPlan:   m.planStep,
		StepUpload: func(ctx context.Context) (err error) { r.FlagsDropped, err = m.Upload(ctx); return err },
		StepVerify: func(ctx context.Context) (err error) {
			r.Verification, err = m.Verify(ctx, VerifyOptions{})
			return err
		},
	}
	for step := StepScan; step <= StepVerify; step++ {
		if step == StepUpload { // nobody's time but that of who is asked
			if err := m.approved(ctx); err != nil {
				return err
			}
		}
		leave, err := m.enter(ctx, step)
		if err != nil {
			return err
		}
		started := time.Now()
		err = work[step](ctx)
		r.Times[step] = time.Since(started)
		leave()
		if err != nil {
			return err
		}
	}
	return nil
}

// enter waits until a step may begin.
func (m *Migration) enter(ctx context.Context, step Step) (leave func(), err error) {
	if m.opts.Gate == nil {
		return func() {}, nil
	}
	return m.opts.Gate(ctx, step)
}

// check holds the run to what it promises.
func (r *Report) check() error {
	switch {
	case r.Pending > 0:
		return fmt.Errorf("%w: %d still to be sent", ErrIncomplete, r.Pending)
	case r.Balance() != 0:
		return fmt.Errorf("accounts: %d of %d copies are not accounted for", r.Balance(), r.Seen)
	case r.Missing > 0:
		return fmt.Errorf("%w: no longer on the server: %d", ErrMissing, r.Missing)
	default:
		return nil
	}
}

// ErrMissing says that the server no longer holds what the ledger says.
var ErrMissing = errors.New("verify")

func (m *Migration) end(ctx context.Context, r Report, err error) error {
	if m.run == 0 {
		return nil
	}
	outcome := "done"
	if err != nil {
		outcome = err.Error()
	}
	return m.account.EndRun(ctx, m.run, outcome, r.JSON())
}

// Tally returns the accounts of the inputs' copies as they stand.
func (m *Migration) Tally(ctx context.Context) (state.Tally, error) {
	if len(m.ids) == 0 {
		return state.Tally{}, nil
	}
	return m.account.Tally(ctx, m.ids, m.run)
}
