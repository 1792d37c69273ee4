package bench

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// quick is enough to see that it works.
func quick() Options {
	return Options{Connections: 3, Bytes: 3e6, Time: time.Second}
}

// servers are those that the tests measure.
var servers = map[string]func(testing.TB) *imaptest.Server{
	"in memory": func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb) },
	"dovecot":   func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{}) },
	"dovecot with INBOX": func(tb testing.TB) *imaptest.Server {
		return imaptest.Dovecot(tb, imaptest.DovecotOptions{Dots: true})
	},
}

// account is what a user's account holds: mailboxes, and how much is in them.
func account(t *testing.T, server *imaptest.Server) map[string]int {
	t.Helper()
	held := map[string]int{}
	for name, messages := range server.Dump(t, imaptest.User) {
		held[name] = len(messages)
	}
	return held
}

func TestRun(t *testing.T) {
	t.Parallel()
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			before := account(t, server)
			opts := quick()
			var rows []Row
			met := 0
			opts.Measured = func(r Row) { rows = append(rows, r) }
			opts.Met = func(r *Result) { met = len(r.Ways) }
			r, err := Run(t.Context(), server.Target(imaptest.User), opts)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 8 || len(r.Rows) != 8 || met != 4 {
				t.Errorf("got %d rows, told %d, met %d ways; want 4 ways over 1 and 3 connections", len(r.Rows), len(rows), met)
			}
			checkRows(t, r)
			if r.RoundTrip <= 0 || r.Messages == 0 || r.Bytes > opts.Bytes || len(r.Left)+r.Leftovers+r.Granted != 0 || r.Unsafe != "" {
				t.Errorf("got %+v, want a round trip, no more than %d bytes, and nothing left", r, opts.Bytes)
			}
			if after := account(t, server); !maps.Equal(before, after) {
				t.Errorf("account: got %v, want it as before: %v", after, before)
			}
		})
	}
}

func checkRows(t *testing.T, r *Result) {
	t.Helper()
	messages := 0
	for i, row := range r.Rows {
		if row.Connections != []int{1, 3}[i%2] || row.Way != r.Ways[len(r.Ways)-1-i/2] {
			t.Errorf("row %d: got %v over %d connections", i, row.Way, row.Connections)
		}
		for _, f := range []struct {
			Figure
			size int64
		}{{row.Small, Small}, {row.Average, Average}} {
			if f.Messages < 1 || f.Bytes != int64(f.Messages)*f.size || f.Rate() <= 0 || f.Speed() <= f.Rate() {
				t.Errorf("row %d: got %+v, want messages of %d bytes", i, f.Figure, f.size)
			}
			messages += f.Messages
		}
	}
	if messages != r.Messages {
		t.Errorf("got %d messages in the rows, want all %d", messages, r.Messages)
	}
}

// TestOldServer measures one that wants to be asked before each message.
func TestOldServer(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = []string{"LITERAL+", "LITERAL-", "MULTIAPPEND"} })
	r, err := Run(t.Context(), server.Target(imaptest.User), quick())
	if err != nil || len(r.Rows) != 2 || r.Rows[0].Way != imap.Synchronizing {
		t.Errorf("got %+v and %v, want one way over 1 and 3 connections", r.Rows, err)
	}
}

func TestNothingSentWhereItCouldNotBeRemoved(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.Hide = []string{"UIDPLUS"} })
	r, err := Run(t.Context(), server.Target(imaptest.User), quick())
	if err != nil || !strings.Contains(r.Unsafe, "UIDPLUS") || r.Messages != 0 || r.RoundTrip == 0 || len(r.Ways) == 0 {
		t.Errorf("got %+v and %v, want nothing sent for want of UIDPLUS", r, err)
	}
	if held := account(t, server); len(held) != 1 {
		t.Errorf("got mailboxes %v, want INBOX alone", held)
	}
	gmail := unsafe(&Result{Capabilities: []string{"UIDPLUS", "X-GM-EXT-1"}})
	if !strings.Contains(gmail, "Gmail") {
		t.Errorf("Gmail: got %q, want it refused", gmail)
	}
	if modern := unsafe(&Result{Capabilities: []string{"IMAP4REV2"}}); modern != "" {
		t.Errorf("IMAP4rev2: got %q, want it taken: UIDPLUS is part of it", modern)
	}
}

// TestInterrupt stops after each of some moments.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			before := account(t, server)
			for _, after := range []time.Duration{20 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond} {
				ctx, stop := context.WithTimeout(t.Context(), after)
				opts := Options{Connections: 3, Bytes: 100e6, Time: 30 * time.Second}
				r, err := Run(ctx, server.Target(imaptest.User), opts)
				stop()
				if !errors.Is(err, context.DeadlineExceeded) || len(r.Left) != 0 {
					t.Errorf("after %v: got %v and %q left, want the end of the context", after, err, r.Left)
				}
				if held := account(t, server); !maps.Equal(before, held) {
					t.Errorf("after %v: got %v, want the account as before: %v", after, held, before)
				}
			}
		})
	}
}

// TestCut breaks the line at some bytes, on Dovecot, which goes on storing what it has received.
func TestCut(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{Plain: true})
	before := account(t, server)
	for _, bytes := range []int64{20_000, 200_000, 700_000} {
		proxy := migratetest.StartProxy(t, server.Addr.String())
		proxy.Plan(migratetest.CutAfter(bytes))
		options := server.Options(imaptest.User)
		options.Port = proxy.Addr().Port
		r, err := Run(t.Context(), imap.New(options), quick())
		var broken *migrate.TargetError
		if !errors.As(err, &broken) || broken.Kind != migrate.Broken || len(r.Left) != 0 {
			t.Errorf("cut after %d bytes: got %v and %q left, want Broken and nothing left", bytes, err, r.Left)
		}
		proxy.AllFired(t)
		time.Sleep(300 * time.Millisecond) // what was under way would show now
		if held := account(t, server); !maps.Equal(before, held) {
			t.Errorf("cut after %d bytes: got %v, want the account as before: %v", bytes, held, before)
		}
	}
}

// TestServerGone names what is left where nobody can remove it, and the next run removes it.
func TestServerGone(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	opts := quick()
	opts.Met = func(*Result) {
		server.Mem.FailAppends(memserver.Answer{Kind: "BYE", Text: "Maintenance."})
		no := memserver.Answer{Kind: "NO", Code: "UNAVAILABLE", Text: "Maintenance."}
		server.Mem.FailLogins(slices.Repeat([]memserver.Answer{no}, tidyTries)...)
	}
	opts.Connections = 1 // which has signed in by then
	r, err := Run(t.Context(), server.Target(imaptest.User), opts)
	if err == nil || len(r.Left) != 1 || !scratchName.MatchString(r.Left[0]) {
		t.Fatalf("got %v and %q left, want an error and the mailbox", err, r.Left)
	}
	if again, err := Run(t.Context(), server.Target(imaptest.User), quick()); err != nil || again.Leftovers != 1 {
		t.Errorf("next run: got %d removed, %v; want what was left", again.Leftovers, err)
	}
	if held := account(t, server); len(held) != 1 {
		t.Errorf("got mailboxes %v, want INBOX alone", held)
	}
}

func TestFull(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t, func(o *memserver.Options) { o.Quota = 300_000 })
	r, err := Run(t.Context(), server.Target(imaptest.User), quick())
	var full *migrate.TargetError
	if !errors.As(err, &full) || full.Kind != migrate.Full || len(r.Left) != 0 {
		t.Errorf("got %v and %q left, want Full and nothing left", err, r.Left)
	}
	if held := account(t, server); len(held) != 1 {
		t.Errorf("got mailboxes %v, want INBOX alone", held)
	}
}

// TestCrowded takes fewer connections where the server gives no more.
func TestCrowded(t *testing.T) {
	t.Parallel()
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{MaxConns: 2})
	r, err := Run(t.Context(), server.Target(imaptest.User), quick())
	if err != nil || r.Granted != 2 || len(r.Rows) != 8 || r.Rows[1].Connections != 2 {
		t.Errorf("got %+v and %v, want two connections", r, err)
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t)
			before := account(t, server)
			s := dialled(t, server)
			survey, err := s.Survey(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			killed := newScratch() // as a killed run leaves it: one mailbox with mail, one without
			for range 2 {
				if err := killed.add(t.Context(), s, survey.Prefix); err != nil {
					t.Fatal(err)
				}
			}
			put(t, s, killed.names[0], message(killed.id, 1, Small))
			foreign := survey.Prefix + "unpop bench 0123abcd-1" // somebody's own mail in a mailbox of such a name
			if _, err := s.Create(t.Context(), foreign, migrate.RoleNone); err != nil {
				t.Fatal(err)
			}
			put(t, s, foreign, own())
			before[foreign] = 1
			r, err := Run(t.Context(), server.Target(imaptest.User), quick())
			if err != nil || r.Leftovers != 2 || !slices.Equal(r.Left, []string{foreign}) {
				t.Errorf("got %d removed and %q left, %v; want 2 and %q", r.Leftovers, r.Left, err, foreign)
			}
			if held := account(t, server); !maps.Equal(before, held) {
				t.Errorf("got %v, want %v", held, before)
			}
		})
	}
}

func dialled(t *testing.T, server *imaptest.Server) *imap.Session {
	t.Helper()
	s, err := server.Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.(*imap.Session)
}

func put(t *testing.T, s *imap.Session, mailbox string, m migrate.Outgoing) {
	t.Helper()
	if _, err := s.Select(t.Context(), mailbox); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), slices.Values([]migrate.Outgoing{m}), func(_ int, r migrate.Receipt) {
		if r.Err != nil {
			t.Error(r.Err)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// own is a message of the user's.
func own() migrate.Outgoing {
	const text = "Subject: mine\r\nMessage-ID: <1@example.org>\r\n\r\nmine\r\n"
	return migrate.Outgoing{Size: int64(len(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	for _, size := range []int{Small, Average} {
		m := message("0123abcd", 7, size)
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil || int64(len(content)) != m.Size || len(content) != size || !strings.HasSuffix(string(content), "\r\n") {
			t.Errorf("got %d bytes, size %d, %v; want %d", len(content), m.Size, err, size)
		}
		if !strings.Contains(string(content), "\r\nMessage-ID: <7.0123abcd"+scratchDomain+"\r\n") {
			t.Errorf("got %.300q, want our Message-ID", content)
		}
	}
}

// TestShares holds that the shares of a budget make up the whole.
func TestShares(t *testing.T) {
	t.Parallel()
	r := &run{opts: Options{Bytes: 1000}, sessions: make([]*imap.Session, 4)}
	b := budget{deadline: time.Now().Add(time.Minute), parts: 3, weights: weight(imap.Waiting, Small) + weight(imap.Multi, Small) + weight(imap.Multi, Average)}
	slow := r.share(&b, imap.Waiting, 1, Small)
	r.result.Bytes += slow.bytes / 2 // it was slow
	fast := r.share(&b, imap.Multi, 4, Small)
	r.result.Bytes += fast.bytes
	last := r.share(&b, imap.Multi, 4, Average)
	if slow.bytes != 1000/13 || len(slow.sessions) != 1 || len(last.sessions) != 4 || fast.bytes <= slow.bytes || last.bytes != 1000-r.result.Bytes {
		t.Errorf("got %d, %d and %d bytes, want the last one to get all that is left", slow.bytes, fast.bytes, last.bytes)
	}
	if slow.time > 21*time.Second || last.time < 55*time.Second {
		t.Errorf("got %v and %v, want a third of the time and then all", slow.time, last.time)
	}
}
