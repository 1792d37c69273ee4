package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"unpop/migrate"
	"unpop/migrate/batch"
	"unpop/migrate/source"
	"unpop/migrate/source/pop3"
	"unpop/migrate/target/imap"
)

// errNoFromPassword says that a live source can't be opened.
var errNoFromPassword = errors.New("the column from_password is empty")

// errOwnPOP3 says that a source of a batch is the account that it is to be brought to.
var errOwnPOP3 = errors.New("it is the target account itself, by POP3; what it holds is in INBOX there already")

// opener opens the sources of a batch: what the flags say holds for live ones too, and their mail is kept beside the ledger.
func (f *batchFlags) opener(shared imap.Options) (func(context.Context, *batch.Account, string) (migrate.Source, source.Found, error), error) {
	ledger, err := f.batchLedger()
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, a *batch.Account, spec string) (migrate.Source, source.Found, error) {
		return source.Open(spec, func(opts *pop3.Options) error {
			switch {
			case sameAccount(*opts, a.To):
				return fmt.Errorf("source %s: %w", opts, errOwnPOP3)
			case a.FromPassword.Text() == "":
				return fmt.Errorf("source %s: %w", opts, errNoFromPassword)
			}
			opts.Spool = filepath.Join(filepath.Dir(ledger), spoolName(opts))
			opts.Plaintext, opts.RootCAs = shared.Plaintext, shared.RootCAs
			opts.Password = func(ctx context.Context) (migrate.Secret, error) {
				password, err := f.secret(ctx, a.FromPassword)
				return migrate.Secret(password), err
			}
			return nil
		})
	}, nil
}
