package state

import (
	"bytes"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func (l *Ledger) scanAccount(rows *sql.Rows) (*Account, error) {
	a := &Account{l: l}
	return a, rows.Scan(&a.id, &a.Target)
}

func queued(n int) []Queued {
	all := make([]Queued, n)
	for i := range all {
		all[i] = Queued{Target: fmt.Sprintf("imap://u%d@h", i), Line: i + 2, Name: fmt.Sprintf("u%d", i), Digest: []byte{byte(i), byte(i >> 8)}}
	}
	return all
}

func TestQueueIsKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "l.db")
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := l.Round(t.Context()); r != nil || err != nil {
		t.Fatalf("new ledger: got round %v, %v, want none", r, err)
	}
	all := queued(3)
	round, err := l.StoreRound(t.Context(), Round{File: "a.csv", Started: time.Unix(100, 0)}, all)
	if err != nil || round.ID == 0 {
		t.Fatalf("got %+v, %v", round, err)
	}
	q := all[1]
	q.Turn, q.Attempts, q.NotBefore, q.Since = TurnPerson, 3, time.Unix(500, 0), time.Unix(400, 0)
	q.Cause, q.Reason, q.Mark, q.Tally = "sign-in", "server: no", []byte{1, 2}, `{"seen":1}`
	if err := l.SetTurn(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err = OpenReadOnly(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got, err := l.Queue(t.Context(), round.ID)
	if err != nil || len(got) != 3 {
		t.Fatalf("got %d accounts, %v, want 3", len(got), err)
	}
	g := got[1]
	if g.Target != q.Target || g.Turn != q.Turn || g.Attempts != 3 || !g.NotBefore.Equal(q.NotBefore) || !g.Since.Equal(q.Since) ||
		g.Cause != q.Cause || g.Reason != q.Reason || !bytes.Equal(g.Mark, q.Mark) || g.Tally != q.Tally || !bytes.Equal(g.Digest, q.Digest) {
		t.Errorf("got %+v, want %+v", g, q)
	}
	if !got[0].NotBefore.IsZero() || got[0].Turn != TurnWaiting {
		t.Errorf("got %+v, want it waiting", got[0])
	}
	r, err := l.Round(t.Context())
	if err != nil || r.File != "a.csv" || !r.Started.Equal(time.Unix(100, 0)) || !r.Ended.IsZero() {
		t.Errorf("got round %+v, %v", r, err)
	}
	if _, err := l.StoreRound(t.Context(), *r, all); err == nil {
		t.Error("a read-only ledger took a round")
	}
}

func TestRoundsFollowEachOther(t *testing.T) {
	t.Parallel()
	l := openAt(t)
	first, err := l.StoreRound(t.Context(), Round{File: "a.csv", Started: time.Now()}, queued(3))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.StoreRound(t.Context(), first, queued(2)); err != nil { // a line was taken out of the file
		t.Fatal(err)
	}
	if got, err := l.Queue(t.Context(), first.ID); err != nil || len(got) != 2 {
		t.Errorf("got %d accounts, %v, want 2", len(got), err)
	}
	if err := l.EndRound(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	second, err := l.StoreRound(t.Context(), Round{File: "a.csv", Started: time.Now()}, queued(4))
	if err != nil || second.ID <= first.ID {
		t.Fatalf("got %+v, %v, want another round", second, err)
	}
	known, err := l.KnownQueue(t.Context())
	if err != nil || len(known) != 4 {
		t.Errorf("got %d known accounts, %v, want 4", len(known), err)
	}
	if r, err := l.Round(t.Context()); err != nil || r.ID != second.ID || !r.Ended.IsZero() {
		t.Errorf("got %+v, %v, want the second round", r, err)
	}
}

func TestTurnsAtOnce(t *testing.T) {
	t.Parallel()
	l := openAt(t)
	all := queued(50)
	round, err := l.StoreRound(t.Context(), Round{File: "a.csv", Started: time.Now()}, all)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for _, q := range all {
		wait.Go(func() {
			q.Turn = TurnDone
			if err := l.SetTurn(t.Context(), q); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	got, err := l.Queue(t.Context(), round.ID)
	for _, q := range got {
		if err != nil || !q.Turn.Over() {
			t.Errorf("got %+v, %v, want it done", q, err)
		}
	}
}

// TestLargeQueueIsQuick holds that a batch of thousands goes on at once after its process was killed.
func TestLargeQueueIsQuick(t *testing.T) {
	t.Parallel()
	const accounts = 5000
	l := openAt(t)
	all := queued(accounts)
	round, err := l.StoreRound(t.Context(), Round{File: "a.csv", Started: time.Now()}, all)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	known, err := l.KnownQueue(t.Context())
	if err != nil || len(known) != accounts {
		t.Fatalf("got %d accounts, %v, want %d", len(known), err, accounts)
	}
	if _, err := l.StoreRound(t.Context(), round, all); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("%d accounts: %s", accounts, took)
	if took > 10*time.Second {
		t.Errorf("got %s, want much less", took)
	}
}
