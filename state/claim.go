package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// claimed are the messages in claims.
const claimed = "(SELECT j.value FROM claim c, json_each(c.messages) j)"

// claims are the rows of claims whose messages this process is at work on. A row that outlives them does no harm.
type claims struct {
	mu   sync.Mutex
	of   map[int64]*claim // by message
	over []int64          // rows that say nothing any more
}

// A claim is one row.
type claim struct {
	id, mailbox int64
	messages    []int64
	open        int // of them, without an answer
}

// Claim records, before anything is sent, that the messages of a mailbox may from now on be in it, at UIDs from floor on.
// All of them are claimed or none: it fails if one is not planned.
func (a *Account) Claim(ctx context.Context, messages []int64, uidValidity, floor uint32) error {
	c := &claim{messages: messages, open: len(messages)}
	rare := false
	err := a.l.together(ctx, func(tx *sql.Tx) (err error) {
		if rare, err = c.check(ctx, tx); err != nil {
			return err
		}
		if a.l.claims.has(messages) {
			return fmt.Errorf("claim: %w", errNotPlanned)
		}
		if err := a.l.claims.sweep(ctx, tx); err != nil {
			return err
		}
		if err := c.insert(ctx, tx, uidValidity, floor); err != nil || !rare {
			return err
		}
		return spread(ctx, tx, []int64{c.id})
	})
	if err == nil && !rare {
		a.l.claims.add(c)
	}
	return err
}

// check makes sure that all messages are planned. What was sent before is rare: a twin of it may turn up where it was looked for
// then, which its own row has to tell.
func (c *claim) check(ctx context.Context, tx *sql.Tx) (rare bool, err error) {
	var planned, again int
	var mailbox sql.NullInt64
	err = tx.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(tries > 0 OR doubted = 1), 0), min(mailbox) FROM message "+
		"WHERE state = 0 AND id IN (SELECT value FROM json_each(?))", c.list()).
		Scan(&planned, &again, &mailbox)
	if err == nil && planned != len(c.messages) {
		err = errNotPlanned
	}
	if err != nil {
		return false, fmt.Errorf("claim: %d of %d messages are planned: %w", planned, len(c.messages), err)
	}
	c.mailbox = mailbox.Int64
	return again > 0, nil
}

// list is a JSON array.
func (c *claim) list() string { return "[" + strings.Trim(in(c.messages), "()") + "]" }

func (c *claim) insert(ctx context.Context, tx *sql.Tx, uidValidity, floor uint32) error {
	result, err := tx.ExecContext(ctx, "INSERT INTO claim (mailbox, uidvalidity, floor, messages) VALUES (?, ?, ?, ?)", c.mailbox, uidValidity, floor, c.list())
	if err != nil {
		return wrap(err)
	}
	c.id, err = result.LastInsertId()
	return err
}

// spread writes into the messages' own rows what their claims say of them, and drops the claims.
func spread(ctx context.Context, tx *sql.Tx, ids []int64) error {
	if _, err := tx.ExecContext(ctx, "UPDATE message SET state = 1, floor = CASE WHEN doubted = 1 AND uidvalidity = v.validity THEN min(floor, v.least) ELSE v.least END, "+
		"uidvalidity = v.validity, uid = 0, tries = tries + 1 FROM "+
		"(SELECT j.value AS message, c.uidvalidity AS validity, c.floor AS least FROM claim c, json_each(c.messages) j WHERE c.id IN "+in(ids)+") v "+
		"WHERE id = v.message AND state = 0"); err != nil {
		return wrap(err)
	}
	return unlist(ctx, tx, ids)
}

// unlist deletes rows.
func unlist(ctx context.Context, tx *sql.Tx, ids []int64) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM claim WHERE id IN "+in(ids)); err != nil {
		return wrap(err)
	}
	return nil
}

// unclaim spreads the claims that a query finds, as nobody is at work on their messages any more.
func (l *Ledger) unclaim(ctx context.Context, query string, args ...any) error {
	ids, err := collect(ctx, l.read, func(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) }, query, args...)
	if err != nil || len(ids) == 0 {
		return err
	}
	err = l.together(ctx, func(tx *sql.Tx) error { return spread(ctx, tx, ids) })
	if err == nil {
		l.claims.drop(ids)
	}
	return err
}

// add takes note of a claim that is on disk.
func (s *claims) add(c *claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[int64]*claim{}
	}
	for _, m := range c.messages {
		s.of[m] = c
	}
}

// hold reports whether a message is claimed.
func (s *claims) hold(m Message) bool { return s.has([]int64{m.ID}) }

func (s *claims) has(messages []int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range messages {
		if s.of[m] != nil {
			return true
		}
	}
	return false
}

// with lists the rows that claim one of the messages.
func (s *claims) with(outcomes []Outcome) (ids []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[*claim]bool{nil: true}
	for _, o := range outcomes {
		if c := s.of[o.Message]; !seen[c] {
			seen[c] = true
			ids = append(ids, c.id)
		}
	}
	return ids
}

// answered takes note that messages are settled. A claim of which nothing is open has nothing to say.
func (s *claims) answered(outcomes []Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range outcomes {
		c := s.of[o.Message]
		if c == nil {
			continue
		}
		delete(s.of, o.Message)
		if c.open--; c.open == 0 {
			s.over = append(s.over, c.id)
		}
	}
}

// drop forgets claims whose rows are gone.
func (s *claims) drop(ids []int64) {
	gone := make(map[int64]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for m, c := range s.of {
		if gone[c.id] {
			delete(s.of, m)
		}
	}
}

// sweep deletes rows that have nothing to say. Should the transaction fail they stay for ever, which is no harm.
func (s *claims) sweep(ctx context.Context, tx *sql.Tx) error {
	s.mu.Lock()
	over := s.over
	s.over = nil
	s.mu.Unlock()
	if len(over) == 0 {
		return nil
	}
	return unlist(ctx, tx, over)
}

// errNotPlanned is why a claim fails where the database has nothing to say.
var errNotPlanned = errors.New("claimed twice, or the plan changed meanwhile")

func cause(err error) error {
	if err != nil {
		return err
	}
	return errNotPlanned
}
