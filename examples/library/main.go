// The library command shows unpop's packages in use without its command line: it moves sources to an account and prints
// the report as JSON.
//
//	UNPOP_PASSWORD=… go run ./examples/library imaps://anna@imap.example.it ledger.db ~/.thunderbird /mnt/pc2/Maildir
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"unpop/migrate"
	"unpop/migrate/source"
	"unpop/migrate/target/imap"
	"unpop/state"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: library URL LEDGER SOURCE...")
		os.Exit(2)
	}
	report, err := move(ctx, os.Args[1], os.Args[2], os.Args[3:])
	fmt.Println(report.JSON())
	if err != nil {
		fmt.Fprintln(os.Stderr, err) // run it again: it goes on where it stopped
		os.Exit(1)
	}
}

// move brings the mail of the sources to the account, each message once.
func move(ctx context.Context, to, ledgerPath string, specs []string) (report migrate.Report, err error) {
	address, err := imap.ParseURL(to)
	if err != nil {
		return report, err
	}
	address.Password = func(context.Context) (migrate.Secret, error) { return migrate.Secret(os.Getenv("UNPOP_PASSWORD")), nil }

	ledger, err := state.Open(ctx, ledgerPath)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, ledger.Close()) }()
	account, err := ledger.Account(ctx, address.String())
	if err != nil {
		return report, err
	}

	var inputs []migrate.Input
	for _, spec := range specs {
		s, found, err := source.Open(spec)
		if err != nil {
			return report, err
		}
		defer s.Close()
		inputs = append(inputs, migrate.Input{Kind: found.Kind, Path: found.Path, Source: s})
	}
	return migrate.New(account, inputs, imap.New(address), migrate.Options{Command: "library"}).Run(ctx)
}
