package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
)

// TestTogether has many changes at once, some of which fail after half of their work: the others are on disk, those are not.
func TestTogether(t *testing.T) {
	t.Parallel()
	l, a := open(t)
	wrong := errors.New("wrong")
	var group sync.WaitGroup
	for i := range 60 {
		group.Go(func() {
			err := l.together(t.Context(), func(tx *sql.Tx) error {
				if _, err := tx.Exec("INSERT INTO mailbox (account, name) VALUES (?, ?)", a.id, fmt.Sprint("m", i)); err != nil {
					return err
				}
				if i%3 == 0 {
					return wrong
				}
				return nil
			})
			if errors.Is(err, wrong) != (i%3 == 0) {
				t.Errorf("change %d: got %v", i, err)
			}
		})
	}
	group.Wait()
	names, err := a.MailboxNames(t.Context())
	if err != nil || len(names) != 40 {
		t.Errorf("got %d mailboxes and %v, want the 40 of those that succeeded", len(names), err)
	}
}

// TestTogetherShares holds that what comes during a commit goes with one commit, not with one each.
func TestTogetherShares(t *testing.T) {
	t.Parallel()
	var c commits
	if !c.join(&entry{}) || c.join(&entry{}) || c.join(&entry{}) {
		t.Fatal("want the first to lead and the others to follow")
	}
	if first := c.next(); len(first) != 3 {
		t.Errorf("got %d in the first commit, want 3", len(first))
	}
	if c.join(&entry{}) {
		t.Error("during the commit: want nobody else to lead")
	}
	if second, third := c.next(), c.next(); len(second) != 1 || len(third) != 0 || c.leading {
		t.Errorf("got %d and %d, want one more, and the lead ended", len(second), len(third))
	}
}

func TestTogetherCancelled(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	called := false
	if err := l.together(ctx, func(*sql.Tx) error { called = true; return nil }); !errors.Is(err, context.Canceled) || called {
		t.Errorf("got %v, called: %v, want it not begun", err, called)
	}
}

// TestTogetherFails: a commit that can't be made is an error to all who took part.
func TestTogetherFails(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	if err := l.write.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.together(t.Context(), func(*sql.Tx) error { return nil }); err == nil {
		t.Error("closed ledger: got no error, want one")
	}
}
