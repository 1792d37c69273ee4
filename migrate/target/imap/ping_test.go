package imap_test

import (
	"slices"
	"testing"

	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func TestPing(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = []string{"MOVE"} })
	s, err := server.Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session, _ := s.(*imap.Session)
	if err := session.Ping(t.Context()); err != nil {
		t.Errorf("got %v, want an answer", err)
	}
	caps := session.Capabilities()
	if !slices.IsSorted(caps) || !slices.Contains(caps, "UIDPLUS") || !slices.Contains(caps, "IMAP4REV1") || slices.Contains(caps, "MOVE") {
		t.Errorf("got %q, want UIDPLUS, IMAP4REV1 and no MOVE, sorted", caps)
	}
	if err := session.Close(); err != nil {
		t.Fatal(err)
	}
	if err := session.Ping(t.Context()); err == nil {
		t.Error("after Close: got no error")
	}
}
