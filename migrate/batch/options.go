package batch

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"unpop/migrate"
	"unpop/migrate/source"
	"unpop/migrate/target/imap"
)

// Options say how a batch works. The zero value is sensible but for Secret.
type Options struct {
	// Jobs is how many accounts are worked on at once; 0 means 4.
	Jobs int
	// Connections is the most sessions of one account; 0 means 4. They are fewer where HostConnections has to do for several.
	Connections int
	// HostConnections is the most sessions to one host, of all accounts together; 0 means 10, which is what Dovecot allows by itself
	// (mail_max_userip_connections) and most hosters leave as it is.
	HostConnections int
	// DiskScans is how many accounts' sources may be read through at once on one disk; 0 means 2.
	DiskScans int
	// Secret gets the password that a reference stands for. It may be called by several goroutines at once; its errors are shown.
	Secret func(ctx context.Context, r Reference) (migrate.Secret, error)
	// Open opens a source of an account, as [source.Open] does, which nil means. Live sources need the account's FromPassword.
	Open func(ctx context.Context, a *Account, spec string) (migrate.Source, source.Found, error)
	// Target completes an account's address with what holds for all; nil leaves it.
	Target func(imap.Options) imap.Options
	// Only are names, targets or globs of them: no other account is worked on. Empty means all.
	Only []string
	// RetryFailed works on the accounts that are not done, also those that are left alone otherwise, and on no others.
	RetryFailed bool
	// Between is when accounts may be worked on; the zero value is always.
	Between Window
	// Bandwidth is the most bytes a second over all connections, in both directions; 0 is no limit.
	Bandwidth int64
	// Quarantine is a directory for the mbox files that keep rejected messages; empty keeps none.
	Quarantine string
	// Version goes into the ledger's record of the runs.
	Version string
	// Settled is told of each account whose turn is over or that has to wait for another try, one at a time. Nil is fine.
	Settled func(Result)

	// Settle, Patience and Pause are for tests: see [migrate.Options]; Pause is what an account waits after its first failure, 0 means 5 s.
	Settle, Patience, Pause time.Duration

	now func() time.Time
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *int
		usual int
	}{{&o.Jobs, 4}, {&o.Connections, 4}, {&o.HostConnections, 10}, {&o.DiskScans, 2}} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
	if o.Patience <= 0 {
		o.Patience = time.Minute // then it is another account's turn
	}
	if o.Pause <= 0 {
		o.Pause = 5 * time.Second
	}
	if o.Target == nil {
		o.Target = func(opts imap.Options) imap.Options { return opts }
	}
	if o.Open == nil {
		o.Open = openOnDisk
	}
	if o.now == nil {
		o.now = time.Now
	}
	return o
}

// limiter is the token bucket of all connections, or nil.
func (o *Options) limiter() *rate.Limiter {
	if o.Bandwidth <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(o.Bandwidth), int(max(o.Bandwidth/8, leastBurst)))
}

// migration are the options for the engine.
func (o *Options) migration(a *Account) migrate.Options {
	return migrate.Options{
		Include: a.Include, Exclude: a.Exclude, Map: a.Map, Prefix: a.Prefix, Existing: migrate.Existing(a.Existing), Command: "batch", Version: o.Version,
		Quarantine: QuarantineFile(o.Quarantine, a.Target()), Settle: o.Settle, Patience: o.Patience, Forbearance: time.Second,
	}
}
