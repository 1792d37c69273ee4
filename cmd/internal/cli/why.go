package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"unpop/state"
)

// whyFlags are those of why.
type whyFlags struct {
	ledgerFlag
	account, by string
	number      int64
}

func (a *app) why() *cobra.Command {
	var flags whyFlags
	cmd := &cobra.Command{
		Use:   "why MESSAGE-ID|PATH|SUBJECT",
		Short: "Tell the story of a message: its copies, which won, where it went.",
		Long: `Tell the story of a message: its copies, which of them won and why, where it
went, when and how. It is found by its Message-ID, by a source's file or store
folder, or by a part of its subject, whichever fits first. Where several fit,
they are listed to choose from.`,
		Example: `  unpop why '<4711.0815@mail.example.org>'
  unpop why 'Local Folders/Clienti/ACME'
  unpop why --state ~/anna.db fattura`,
		Args: flags.args, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: exits(exitDone, exitError, exitUsage, exitStopped),
		RunE:        func(cmd *cobra.Command, args []string) error { return a.runWhy(cmd, &flags, args) },
	}
	cmd.Flags().SortFlags = false
	flags.ledgerFlag.add(cmd, "the ledger's `FILE` (default: the only one)")
	cmd.Flags().StringVar(&flags.account, "account", "", "only this one, by its `URL`")
	cmd.Flags().StringVar(&flags.by, "by", "", "look only for `WHAT`: id, path or subject")
	cmd.Flags().Int64Var(&flags.number, "number", 0, "the message with number `N` in such a list")
	return cmd
}

func (f *whyFlags) args(cmd *cobra.Command, args []string) error {
	switch {
	case f.number != 0 && len(args) > 0:
		return usagef(cmd, "--number and %q: one of them is enough", args[0])
	case f.number == 0 && len(args) == 0:
		return usagef(cmd, "no MESSAGE-ID, PATH or SUBJECT given")
	case len(args) > 1:
		return usagef(cmd, "unexpected argument %q", args[1]).hinted("put a subject with blanks into quotes")
	case f.by != "" && finders[f.by] == nil:
		return usagef(cmd, "--by %q: want id, path or subject", f.by)
	}
	return nil
}

func (a *app) runWhy(cmd *cobra.Command, flags *whyFlags, args []string) error {
	ctx := cmd.Context()
	path, target, err := findAccount(cmd, flags.account, flags.state)
	if err != nil {
		return err
	}
	return onSnapshot(ctx, path, target, func(accounts []*state.Account) error {
		w := &asked{app: a, ledger: path, accounts: accounts}
		if flags.number != 0 {
			return w.byNumber(ctx, flags.number)
		}
		matches, more, err := w.find(ctx, args[0], flags.by)
		switch {
		case err != nil:
			return err
		case len(matches) == 0:
			return hinted(fmt.Errorf("%w like %q", errNoMessage, args[0]), "a part of the subject is enough; the ledger keeps the first 120 bytes of it")
		case len(matches) == 1:
			return w.tell(ctx, matches[0])
		default:
			return w.list(ctx, matches, more)
		}
	})
}

// errNoMessage says that nothing fits.
var errNoMessage = errors.New("why: the ledger knows no message")
