package state

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// open makes a ledger with one account.
func open(t *testing.T) (*Ledger, *Account) {
	t.Helper()
	l, err := Open(t.Context(), filepath.Join(t.TempDir(), "my ledger?#%.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	a, err := l.Account(t.Context(), "imaps://anna@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	return l, a
}

func TestOpenAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "ledger.db")
	for range 2 {
		l, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Account(t.Context(), "imap://x@y"); err != nil {
			t.Fatal(err)
		}
		accounts, err := l.Accounts(t.Context())
		if err != nil || len(accounts) != 1 {
			t.Fatalf("got %d accounts, %v, want 1", len(accounts), err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, left := range []string{path + "-wal", path + "-shm", path + ".holder"} {
		if _, err := os.Stat(left); err == nil {
			t.Errorf("%s is left behind", left)
		}
	}
}

func TestPragmas(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := l.write.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", pragma, got, err, want)
		}
	}
}

func TestLocked(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	_, err := Open(t.Context(), l.Path())
	var locked *LockedError
	if !errors.As(err, &locked) || !strings.HasPrefix(locked.Holder, "process ") {
		t.Fatalf("got %v, want a LockedError that names the process", err)
	}
	if holder := Holder(l.Path()); !strings.HasPrefix(holder, "process ") {
		t.Errorf("holder: got %q", holder)
	}
	look, err := OpenReadOnly(t.Context(), l.Path())
	if err != nil {
		t.Fatalf("looking while another writes: %v", err)
	}
	defer look.Close()
	if accounts, err := look.Accounts(t.Context()); err != nil || len(accounts) != 1 {
		t.Errorf("got %d accounts, %v, want 1", len(accounts), err)
	}
}

// A ledger that two names lead to is one ledger, from the beginning.
func TestLockedByAnotherName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name, link := filepath.Join(dir, "ledger.db"), filepath.Join(dir, "link.db")
	if err := os.Symlink(name, link); err != nil {
		t.Skip(err)
	}
	l, err := Open(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var locked *LockedError
	if twin, err := Open(t.Context(), name); !errors.As(err, &locked) || locked.Path != name {
		t.Errorf("got %v, want a LockedError", errors.Join(err, twin.Close()))
	}
	if Holder(name) == "" || Holder(link) != Holder(name) {
		t.Errorf("holder: got %q and %q, want the same", Holder(name), Holder(link))
	}
}

func TestHolderOfNothing(t *testing.T) {
	t.Parallel()
	if holder := Holder(filepath.Join(t.TempDir(), "none.db")); holder != "" {
		t.Errorf("got %q, want nobody", holder)
	}
}

func TestReadOnlyNeedsALedger(t *testing.T) {
	t.Parallel()
	if _, err := OpenReadOnly(t.Context(), filepath.Join(t.TempDir(), "none.db")); !NotExist(err) {
		t.Errorf("got %v, want not exist", err)
	}
}

func TestForeignFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory: got %v", err)
	}
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no database "), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE places (url TEXT)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, path := range []string{text, other} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), path); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: got %v, want %v", path, err, ErrForeign)
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
			t.Errorf("%s: was changed, %v", path, err)
		}
	}
}

func TestNewerLedger(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	path := l.Path() + "2"
	newer, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newer.write.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	newer.Close()
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v, want %v", err, ErrNewer)
	}
	if _, err := OpenReadOnly(t.Context(), path); !errors.Is(err, ErrNewer) {
		t.Errorf("read only: got %v, want %v", err, ErrNewer)
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	_, a := open(t)
	if last, err := a.LastRun(t.Context()); err != nil || last != nil {
		t.Fatalf("got %v, %v, want no run", last, err)
	}
	id, err := a.StartRun(t.Context(), "migrate", "v1")
	if err != nil {
		t.Fatal(err)
	}
	if last, err := a.LastRun(t.Context()); err != nil || !last.Ended.IsZero() || last.ID != id {
		t.Fatalf("got %+v, %v, want run %d under way", last, err, id)
	}
	if err := a.EndRun(t.Context(), id, "done", "{}"); err != nil {
		t.Fatal(err)
	}
	if last, err := a.LastRun(t.Context()); err != nil || last.Ended.IsZero() || last.Outcome != "done" {
		t.Errorf("got %+v, %v, want an ended run", last, err)
	}
}
