package pop3

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/source/maildir"
	"unpop/migrate/source/pop3/pop3test"
)

func TestContract(t *testing.T) {
	t.Parallel()
	server := serve(t, pop3test.Options{User: testUser, Password: testPassword, Messages: mails(60)})
	opts := options(t, server)
	migratetest.TestSource(t, func(t testing.TB) migrate.Source { return open(t, opts) })
}

func TestFetchOnce(t *testing.T) {
	t.Parallel()
	for _, hide := range []string{"", "PIPELINING", "CAPA", "TOP", "SASL"} {
		t.Run(hide, func(t *testing.T) {
			t.Parallel()
			want := mails(200)
			server := serve(t, pop3test.Options{User: testUser, Password: testPassword, Messages: want, Hide: []string{hide}, Exclusive: true})
			opts := options(t, server)
			first := fetchAll(t, opts)
			first.same(t, want)
			if n := server.Seen("RETR"); n != 200 {
				t.Errorf("got %d RETR, want 200", n)
			}
			second := fetchAll(t, opts)
			second.same(t, want)
			if n := server.Seen("RETR"); n != 200 || second.stamp != first.stamp || first.stamp == "" {
				t.Errorf("second run: got %d RETR, stamp %q, want 200, %q", n, second.stamp, first.stamp)
			}
			fresh := append(want, mails(201)[200])
			server.Change(func(o *pop3test.Options) { o.Messages = fresh })
			third := fetchAll(t, opts)
			third.same(t, fresh)
			if n := server.Seen("RETR"); n != 201 || third.stamp == first.stamp || server.Seen("DELE") != 0 {
				t.Errorf("third run: got %d RETR, stamp %q, %d DELE, want 201, another one, 0", n, third.stamp, server.Seen("DELE"))
			}
		})
	}
}

// The spool is a Maildir for whoever reads Maildirs, and a message stays the same copy when they give it flags.
func TestSpoolIsMaildir(t *testing.T) {
	t.Parallel()
	want := mails(20)
	server := serve(t, pop3test.Options{Messages: want})
	opts := options(t, server)
	s := open(t, opts)
	readAll(t, s).same(t, want)
	m, err := maildir.Open(opts.Spool)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for part, err := range m.Parts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for c, err := range part.Copies(t.Context()) {
			if err != nil || c.Flaw != "" || c.Received.Year() != 2006 {
				t.Errorf("got %+v, %v, want a message of 2006", c, err)
			}
			old := filepath.Join(opts.Spool, "cur", c.Ref+infoPart)
			if err := os.Rename(old, old+"S"); err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	if n != 20 {
		t.Errorf("got %d messages, want 20", n)
	}
	readAll(t, s).same(t, want)
	if got := server.Seen("RETR"); got != 20 {
		t.Errorf("got %d RETR, want 20", got)
	}
}

func TestLostFileIsFetchedAgain(t *testing.T) {
	t.Parallel()
	server := serve(t, pop3test.Options{Messages: mails(9)})
	opts := options(t, server)
	first := fetchAll(t, opts)
	files, _ := filepath.Glob(filepath.Join(opts.Spool, "cur", "*"))
	if err := os.Remove(files[4]); err != nil {
		t.Fatal(err)
	}
	second := fetchAll(t, opts)
	if len(second.bodies) != 9 || second.stamp == first.stamp || server.Seen("RETR") != 10 {
		t.Errorf("got %d messages, %d RETR, same stamp %v, want 9, 10, another one", len(second.bodies), server.Seen("RETR"), second.stamp == first.stamp)
	}
}

// A kill between two writes leaves files that the index doesn't know, half a line in it, and half a file in tmp.
func TestKilled(t *testing.T) {
	t.Parallel()
	want := mails(30)
	server := serve(t, pop3test.Options{Messages: want})
	opts := options(t, server)
	fetchAll(t, opts)
	path := filepath.Join(opts.Spool, indexName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(opts.Spool, "tmp", "1.2_3"+tmpEnd)
	if err := errors.Join(os.WriteFile(path, text[:len(text)*2/3], 0o600), os.WriteFile(half, []byte("Sub"), 0o600)); err != nil {
		t.Fatal(err)
	}
	again := fetchAll(t, opts)
	if len(again.bodies) != 30 || len(again.errs) > 0 || server.Seen("RETR") != 30 {
		t.Errorf("got %d messages, %v, %d RETR, want 30, none, 30", len(again.bodies), again.errs, server.Seen("RETR"))
	}
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want no unfinished file", err)
	}
}

func TestHeldElsewhereIsNotFetched(t *testing.T) {
	t.Parallel()
	all := mails(40)
	server := serve(t, pop3test.Options{Messages: all})
	opts := options(t, server)
	held := map[migrate.Left]string{
		{UIDL: all[3].UIDL, Size: int64(len(all[3].Body))}:     "<3@x>",     // proven
		{UIDL: all[4].UIDL, Size: int64(len(all[4].Body)) + 1}: "<4@x>",     // another size
		{UIDL: all[5].UIDL, Size: int64(len(all[5].Body))}:     "<other@x>", // another message
	}
	run := func() got {
		s := open(t, opts)
		s.Attach(migrate.Surroundings{Held: func(context.Context) (map[migrate.Left]string, error) { return held, nil }})
		return readAll(t, s)
	}
	first := run()
	if len(first.bodies) != 39 || server.Seen("RETR") != 39 || strings.Contains(strings.Join(first.bodies, ""), "<3@x>") {
		t.Errorf("got %d messages, %d RETR, want all but the one that is held", len(first.bodies), server.Seen("RETR"))
	}
	if want := "[1 message not fetched, as another source has it]"; fmt.Sprint(first.remarks) != want {
		t.Errorf("got remarks %q, want %q", first.remarks, want)
	}
	if second := run(); second.stamp != first.stamp || server.Seen("RETR") != 39 {
		t.Errorf("second run: got stamp %q, %d RETR, want %q, 39", second.stamp, server.Seen("RETR"), first.stamp)
	}
	clear(held)
	if third := run(); len(third.bodies) != 40 || third.stamp == first.stamp {
		t.Errorf("no longer held: got %d messages, stamp %q, want 40, another stamp", len(third.bodies), third.stamp)
	}
}
