package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/state"
)

// A job is what a command works with: sources, a ledger and an account to sign in to.
type job struct {
	inputs  []migrate.Input
	address imap.Options
	ledger  *state.Ledger
	account *state.Account
	target  *imap.Target // nil until signed in
	opts    migrate.Options
	sure    bool          // nobody is to be asked
	plan    *migrate.Plan // of a run, nil if it had none
	tally   string        // what the ledger keeps of a run that is not the engine's
}

// prepare opens all that plan and migrate need. What is wrong with the command line or with a source comes out before
// anybody is asked for a password.
func (a *app) prepare(cmd *cobra.Command, f *workFlags, specs []string) (*job, error) {
	j := &job{}
	err := a.fill(cmd, j, f, specs)
	if err != nil {
		return nil, errors.Join(err, j.close())
	}
	return j, nil
}

func (a *app) fill(cmd *cobra.Command, j *job, f *workFlags, specs []string) (err error) {
	if j.address, err = f.signInFlags.options(cmd); err != nil {
		return err
	}
	if j.opts, err = f.options(cmd); err != nil {
		return err
	}
	path := f.state
	if path == "" {
		if path, err = ledgerFor(j.address); err != nil {
			return err
		}
	}
	r, err := f.remotes(cmd, &f.signInFlags, path)
	if err != nil {
		return err
	}
	if j.inputs, err = openSources(specs, r); err != nil {
		return err
	}
	if err := a.leaveOutTarget(j, r); err != nil {
		return err
	}
	if err := a.enter(cmd.Context(), j, &f.signInFlags, path); err != nil {
		return err
	}
	return a.askPasswords(cmd.Context(), r)
}

// enter signs in and opens the ledger. A ledger is not begun for an account that can't be entered, and nobody is asked for
// a password in vain while another process works on it.
func (a *app) enter(ctx context.Context, j *job, f *signInFlags, path string) (err error) {
	if holder := state.Holder(path); holder != "" {
		return &state.LockedError{Path: path, Holder: holder}
	}
	a.introduce(j.inputs, j.address, path)
	if j.target, err = a.signIn(ctx, f, j.address); err != nil {
		return err
	}
	err = j.open(ctx, path, j.address.String())
	a.begun = err == nil
	return err
}

// open opens the ledger for writing.
func (j *job) open(ctx context.Context, path, target string) (err error) {
	if j.ledger, err = openLedger(ctx, path); err != nil {
		return err
	}
	j.account, err = j.ledger.Account(ctx, target)
	j.opts.Quarantine = quarantineFor(path)
	return err
}

// introduce says what will be worked with.
func (a *app) introduce(inputs []migrate.Input, address imap.Options, ledger string) {
	for _, in := range inputs {
		a.ui.note("from    %s (%s)", in.Path, describe(in))
	}
	a.ui.note("to      %s", address)
	a.ui.note("ledger  %s", ledger)
}

func (j *job) close() error {
	err := errors.Join(closeSources(j.inputs), j.ledger.Close())
	if j.target != nil {
		err = errors.Join(err, j.target.Close())
	}
	return err
}

// migration is the engine for the job.
func (j *job) migration() *migrate.Migration {
	if j.target == nil {
		return migrate.New(j.account, j.inputs, nil, j.opts)
	}
	return migrate.New(j.account, j.inputs, j.target, j.opts)
}

// ended records that a run which was not the engine's [migrate.Migration.Run] has ended.
func (j *job) ended(ctx context.Context, err error) error {
	ctx = context.WithoutCancel(ctx)
	run, failed := j.account.LastRun(ctx)
	if failed != nil || run == nil || !run.Ended.IsZero() {
		return failed
	}
	outcome := "done"
	if err != nil {
		outcome = oneLine(err)
	}
	return j.account.EndRun(ctx, run.ID, outcome, j.tally)
}

// sourceIDs are the ledger's numbers of the sources.
func (j *job) sourceIDs(ctx context.Context) ([]int64, error) {
	ids := make([]int64, len(j.inputs))
	for i, in := range j.inputs {
		var err error
		if ids[i], err = j.account.Source(ctx, in.Kind, in.Path); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
