package memserver_test

import (
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/memserver"
)

// deliver stores messages with these subjects in INBOX.
func deliver(t *testing.T, server *memserver.Server, subjects ...string) *memserver.Account {
	t.Helper()
	anna, err := server.Account("anna")
	if err != nil {
		t.Fatal(err)
	}
	for i, subject := range subjects {
		date := time.Date(2020, 5, 1+i, 12, 0, 0, 0, time.UTC)
		uid, err := anna.Deliver("INBOX", []byte("Subject: "+subject+"\r\n\r\n"), []string{"\\Flagged", "work"}, date)
		if err != nil || uid != migrate.UID(i+1) {
			t.Fatalf("Deliver: got %d and %v, want UID %d", uid, err, i+1)
		}
	}
	return anna
}

// TestSomebodyElse changes a mailbox under the eyes of a session that has it selected.
func TestSomebodyElse(t *testing.T) {
	t.Parallel()
	server := plain(t)
	c := signIn(t, server)
	c.asks("SELECT INBOX", "* 0 EXISTS")
	anna := deliver(t, server, "one", "two", "three")
	c.asks("NOOP", "* 3 EXISTS")
	c.asks("FETCH 2 (FLAGS INTERNALDATE)", "\\flagged", "work", "2-May-2020 12:00:00")
	if err := anna.SetFlags("INBOX", 2, "\\Seen"); err != nil {
		t.Error(err)
	}
	c.asks("NOOP", "* 2 FETCH (UID 2 FLAGS (\\seen))")
	if err := anna.Expunge("INBOX", 1); err != nil {
		t.Error(err)
	}
	c.asks("NOOP", "* 1 EXPUNGE")
	if err := anna.CreateMailbox("Box"); err != nil {
		t.Error(err)
	}
	if uid, err := anna.MoveMessage("INBOX", 3, "Box"); uid != 1 || err != nil {
		t.Errorf("MoveMessage: got UID %d and %v, want 1", uid, err)
	}
	c.asks("NOOP", "* 2 EXPUNGE")
	c.asks("UID SEARCH ALL", "* SEARCH 2\r\n")
	c.asks("STATUS Box (MESSAGES)", "MESSAGES 1")
}

func TestMailboxMoves(t *testing.T) {
	t.Parallel()
	server := plain(t)
	c, anna := signIn(t, server), deliver(t, server)
	c.asks("CREATE Box", "a OK")
	c.asks("STATUS Box (UIDVALIDITY)", "UIDVALIDITY 2")
	if err := anna.RenameMailbox("Box", "Kiste"); err != nil {
		t.Error(err)
	}
	c.asks("STATUS Kiste (UIDVALIDITY)", "UIDVALIDITY 2")
	if err := anna.DeleteMailbox("Kiste"); err != nil {
		t.Error(err)
	}
	c.asks("STATUS Kiste (UIDVALIDITY)", "a NO")
	if said := c.answers("LIST \"\" *"); strings.Contains(said, "Kiste") || strings.Contains(said, "Box") {
		t.Errorf("LIST: got %q, want INBOX only", said)
	}
	c.asks("CREATE Kiste", "a OK")
	c.asks("STATUS Kiste (UIDVALIDITY)", "UIDVALIDITY 3")
}

// TestRenumber: a new UIDVALIDITY, every message with the UID of its neighbour, flags and dates as before.
func TestRenumber(t *testing.T) {
	t.Parallel()
	server := plain(t)
	anna := deliver(t, server, "one", "two")
	for i, want := range []string{"UIDNEXT 4", "UIDNEXT 4"} {
		before := signIn(t, server).answers("STATUS INBOX (UIDVALIDITY)")
		if err := anna.Renumber("INBOX"); err != nil {
			t.Fatal(err)
		}
		c := signIn(t, server)
		if after := c.answers("STATUS INBOX (UIDVALIDITY)"); after == before {
			t.Errorf("time %d: got %q as before, want another UIDVALIDITY", i, after)
		}
		c.asks("STATUS INBOX (MESSAGES UIDNEXT)", "MESSAGES 2", want)
		c.asks("SELECT INBOX", "a OK")
		c.asks("UID FETCH 2 (FLAGS INTERNALDATE BODY.PEEK[])", "Subject: one", "\\flagged", "work", "1-May-2020")
		c.asks("UID FETCH 3 (BODY.PEEK[])", "Subject: two")
		c.asks("LIST \"\" *", "INBOX\r\na OK")
	}
}

func TestAccountErrors(t *testing.T) {
	t.Parallel()
	server := plain(t)
	if _, err := server.Account("bert"); err == nil {
		t.Error("Account of nobody: got no error, want one")
	}
	anna := deliver(t, server, "one")
	_, noBox := anna.Deliver("Box", nil, nil, time.Time{})
	_, noTarget := anna.MoveMessage("INBOX", 1, "Box")
	for name, err := range map[string]error{
		"Deliver": noBox, "MoveMessage": noTarget, "Expunge": anna.Expunge("INBOX", 9), "SetFlags": anna.SetFlags("INBOX", 9),
		"Renumber": anna.Renumber("Box"), "DeleteMailbox": anna.DeleteMailbox("Box"), "RenameMailbox": anna.RenameMailbox("Box", "Kiste"),
	} {
		if err == nil {
			t.Errorf("%s of what isn't there: got no error, want one", name)
		}
	}
	signIn(t, server).asks("STATUS INBOX (MESSAGES UIDVALIDITY)", "MESSAGES 1 UIDVALIDITY 1")
}
