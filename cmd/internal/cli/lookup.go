package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"unpop/migrate/target/imap"
	"unpop/state"
)

// find returns the place of the ledger that --state or --to name, and the canonical target, empty without --to.
func find(cmd *cobra.Command, f *signInFlags, ledger string) (path, target string, err error) {
	if f.to != "" {
		opts, err := f.options(cmd)
		if err != nil {
			return "", "", err
		}
		target = opts.String()
		if ledger == "" {
			ledger, err = ledgerWithAccount(cmd.Context(), opts)
		}
		return ledger, target, err
	}
	if ledger == "" {
		ledger, err = onlyLedger(accountFlag(cmd))
	}
	return ledger, "", err
}

// accountFlag is the flag of a command that names an account.
func accountFlag(cmd *cobra.Command) string {
	if cmd.Flags().Lookup("account") != nil {
		return "--account"
	}
	return "--to"
}

// ledgerWithAccount returns the place of the ledger that knows an account where the user names none: its own, or else that of the batches.
func ledgerWithAccount(ctx context.Context, target imap.Options) (string, error) {
	own, err := ledgerFor(target)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(own); !errors.Is(err, os.ErrNotExist) {
		return own, nil
	}
	shared := filepath.Join(filepath.Dir(own), batchLedgerName)
	if _, err := knownTarget(ctx, shared, target.String()); err == nil {
		return shared, nil
	}
	return own, nil
}

// noLedger explains that there is no ledger yet.
func noLedger(path string, err error) error {
	if state.NotExist(err) {
		return hinted(fmt.Errorf("ledger %s: there is none", path), "unpop migrate begins one; check the account's URL, or --state FILE")
	}
	return err
}

// accountsOf lists the accounts of a ledger that have to do with a target, all of them where it is empty.
func accountsOf(ctx context.Context, l *state.Ledger, target string) ([]*state.Account, error) {
	all, err := l.Accounts(ctx)
	var accounts []*state.Account
	for _, account := range all {
		if account.Target == target || target == "" && account.Target != scanAccount {
			accounts = append(accounts, account)
		}
	}
	if err == nil && len(accounts) == 0 {
		err = unknownTarget(l, target)
	}
	return accounts, err
}

func unknownTarget(l *state.Ledger, target string) error {
	if target == "" {
		return fmt.Errorf("ledger %s: knows no account", l.Path())
	}
	return fmt.Errorf("ledger %s: knows nothing of %s", l.Path(), target)
}

// errManyAccounts says that a ledger has several accounts and one is needed.
var errManyAccounts = errors.New("holds several accounts")
