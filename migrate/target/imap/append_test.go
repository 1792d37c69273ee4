package imap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func outgoing(id string, size int) migrate.Outgoing {
	content := []byte(fmt.Sprintf("Subject: x\r\nMessage-ID: <%s@example.org>\r\n\r\n", id))
	content = append(content, bytes.Repeat([]byte("line\r\n"), size/6+1)...)
	return migrate.Outgoing{
		Size: int64(len(content)), Received: time.Date(2011, 2, 3, 4, 5, 6, 0, time.UTC),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

func open(t *testing.T, server *imaptest.Server) migrate.Session {
	t.Helper()
	session, err := server.Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	if _, err := session.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	return session
}

// What became of a message, beside the kinds of target errors.
const (
	stored     = -1
	doubt      = -2 // not settled
	unreadable = -3
	unsent     = -4
)

// appendAll returns what became of each message.
func appendAll(t *testing.T, s migrate.Session, batch ...migrate.Outgoing) (kinds []int, err error) {
	t.Helper()
	kinds = make([]int, len(batch))
	for i := range kinds {
		kinds[i] = doubt
	}
	err = s.Append(t.Context(), slices.Values(batch), func(i int, r migrate.Receipt) {
		var e *migrate.TargetError
		switch {
		case r.Err == nil:
			kinds[i] = stored
		case errors.Is(r.Err, migrate.ErrUnsent):
			kinds[i] = unsent
		case errors.As(r.Err, &e):
			kinds[i] = int(e.Kind)
		default:
			kinds[i] = unreadable
		}
	})
	return kinds, err
}

func kindOf(err error) int {
	var e *migrate.TargetError
	if err == nil {
		return -1
	}
	if errors.As(err, &e) {
		return int(e.Kind)
	}
	return -3
}

// TestAppendAnswers refuses the second of three messages, with and without a wait for the server's "+". The third one may be under
// way by then; after an answer that ends it all it is stored, in doubt or never sent, and nothing else.
func TestAppendAnswers(t *testing.T) {
	t.Parallel()
	after, gone := []int{stored, unsent}, []int{doubt, unsent}
	for _, c := range []struct {
		answer memserver.Answer
		second int
		third  []int
		end    int
	}{
		{memserver.Answer{Kind: "NO", Text: "Message contains bare newlines"}, int(migrate.Refused), []int{stored}, stored},
		{memserver.Answer{Kind: "NO", Code: "LIMIT", Text: "x"}, int(migrate.Refused), []int{stored}, stored},
		{memserver.Answer{Kind: "BAD", Text: "Command Argument Error. 11"}, int(migrate.Refused), []int{stored}, stored},
		{memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "full"}, int(migrate.Full), after, int(migrate.Full)},
		{memserver.Answer{Kind: "NO", Code: "TRYCREATE", Text: "x"}, int(migrate.Missing), after, int(migrate.Missing)},
		{memserver.Answer{Kind: "NO", Code: "UNAVAILABLE", Text: "x"}, int(migrate.Busy), after, int(migrate.Busy)},
		{memserver.Answer{Kind: "BYE", Text: "bye"}, doubt, gone, int(migrate.Broken)},
		{memserver.Answer{Kind: "BYE", Code: "OVERQUOTA", Text: "Account exceeded command or bandwidth limits"}, doubt, gone, int(migrate.Busy)},
	} {
		for _, hide := range []string{"", "LITERAL+"} {
			for _, size := range []int{100, 9000, 2 << 20} {
				server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = []string{hide, "MULTIAPPEND"} })
				session := open(t, server)
				server.Mem.FailAppends(memserver.Answer{}, c.answer)
				kinds, err := appendAll(t, session, outgoing("one", 100), outgoing("two", size), outgoing("three", 100))
				if kinds[0] != stored || kinds[1] != c.second || !slices.Contains(c.third, kinds[2]) || kindOf(err) != c.end {
					t.Errorf("%+v, size %d, hidden %q: got %v and %v, want %d, %d, one of %v and kind %d",
						c.answer, size, hide, kinds, err, stored, c.second, c.third, c.end)
				}
				if _, err := session.Select(t.Context(), "INBOX"); (err != nil) != (c.answer.Kind == "BYE") || err != nil && kindOf(err) != int(migrate.Broken) {
					t.Errorf("%+v: Select after it: got %v, want Broken after BYE and no error else", c.answer, err)
				}
				held, settled := len(server.Dump(t, imaptest.User)["INBOX"]), len(slices.DeleteFunc(kinds, func(k int) bool { return k != stored }))
				if held != settled && c.answer.Kind != "BYE" {
					t.Errorf("%+v, size %d, hidden %q: got %d held, want the %d that were settled", c.answer, size, hide, held, settled)
				}
			}
		}
	}
}

// TestAppendTooBig has the server refuse in place of its "+": the connection survives and the bytes stay here.
func TestAppendTooBig(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.AppendMax = 1 << 20 })
	session := open(t, server)
	big := outgoing("big", 2<<20)
	big.Ask = true
	kinds, err := appendAll(t, session, big, outgoing("small", 100))
	if want := []int{int(migrate.Refused), -1}; fmt.Sprint(kinds) != fmt.Sprint(want) || err != nil {
		t.Errorf("too big: got %v and %v, want %v", kinds, err, want)
	}
	if held := server.Dump(t, imaptest.User)["INBOX"]; len(held) != 1 {
		t.Errorf("too big: got %d messages held, want 1", len(held))
	}
}

func TestAppendSwallowedOK(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = []string{"MULTIAPPEND"} })
	session := open(t, server)
	server.Mem.SwallowOK(1)
	kinds, err := appendAll(t, session, outgoing("one", 100), outgoing("two", 100))
	if kinds[0] != doubt || kinds[1] != doubt && kinds[1] != unsent || kindOf(err) != int(migrate.Broken) {
		t.Errorf("swallowed OK: got %v and %v, want the first in doubt and Broken", kinds, err)
	}
	if held := server.Dump(t, imaptest.User)["INBOX"]; len(held) != 1 {
		t.Errorf("swallowed OK: got %d messages held, want 1", len(held))
	}
	if _, err := session.Select(t.Context(), "INBOX"); kindOf(err) != int(migrate.Broken) {
		t.Errorf("Select after it: got %v, want Broken", err)
	}
}

func TestAppendCut(t *testing.T) {
	t.Parallel()
	for _, size := range []int{5000, 4 << 20} {
		server := imaptest.Start(t)
		session := open(t, server)
		server.Mem.CutAppend(3000)
		kinds, err := appendAll(t, session, outgoing("one", size), outgoing("two", 100))
		if kinds[0] != doubt || kinds[1] != doubt && kinds[1] != unsent || kindOf(err) != int(migrate.Broken) {
			t.Errorf("cut, size %d: got %v and %v, want the first in doubt and Broken", size, kinds, err)
		}
		if held := server.Dump(t, imaptest.User)["INBOX"]; len(held) != 0 {
			t.Errorf("cut, size %d: got %d messages held, want none", size, len(held))
		}
	}
}

func TestAppendWithoutUIDPlus(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = []string{"UIDPLUS"} })
	session := open(t, server)
	err := session.Append(t.Context(), slices.Values([]migrate.Outgoing{outgoing("one", 100)}), func(_ int, r migrate.Receipt) {
		if r.Err != nil || r.UID != 0 {
			t.Errorf("no UIDPLUS: got %+v, want stored without a UID", r)
		}
	})
	if err != nil {
		t.Error(err)
	}
	remover, _ := session.(migrate.Remover)
	if err := remover.Remove(t.Context(), []migrate.UID{1}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Remove: got %v, want %v", err, errors.ErrUnsupported)
	}
}

func TestAppendNeedsSelect(t *testing.T) {
	t.Parallel()
	session, err := imaptest.Start(t).Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	if kinds, err := appendAll(t, session, outgoing("one", 100)); err == nil || kinds[0] != -2 {
		t.Errorf("nothing selected: got %v and %v, want an error", kinds, err)
	}
}

func TestDovecotQuota(t *testing.T) {
	t.Parallel()
	const limit = 100 << 10
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{Quota: limit})
	session := open(t, server)
	arranger, _ := session.(migrate.Arranger)
	survey, err := arranger.Survey(t.Context())
	if err != nil || !survey.HasQuota || survey.QuotaLimit != limit || survey.QuotaUsed != 0 || !strings.Contains(survey.Server, "Dovecot") {
		t.Errorf("Survey: got %+v and %v, want a quota of %d and Dovecot's name", survey, err, limit)
	}
	kinds, err := appendAll(t, session, outgoing("one", 60<<10), outgoing("two", 60<<10), outgoing("three", 100))
	if kinds[0] != stored || kinds[1] != int(migrate.Full) || kindOf(err) != int(migrate.Full) {
		t.Errorf("quota: got %v and %v, want the first stored, the second refused, and Full", kinds, err)
	}
	if _, err := session.Select(t.Context(), "INBOX"); err != nil {
		t.Errorf("Select after it: got %v, want the session alive", err)
	}
}

// TestDovecotRefusals keeps Dovecot's real words for a mailbox that is gone and a message without bytes.
func TestDovecotRefusals(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{})
	session := open(t, server)
	empty := migrate.Outgoing{Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("")), nil }}
	kinds, err := appendAll(t, session, empty, outgoing("two", 100))
	if want := []int{int(migrate.Refused), -1}; fmt.Sprint(kinds) != fmt.Sprint(want) || err != nil {
		t.Errorf("empty message: got %v and %v, want %v", kinds, err, want)
	}
}

func TestDump(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]*imaptest.Server{
		"memserver": imaptest.Start(t, security(memserver.ImplicitTLS)), "Dovecot": imaptest.Dovecot(t, imaptest.DovecotOptions{Dots: true}),
	} {
		session := open(t, server)
		m := outgoing("dumped", 100)
		m.Flags = []string{`\Seen`}
		if kinds, err := appendAll(t, session, m); err != nil || kinds[0] != -1 {
			t.Fatalf("%s: got %v and %v", name, kinds, err)
		}
		held := server.Dump(t, imaptest.User)["INBOX"]
		if len(held) != 1 || int64(len(held[0].Body)) != m.Size || !held[0].Received.Equal(m.Received) || held[0].UID != 1 {
			t.Errorf("%s: Dump: got %+v, want the one message of %d bytes", name, held, m.Size)
		}
	}
}
