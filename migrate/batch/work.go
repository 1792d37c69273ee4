package batch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/state"
)

// outcome is what came of an account's turn.
type outcome struct {
	report   migrate.Report
	ran      bool // the report says something
	troubled []string
	err      error
	signedIn bool
	same     bool           // the password that was refused is the same still: nothing was tried
	secrets  migrate.Secret // with which it was refused, or its source
	took     time.Duration
}

// A PasswordError says that a password can't be had.
type PasswordError struct{ Err error }

// Error gives the cause, which is no secret.
func (e *PasswordError) Error() string { return "password: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *PasswordError) Unwrap() error { return e.Err }

// turn gives an account its turn and stores what came of it.
func (b *Batch) turn(ctx context.Context, j *job) end {
	b.mu.Lock()
	q := j.queued
	j.progress = new(migrate.Progress)
	b.mu.Unlock()
	started := q
	started.Turn, started.Since = state.TurnWorking, b.opts.now()
	if err := b.ledger.SetTurn(ctx, started); err != nil {
		return b.settle(ctx, j, q, outcome{err: err})
	}
	began := time.Now()
	o := b.work(ctx, j)
	o.took = time.Since(began)
	return b.settle(ctx, j, q, o)
}

// settle judges, and stores the verdict also if the work was to stop.
func (b *Batch) settle(ctx context.Context, j *job, q state.Queued, o outcome) end {
	stopped := ctx.Err() != nil && o.err != nil
	next, crowded := b.judge(q, &o, stopped)
	err := b.ledger.SetTurn(context.WithoutCancel(ctx), next)
	if errors.Is(o.err, state.ErrNoRoom) || errors.Is(o.err, state.ErrDamaged) {
		err = o.err
	}
	b.mu.Lock()
	j.queued = next
	b.mu.Unlock()
	r := resultOf(j.account, next)
	r.Tally, r.Elapsed, r.stopped, r.crowded, r.ran = o.report.Tally, o.took, stopped, crowded, o.ran
	return end{j, r, err}
}

// work does all the steps for an account. What is wrong on this machine comes out before the server is asked.
func (b *Batch) work(ctx context.Context, j *job) (o outcome) {
	inputs, err := b.opts.openSources(ctx, j.account)
	if err != nil {
		return outcome{err: err}
	}
	defer func() { o.err = errors.Join(o.err, closeSources(inputs)) }()
	password, secrets, err := b.secrets(ctx, j.account)
	if err != nil {
		return outcome{err: &PasswordError{err}}
	}
	if j.refused && fits(j.queued.Mark, secrets) {
		return outcome{same: true}
	}
	target := imap.New(b.address(j.account, password, j.share))
	defer func() { _ = target.Close() }() // a farewell
	if err := knock(ctx, target); err != nil {
		return outcome{err: err, secrets: secrets}
	}
	opts := b.opts.migration(j.account)
	opts.Connections, opts.Progress, opts.Gate = j.share, j.progress, b.disks.gate(inputs)
	o.secrets, o.signedIn, o.ran = secrets, true, true
	o.report, o.err = migrate.New(j.queued.Account, inputs, target, opts).Run(ctx)
	if o.err == nil {
		o.troubled, o.err = troubled(ctx, j.queued.Account, inputs)
	}
	return o
}

// secrets returns the account's password, and all that it signs in with, there and at its sources, in one.
func (b *Batch) secrets(ctx context.Context, a *Account) (password, all migrate.Secret, err error) {
	if password, err = b.password(ctx, a.Password); err != nil || a.FromPassword.Text() == "" {
		return password, password, err
	}
	from, err := b.password(ctx, a.FromPassword)
	return password, password + "\x00" + from, err
}

func (b *Batch) password(ctx context.Context, r Reference) (migrate.Secret, error) {
	if b.opts.Secret == nil {
		return "", errors.New("nobody to ask for it")
	}
	return b.opts.Secret(ctx, r)
}

// address is the account as the engine reaches it.
func (b *Batch) address(a *Account, password migrate.Secret, sessions int) imap.Options {
	opts := b.opts.Target(a.To)
	opts.Password = func(context.Context) (migrate.Secret, error) { return password, nil }
	opts.Keep, opts.Wrap = sessions, slow(b.bucket)
	return opts
}

// knock signs in, before hours of reading.
func knock(ctx context.Context, target migrate.Target) error {
	session, err := target.Dial(ctx)
	if err != nil {
		return err
	}
	return session.Close()
}

// troubled lists the pieces of the sources that could not be read to their end.
func troubled(ctx context.Context, account *state.Account, inputs []migrate.Input) (all []string, err error) {
	for _, in := range inputs {
		id, err := account.Source(ctx, in.Kind, in.Path)
		if err != nil {
			return nil, err
		}
		parts, err := account.Parts(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			if p.Error != "" {
				all = append(all, fmt.Sprintf("%s: %s", p.Name, p.Error))
			}
		}
	}
	return all, nil
}
