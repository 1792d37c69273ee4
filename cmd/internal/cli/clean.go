package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
)

// cleanFlags are those of clean.
type cleanFlags struct {
	workFlags
	yes, delete bool
}

func (a *app) clean() *cobra.Command {
	var flags cleanFlags
	cmd := &cobra.Command{
		Use:   "clean --to URL",
		Short: "Put aside what the account holds more than once, or show it.",
		Long: `Put aside what the account holds more than once, as POP3 leaves it behind. What is
one message is decided as migrate does it, and the text is compared, never the
Message-ID alone. The best copy of each stays where it is, with the flags of all;
the others are moved to the mailbox "` + migrate.AsideName + `". Without --yes it
only looks. unpop undo brings all back.`,
		Example: `  unpop clean --to imaps://anna@imap.example.it
  unpop clean --to imaps://anna@imap.example.it --password-file ~/anna.pass --yes`,
		Args: nothing, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: exits(exitDone, exitError, exitUsage, exitDenied, exitLocked, exitStopped),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.runClean(cmd, &flags) },
	}
	cmd.Flags().SortFlags = false
	flags.addTo(cmd)
	flags.addSecrets(cmd)
	flags.ledgerFlag.add(cmd, "the ledger's `FILE` (default: one for each account)")
	cmd.Flags().IntVar(&flags.connections, "connections", 4, "`N` connections at most")
	cmd.Flags().BoolVar(&flags.yes, "yes", false, "do it")
	cmd.Flags().BoolVar(&flags.delete, "delete", false, "delete them in place of moving them: no way back")
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	return cmd
}

func (a *app) runClean(cmd *cobra.Command, flags *cleanFlags) error {
	j, err := a.prepare(cmd, &flags.workFlags, nil)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	report, err := a.cleanAll(ctx, j, migrate.CleanOptions{DryRun: !flags.yes, Delete: flags.delete})
	if err == nil || report.Messages > 0 {
		err = errors.Join(err, a.showCleaned(report, flags))
	}
	return errors.Join(err, j.ended(ctx, err), j.close())
}

func (a *app) cleanAll(ctx context.Context, j *job, opts migrate.CleanOptions) (migrate.CleanReport, error) {
	display := a.ui.show(j.opts.Progress)
	defer display.Stop()
	report, err := j.migration().Clean(ctx, opts)
	switch {
	case errors.Is(err, migrate.ErrCantClean):
		err = hinted(err, "without --yes it tells where they are; delete them in a mail program")
	case errors.Is(err, migrate.ErrLabels):
		err = hinted(err, "nothing needs to be done")
	}
	return report, err
}

// cleanedObject is a clean as scripts read it.
type cleanedObject struct {
	DryRun     bool             `json:"dry_run"` // then the figures are what would be
	Deleted    bool             `json:"deleted"`
	Looked     int64            `json:"looked"` // messages of the account
	Duplicates int64            `json:"duplicates"`
	Bytes      int64            `json:"bytes"`
	Left       int64            `json:"left"`
	Aside      string           `json:"aside"`
	Mailboxes  []cleanedMailbox `json:"mailboxes"`
}

type cleanedMailbox struct {
	Name       string `json:"name"`
	Duplicates int64  `json:"duplicates"`
	Bytes      int64  `json:"bytes"`
	Left       int64  `json:"left"`
}

func cleaned(r migrate.CleanReport, flags *cleanFlags) cleanedObject {
	out := cleanedObject{
		DryRun: !flags.yes, Deleted: flags.yes && flags.delete, Looked: r.Looked, Duplicates: r.Messages, Bytes: r.Bytes, Left: r.Left, Aside: r.Aside,
		Mailboxes: []cleanedMailbox{},
	}
	for _, b := range r.Mailboxes {
		out.Mailboxes = append(out.Mailboxes, cleanedMailbox{b.Name, b.Messages, b.Bytes, b.Left})
	}
	return out
}

func (a *app) showCleaned(r migrate.CleanReport, flags *cleanFlags) error {
	if a.ui.json {
		return a.ui.object(cleaned(r, flags))
	}
	if r.Messages+r.Left == 0 {
		a.ui.printf("\nEach of the %s is there once: nothing to do.\n", counted(r.Looked, "message"))
		return nil
	}
	a.ui.printf("\n%s\n%s", cleanTable(r), fateOfDuplicates(r, flags))
	return nil
}

func cleanTable(r migrate.CleanReport) string {
	t := table{columns: []column{
		{title: "mailbox", flex: true, sure: true},
		{title: "duplicates", right: true, sure: true},
		{title: "size", right: true, sure: true},
		{title: "left alone", right: true},
	}}
	for _, b := range r.Mailboxes {
		t.add(b.Name, progress.Count(b.Messages), progress.Bytes(b.Bytes), some(b.Left))
	}
	if len(r.Mailboxes) > 1 {
		t.add("together", progress.Count(r.Messages), progress.Bytes(r.Bytes), some(r.Left))
	}
	return t.String()
}

// fateOfDuplicates says what became of them, or would.
func fateOfDuplicates(r migrate.CleanReport, flags *cleanFlags) string {
	switch {
	case !flags.yes && flags.delete:
		return "Nothing was changed. The same with --yes deletes them for good.\n"
	case !flags.yes:
		return "Nothing was changed. The same with --yes moves them to \"" + printable(r.Aside) + "\".\n"
	case flags.delete:
		return "They are deleted. The best copy of each is where it was.\n"
	default:
		return "They are in \"" + printable(r.Aside) + "\"; unpop undo brings them back.\n"
	}
}
