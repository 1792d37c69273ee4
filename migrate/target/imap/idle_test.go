package imap_test

import (
	"testing"

	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func keeping(server *imaptest.Server, n int) *imap.Target {
	opts := server.Options(imaptest.User)
	opts.Keep = n
	return imap.New(opts)
}

// logins counts the sign-ins so far.
func logins(server *imaptest.Server) int {
	commands := server.Mem.Traffic().Commands
	return commands["AUTHENTICATE"] + commands["LOGIN"]
}

func TestKeptSession(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	target := keeping(server, 1)
	for range 3 {
		s, err := target.Dial(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Select(t.Context(), "INBOX"); err != nil {
			t.Fatal(err)
		}
		_, _ = s.Close(), s.Close() // the second one is nobody's
	}
	if got := logins(server); got != 1 {
		t.Errorf("three sessions after each other: got %d sign-ins, want 1", got)
	}
	a, errA := target.Dial(t.Context())
	b, errB := target.Dial(t.Context())
	if errA != nil || errB != nil || logins(server) != 2 {
		t.Fatalf("two at once: got %v, %v and %d sign-ins, want one more", errA, errB, logins(server))
	}
	if kinds, err := appendAll(t, a, outgoing("x", 100)); err == nil {
		t.Errorf("a session that was kept: got %v, want no mailbox selected", kinds)
	}
	_, _ = a.Close(), b.Close()
	if err := target.Close(); err != nil {
		t.Error(err)
	}
	if got := server.Mem.Traffic().Commands["LOGOUT"]; got != 2 {
		t.Errorf("LOGOUT: got %d, want 2: one that was too many, one at the end", got)
	}
	if s, err := target.Dial(t.Context()); err != nil || s.Close() != nil || server.Mem.Traffic().Commands["LOGOUT"] != 3 {
		t.Errorf("Dial after Close: got %v, want a session that is not kept", err)
	}
}

// TestWarm: who dials while a session is being opened waits for that one.
func TestWarm(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	target := keeping(server, 3)
	target.Warm(t.Context(), 2)
	for range 2 {
		if _, err := target.Dial(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := logins(server); got != 2 {
		t.Errorf("got %d sign-ins, want the 2 ahead of need", got)
	}
	forgetful := keeping(server, 0)
	forgetful.Warm(t.Context(), 2)
	_ = forgetful.Close()
	if got := logins(server); got != 2 {
		t.Errorf("a target that keeps none: got %d sign-ins more, want none", got-2)
	}
}

// TestKeptSessionDies: a session that ended while it was kept is not given out.
func TestKeptSessionDies(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	target := keeping(server, 1)
	first, err := target.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.Mem.FailAppends(memserver.Answer{Kind: "CUT"})
	if _, err := first.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	if _, err := appendAll(t, first, outgoing("x", 100)); err == nil {
		t.Fatal("Append: got no error, want the connection cut")
	}
	_ = first.Close()
	second, err := target.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close() }()
	if _, err := second.Select(t.Context(), "INBOX"); err != nil {
		t.Errorf("Select in the next session: got %v, want one that lives", err)
	}
}
