package state

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// stored reads back the copies of the fixture's part.
func (f *fixture) stored() (all []Copy) {
	f.t.Helper()
	for m, err := range f.Members(f.t.Context(), []int64{f.source}) {
		if err != nil {
			f.t.Fatal(err)
		}
		all = append(all, m.Copy)
	}
	return all
}

// add stores n copies that differ in all that can differ.
func (f *fixture) add(w *PartWriter, n int) (want []Copy) {
	f.t.Helper()
	for i := range n {
		c := f.row(fmt.Sprint(i), fmt.Sprintf("body of %d", i))
		c.Trace, c.Rebuilt, c.Partial = i%2 == 0, i%3 == 0, i%5 == 0
		c.Flags, c.Date, c.DateRank, c.Subject = i%16, int64(1e9+i), i%9, strings.Repeat("s", i%40)
		if i%7 == 0 {
			c.Keywords = []string{"$label1", "due"}
		}
		if err := w.Add(f.t.Context(), c); err != nil {
			f.t.Fatal(err)
		}
		want = append(want, c)
	}
	return want
}

// Numbers of copies around those of a statement, of all blocks and of a transaction.
func TestCopiesAreStoredInOrder(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, rowsPerInsert - 1, rowsPerInsert, rowsPerInsert + 1, 2*blocks*rowsPerInsert + 3, copiesPerCommit + 1} {
		f := fill(t)
		w, err := f.ScanPart(t.Context(), f.part.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := f.add(w, n)
		if err := w.Finish(t.Context(), "stamp", nil, ""); err != nil {
			t.Fatal(err)
		}
		got := f.stored()
		if len(got) != n {
			t.Fatalf("got %d copies, want %d", len(got), n)
		}
		for i := range got {
			want[i].ID, want[i].Message = got[0].ID+int64(i), got[0].ID+int64(i)
			if fmt.Sprintf("%+v", got[i]) != fmt.Sprintf("%+v", want[i]) {
				t.Fatalf("copy %d of %d: got %+v, want %+v", i, n, got[i], want[i])
			}
		}
	}
}

// While copies wait, nothing else can be written; after Commit it can, and the copies are there.
func TestCommitLetsOthersWrite(t *testing.T) {
	t.Parallel()
	f := fill(t)
	w, err := f.ScanPart(t.Context(), f.part.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	for i := range 3 {
		f.add(w, 100)
		if err := w.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(f.stored()); got != 100*(i+1) {
			t.Errorf("got %d copies, want %d", got, 100*(i+1))
		}
		if _, err := f.Folder(t.Context(), Folder{Source: f.source, Name: fmt.Sprint(i), Path: []string{"x"}}); err != nil {
			t.Error(err)
		}
	}
	if err := w.Commit(t.Context()); err != nil {
		t.Errorf("nothing to commit: got %v, want nil", err)
	}
}

// What a disk that fails brings: the error comes out, nothing of the transaction stays, and the ledger goes on.
func TestFailedInsert(t *testing.T) {
	t.Parallel()
	f := fill(t)
	if _, err := f.l.write.Exec("CREATE TRIGGER fail BEFORE INSERT ON copy WHEN new.ref = 'body of 700' BEGIN SELECT RAISE(ABORT, 'disk is broken'); END"); err != nil {
		t.Fatal(err)
	}
	w, err := f.ScanPart(t.Context(), f.part.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; err == nil && i < 100_000; i++ {
		err = w.Add(t.Context(), f.row(fmt.Sprint(i), fmt.Sprintf("body of %d", i)))
	}
	if err == nil || !strings.Contains(err.Error(), "disk is broken") {
		t.Errorf("got %v, want the error of the 700th copy", err)
	}
	w.Abandon()
	if got := len(f.stored()); got != 0 {
		t.Errorf("got %d copies of a transaction that failed, want none", got)
	}
	if _, err := f.l.write.Exec("DROP TRIGGER fail"); err != nil {
		t.Fatal(err)
	}
	f.scan(f.row("1", "one"))
	f.checksReferences()
}

// checksReferences holds that the ledger's writing connection refuses rows that hang on nothing.
func (f *fixture) checksReferences() {
	f.t.Helper()
	_, err := f.l.write.Exec("INSERT INTO part (source, name) VALUES (4711, 'x')")
	if err == nil || !strings.Contains(err.Error(), "FOREIGN KEY") {
		f.t.Errorf("part of no source: got %v, want a refusal", err)
	}
}

func TestReferencesAreCheckedAfterScan(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.checksReferences()
	f.scan(f.row("1", "one"))
	f.checksReferences()
	w, err := f.ScanPart(t.Context(), f.part.ID)
	if err != nil {
		t.Fatal(err)
	}
	f.add(w, 3*rowsPerInsert)
	w.Abandon()
	f.checksReferences()
	var broken int
	if err := f.l.read.QueryRow("SELECT count(*) FROM pragma_foreign_key_check").Scan(&broken); err != nil || broken != 0 {
		t.Errorf("got %d rows that hang on nothing, %v, want none", broken, err)
	}
}

func TestScanIsCancelled(t *testing.T) {
	t.Parallel()
	f := fill(t)
	ctx, cancel := context.WithCancel(t.Context())
	w, err := f.ScanPart(ctx, f.part.ID)
	if err != nil {
		t.Fatal(err)
	}
	f.add(w, 10)
	cancel()
	for i := 0; err == nil && i < 100_000; i++ {
		err = w.Add(ctx, f.row(fmt.Sprint(i), "x"))
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	w.Abandon()
	f.scan(f.row("1", "one"), f.row("2", "two"))
	if got := len(f.stored()); got != 2 {
		t.Errorf("got %d copies, want the 2 of the next scan", got)
	}
}
