package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// scratch are the mailboxes of a run.
type scratch struct {
	id    string
	names []string // that may be there
}

// scratchName is how they are called, without the account's prefix: the number of the run, and theirs in it.
var scratchName = regexp.MustCompile(`^unpop bench [0-9a-f]{8}-\d+$`)

// scratchDomain is in the Message-ID of all that is sent. There is no such domain (RFC 2606).
const scratchDomain = "@bench.unpop.invalid>"

func newScratch() scratch {
	id := make([]byte, 4)
	_, _ = rand.Read(id) // it never fails
	return scratch{id: hex.EncodeToString(id)}
}

// add makes another mailbox and selects it.
func (c *scratch) add(ctx context.Context, s *imap.Session, prefix string) error {
	name := fmt.Sprintf("%sunpop bench %s-%d", prefix, c.id, len(c.names)+1)
	c.names = append(c.names, name) // also if the answer gets lost
	if _, err := s.Create(ctx, name, migrate.RoleNone); err != nil {
		return fmt.Errorf("mailbox %q: %w", name, err)
	}
	if _, err := s.Select(ctx, name); err != nil {
		return fmt.Errorf("mailbox %q: %w", name, err)
	}
	return nil
}

const (
	// tidyTime is how long removing may take, also after an interrupt.
	tidyTime = 20 * time.Second
	// tidyTries is how often it is tried, with tidyPause between.
	tidyTries = 4
	tidyPause = 500 * time.Millisecond
)

// tidy removes the mailboxes, over a new connection if need be, also when ctx has ended. Those that it can't remove are in the
// result.
func (r *run) tidy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	for try := 1; ; try++ {
		err := r.tidyOnce(ctx)
		if err == nil || try == tidyTries || ctx.Err() != nil {
			r.result.Left = append(r.result.Left, r.scratch.names...)
			return err
		}
		time.Sleep(tidyPause)
	}
}

// tidyOnce uses the first session that can still be used: others must be closed before their mailbox goes.
func (r *run) tidyOnce(ctx context.Context) error {
	var s *imap.Session
	for _, open := range r.sessions {
		if s == nil && open.Ping(ctx) == nil {
			s = open
		} else {
			_ = open.Close()
		}
	}
	if r.sessions = nil; s == nil {
		var err error
		if s, err = r.dial(ctx); err != nil {
			return err
		}
	}
	r.sessions = []*imap.Session{s}
	return r.scratch.remove(ctx, s)
}

// remove deletes the mailboxes, and keeps the names of those that it can't.
func (c *scratch) remove(ctx context.Context, s *imap.Session) error {
	var left []string
	var errs error
	for _, name := range c.names {
		if err := remove(ctx, s, name); err != nil {
			left = append(left, name)
			errs = errors.Join(errs, fmt.Errorf("mailbox %q: %w", name, err))
		}
	}
	c.names = left
	return errs
}

// errForeign says that somebody put mail of his own into a mailbox of ours.
var errForeign = errors.New("holds other mail")

// remove deletes a mailbox with the messages in it, if they are all ours. One that is not there is as good as removed.
func remove(ctx context.Context, s *imap.Session, name string) error {
	_, err := s.Select(ctx, name)
	if errors.Is(err, migrate.ErrNoMailbox) {
		return nil
	}
	if err != nil {
		return err
	}
	var uids []migrate.UID
	for found, err := range s.Find(ctx, 1, 0, true) {
		if err != nil {
			return err
		}
		if !strings.HasSuffix(strings.TrimSpace(found.MessageID), scratchDomain) {
			return errForeign
		}
		uids = append(uids, found.UID)
	}
	if err := s.Remove(ctx, uids); err != nil {
		return err
	}
	if err := s.Delete(ctx, name); !errors.Is(err, migrate.ErrNoMailbox) {
		return err
	}
	return nil
}

// removeLeftovers removes the mailboxes of runs that were killed. One that somebody has put other mail into is left.
func removeLeftovers(ctx context.Context, s *imap.Session, prefix string) (removed int, left []string, err error) {
	mailboxes, err := s.Mailboxes(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, b := range mailboxes {
		name, below := strings.CutPrefix(b.Name, prefix)
		if !below || !scratchName.MatchString(name) {
			continue
		}
		switch err := remove(ctx, s, b.Name); {
		case errors.Is(err, errForeign), errors.Is(err, migrate.ErrNotEmpty), refused(err):
			left = append(left, b.Name)
		case err != nil:
			return removed, left, fmt.Errorf("mailbox %q: %w", b.Name, err)
		default:
			removed++
		}
	}
	return removed, left, nil
}

// refused tells that the server does not allow it, and that the session is alive.
func refused(err error) bool {
	var problem *migrate.TargetError
	return errors.As(err, &problem) && (problem.Kind == migrate.Refused || problem.Kind == migrate.Missing)
}
