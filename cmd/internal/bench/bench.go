// Package bench measures what an IMAP account can take: how long a round trip is, and how many messages a second arrive, by
// each way of sending them that the server allows. It sends made-up mail to mailboxes that it makes, and removes both
// whatever happens; what a killed run has left, the next one removes. Nothing else in the account is touched.
package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// Options bound a measurement. All must be positive.
type Options struct {
	// Connections is the most sessions at once.
	Connections int
	// Bytes is the most mail that is sent in all.
	Bytes int64
	// Time is how long sending may take in all, about; on a slow line each message that is sent can take longer.
	Time time.Duration
	// Measured gets each row as soon as it is there, from the goroutine that called [Run]; nil is fine.
	Measured func(Row)
	// Met gets the result as far as it goes before anything is sent; nil is fine.
	Met func(*Result)
	// Stopping is called when the context has ended and what was made is going to be removed; nil is fine.
	Stopping func()
}

// Sizes of the messages in bytes: a short one, and one as mail has on average.
const (
	Small   = 3_000
	Average = 75_000
)

// A Row is one way over a number of connections.
type Row struct {
	Way         imap.Way
	Connections int
	Small       Figure
	Average     Figure
}

// A Figure is what was measured with messages of one size.
type Figure struct {
	Messages int
	Bytes    int64
	Elapsed  time.Duration
}

// Rate is messages a second; 0 where nothing was measured.
func (f Figure) Rate() float64 {
	if f.Elapsed <= 0 {
		return 0
	}
	return float64(f.Messages) / f.Elapsed.Seconds()
}

// Speed is bytes a second, likewise.
func (f Figure) Speed() float64 {
	if f.Elapsed <= 0 {
		return 0
	}
	return float64(f.Bytes) / f.Elapsed.Seconds()
}

// Result is what was found out.
type Result struct {
	migrate.Survey
	RoundTrip    time.Duration // the median of some
	Capabilities []string      // all of them
	Ways         []imap.Way    // that the server allows, the one that a migration takes first
	Unsafe       string        // why nothing was sent; empty where it was
	Granted      int           // connections, if fewer than were asked for
	Rows         []Row
	Messages     int // sent in all
	Bytes        int64
	Leftovers    int      // mailboxes of a former run that were removed
	Left         []string // mailboxes that could not be removed
}

// A run is one measurement.
type run struct {
	target   migrate.Target
	opts     Options
	result   Result
	scratch  scratch
	sessions []*imap.Session
	best     float64 // bytes a second so far
	serial   int     // of messages
}

// Run measures. The result holds, as far as it goes, whatever the error.
func Run(ctx context.Context, target migrate.Target, opts Options) (*Result, error) {
	r := &run{target: target, opts: opts, scratch: newScratch()}
	defer r.close()
	if err := r.meet(ctx); err != nil {
		return &r.result, err
	}
	if opts.Met != nil {
		opts.Met(&r.result)
	}
	if r.result.Unsafe != "" {
		return &r.result, nil
	}
	err := r.prepare(ctx)
	if err == nil {
		err = r.measureAll(ctx)
	}
	if ctx.Err() != nil && opts.Stopping != nil {
		opts.Stopping()
	}
	return &r.result, errors.Join(err, r.tidy(ctx))
}

// close ends the sessions.
func (r *run) close() {
	for _, s := range r.sessions {
		_ = s.Close() // nothing depends on it
	}
	r.sessions = nil
}

func (r *run) dial(ctx context.Context) (*imap.Session, error) {
	s, err := r.target.Dial(ctx)
	if err != nil {
		return nil, err
	}
	able, ok := s.(*imap.Session)
	if !ok {
		_ = s.Close()
		return nil, fmt.Errorf("target: %T can't be measured", s)
	}
	return able, nil
}

// pings is of how many round trips the median is taken.
const pings = 9

// meet learns what there is to know before anything is sent, and removes what a former run has left.
func (r *run) meet(ctx context.Context) error {
	s, err := r.dial(ctx)
	if err != nil {
		return err
	}
	r.sessions = append(r.sessions, s)
	res := &r.result
	if res.Survey, err = s.Survey(ctx); err != nil {
		return err
	}
	res.Capabilities, res.Ways = s.Capabilities(), s.Ways()
	res.Unsafe = unsafe(res)
	if res.RoundTrip, err = roundTrip(ctx, s); err != nil {
		return err
	}
	if res.Leftovers, res.Left, err = removeLeftovers(ctx, s, res.Prefix); err != nil {
		return fmt.Errorf("leftovers: %w", err)
	}
	return nil
}

func roundTrip(ctx context.Context, s *imap.Session) (time.Duration, error) {
	times := make([]time.Duration, pings)
	for i := range times {
		start := time.Now()
		if err := s.Ping(ctx); err != nil {
			return 0, err
		}
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	return times[pings/2], nil
}

// unsafe says why nothing may be sent: what could not be removed again.
func unsafe(r *Result) string {
	has := func(name string) bool { return slices.Contains(r.Capabilities, name) }
	switch {
	case has("X-GM-EXT-1"):
		return "Gmail keeps messages that are removed from a mailbox under All Mail"
	case !has("UIDPLUS") && !has("IMAP4REV2"):
		return "the server has no UIDPLUS, so that messages could not be removed one by one"
	default:
		return ""
	}
}

// prepare opens the connections, each with a mailbox of its own. A server may grant fewer.
func (r *run) prepare(ctx context.Context) error {
	for i := range r.opts.Connections {
		if i == len(r.sessions) {
			s, err := r.dial(ctx)
			if crowded(err) {
				r.result.Granted = i
				return nil
			}
			if err != nil {
				return err
			}
			r.sessions = append(r.sessions, s)
		}
		if err := r.scratch.add(ctx, r.sessions[i], r.result.Prefix); err != nil {
			return err
		}
	}
	return nil
}

func crowded(err error) bool {
	var problem *migrate.TargetError
	return errors.As(err, &problem) && problem.Kind == migrate.Crowded
}
