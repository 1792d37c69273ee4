package batch

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"unpop/migrate"
	"unpop/state"
)

// New puts the accounts of a manifest into the ledger's queue, or finds them there. The ledger stays the caller's. It fails where
// [Options.Only] names none of them.
func New(ctx context.Context, ledger *state.Ledger, m *Manifest, opts Options) (*Batch, error) {
	b := &Batch{ledger: ledger, opts: opts.withDefaults(), hosts: map[string]*host{}}
	b.bucket, b.disks.most = b.opts.limiter(), b.opts.DiskScans
	b.began = b.opts.now()
	if err := b.enroll(ctx, m); err != nil {
		return nil, err
	}
	if dir := b.opts.Quarantine; dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("quarantine: %w", err)
		}
	}
	return b, nil
}

func (b *Batch) enroll(ctx context.Context, m *Manifest) error {
	last, err := b.ledger.Round(ctx)
	if err != nil {
		return err
	}
	known, err := b.ledger.KnownQueue(ctx)
	if err != nil {
		return err
	}
	only, err := chosen(m.Accounts, b.opts.Only)
	if err != nil {
		return err
	}
	e := enrolment{batch: b, round: state.Round{File: m.File, Started: b.began}}
	if last != nil && last.File == m.File {
		e.goesOn = last.Ended.IsZero()
		if e.goesOn || b.opts.RetryFailed || len(b.opts.Only) > 0 {
			e.round = *last
		}
	}
	for i, a := range m.Accounts {
		q, ok := known[a.Target()]
		b.jobs = append(b.jobs, e.job(a, q, ok, only[i]))
	}
	return e.store(ctx)
}

// chosen tells which of the accounts are worked on.
func chosen(accounts []*Account, only []string) ([]bool, error) {
	all := make([]bool, len(accounts))
	for i := range all {
		all[i] = len(only) == 0
	}
	for _, pattern := range only {
		found := false
		for i, a := range accounts {
			if a.called(pattern) {
				all[i], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("only: no account is called %q", pattern)
		}
	}
	return all, nil
}

// called reports whether a name or a glob means the account.
func (a *Account) called(pattern string) bool {
	plain, _, _ := strings.Cut(a.Name, " <")
	return slices.ContainsFunc([]string{a.Name, plain, a.To.User, nameOf(a.To), a.Target()}, func(name string) bool {
		fits, err := path.Match(strings.ToLower(pattern), strings.ToLower(name))
		return fits && err == nil || strings.EqualFold(pattern, name)
	})
}

// An enrolment decides what is to be done for each account in this call.
type enrolment struct {
	batch  *Batch
	round  state.Round
	goesOn bool // the last call was stopped
}

// job is an account's place in the queue. One that had its turn in a round that goes on has no other, unless it was named or its
// line changed.
func (e *enrolment) job(a *Account, q state.Queued, known, chosen bool) *job {
	opts := &e.batch.opts
	digest := a.digest()
	changed := !known || !bytes.Equal(digest, q.Digest)
	before := q
	q.Target, q.Line, q.Name, q.Digest = a.Target(), a.Line, a.Name, digest
	again := changed || !e.goesOn && !opts.RetryFailed && len(opts.Only) == 0
	if chosen {
		again = again || len(opts.Only) > 0 && !opts.RetryFailed || opts.RetryFailed && q.Turn >= state.TurnPartly
	}
	j := &job{account: a, progress: new(migrate.Progress), queued: q, refused: len(q.Mark) > 0 && !changed && !opts.RetryFailed}
	if again || !q.Turn.Over() {
		j.queued.Turn, j.queued.Attempts = state.TurnWaiting, 0
		if before.Cause != CauseBusy || opts.RetryFailed {
			j.queued.NotBefore = time.Time{}
		}
		j.selected = chosen
	}
	return j
}

// store writes the queue where it changed, and lines the accounts up.
func (e *enrolment) store(ctx context.Context) (err error) {
	b := e.batch
	rows := make([]state.Queued, len(b.jobs))
	for i, j := range b.jobs {
		rows[i] = j.queued
	}
	if b.round, err = b.ledger.StoreRound(ctx, e.round, rows); err != nil {
		return err
	}
	for i, j := range b.jobs {
		j.queued = rows[i]
		j.host = b.hostOf(j.account.To.Host)
		if j.selected {
			b.waiting = append(b.waiting, j)
			j.host.waiting++
		}
	}
	return nil
}
