package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"unpop/migrate"
	"unpop/state"
)

// verifyFlags are those of verify.
type verifyFlags struct {
	signInFlags
	ledgerFlag
	migrate.VerifyOptions
}

func (a *app) verify() *cobra.Command {
	var flags verifyFlags
	cmd := &cobra.Command{
		Use:   "verify [SOURCE...]",
		Short: "Ask the server for every message that the ledger says it holds.",
		Long: `Ask the server for every message that the ledger says it holds. With --repair
what is gone is sent again, from the sources named or those that the ledger
knows; nothing is sent that is still in its mailbox.`,
		Example: `  unpop verify --to imaps://anna@imap.example.it
  unpop verify --state ~/anna.db --password-file ~/anna.pass --deep
  unpop verify --to imaps://anna@imap.example.it --repair`,
		Annotations: exits(exitDone, exitError, exitUsage, exitDenied, exitFull, exitLocked, exitStopped),
		Args:        flags.args,
		RunE: func(cmd *cobra.Command, specs []string) error {
			path, target, err := find(cmd, &flags.signInFlags, flags.state)
			if err != nil {
				return err
			}
			return a.runVerify(cmd, &flags, path, target, specs)
		},
	}
	cmd.Flags().SortFlags = false
	flags.addTo(cmd)
	flags.ledgerFlag.add(cmd, "the ledger's `FILE` (default: the account's own)")
	flags.addSecrets(cmd)
	cmd.Flags().BoolVar(&flags.Deep, "deep", false, "fetch every message and compare its bytes")
	cmd.Flags().BoolVar(&flags.Repair, "repair", false, "send again what is gone")
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	return cmd
}

// args takes sources only where something may be sent.
func (f *verifyFlags) args(cmd *cobra.Command, specs []string) error {
	if !f.Repair {
		return nothing(cmd, specs)
	}
	return nil
}

func (a *app) runVerify(cmd *cobra.Command, flags *verifyFlags, path, target string, specs []string) error {
	j := &job{opts: migrate.Options{Command: "verify", Version: version(), Progress: new(migrate.Progress)}}
	err := a.fillVerify(cmd, j, flags, path, target, specs)
	if err == nil {
		err = a.verifyAll(cmd.Context(), j, flags.VerifyOptions)
		err = errors.Join(err, j.ended(cmd.Context(), err))
	}
	return errors.Join(err, j.close())
}

func (a *app) fillVerify(cmd *cobra.Command, j *job, flags *verifyFlags, path, target string, specs []string) (err error) {
	r, err := new(fromFlags).remotes(cmd, &flags.signInFlags, path)
	if err != nil {
		return err
	}
	if j.inputs, err = openSources(specs, r); err != nil {
		return err
	}
	if err := a.reenter(cmd, j, &flags.signInFlags, path, target); err != nil {
		return err
	}
	if flags.Repair && len(specs) == 0 {
		return a.reopenSources(cmd.Context(), j, r)
	}
	return nil
}

// reenter opens the ledger, which must be there, and signs in to its account.
func (a *app) reenter(cmd *cobra.Command, j *job, flags *signInFlags, path, target string) error {
	known, err := knownTarget(cmd.Context(), path, target)
	if err != nil {
		return err
	}
	if j.address, err = flags.optionsFor(cmd, known); err != nil {
		return err
	}
	return a.enter(cmd.Context(), j, flags, path)
}

// reopenSources opens the sources that the ledger knows, as far as they are there.
func (a *app) reopenSources(ctx context.Context, j *job, r *remotes) error {
	known, err := j.account.Sources(ctx)
	if err != nil {
		return err
	}
	for _, s := range known {
		inputs, err := openSources([]string{s.Kind + ":" + s.Path}, r)
		if err != nil {
			a.ui.warn(oneLine(err) + "; what is only there can't be sent again")
			continue
		}
		j.inputs = append(j.inputs, inputs...)
	}
	return nil
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

func (a *app) verifyAll(ctx context.Context, j *job, opts migrate.VerifyOptions) error {
	v, err := a.askForAll(ctx, j, opts)
	if err != nil {
		return err
	}
	j.tally = v.JSON(opts)
	if err := a.showVerified(&v); err != nil {
		return err
	}
	return verdict(&v, opts)
}

func (a *app) askForAll(ctx context.Context, j *job, opts migrate.VerifyOptions) (migrate.Verification, error) {
	display := a.ui.show(j.opts.Progress)
	defer display.Stop()
	return j.migration().Verify(ctx, opts)
}

// popHint says why mail vanishes from INBOX and from nowhere else.
const popHint = "only INBOX lost mail: a mail program somewhere still fetches it by POP3 and deletes it; find it and switch that off"

// verdict is the error that a verification ends with.
func verdict(v *migrate.Verification, opts migrate.VerifyOptions) error {
	switch {
	case v.Missing > 0:
		err := fmt.Errorf("%w: %s not on the server any more", migrate.ErrMissing, counted(v.Missing, "message"))
		switch {
		case opts.Repair:
			return hinted(err, "name the source that has them, or run unpop migrate")
		case v.OnlyInbox:
			return hinted(err, popHint+", then unpop verify --repair")
		default:
			return hinted(err, "somebody may have moved or deleted them there; unpop verify --repair sends them again")
		}
	case v.Different > 0:
		return fmt.Errorf("verify: %s not as sent", counted(v.Different, "message"))
	default:
		return nil
	}
}
