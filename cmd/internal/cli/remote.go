package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/secret"
	"unpop/migrate"
	"unpop/migrate/source/pop3"
	"unpop/migrate/target/imap"
)

// fromFlags say how to be let in to sources that are accounts on a server.
type fromFlags struct {
	passwordFiles, passwordEnvs []string
	auth                        string
	anyway                      bool
}

func (f *fromFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.passwordFiles, "from-password-file", nil, "password of a POP3 source in `FILE` (repeatable, in their order)")
	flags.StringArrayVar(&f.passwordEnvs, "from-password-env", nil, "password of a POP3 source in variable `NAME` (repeatable)")
	flags.StringVar(&f.auth, "from-auth", "", "sign in there by `WAY`: plain, login, xoauth2, apop, user")
}

// addAnyway adds what only matters where there is a target.
func (f *fromFlags) addAnyway(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.anyway, "pop3-anyway", false, "fetch a POP3 source that is the target account itself")
}

// remotes opens sources that are accounts on a server, and gets their passwords.
type remotes struct {
	flags    *fromFlags
	signIn   *signInFlags // whose --tls-ca and --plaintext hold here too
	auth     pop3.Mechanism
	ledger   string // the spools are put beside it; empty: where ledgers are kept
	accounts []*remote
}

// remote is one account.
type remote struct {
	opts     pop3.Options
	password secret.Value
}

// remotes checks the flags. The spools are put beside the ledger.
func (f *fromFlags) remotes(cmd *cobra.Command, signIn *signInFlags, ledger string) (*remotes, error) {
	if len(f.passwordFiles) > 0 && len(f.passwordEnvs) > 0 {
		return nil, usagef(cmd, "--from-password-file and --from-password-env exclude each other")
	}
	auth, err := pop3.ParseMechanism(f.auth)
	if err != nil {
		return nil, usagef(cmd, "--from-auth: %w", err)
	}
	return &remotes{flags: f, signIn: signIn, auth: auth, ledger: ledger}, nil
}

// dir is where the spools go.
func (r *remotes) dir() (string, error) {
	if r.ledger == "" {
		return ledgerDir()
	}
	return filepath.Dir(r.ledger), nil
}

// complete says what an address doesn't.
func (r *remotes) complete(opts *pop3.Options) error {
	dir, err := r.dir()
	if err != nil {
		return err
	}
	opts.Spool = filepath.Join(dir, spoolName(opts))
	opts.Auth, opts.Plaintext = r.auth, r.signIn.plaintext
	if r.signIn.tlsCA != "" {
		if opts.RootCAs, err = authorities(r.signIn.tlsCA); err != nil {
			return err
		}
	}
	account := &remote{}
	opts.Password = func(context.Context) (migrate.Secret, error) { return migrate.Secret(account.password.Reveal()), nil }
	account.opts = *opts
	r.accounts = append(r.accounts, account)
	return nil
}

// spoolName is the directory for an account's mail: anna@pop.example.it_995.pop3.
func spoolName(opts *pop3.Options) string {
	return shortName(safe(opts.User)+"@"+safe(opts.Host)+"_"+strconv.Itoa(opts.Port)) + ".pop3"
}

// drop forgets an account that isn't read after all.
func (r *remotes) drop(address string) {
	for i, a := range slices.Backward(r.accounts) { // of an account that is named twice the second
		if a.opts.String() == address {
			r.accounts = slices.Delete(r.accounts, i, i+1)
			return
		}
	}
}

// errPasswords says that passwords and accounts don't match.
var errPasswords = errors.New("--from-password-file and --from-password-env: give one for all POP3 sources, or one for each, in their order")

// askPasswords gets the passwords of the accounts.
func (a *app) askPasswords(ctx context.Context, r *remotes) error {
	files, envs := r.flags.passwordFiles, r.flags.passwordEnvs
	if n := len(files) + len(envs); n > 1 && n != len(r.accounts) {
		return &failure{err: fmt.Errorf("%w (%d for %d)", errPasswords, n, len(r.accounts)), status: exitUsage}
	}
	for i, account := range r.accounts {
		from := secret.Options{
			File: pickOne(files, i), Env: pickOne(envs, i), Prompt: fmt.Sprintf("Password for %s on %s: ", printable(account.opts.User), account.opts.Host),
		}
		password, warning, err := secret.From(ctx, from)
		if errors.Is(err, secret.ErrNoTerminal) {
			return hinted(fmt.Errorf("password for %s: no terminal to ask on", account.opts.Account()), "use --from-password-file FILE or --from-password-env NAME")
		}
		if err != nil {
			return err
		}
		if warning != "" {
			a.ui.warn(warning)
		}
		if account.opts.Plaintext && !account.opts.ImplicitTLS && account.opts.RootCAs == nil {
			a.ui.warn("--plaintext: " + account.opts.Account() + ": mail and password may travel in the clear")
		}
		account.password = password
	}
	return nil
}

// pickOne takes the value for source i: its own, or the one for all.
func pickOne(values []string, i int) string {
	switch {
	case len(values) == 0:
		return ""
	case len(values) == 1:
		return values[0]
	default:
		return values[i]
	}
}

// leaveOutTarget takes out the sources that are the target account itself, as its server offers it by POP3: by IMAP the same mail is
// there with its flags, and need not be fetched and sent back.
func (a *app) leaveOutTarget(j *job, r *remotes) error {
	if r.flags.anyway {
		return nil
	}
	kept := j.inputs[:0:0]
	for _, in := range j.inputs {
		opts, err := pop3.ParseURL(in.Path)
		if in.Kind != kindPOP3 || err != nil || !sameAccount(opts, j.address) {
			kept = append(kept, in)
			continue
		}
		a.ui.note("left out: %s is the target account itself, by POP3; what it holds is in INBOX there already (--pop3-anyway fetches it all the same)", in.Path)
		r.drop(in.Path)
		if err := in.Source.Close(); err != nil {
			return err
		}
	}
	none := len(kept) == 0 && len(j.inputs) > 0
	j.inputs = kept
	if none {
		return &failure{
			err: errors.New("no source is left: the target account holds this mail already"), status: exitUsage,
			hint: "name the places where other mail lies, or fetch it all the same with --pop3-anyway",
		}
	}
	return nil
}

// kindPOP3 is the kind of accounts that are read by POP3.
const kindPOP3 = "pop3"

// sameAccount reports whether two addresses are one account: the users agree, and the hosts but for "pop." and "imap." in front.
func sameAccount(from pop3.Options, to imap.Options) bool {
	return sameUser(from.User, to.User) && siteOf(from.Host) == siteOf(to.Host)
}
