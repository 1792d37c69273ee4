package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"unpop/migrate"
)

// undoFlags are those of undo.
type undoFlags struct {
	signInFlags
	ledgerFlag
	dryRun, yes bool
}

func (a *app) undo() *cobra.Command {
	var flags undoFlags
	cmd := &cobra.Command{
		Use:   "undo",
		Short: "Take back what migrate and clean did on the server.",
		Long: `Take back what migrate and clean did on the server: move back what they moved,
take away the flags that they gave, remove the messages that were uploaded, these
and no others, and the mailboxes that were made, if nothing else is in them.
What was moved, deleted or changed there since is left alone and listed. Stop it
whenever you like: the same command again goes on where it stopped.`,
		Example: `  unpop undo --to imaps://anna@imap.example.it --dry-run
  unpop undo --state ~/anna.db --password-file ~/anna.pass --yes`,
		Args: nothing, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: undoExits(),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.runUndo(cmd, &flags) },
	}
	cmd.Flags().SortFlags = false
	flags.addTo(cmd)
	flags.ledgerFlag.add(cmd, "the ledger's `FILE` (default: the account's own)")
	flags.addSecrets(cmd)
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "show what would be removed; change nothing")
	cmd.Flags().BoolVar(&flags.yes, "yes", false, "don't ask")
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	return cmd
}

// undoExits says how undo may end: nothing is rejected here.
func undoExits() map[string]string {
	all := exits(exitDone, exitError, exitUsage, exitRejected, exitDenied, exitLocked, exitStopped)
	for key, text := range all {
		all[key] = strings.Replace(text, statusText[exitRejected], "done, but some messages could not be taken back", 1)
	}
	return all
}

// errNotUndone ends an undo that is done but for some messages. They were listed already.
var errNotUndone = &failure{err: errors.New("some messages could not be taken back"), status: exitRejected}

// errRefused ends an undo that nobody wanted.
var errRefused = errors.New("undo: not confirmed, nothing was changed")

func (a *app) runUndo(cmd *cobra.Command, flags *undoFlags) error {
	if err := a.canAsk(cmd, flags); err != nil {
		return err
	}
	path, target, err := find(cmd, &flags.signInFlags, flags.state)
	if err != nil {
		return err
	}
	j := &job{opts: migrate.Options{Command: "undo", Version: version(), Progress: new(migrate.Progress)}}
	if err = a.reenter(cmd, j, &flags.signInFlags, path, target); err == nil {
		err = a.undoAll(cmd.Context(), j, flags)
		err = errors.Join(err, j.ended(cmd.Context(), err))
	}
	return errors.Join(err, j.close())
}

// canAsk makes sure, before anything else, that there is somebody to ask.
func (a *app) canAsk(cmd *cobra.Command, flags *undoFlags) error {
	if flags.yes || flags.dryRun || !a.ui.json && term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return usagef(cmd, "undo: no terminal to ask whether it may remove mail").
		hinted("--dry-run shows what would be removed, --yes removes it without asking")
}

func (a *app) undoAll(ctx context.Context, j *job, flags *undoFlags) error {
	m := j.migration()
	if !flags.yes {
		plan, err := a.takeBack(ctx, j, m, true)
		if err != nil || flags.dryRun {
			return errors.Join(err, a.showUndone(plan, true))
		}
		if err := a.showUndone(plan, true); err != nil || plan.nothing() {
			return err
		}
		if err := a.confirm(ctx, os.Stdin, plan.question(j.address.Host)); err != nil {
			return err
		}
	}
	done, err := a.takeBack(ctx, j, m, false)
	if err := errors.Join(err, a.showUndone(done, false)); err != nil {
		return err
	}
	if done.Left() > 0 {
		return errNotUndone
	}
	return nil
}

// undone is the account of an undo with the messages that it lists.
type undone struct {
	migrate.UndoReport
	left []migrate.NotUndone
}

// mostLeft bounds what is held in memory of a mailbox whose messages are all gone.
const mostLeft = 10_000

func (u *undone) nothing() bool {
	made := false
	for _, b := range u.Mailboxes {
		made = made || b.Deleted
	}
	return u.Removed+u.MovedBack+u.Unflagged+u.Left() == 0 && !made
}

// question asks for all that would be done.
func (u *undone) question(host string) string {
	if u.MovedBack == 0 {
		return fmt.Sprintf("\nRemove %s from %s? [y/N] ", counted(u.Removed, "message"), host)
	}
	return fmt.Sprintf("\nRemove %s from %s, and move %s back? [y/N] ", counted(u.Removed, "message"), host, counted(u.MovedBack, "message"))
}

func (a *app) takeBack(ctx context.Context, j *job, m *migrate.Migration, dryRun bool) (*undone, error) {
	display := a.ui.show(j.opts.Progress)
	defer display.Stop()
	u := &undone{}
	var err error
	u.UndoReport, err = m.Undo(ctx, migrate.UndoOptions{DryRun: dryRun, Obstacle: func(n migrate.NotUndone) {
		if len(u.left) < mostLeft {
			u.left = append(u.left, n)
		}
	}})
	if errors.Is(err, migrate.ErrCantUndo) {
		err = hinted(err, "remove them in a mail program; unpop status tells the mailboxes")
	}
	return u, err
}

// confirm asks, and takes nothing but a yes for one. A read that is still waiting when ctx ends, ends with the process.
func (a *app) confirm(ctx context.Context, in *os.File, question string) error {
	_, _ = fmt.Fprint(a.ui.err, question)
	answers := make(chan string, 1)
	go func() {
		var answer string
		_, _ = fmt.Fscanln(in, &answer)
		answers <- answer
	}()
	select {
	case answer := <-answers:
		if strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes") {
			return nil
		}
		return errRefused
	case <-ctx.Done():
		return ctx.Err()
	}
}
