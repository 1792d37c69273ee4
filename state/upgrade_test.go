package state

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// first makes a ledger as the first version of the schema had it, with what queries put there.
func first(t *testing.T, queries ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "first.db")
	text, err := schemaFiles.ReadFile("schema/001_ledger.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	queries = append([]string{string(text), fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID)}, queries...)
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	return path
}

// TestUpgrade opens a ledger of the first version in the middle of a migration: two equal copies, one with a variant, one unreadable.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	copyOf := "INSERT INTO copy VALUES (%d, 1, 1, '%[1]d', %d, 10, x'%02d', x'07', %s, 1, 0, 0, 0, 1, 'b a', 1000, 0, %d, '<id>', 'subject', '', %d)"
	path := first(t, "INSERT INTO account (id, target, created, plan) VALUES (1, 'imap://old', 1, 'basis')",
		"INSERT INTO source VALUES (1, 1, 'mbox', '/mail')", "INSERT INTO part (id, source, name, stamp, run) VALUES (1, 1, 'Inbox', 'stamp', 1)",
		"INSERT INTO mailbox VALUES (1, 1, 'INBOX', 1, 1)", "INSERT INTO folder VALUES (1, 1, 'Inbox', '', '[\"Inbox\"]', 1, 1, 0)",
		fmt.Sprintf(copyOf, 1, 0, 11, "x'aa'", 0, 1), fmt.Sprintf(copyOf, 2, 0, 11, "x'aa'", 0, 1),
		fmt.Sprintf(copyOf, 3, 0, 12, "x'bb'", 1, 3), fmt.Sprintf(copyOf, 4, 2, 13, "NULL", 0, 4),
		"INSERT INTO message (id, account, copy, mailbox, size, exact, key, hasid, trace, partial, variant, flags, keywords, date, message_id, subject, state, how, run, uidvalidity, uid) "+
			"VALUES (1, 1, 1, 1, 10, x'11', x'07', 1, 1, 0, 0, 1, 'a b', 1000, '<id>', 'subject', 2, 1, 1, 7, 1), (3, 1, 3, 1, 10, x'12', x'07', 1, 1, 0, 1, 1, '', 1000, '<id>', 'subject', 0, 0, 0, 0, 0)")
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := l.Account(t.Context(), "imap://old")
	if err != nil {
		t.Fatal(err)
	}
	tally, err := a.Tally(t.Context(), []int64{1}, 1)
	want := Tally{Seen: 4, Uploaded: 1, Duplicate: 1, Unreadable: 1, Pending: 1, Variant: 1, BytesUploaded: 10, BytesPending: 10, BytesLargest: 10}
	if err != nil || tally != want {
		t.Errorf("got %+v, %v, want %+v", tally, err, want)
	}
	var got string
	for m, err := range a.Members(t.Context(), []int64{1}) {
		if err != nil {
			t.Fatal(err)
		}
		got += fmt.Sprintf("%d of %d %x %v; ", m.ID, m.Message, m.Content, m.Variant)
	}
	if want := "1 of 1 aa false; 2 of 1 aa false; 3 of 3 bb true; "; got != want {
		t.Errorf("got members %s, want %s", got, want)
	}
	if held, err := a.Held(t.Context(), 1, Seat{}, 10); err != nil || len(held) != 1 || held[0].ID != 1 || fmt.Sprint(held[0].Keywords) != "[a b]" {
		t.Errorf("got %+v, %v, want message 1", held, err)
	}
}

// TestLookAtOlder looks at a ledger of the first version, alone and while an older program writes it.
func TestLookAtOlder(t *testing.T) {
	t.Parallel()
	path := first(t, "INSERT INTO account (id, target, created, plan) VALUES (1, 'imap://old', 1, '')")
	lock, err := acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := OpenReadOnly(t.Context(), path); !errors.As(err, &locked) || !errors.Is(err, errOlder) {
		t.Errorf("got %v, want who holds it, and why that matters", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accounts, err := l.Accounts(t.Context())
	if err != nil || len(accounts) != 1 {
		t.Fatalf("got %v, %v, want the account", accounts, err)
	}
	if _, err := accounts[0].Loads(t.Context(), Sending); err != nil {
		t.Error(err)
	}
}
