package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/report"
	"unpop/migrate/target/imap"
	"unpop/state"
)

// reportFlags are those of report.
type reportFlags struct {
	ledgerFlag
	account, format, out string
}

func (a *app) report() *cobra.Command {
	var flags reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Write what was done, to hand over: a page, a table or an object.",
		Long: `Write what was done, to hand over: a page to print (HTML), a table of every
message for a spreadsheet (CSV), or an object for scripts (JSON). Only the
ledger is asked, also while a run goes on. Of a ledger with several accounts,
the pages go to a directory with an index. CSV and JSON go to standard output
unless --out names a file.`,
		Example: `  unpop report
  unpop report --state ~/anna.db --out anna.html
  unpop report --state ~/batch.db --out reports
  unpop report --format csv --out anna.csv`,
		Args: nothing, ValidArgsFunction: cobra.NoFileCompletions,
		Annotations: exits(exitDone, exitError, exitUsage, exitStopped),
		RunE:        func(cmd *cobra.Command, _ []string) error { return a.runReport(cmd, &flags) },
	}
	cmd.Flags().SortFlags = false
	flags.ledgerFlag.add(cmd, "the ledger's `FILE` (default: the only one)")
	cmd.Flags().StringVar(&flags.account, "account", "", "only this one, by its `URL`")
	cmd.Flags().StringVar(&flags.format, "format", "html", "write `FORMAT`: html, csv or json")
	cmd.Flags().StringVar(&flags.out, "out", "", "write to `FILE` or directory, - is standard output")
	return cmd
}

func (a *app) runReport(cmd *cobra.Command, flags *reportFlags) error {
	ctx := cmd.Context()
	if f := flags.format; f != "html" && f != "csv" && f != "json" {
		return usagef(cmd, "--format %q: want html, csv or json", f)
	}
	path, target, err := findAccount(cmd, flags.account, flags.state)
	if err != nil {
		return err
	}
	return onSnapshot(ctx, path, target, func(accounts []*state.Account) error {
		opts := report.Options{
			Version: version(), Made: time.Now(), Ledger: absolute(path), HeldBy: state.Holder(path),
			KeptIn: func(target string) string { return absolute(keptIn(path, target)) },
		}
		return a.writeReport(ctx, flags, accounts, opts)
	})
}

// findAccount returns the place of the ledger and the account that is meant; both may be left to be found.
func findAccount(cmd *cobra.Command, account, ledger string) (path, target string, err error) {
	return find(cmd, &signInFlags{to: account}, ledger)
}

// onSnapshot shows the accounts of a ledger as they are at one instant.
func onSnapshot(ctx context.Context, path, target string, show func([]*state.Account) error) (err error) {
	ledger, err := state.OpenReadOnly(ctx, path)
	if err != nil {
		return noLedger(path, err)
	}
	defer func() { err = errors.Join(err, ledger.Close()) }()
	now, err := ledger.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, now.Close()) }()
	accounts, err := accountsOf(ctx, now, target)
	if err != nil {
		return err
	}
	return show(accounts)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func (a *app) writeReport(ctx context.Context, flags *reportFlags, accounts []*state.Account, opts report.Options) error {
	switch {
	case flags.format == "csv":
		return a.writeOut(flags.single("-", accounts), func(w io.Writer) error { return report.WriteCSV(ctx, w, accounts) })
	case flags.format == "json":
		return a.writeOut(flags.single("-", accounts), func(w io.Writer) error { return report.WriteJSON(ctx, w, accounts, opts) })
	case len(accounts) > 1:
		return a.writePages(ctx, flags.out, accounts, opts)
	}
	page, err := report.Gather(ctx, accounts[0], opts)
	if err != nil {
		return err
	}
	return a.writeOut(flags.single(reportName(accounts[0].Target, "html"), accounts), page.WriteHTML)
}

// single is the file to write: the one that was named, one in the directory that was named, or else the usual one.
func (f *reportFlags) single(usual string, accounts []*state.Account) string {
	if f.out == "" {
		return usual
	}
	if info, err := os.Stat(f.out); f.out != "-" && err == nil && info.IsDir() {
		return filepath.Join(f.out, reportName(accounts[0].Target, f.format))
	}
	return f.out
}

// reportName is what an account's report is called.
func reportName(target, format string) string {
	name := "unpop-report"
	if opts, err := imap.ParseURL(target); err == nil {
		name += "-" + safe(opts.User)
		if len(name) > longestName {
			name = name[:longestName]
		}
	}
	return name + "." + format
}

// writeOut writes a file that is there whole or not at all, or to standard output or a device.
func (a *app) writeOut(path string, write func(io.Writer) error) error {
	if path == "-" {
		return write(a.ui.out)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return writeInto(path, write)
	}
	if err := writeWhole(path, write); err != nil {
		return err
	}
	a.ui.note("report  %s", path)
	return nil
}

// writeInto writes to what is no file, such as /dev/stdout, and must stay what it is.
func writeInto(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return errors.Join(write(file), file.Close())
}

// writeWhole writes a file for its owner alone: it holds subjects and addresses.
func writeWhole(path string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".unpop-report-*")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	err = write(file)
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // what remains of it is of no use
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
