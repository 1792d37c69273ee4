package state

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// scanKit is an account with a source that has a part and a folder.
type scanKit struct {
	a            *Account
	source, part int64
	folder, run  int64
}

func newScanKit(t *testing.T, l *Ledger, target string) *scanKit {
	t.Helper()
	k := &scanKit{}
	var err error
	if k.a, err = l.Account(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if k.source, err = k.a.Source(t.Context(), "mbox", "/mail/"+target); err != nil {
		t.Fatal(err)
	}
	if k.run, err = k.a.StartRun(t.Context(), "migrate", "1"); err != nil {
		t.Fatal(err)
	}
	part, err := k.a.Part(t.Context(), k.source, k.run, "Inbox")
	if err != nil {
		t.Fatal(err)
	}
	k.part = part.ID
	if k.folder, err = k.a.Folder(t.Context(), Folder{Source: k.source, Name: "Inbox", Path: []string{"Inbox"}}); err != nil {
		t.Fatal(err)
	}
	return k
}

// add stores copies whose key says whose they are.
func (k *scanKit) add(ctx context.Context, w *PartWriter, from, to int) error {
	for i := from; i < to; i++ {
		key := fmt.Append(nil, k.a.Target, i)
		if err := w.Add(ctx, Copy{Folder: k.folder, Ref: fmt.Sprint(i), Size: 1, Exact: key, Key: key}); err != nil {
			return err
		}
	}
	return nil
}

func openAt(t *testing.T) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestScanManyAtOnce holds that parts of several accounts can be scanned at the same time, and each keeps its own copies.
func TestScanManyAtOnce(t *testing.T) {
	t.Parallel()
	const accounts, copies = 8, 1500
	l := openAt(t)
	var wait sync.WaitGroup
	kits := make([]*scanKit, accounts)
	for i := range kits {
		k := newScanKit(t, l, fmt.Sprintf("imap://u%d@h", i))
		kits[i] = k
		wait.Go(func() {
			w, err := k.a.ScanPart(t.Context(), k.part)
			if err == nil {
				err = k.add(t.Context(), w, 0, copies)
			}
			if err == nil {
				err = w.Finish(t.Context(), "stamp", nil, "")
			}
			if err != nil {
				t.Errorf("%s: %v", k.a.Target, err)
			}
		})
	}
	wait.Wait()
	for _, k := range kits {
		members := 0
		for m, err := range k.a.Members(t.Context(), []int64{k.source}) {
			if err != nil || m.Message != m.ID || !bytes.HasPrefix(m.Key, []byte(k.a.Target)) {
				t.Fatalf("%s: got member %+v, %v", k.a.Target, m, err)
			}
			members++
		}
		tally, err := k.a.TallyCopies(t.Context(), []int64{k.source})
		if err != nil || members != copies || tally.Seen != copies || tally.Pending != copies {
			t.Errorf("%s: got %d members, %+v, %v, want %d of each", k.a.Target, members, tally, err, copies)
		}
	}
}

// TestScanMakesRoom holds that others can write while a part is scanned, whether its copies come slowly or quickly.
func TestScanMakesRoom(t *testing.T) {
	t.Parallel()
	l := openAt(t)
	a, b := newScanKit(t, l, "imap://a@h"), newScanKit(t, l, "imap://b@h")
	w, err := a.a.ScanPart(t.Context(), a.part)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.add(t.Context(), w, 0, 3*rowsPerInsert); err != nil { // a transaction is open now, and its owner reads a slow disk
		t.Fatal(err)
	}
	began := time.Now()
	if err := b.a.SetPlan(t.Context(), "other"); err != nil {
		t.Fatal(err)
	}
	if waited := time.Since(began); waited > 2*time.Second {
		t.Errorf("another account waited %s", waited)
	}
	if err := a.add(t.Context(), w, 3*rowsPerInsert, 5*rowsPerInsert); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(t.Context(), "stamp", nil, ""); err != nil {
		t.Fatal(err)
	}
	tally, err := a.a.TallyCopies(t.Context(), []int64{a.source})
	if err != nil || tally.Seen != 5*rowsPerInsert {
		t.Errorf("got %+v, %v, want %d copies", tally, err, 5*rowsPerInsert)
	}
}

// TestVerdictsOfTwoAccounts holds that what one account finds out about its copies survives another one that begins meanwhile.
func TestVerdictsOfTwoAccounts(t *testing.T) {
	t.Parallel()
	l := openAt(t)
	kits := []*scanKit{newScanKit(t, l, "imap://a@h"), newScanKit(t, l, "imap://b@h")}
	batches := make([]*Batch, len(kits))
	ids := make([][]int64, len(kits))
	for i, k := range kits {
		w, err := k.a.ScanPart(t.Context(), k.part)
		if err == nil {
			err = k.add(t.Context(), w, 0, 2)
		}
		if err == nil {
			err = w.Finish(t.Context(), "stamp", nil, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		for m, err := range k.a.Members(t.Context(), []int64{k.source}) {
			if err != nil {
				t.Fatal(err)
			}
			ids[i] = append(ids[i], m.ID)
		}
		batches[i] = k.a.Batch()
	}
	for i := range kits { // both hold verdicts before one is stored
		if err := batches[i].SetMessage(t.Context(), ids[i][1], ids[i][0]); err != nil {
			t.Fatal(err)
		}
		if err := batches[i].commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i, k := range kits {
		if err := batches[i].Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		tally, err := k.a.TallyCopies(t.Context(), []int64{k.source})
		if err != nil || tally.Duplicate != 1 || tally.Pending != 1 {
			t.Errorf("%s: got %+v, %v, want one duplicate", k.a.Target, tally, err)
		}
	}
}

// TestManyReaders holds that readers who need another look to go on get it, however many there are.
func TestManyReaders(t *testing.T) {
	t.Parallel()
	l := openAt(t)
	k := newScanKit(t, l, "imap://a@h")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var wait, inside sync.WaitGroup
	const readers = 12
	inside.Add(readers)
	for range readers {
		wait.Go(func() {
			for _, err := range stream(ctx, l.read, l.scanAccount, "SELECT id, target FROM account") {
				inside.Done()
				inside.Wait()
				if err == nil {
					_, err = k.a.Plan(ctx)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}
