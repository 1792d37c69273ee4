package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/state"
)

// Finding is what a check found out about an account. Nothing was changed.
type Finding struct {
	Name, Target string
	Line         int
	Bytes        int64    // of the sources, about
	New          int64    // of them, as far as the ledger knows: what it has sent doesn't count
	HasRoom      bool     // the server tells:
	Room         int64    // how many bytes the account has left
	Wrong        []string // what a person has to mend before; empty: all is well
}

// Room is what the disks of this machine need and have.
type Room struct {
	Ledger, LedgerFree int64  // bytes
	LedgerDir          string // and where
	Spool, SpoolFree   int64
	SpoolDir           string
}

// Fits reports whether there is enough. One disk for both must have enough for both.
func (r *Room) Fits() bool {
	if diskOf(r.LedgerDir) == diskOf(r.SpoolDir) {
		return r.Ledger+r.Spool <= r.LedgerFree
	}
	return r.Ledger <= r.LedgerFree && r.Spool <= r.SpoolFree
}

// checker is a check that is going on.
type checker struct {
	b     *Batch
	sent  map[string]int64 // bytes, by target
	mu    sync.Mutex
	hosts map[string]chan struct{}
}

// Check tries all that a night depends on: that passwords can be had, sources be read, servers let us in and have room. It changes
// nothing. ledger may be nil. each is told of an account as soon as it was looked at, one at a time; nil is fine.
func Check(ctx context.Context, ledger *state.Ledger, m *Manifest, opts Options, each func(Finding)) ([]Finding, error) {
	b := &Batch{opts: opts.withDefaults()}
	b.bucket, b.disks.most = b.opts.limiter(), b.opts.DiskScans
	only, err := chosen(m.Accounts, b.opts.Only)
	if err != nil {
		return nil, err
	}
	c := &checker{b: b, hosts: map[string]chan struct{}{}}
	if c.sent, err = sentBefore(ctx, ledger); err != nil {
		return nil, err
	}
	todo := make(chan *Account)
	found := make(chan Finding)
	var workers sync.WaitGroup
	for range b.opts.Jobs {
		workers.Go(func() {
			for a := range todo {
				found <- c.look(ctx, a)
			}
		})
	}
	go func() {
		for i, a := range m.Accounts {
			if only[i] && ctx.Err() == nil {
				todo <- a
			}
		}
		close(todo)
		workers.Wait()
		close(found)
	}()
	return gather(ctx, found, each)
}

func gather(ctx context.Context, found <-chan Finding, each func(Finding)) ([]Finding, error) {
	var all []Finding
	for f := range found {
		if each != nil && ctx.Err() == nil {
			each(f)
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b Finding) int { return a.Line - b.Line })
	return all, ctx.Err()
}

// sentBefore sums up what the ledger has sent to each account.
func sentBefore(ctx context.Context, ledger *state.Ledger) (map[string]int64, error) {
	if ledger == nil {
		return nil, nil
	}
	accounts, err := ledger.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	sent := make(map[string]int64, len(accounts))
	for _, a := range accounts {
		loads, err := a.Loads(ctx, state.Done)
		if err != nil {
			return nil, err
		}
		for _, l := range loads {
			sent[a.Target] += l.Bytes
		}
	}
	return sent, nil
}

// look tries an account.
func (c *checker) look(ctx context.Context, a *Account) Finding {
	f := Finding{Name: a.Name, Target: a.Target(), Line: a.Line}
	if err := c.sources(ctx, a, &f); err != nil {
		f.wrong(err)
	}
	f.New = max(f.Bytes-c.sent[a.Target()], 0)
	password, err := c.b.password(ctx, a.Password)
	if err != nil {
		f.wrong(&PasswordError{err})
		return f
	}
	if err := c.server(ctx, a, password, &f); err != nil {
		f.wrong(err)
	}
	if f.HasRoom && f.New > f.Room {
		f.Wrong = append(f.Wrong, "the account has not enough room")
	}
	return f
}

func (f *Finding) wrong(err error) {
	text := oneLine(err.Error())
	if target := targetError(err); target != nil && target.Hint != "" {
		text += " (" + target.Hint + ")"
	}
	f.Wrong = append(f.Wrong, text)
}

// sources opens what the account's mail comes from, and lists its parts.
func (c *checker) sources(ctx context.Context, a *Account, f *Finding) error {
	inputs, err := c.b.opts.openSources(ctx, a)
	if err != nil {
		return err
	}
	defer func() { _ = closeSources(inputs) }() // nothing was written
	leave, err := c.b.disks.enter(ctx, inputs)
	if err != nil {
		return err
	}
	defer leave()
	for _, in := range inputs {
		bytes, err := weigh(ctx, in.Source)
		f.Bytes += bytes
		if err != nil {
			f.wrong(fmt.Errorf("source %s: %w", in.Path, err))
		}
	}
	return nil
}

// weigh tells how many bytes a source has, as far as it can be read.
func weigh(ctx context.Context, s migrate.Source) (bytes int64, err error) {
	if w, ok := s.(migrate.Weigher); ok {
		return w.Weigh(ctx)
	}
	for part, partErr := range s.Parts(ctx) {
		err = errors.Join(err, partErr)
		if part != nil {
			bytes += part.Info().Bytes
		}
	}
	return bytes, err
}

// server signs in and asks what room there is.
func (c *checker) server(ctx context.Context, a *Account, password migrate.Secret, f *Finding) error {
	leave, err := c.enter(ctx, a.To.Host)
	if err != nil {
		return err
	}
	defer leave()
	target := imap.New(c.b.address(a, password, 0))
	session, err := target.Dial(ctx)
	if err != nil {
		return err
	}
	defer session.Close()
	arranger, ok := session.(migrate.Arranger)
	if !ok {
		return nil
	}
	survey, err := arranger.Survey(ctx)
	f.HasRoom, f.Room = survey.HasQuota, max(survey.QuotaLimit-survey.QuotaUsed, 0)
	return err
}

// enter takes one of the sessions that a host allows.
func (c *checker) enter(ctx context.Context, host string) (leave func(), err error) {
	c.mu.Lock()
	places := c.hosts[host]
	if places == nil {
		places = make(chan struct{}, c.b.opts.HostConnections)
		c.hosts[host] = places
	}
	c.mu.Unlock()
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

const (
	// ledgerShare is how much of the mail's size a ledger takes at most: a row of copy and message is about 1 kB, a message seldom under 10.
	ledgerShare = 10
	// spoolShare is the same for what is sorted on the way, of the largest account.
	spoolShare = 20
	leastRoom  = 64 << 20
)

// RoomFor tells what room the accounts need on this machine, where the ledger lies in a directory, and what there is.
func RoomFor(all []Finding, ledgerDir string) (Room, error) {
	r := Room{LedgerDir: existing(ledgerDir), SpoolDir: existing(state.SpoolDir()), Ledger: leastRoom, Spool: leastRoom}
	var largest int64
	for _, f := range all {
		r.Ledger += f.New / ledgerShare
		largest = max(largest, f.New)
	}
	r.Spool += largest / spoolShare
	var err error
	if r.LedgerFree, err = freeOn(r.LedgerDir); err != nil {
		return r, err
	}
	r.SpoolFree, err = freeOn(r.SpoolDir)
	return r, err
}

// existing is the part of a path that is there.
func existing(dir string) string {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if _, missing := os.Stat(dir); missing == nil || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	return dir
}
