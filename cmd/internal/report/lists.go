package report

import (
	"context"
	"iter"

	"unpop/state"
)

// A List is a part of what there is: as many rows as the page shows.
type List[T any] struct {
	Rows  []T
	Total int64 // of which so many are shown
}

// More is how many are not shown.
func (l List[T]) More() int64 { return max(0, l.Total-int64(len(l.Rows))) }

// Lists are the messages and copies that a page names.
type Lists struct {
	Rejected   List[Rejected]
	Missing    List[state.Told]
	Variants   List[state.Told]
	Repaired   List[state.Told]
	Moved      List[Moved]
	Present    List[state.Told]
	Pending    List[state.Told]
	Expunged   List[state.ToldCopy]
	Unreadable List[state.ToldCopy]
	Excluded   List[Excluded]
}

// Rejected is a message that the server refused, with every try.
type Rejected struct {
	state.Told
	Attempts []state.Attempt
}

// Moved is a message that was found in another mailbox.
type Moved struct {
	state.Told
	From string // empty: not known
}

// Excluded is a folder that was left out.
type Excluded struct {
	Source, Folder string
	Copies, Bytes  int64
}

func (a *Account) readLists(ctx context.Context, account *state.Account) error {
	l, t := &a.Lists, &a.Totals
	for _, list := range []struct {
		which state.Which
		into  *List[state.Told]
		total int64
	}{
		{state.WhichMissing, &l.Missing, t.Missing},
		{state.WhichVariant, &l.Variants, t.Variant},
		{state.WhichRepaired, &l.Repaired, t.Repaired},
		{state.WhichPresent, &l.Present, t.Present},
		{state.WhichPending, &l.Pending, t.Pending},
	} {
		if list.total == 0 {
			continue
		}
		if err := list.into.fill(account.Tell(ctx, list.which, a.limit()), list.total); err != nil {
			return err
		}
	}
	if err := l.Expunged.fill(account.Unbrought(ctx, state.UnbroughtExpunged, a.limit()), t.Expunged); err != nil {
		return err
	}
	if err := l.Unreadable.fill(account.Unbrought(ctx, state.UnbroughtUnreadable, a.limit()), t.Unreadable); err != nil {
		return err
	}
	a.listExcluded()
	if err := a.readMoved(ctx, account); err != nil {
		return err
	}
	return a.readRejected(ctx, account)
}

// fill takes all rows, which are limited already.
func (l *List[T]) fill(rows iter.Seq2[T, error], total int64) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		l.Rows = append(l.Rows, row)
	}
	l.Total = max(total, int64(len(l.Rows)))
	return nil
}

func (a *Account) readRejected(ctx context.Context, account *state.Account) error {
	var told List[state.Told]
	if err := told.fill(account.Tell(ctx, state.WhichRejected, a.limit()), a.Totals.Refused); err != nil {
		return err
	}
	a.Lists.Rejected.Total = told.Total
	for _, m := range told.Rows {
		attempts, err := account.Attempts(ctx, m.ID)
		if err != nil {
			return err
		}
		a.Lists.Rejected.Rows = append(a.Lists.Rejected.Rows, Rejected{m, attempts})
	}
	return nil
}

func (a *Account) readMoved(ctx context.Context, account *state.Account) error {
	var told List[state.Told]
	if err := told.fill(account.Tell(ctx, state.WhichMoved, a.limit()), a.Totals.Moved); err != nil {
		return err
	}
	a.Lists.Moved.Total = told.Total
	for _, m := range told.Rows {
		from, err := account.MovedFrom(ctx, m.ID)
		if err != nil {
			return err
		}
		a.Lists.Moved.Rows = append(a.Lists.Moved.Rows, Moved{m, from})
	}
	return nil
}

// listExcluded finds the folders that were left out among those of the sources.
func (a *Account) listExcluded() {
	for _, s := range a.Sources {
		for _, f := range s.Folders {
			if !f.Folder.Excluded {
				continue
			}
			if a.Lists.Excluded.Total++; len(a.Lists.Excluded.Rows) < a.limit() {
				a.Lists.Excluded.Rows = append(a.Lists.Excluded.Rows, Excluded{s.Path, f.Folder.Name, f.Messages + f.Expunged + f.Unreadable, f.Bytes})
			}
		}
	}
}
