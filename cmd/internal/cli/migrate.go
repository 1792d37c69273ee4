package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"unpop/migrate"
)

func (a *app) migrate() *cobra.Command {
	var flags workFlags
	var export exportFlag
	var dispose disposeFlag
	cmd := &cobra.Command{
		Use:   "migrate --to URL SOURCE...",
		Short: "Bring the mail of the sources to the account, each message once.",
		Long: `Bring the mail of the sources to the account, each message once. It reads the
sources, decides, uploads what is not there yet, and asks the server for all of
it. Stop it whenever you like: the same command again goes on where it stopped.`,
		Example: `  unpop migrate --to imaps://anna@imap.example.it ~/.thunderbird
  unpop migrate --to imaps://anna@imap.example.it pop3s://anna@pop.old.example
  unpop migrate --to imaps://anna@imap.example.it --password-file ~/anna.pass \
      --exclude Spam --map 'Vecchia posta=Archive' ~/.thunderbird`,
		Args: someSources,
		Annotations: exits(exitDone, exitError, exitUsage, exitRejected, exitDenied, exitFull,
			exitLocked, exitStopped),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runMigrate(cmd, &flags, &export, &dispose, args)
		},
	}
	flags.add(cmd)
	export.add(cmd)
	dispose.add(cmd)
	cmd.Flags().BoolVar(&flags.yes, "yes", false, "don't ask about what does not fit or can't end today")
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	return cmd
}

func (a *app) runMigrate(cmd *cobra.Command, flags *workFlags, export *exportFlag, dispose *disposeFlag, specs []string) error {
	if err := dispose.check(cmd, flags.anyway); err != nil {
		return err
	}
	j, err := a.prepare(cmd, flags, specs)
	if err != nil {
		return err
	}
	if err := export.write(cmd.Context(), a, j.inputs); err != nil {
		return errors.Join(err, j.close())
	}
	j.sure = flags.yes
	report, err := a.run(cmd.Context(), j, dispose.run)
	err = a.settle(cmd.Context(), j, report, err)
	if !a.ui.json {
		dispose.tell(a)
		if err == nil || errors.Is(err, errRejected) {
			a.ui.printf("\n%s", popWarning(maildrops(j.inputs)))
		}
		a.ui.printf("\nledger  %s\n", j.ledger.Path())
	}
	return errors.Join(err, j.close())
}

// run does all the steps before the eyes of the user.
// What comes after them is done when all went well.
func (a *app) run(ctx context.Context, j *job, after ...func(context.Context, *migrate.Migration) error) (migrate.Report, error) {
	v := &approver{a: a, ask: !j.sure, display: a.ui.show(j.opts.Progress), counts: j.opts.Progress, opts: &j.opts}
	defer func() { v.display.Stop() }()
	j.opts.Approve = v.approve
	m := j.migration()
	report, err := m.Run(ctx)
	j.plan = v.plan
	for _, do := range after {
		if err == nil {
			err = do(ctx, m)
		}
	}
	return report, err
}

// migrated is what migrate --json prints. Names are a contract: add, never rename.
type migrated struct {
	migrate.Fields
	Unread []unreadPart `json:"unread_parts"`
}

// settle prints the account of a run and turns what was rejected into an error.
func (a *app) settle(ctx context.Context, j *job, r migrate.Report, err error) error {
	quiet := context.WithoutCancel(ctx) // the account is owed also after a stop
	unread, failed := j.unread(quiet)
	err = errors.Join(err, failed)
	if a.ui.json {
		err = errors.Join(err, a.ui.object(migrated{r.Fields(), unread}))
	} else {
		err = errors.Join(err, a.tell(quiet, j, &closing{Report: r, err: err, stopped: ctx.Err() != nil, unread: unread}))
	}
	if err == nil && (r.Rejected() > 0 || len(unread) > 0) {
		err = errRejected
	}
	return err
}
