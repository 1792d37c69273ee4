package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"unpop/migrate"
)

// signInFlags say which account, and how to be let in.
type signInFlags struct {
	to, passwordFile, passwordEnv, tlsCA string
	plaintext                            bool
}

// addTo adds the address.
func (f *signInFlags) addTo(cmd *cobra.Command) {
	cmd.Flags().Var((*accountValue)(&f.to), "to", "the `URL`: imaps://user@host, or imap:// (STARTTLS)")
}

// accountValue is a flag that names an account. Of two nobody could tell which is meant.
type accountValue string

// Set implements [pflag.Value].
func (v *accountValue) Set(text string) error {
	if *v != "" {
		return errors.New("there can be only one; unpop batch is for many")
	}
	*v = accountValue(text)
	return nil
}

// String implements [pflag.Value].
func (v *accountValue) String() string { return string(*v) }

// Type implements [pflag.Value].
func (v *accountValue) Type() string { return "string" }

// addSecrets adds the rest.
func (f *signInFlags) addSecrets(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.passwordFile, "password-file", "", "the first line of `FILE` is the password")
	flags.StringVar(&f.passwordEnv, "password-env", "", "environment variable `NAME` holds the password")
	f.addTrust(cmd)
}

// addTrust adds which servers are believed.
func (f *signInFlags) addTrust(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.tlsCA, "tls-ca", "", "trust the authorities in `FILE` (PEM), no others")
	flags.BoolVar(&f.plaintext, "plaintext", false, "with imap://, pop3://: go on without TLS, or with any")
}

// ledgerFlag says where the ledger is.
type ledgerFlag struct{ state string }

func (f *ledgerFlag) add(cmd *cobra.Command, usage string) {
	cmd.Flags().StringVar(&f.state, "state", "", usage)
}

// workFlags are those of commands that bring sources to a target.
type workFlags struct {
	signInFlags
	fromFlags
	ledgerFlag
	connections      int
	include, exclude []string
	maps             []string
	prefix           string
	yes              bool // of migrate
	existing         string
}

func (f *workFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	f.addTo(cmd)
	f.addSecrets(cmd)
	f.fromFlags.add(cmd)
	f.addAnyway(cmd)
	flags.StringArrayVar(&f.include, "include", nil, "take only store folders like `GLOB` (repeatable)")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "leave out store folders like `GLOB` (repeatable)")
	flags.StringArrayVar(&f.maps, "map", nil, "where a folder goes: `FOLDER=MAILBOX` (repeatable)")
	flags.StringVar(&f.prefix, "prefix", "", "put everything below `MAILBOX`")
	flags.StringVar(&f.existing, "existing", "", "`HOW` to take mail there: move, keep, upload")
	f.ledgerFlag.add(cmd, "the ledger's `FILE` (default: one for each account)")
	flags.IntVar(&f.connections, "connections", 4, "`N` connections at most")
}

// mostConnections is more than any server allows one user.
const mostConnections = 100

// options turns the flags into what the engine takes.
func (f *workFlags) options(cmd *cobra.Command) (migrate.Options, error) {
	opts := migrate.Options{
		Include: f.include, Exclude: f.exclude, Prefix: f.prefix, Connections: f.connections,
		Command: cmd.Name(), Version: version(), Progress: new(migrate.Progress),
	}
	if f.connections < 1 || f.connections > mostConnections {
		return opts, usagef(cmd, "--connections %d: want a number from 1 to %d", f.connections, mostConnections)
	}
	for _, glob := range slices.Concat(f.include, f.exclude) {
		if err := migrate.CheckGlob(glob); err != nil {
			return opts, usagef(cmd, "%v", err)
		}
	}
	if cmd.Flags().Changed("prefix") && strings.Trim(f.prefix, "/ ") == "" {
		return opts, usagef(cmd, "--prefix: empty")
	}
	var err error
	if opts.Existing, err = migrate.ParseExisting(f.existing); err != nil {
		return opts, usagef(cmd, "--%w", err).hinted("move files it where it belongs, keep leaves it where it is, upload sends it all the same")
	}
	if opts.Map, err = migrate.ParseMappings(f.maps); err != nil {
		return opts, usagef(cmd, "--map %w", err).hinted("for example --map 'Local Folders/Clienti=Archive/Clienti'")
	}
	return opts, nil
}

// someSources demands at least one source.
func someSources(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef(cmd, "no SOURCE given").hinted("a source is an mbox file or folder, a Maildir, an Outlook data file, a POP3 account or a Thunderbird profile, such as ~/.thunderbird")
	}
	return nil
}

// nothing demands that there are no arguments.
func nothing(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef(cmd, "unexpected argument %q", args[0]).hinted(cmd.CommandPath() + " --help shows how it is called")
	}
	return nil
}
