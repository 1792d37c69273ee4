package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
	"unpop/state"
)

func (a *app) verify() *cobra.Command {
	var flags signInFlags
	var ledger ledgerFlag
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Ask the server for every message that the ledger says it holds.",
		Example: `  unpop verify --to imaps://anna@imap.example.it
  unpop verify --state ~/anna.db --password-file ~/anna.pass`,
		Args: nothing, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: exits(exitDone, exitError, exitUsage, exitDenied, exitLocked, exitStopped),
		RunE: func(cmd *cobra.Command, _ []string) error {
			path, target, err := find(cmd, &flags, ledger.state)
			if err != nil {
				return err
			}
			return a.runVerify(cmd, &flags, path, target)
		},
	}
	cmd.Flags().SortFlags = false
	flags.addTo(cmd)
	ledger.add(cmd, "the ledger's `FILE` (default: the account's own)")
	flags.addSecrets(cmd)
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	return cmd
}

func (a *app) runVerify(cmd *cobra.Command, flags *signInFlags, path, target string) error {
	j := &job{opts: migrate.Options{Command: "verify", Version: version(), Progress: new(migrate.Progress)}}
	err := a.fillVerify(cmd, j, flags, path, target)
	if err == nil {
		err = a.verifyAll(cmd.Context(), j)
		err = errors.Join(err, j.ended(cmd.Context(), err))
	}
	return errors.Join(err, j.close())
}

// fillVerify opens the ledger, which must be there, and signs in to its account.
func (a *app) fillVerify(cmd *cobra.Command, j *job, flags *signInFlags, path, target string) error {
	ctx := cmd.Context()
	known, err := knownTarget(ctx, path, target)
	if err != nil {
		return err
	}
	if j.address, err = flags.optionsFor(cmd, known); err != nil {
		return err
	}
	return a.enter(ctx, j, flags, path)
}

// knownTarget is the account of a ledger, without making anything.
func knownTarget(ctx context.Context, path, target string) (string, error) {
	ledger, err := state.OpenReadOnly(ctx, path)
	if err != nil {
		return "", noLedger(path, err)
	}
	accounts, err := accountsOf(ctx, ledger, target)
	if err := errors.Join(err, ledger.Close()); err != nil {
		return "", err
	}
	if len(accounts) > 1 {
		return "", &failure{err: fmt.Errorf("ledger %s: %w", path, errManyAccounts), status: exitUsage, hint: "say which with --to URL"}
	}
	return accounts[0].Target, nil
}

// verified is the outcome as scripts read it.
type verified struct {
	Verified  int64            `json:"verified"`
	Missing   int64            `json:"missing"`
	Mailboxes []missingMailbox `json:"mailboxes"` // those where something is missing
}

type missingMailbox struct {
	Name    string `json:"name"`
	Missing int64  `json:"missing"`
}

func (a *app) verifyAll(ctx context.Context, j *job) error {
	out := verified{Mailboxes: []missingMailbox{}}
	var err error
	if out.Verified, out.Missing, err = a.askForAll(ctx, j); err != nil {
		return err
	}
	if out.Missing > 0 {
		if out.Mailboxes, err = missingIn(ctx, j.account); err != nil {
			return err
		}
	}
	if err := a.showVerified(&out); err != nil {
		return err
	}
	if out.Missing > 0 {
		return fmt.Errorf("%w: %s not on the server any more", migrate.ErrMissing, counted(out.Missing, "message"))
	}
	return nil
}

func (a *app) askForAll(ctx context.Context, j *job) (found, missing int64, err error) {
	display := a.ui.show(j.opts.Progress)
	defer display.Stop()
	v, err := j.migration().Verify(ctx, migrate.VerifyOptions{})
	return v.Verified, v.Missing, err
}

// missingIn counts by mailbox what the last verification did not find.
func missingIn(ctx context.Context, account *state.Account) ([]missingMailbox, error) {
	loads, err := account.Loads(ctx, state.Done)
	if err != nil {
		return nil, err
	}
	var boxes []missingMailbox
	for _, l := range loads {
		box := missingMailbox{Name: l.Mailbox.Name}
		for msg, err := range account.Stored(ctx, l.Mailbox.ID) {
			if err != nil {
				return nil, err
			}
			if msg.Missing {
				box.Missing++
			}
		}
		if box.Missing > 0 {
			boxes = append(boxes, box)
		}
	}
	return boxes, nil
}

func (a *app) showVerified(v *verified) error {
	if a.ui.json {
		return a.ui.object(v)
	}
	if v.Missing == 0 {
		a.ui.printf("\nThe server has all %s that the ledger knows.\n", counted(v.Verified, "message"))
		return nil
	}
	t := table{columns: []column{{title: "mailbox", flex: true, sure: true}, {title: "missing", right: true, sure: true}}}
	for _, b := range v.Mailboxes {
		t.add(b.Name, progress.Count(b.Missing))
	}
	a.ui.printf("\nThe server has %s, and these are gone:\n\n%s", counted(v.Verified, "message"), t.String())
	return nil
}
