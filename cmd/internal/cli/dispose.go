package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"unpop/migrate"
)

// disposeFlag says whether what has arrived is deleted on the POP3 server that it came from.
type disposeFlag struct {
	days    int
	wanted  bool
	deleted int64
}

func (f *disposeFlag) add(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.days, "delete-after", 0, "delete on the POP3 server what was verified `DAYS` ago, by an earlier run")
}

// mostDays is a century.
const mostDays = 36500

func (f *disposeFlag) check(cmd *cobra.Command, anyway bool) error {
	f.wanted = cmd.Flags().Changed("delete-after")
	if f.wanted && anyway { // it would empty INBOX of the target
		return usagef(cmd, "--delete-after and --pop3-anyway exclude each other")
	}
	if f.days < 0 || f.days > mostDays {
		return usagef(cmd, "--delete-after %d: want a number of days, from 0 on", f.days)
	}
	return nil
}

// run deletes. It comes after a run in which the server was found to have everything.
func (f *disposeFlag) run(ctx context.Context, m *migrate.Migration) (err error) {
	if f.wanted {
		f.deleted, err = m.Dispose(ctx, time.Duration(f.days)*24*time.Hour)
	}
	return err
}

// tell says what was deleted.
func (f *disposeFlag) tell(a *app) {
	if f.wanted {
		a.ui.printf("\nDeleted on the POP3 server: %s.\n", counted(f.deleted, "message"))
	}
}
