package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/secret"
	"unpop/migrate"
	"unpop/migrate/batch"
	"unpop/migrate/target/imap"
)

// batchFlags are those of batch and of batch check.
type batchFlags struct {
	signInFlags // of which only those that hold for all
	ledgerFlag
	jobs, connections, hostConnections int
	only                               []string
	keepGoing, plainPasswords          bool

	retryFailed        bool
	between, bandwidth string
	secrets            secret.References
}

func (a *app) batch() *cobra.Command {
	var flags batchFlags
	cmd := &cobra.Command{
		Use:   "batch FILE",
		Short: "Do what migrate does for the many accounts that a table names.",
		Long: `Do what migrate does for the many accounts that a table names, some at once. Stop
it whenever you like: the same command again goes on where it stopped. When all
had their turn, the same command sends what is new since.

FILE is a table with a header line, as spreadsheets write it (separated by ; or ,
or tabs), or YAML. Columns, in any order:
  to             the account: imaps://user@host
  password       where its password is: env:NAME, file:PATH, cmd:COMMAND,
                 age:FILE#KEY (AGE_IDENTITY says how it opens) or
                 keyring:SERVICE/USER
  source         as migrate takes it, or a glob; several are separated by |
  name           what you call the account
  map, include, exclude, prefix, existing, from_password
                 as the flags of migrate; several are separated by |`,
		Example: `  unpop batch check accounts.csv
  unpop batch accounts.csv --jobs 16 --between 20:00-06:00
  unpop batch accounts.csv --retry-failed
  unpop batch accounts.csv --only 'anna*'`,
		Args:        oneFile,
		Annotations: batchExits(exitLocked),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := flags.options(cmd)
			if err != nil {
				return err
			}
			return a.runBatch(cmd.Context(), &flags, opts, args[0])
		},
	}
	flags.add(cmd)
	flags.addWork(cmd)
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	cmd.AddCommand(a.batchCheck())
	return cmd
}

func (a *app) batchCheck() *cobra.Command {
	var flags batchFlags
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Try all that a batch depends on; change nothing.",
		Long: `Try all that a batch depends on: that the file is understood, passwords can be
had, sources be read, servers let everybody in and have room, and that there is
room on this machine. Nothing is changed.`,
		Example:     `  unpop batch check accounts.csv --jobs 16`,
		Args:        oneFile,
		Annotations: batchExits(),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := flags.options(cmd)
			if err != nil {
				return err
			}
			return a.runBatchCheck(cmd.Context(), &flags, opts, args[0])
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	return cmd
}

// batchExits are the statuses of both, with what 3 means for many.
func batchExits(more ...int) map[string]string {
	all := exits(append(append([]int{exitDone, exitError, exitUsage, exitRejected}, more...), exitStopped)...)
	all[exitAnnotation] = strings.Replace(all[exitAnnotation], statusText[exitRejected], "some accounts or messages need a person", 1)
	return all
}

// add adds the flags that both have.
func (f *batchFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&f.jobs, "jobs", 4, "work on `N` accounts at once")
	flags.StringArrayVar(&f.only, "only", nil, "only accounts called `NAME`, which may be a glob (repeatable)")
	flags.IntVar(&f.hostConnections, "host-connections", 10, "`N` connections to one host at most")
	flags.StringVar(&f.tlsCA, "tls-ca", "", "trust the authorities in `FILE` (PEM), no others")
	flags.BoolVar(&f.plaintext, "plaintext", false, "with imap://: go on without TLS, or with any")
	flags.BoolVar(&f.keepGoing, "keep-going", true, "leave out lines that are not understood, in place of stopping")
	flags.BoolVar(&f.plainPasswords, "allow-plain-passwords", false, "take a password that stands in the file itself")
	f.ledgerFlag.add(cmd, "the batch's ledger is `FILE` (default: one for all batches)")
}

// addWork adds those of batch alone.
func (f *batchFlags) addWork(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.connections, "connections", 4, "`N` connections for one account at most")
	flags.StringVar(&f.between, "between", "", "work only at these `HOURS`: 20:00-06:00")
	flags.StringVar(&f.bandwidth, "bandwidth", "", "`BYTES` a second at most, over all connections: 5MB")
	flags.BoolVar(&f.retryFailed, "retry-failed", false, "work on what is not done, also on what needs a person")
}

// oneFile demands the table.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef(cmd, "no FILE given").hinted("a table with the columns to, password and source; unpop batch --help tells more")
	}
	return nothing(cmd, args[1:])
}

// options turns the flags into what a batch takes.
func (f *batchFlags) options(cmd *cobra.Command) (batch.Options, error) {
	f.secrets.AllowPlain = f.plainPasswords
	opts := batch.Options{
		Jobs: f.jobs, Connections: f.connections, HostConnections: f.hostConnections, Only: f.only, RetryFailed: f.retryFailed,
		Version: version(), Secret: f.secret,
	}
	for name, n := range map[string]int{"jobs": f.jobs, "host-connections": f.hostConnections, "connections": max(f.connections, 1)} {
		if n < 1 || n > 10*mostConnections {
			return opts, usagef(cmd, "--%s %d: want a number from 1 to %d", name, n, 10*mostConnections)
		}
	}
	var err error
	if f.between != "" {
		if opts.Between, err = batch.ParseWindow(f.between); err != nil {
			return opts, usagef(cmd, "--between %w", err)
		}
	}
	if f.bandwidth != "" {
		if opts.Bandwidth, err = parseBytes(f.bandwidth); err != nil {
			return opts, usagef(cmd, "--bandwidth %w", err)
		}
	}
	shared, err := f.signInFlags.optionsFor(cmd, "imaps://all@all") // what holds for all
	opts.Target = func(o imap.Options) imap.Options {
		o.Plaintext, o.RootCAs = shared.Plaintext, shared.RootCAs
		return o
	}
	if err == nil {
		opts.Open, err = f.opener(shared)
	}
	return opts, err
}

func (f *batchFlags) secret(ctx context.Context, r batch.Reference) (migrate.Secret, error) {
	v, err := f.secrets.Resolve(ctx, r.Text())
	return migrate.Secret(v.Reveal()), err
}

// load reads the file, and tells of the lines that are left out.
func (a *app) loadBatch(f *batchFlags, file string) (*batch.Manifest, error) {
	m, err := batch.Load(file, batch.LoadOptions{Reference: f.secrets.Check})
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil, err
	case err != nil:
		return nil, hinted(err, "unpop batch --help tells how the file is written")
	}
	if len(m.Bad) > 0 && !f.keepGoing {
		return nil, fmt.Errorf("%s: %w", file, m.Err())
	}
	for _, bad := range m.Bad {
		a.ui.warn(fmt.Sprintf("%s: %v; it is left out", file, bad))
	}
	return m, nil
}

// batchLedgerName is what the ledger of batches is called where the user names none.
const batchLedgerName = "batch" + ledgerExt

// batchLedger is the place of the ledger of a batch. It is the same for all files, so that one that is renamed or divided sends nothing
// twice.
func (f *batchFlags) batchLedger() (string, error) {
	if f.state != "" {
		return f.state, nil
	}
	dir, err := ledgerDir()
	return filepath.Join(dir, batchLedgerName), err
}
