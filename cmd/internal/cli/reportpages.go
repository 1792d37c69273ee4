package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"unpop/cmd/internal/report"
	"unpop/migrate/target/imap"
	"unpop/state"
)

// writePages writes a page for each account, and an index of them, to a directory.
func (a *app) writePages(ctx context.Context, dir string, accounts []*state.Account, opts report.Options) error {
	if dir == "" {
		dir = "unpop-report"
	}
	if dir == "-" {
		return &failure{
			err: fmt.Errorf("ledger %s: %w", opts.Ledger, errManyAccounts), status: exitUsage,
			hint: "name a directory with --out DIR, or one account with --account URL",
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return hinted(fmt.Errorf("report: %w", err), "several accounts need a directory: --out DIR")
	}
	index := report.Index{Options: opts}
	for i, account := range accounts {
		page, err := report.Gather(ctx, account, opts)
		if err != nil {
			return err
		}
		name := pageName(i+1, len(accounts), account.Target)
		if err := writeWhole(filepath.Join(dir, name), page.WriteHTML); err != nil {
			return err
		}
		index.Entries = append(index.Entries, page.Entry(name))
	}
	return a.writeOut(filepath.Join(dir, "index.html"), index.WriteHTML)
}

// pageName is a file name that any system takes, and that works in a link as it is.
func pageName(n, of int, target string) string {
	name := ""
	if opts, err := imap.ParseURL(target); err == nil {
		name = "-"
		for _, r := range opts.User {
			switch {
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '@':
				name += string(r)
			default:
				name += "_"
			}
		}
		if len(name) > longestName {
			name = name[:longestName]
		}
	}
	return fmt.Sprintf("%0*d%s.html", len(fmt.Sprint(of)), n, name)
}
