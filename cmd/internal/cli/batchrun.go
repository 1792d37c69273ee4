package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"unpop/cmd/internal/progress"
	"unpop/migrate/batch"
	"unpop/state"
)

// quarantineDir is the directory beside the ledger of a batch that keeps what servers refused, a file for each account.
func quarantineDir(ledger string) string {
	return strings.TrimSuffix(ledger, ledgerExt) + ".quarantine"
}

func (a *app) runBatch(ctx context.Context, f *batchFlags, opts batch.Options, file string) (err error) {
	m, err := a.loadBatch(f, file)
	if err != nil {
		return err
	}
	path, err := f.batchLedger()
	if err != nil {
		return err
	}
	a.ui.note("file    %s (%s)", file, counted(int64(len(m.Accounts)), "account"))
	a.ui.note("ledger  %s", path)
	ledger, err := openLedger(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ledger.Close()) }()
	a.begun = true
	sum, err := a.workOnBatch(ctx, ledger, m, opts)
	a.tellExposed(f)
	if err != nil && len(sum.Results) == 0 {
		return err
	}
	if a.ui.json {
		err = errors.Join(err, a.ui.object(batchObject(m, &sum)))
	} else {
		a.tellBatch(ctx, m, &sum, err)
	}
	if err == nil && a.nameThoseLeft(m, &sum) > 0 {
		err = errRejected
	}
	return err
}

// workOnBatch does the work before the eyes of the user.
func (a *app) workOnBatch(ctx context.Context, ledger *state.Ledger, m *batch.Manifest, opts batch.Options) (batch.Summary, error) {
	var display *progress.ManyDisplay
	opts.Quarantine = quarantineDir(ledger.Path())
	opts.Settled = func(r batch.Result) {
		if text := settledText(&r); text != "" || a.ui.json {
			display.Tell(text, newBatchAccount(&r))
		}
	}
	b, err := batch.New(ctx, ledger, m, opts)
	if err != nil {
		return batch.Summary{}, err
	}
	display = progress.StartMany(a.ui.err, func() progress.Many { return manyOf(b.Snapshot()) }, a.ui.format())
	defer display.Stop()
	return b.Run(ctx)
}

// manyOf is what is shown of a batch.
func manyOf(s batch.Snapshot) progress.Many {
	m := progress.Many{
		Accounts: s.Accounts, Over: s.Over(), Attention: s.Partly + s.Person, Messages: s.Messages, Bytes: s.Bytes, At: make([]progress.One, len(s.At)),
	}
	for i, w := range s.At {
		m.At[i] = progress.One{Name: w.Name, Began: w.Began, Progress: w.Progress}
	}
	switch {
	case !s.Closed.IsZero():
		m.Notice = "goes on at " + s.Closed.Format("15:04")
	case !s.Next.IsZero() && len(s.At) == 0:
		m.Notice = fmt.Sprintf("next try in %s: %s", progress.Duration(time.Until(s.Next)), s.NextReason)
	}
	return m
}

// settledText says how an account's turn went; empty where there is nothing to say.
func settledText(r *batch.Result) string {
	switch r.Turn {
	case state.TurnDone:
		if r.Uploaded == 0 {
			return ""
		}
		return fmt.Sprintf("done    %s: %s, %s, %s", r.Name, counted(r.Uploaded, "message"), progress.Bytes(r.BytesUploaded), took(r.Elapsed))
	case state.TurnWaiting:
		return fmt.Sprintf("later   %s: %s", r.Name, r.Reason)
	case state.TurnPartly:
		return fmt.Sprintf("partly  %s: %s", r.Name, r.Reason)
	default:
		return fmt.Sprintf("failed  %s: %s", r.Name, r.Reason)
	}
}

// tellExposed warns of password files that others may read.
func (a *app) tellExposed(f *batchFlags) {
	switch files := f.secrets.Exposed(); len(files) {
	case 0:
	case 1:
		a.ui.warn(fmt.Sprintf("password file %s: others may read it; chmod 600 mends that", files[0]))
	default:
		a.ui.warn(fmt.Sprintf("others may read %d of the password files, %s among them; chmod 600 mends that", len(files), files[0]))
	}
}

// tellBatch prints the account of a call.
func (a *app) tellBatch(ctx context.Context, m *batch.Manifest, sum *batch.Summary, err error) {
	sent := fmt.Sprintf("%s uploaded, %s", counted(sum.Messages, "message"), progress.Bytes(sum.Bytes))
	switch {
	case ctx.Err() != nil:
		a.ui.printf("\nStopped after %s: %s.\n", took(sum.Elapsed), sent)
	case err != nil:
		a.ui.printf("\nNot finished after %s: %s.\n", took(sum.Elapsed), sent)
	case sum.Messages == 0:
		a.ui.printf("\nNothing new in %s.\n", took(sum.Elapsed))
	default:
		a.ui.printf("\nDone in %s: %s.\n", took(sum.Elapsed), sent)
	}
	a.ui.printf("\n%s", batchSums(sum.Counts, len(m.Bad)))
}

// batchSums counts the accounts by how far they are.
func batchSums(c batch.Counts, bad int) string {
	list := table{columns: []column{{right: true}, {}}}
	_, noun, _ := strings.Cut(counted(int64(c.Accounts), "account"), " ")
	list.add(progress.Count(int64(c.Accounts)), noun)
	for _, line := range []struct {
		n         int
		one, more string
	}{
		{c.Done, "done", "done"},
		{c.Partly, "done but for some messages", "done but for some messages"},
		{c.Person, "needs a person", "need a person"},
		{c.Working, "at work", "at work"},
		{c.Waiting, "waiting for its turn", "waiting for their turn"},
		{bad, "line that is not understood", "lines that are not understood"},
	} {
		switch line.n {
		case 0:
		case 1:
			list.add("1", line.one)
		default:
			list.add(progress.Count(int64(line.n)), line.more)
		}
	}
	return list.body()
}

// causes are those of accounts that need a person, in the order in which they are told, and what is to be done.
var causes = []struct{ cause, text string }{
	{batch.CauseSignIn, "Sign-in refused. Not tried again until the line or the password changes, or with --retry-failed:"},
	{batch.CausePassword, "Passwords that can't be had:"},
	{batch.CauseSource, "Sources that can't be opened:"},
	{batch.CauseFull, "Full. Make room in the account or have its quota raised:"},
	{batch.CauseServer, "Servers that are not what the file says:"},
	{batch.CauseMissing, "Messages that are gone from the server. unpop verify --repair --to URL sends them again:"},
	{batch.CauseFailed, "Failed again and again:"},
	{batch.CauseMessages, "Done but for some messages. unpop status --to URL names them:"},
}

// nameThoseLeft names on standard error, last of all, what needs a person, and tells how much that is.
func (a *app) nameThoseLeft(m *batch.Manifest, sum *batch.Summary) int {
	left := len(m.Bad)
	for _, c := range causes {
		begun := false
		for i := range sum.Results {
			r := &sum.Results[i]
			if r.Cause != c.cause || r.Turn != state.TurnPerson && r.Turn != state.TurnPartly {
				continue
			}
			left++
			if a.ui.json {
				a.ui.line(newBatchAccount(r))
				continue
			}
			if !begun {
				a.ui.note("")
				a.ui.note("%s", c.text)
			}
			begun = true
			a.ui.note("  %s: %s", r.Name, r.Reason)
		}
	}
	a.nameBadLines(m)
	return left
}

func (a *app) nameBadLines(m *batch.Manifest) {
	if a.ui.json {
		for _, bad := range badLines(m) {
			a.ui.line(bad)
		}
		return
	}
	if len(m.Bad) == 0 {
		return
	}
	a.ui.note("")
	a.ui.note("Lines that are not understood:")
	for _, bad := range m.Bad {
		a.ui.note("  %v", bad)
	}
}
