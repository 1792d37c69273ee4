package report

import (
	"context"

	"unpop/state"
)

// Account is all that a page tells of one account. It does not grow with the number of messages.
type Account struct {
	Options
	Target  string // URL without secrets
	Totals  state.Totals
	History History
	Turn    state.BatchTurn // in a batch
	Years   []state.Year
	Sources []Source
	Boxes   []state.MailboxTotal
	Lists   Lists
}

// Gather reads what the ledger knows of an account.
func Gather(ctx context.Context, account *state.Account, opts Options) (*Account, error) {
	a := &Account{Options: opts, Target: account.Target}
	for _, read := range []func(context.Context, *state.Account) error{
		a.readTotals, a.readTurn, a.readHistory, a.readYears, a.readSources, a.readBoxes, a.readLists,
	} {
		if err := read(ctx, account); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Account) readTotals(ctx context.Context, account *state.Account) (err error) {
	a.Totals, err = account.Totals(ctx)
	return err
}

func (a *Account) readTurn(ctx context.Context, account *state.Account) (err error) {
	a.Turn, _, err = account.BatchTurn(ctx)
	return err
}

func (a *Account) readYears(ctx context.Context, account *state.Account) (err error) {
	a.Years, err = account.Years(ctx)
	return err
}

func (a *Account) readBoxes(ctx context.Context, account *state.Account) (err error) {
	a.Boxes, err = account.MailboxTotals(ctx)
	return err
}

// Messages counts the different messages: those on the server, those on their way, those that were rejected.
func (a *Account) Messages() int64 {
	return a.Totals.Stored + a.Totals.Pending + a.Totals.Refused + a.undecided()
}

// undecided counts copies of which no plan says yet what becomes of them.
func (a *Account) undecided() int64 { return max(0, a.Totals.Balance()-a.Totals.Pending) }

// There counts the messages on the server that the last verification did not miss.
func (a *Account) There() int64 { return a.Totals.Stored - a.Totals.Missing }
