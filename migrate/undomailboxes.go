package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"unpop/state"
)

// errNotOurs is why a mailbox that was made is kept.
var errNotOurs = fmt.Errorf("%w: it holds what this ledger didn't bring", ErrNotEmpty)

// mailboxes deletes the mailboxes that were made, if nothing is in them, from the innermost outwards.
func (u *undo) mailboxes(ctx context.Context, s Session) error {
	made, err := u.m.account.Created(ctx)
	if err != nil || len(made) == 0 {
		return err
	}
	arranger, arranges := s.(Arranger)
	deleter, deletes := s.(Deleter)
	if !arranges || !deletes {
		return nil
	}
	there, err := arranger.Mailboxes(ctx)
	if err != nil {
		return err
	}
	survey, err := arranger.Survey(ctx)
	if err != nil {
		return err
	}
	d := &deletion{u: u, session: s, deleter: deleter, there: there, delimiter: survey.Delimiter}
	slices.SortStableFunc(made, func(a, b state.Mailbox) int { return len(b.Name) - len(a.Name) }) // what lies below has a longer name
	for _, b := range made {
		if err := d.mailbox(ctx, b); err != nil {
			return fmt.Errorf("mailbox %q: %w", b.Name, err)
		}
	}
	return nil
}

// deletion deletes mailboxes.
type deletion struct {
	u         *undo
	session   Session
	deleter   Deleter
	there     []MailboxInfo // those that are left
	delimiter rune
}

func (d *deletion) mailbox(ctx context.Context, b state.Mailbox) error {
	if !named(d.there, b.Name) {
		return d.forget(ctx, b)
	}
	box := d.u.box(b)
	err := d.delete(ctx, b, box)
	switch {
	case errors.Is(err, ErrNotEmpty):
		box.Kept = errNotOurs
		return nil
	case err != nil && !errors.Is(err, ErrNoMailbox):
		if target := asTargetError(err); target == nil || target.Kind != Refused {
			return err
		}
		box.Kept = err // the server's reason
		return nil
	}
	if !d.u.opts.DryRun {
		d.u.m.reach(PointDeleted)
	}
	box.Deleted = true
	d.there = slices.DeleteFunc(d.there, func(i MailboxInfo) bool { return i.Name == b.Name })
	return d.forget(ctx, b)
}

func (d *deletion) forget(ctx context.Context, b state.Mailbox) error {
	if d.u.opts.DryRun {
		return nil
	}
	return d.u.m.account.Unmade(ctx, b.ID)
}

func (d *deletion) delete(ctx context.Context, b state.Mailbox, account *UndoneMailbox) error {
	if d.parent(b.Name) {
		return ErrNotEmpty
	}
	if !d.u.opts.DryRun {
		return d.deleter.Delete(ctx, b.Name)
	}
	box, err := d.session.Select(ctx, b.Name)
	if err == nil && int64(box.Messages) > account.Removed {
		err = ErrNotEmpty
	}
	return err
}

// parent reports whether other mailboxes lie below one.
func (d *deletion) parent(name string) bool {
	return d.delimiter != 0 && slices.ContainsFunc(d.there, func(b MailboxInfo) bool {
		return strings.HasPrefix(b.Name, name+string(d.delimiter))
	})
}
