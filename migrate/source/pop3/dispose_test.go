package pop3

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate/source/pop3/pop3test"
)

// refs are those of all copies.
func refs(t *testing.T, s *Source) (all []string) {
	t.Helper()
	for part, err := range s.Parts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for c, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, c.Ref)
		}
	}
	return all
}

func TestDispose(t *testing.T) {
	t.Parallel()
	for _, hide := range []string{"", "PIPELINING", "TOP"} {
		t.Run(hide, func(t *testing.T) {
			t.Parallel()
			server := serve(t, pop3test.Options{Messages: mails(250), Hide: []string{hide}, Exclusive: true})
			s := open(t, options(t, server))
			all := refs(t, s)
			n, err := s.Dispose(t.Context(), partName, append(all[:200:200], "no such ref"), 201)
			if err != nil || n != 200 || len(server.Messages()) != 50 {
				t.Fatalf("got %d, %v, %d messages left, want 200, nil, 50", n, err, len(server.Messages()))
			}
			if n, err = s.Dispose(t.Context(), partName, all[:200], 200); err != nil || n != 0 {
				t.Errorf("again: got %d, %v, want none", n, err)
			}
			g := readAll(t, s) // the spool keeps them
			if len(g.bodies) != 250 || server.Seen("RETR") != 250 {
				t.Errorf("afterwards: got %d messages, %d RETR, want 250, 250", len(g.bodies), server.Seen("RETR"))
			}
		})
	}
}

// What is not surely what was fetched stays on the server.
func TestDisposeOnlyWhatWasFetched(t *testing.T) {
	t.Parallel()
	server := serve(t, pop3test.Options{Messages: mails(40)})
	s := open(t, options(t, server))
	all := refs(t, s)
	changed := mails(40)
	changed[20].Body = strings.Replace(changed[20].Body, "<20@x>", "<20@y>", 1) // another message of the same size under its UIDL
	changed[21].Body += "more\r\n"
	changed[21].Body = strings.Replace(changed[21].Body, "<21@x>", "<21@y>", 1)
	changed = append(changed, mails(41)[40])
	server.Change(func(o *pop3test.Options) { o.Messages = changed })
	n, err := s.Dispose(t.Context(), partName, all, len(all))
	left := server.Messages()
	if err != nil || n != 38 || len(left) != 3 || left[0] != changed[20] || left[1] != changed[21] || left[2] != changed[40] {
		t.Errorf("got %d, %v, %v left, want 38, nil, those that are not in the spool", n, err, left)
	}
}

// A connection that ends before the answer to QUIT has deleted nothing, as far as anybody can know.
func TestDisposeCut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ command, answer string }{
		"within DELE":        {"DELE 7", pop3test.HangUp},
		"at QUIT":            {"QUIT", pop3test.HangUp},
		"QUIT fails":         {"QUIT", "-ERR some deleted messages not removed\r\n"},
		"QUIT is not heeded": {"QUIT", "what?\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, pop3test.Options{Messages: mails(20)})
			s := open(t, options(t, server))
			all := refs(t, s)
			server.Change(func(o *pop3test.Options) { o.Answer = once(c.command, c.answer, true) })
			n, err := s.Dispose(t.Context(), partName, all, len(all))
			if n != 0 || err == nil || len(server.Messages()) != 20 {
				t.Errorf("got %d, %v, %d messages left, want none, an error, 20", n, err, len(server.Messages()))
			}
			server.Change(func(o *pop3test.Options) { o.Answer = nil })
			if n, err = s.Dispose(t.Context(), partName, all, len(all)); n != 20 || err != nil || len(server.Messages()) != 0 {
				t.Errorf("again: got %d, %v, %d left, want 20, nil, none", n, err, len(server.Messages()))
			}
		})
	}
}

// Two processes don't write into one spool at a time, and know of each other's work.
func TestTwoSources(t *testing.T) {
	t.Parallel()
	want := mails(50)
	server := serve(t, pop3test.Options{Messages: want})
	opts := options(t, server)
	one, other := open(t, opts), open(t, opts)
	done := make(chan got)
	go func() { done <- readAll(t, one) }()
	g := readAll(t, other)
	(<-done).same(t, want)
	g.same(t, want)
	if n := server.Seen("RETR"); n != 50 {
		t.Errorf("got %d RETR, want 50", n)
	}
}

// The index survives what a power cut may do to its end, and refuses what is none.
func FuzzIndex(f *testing.F) {
	e := entry{uidl: "a b\n\"", size: 3, octets: 4, base: "1.P0-0.unpop,S=4"}
	whole := indexTitle + "\nepoch 1\n" + e.line() + (&entry{uidl: "held", size: 1}).line() + e.againLine() + "other \"x\"\nlost 1.P0\n"
	f.Add(whole, 10)
	f.Add(whole+"\x00\x00\x00", len(whole))
	f.Add("message 1\nheld\nagain x y z\n", 3)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		x, n, err := readIndex(strings.NewReader(text))
		if err != nil {
			return
		}
		if n > int64(len(text)) || n > 0 && text[n-1] != '\n' {
			t.Fatalf("%q: got %d bytes of whole lines", text, n)
		}
		again, m, err := readIndex(strings.NewReader(text[:n] + e.line()))
		if n == 0 {
			return
		}
		at, ok := again.byUIDL[e.uidl]
		if err != nil || m != n+int64(len(e.line())) || !ok || again.entries[at] != e {
			t.Errorf("%q: got %+v, %v after one more line, want %+v", text, again, err, e)
		}
		if x.epoch != again.epoch {
			t.Errorf("%q: got epoch %q, want %q", text, again.epoch, x.epoch)
		}
	})
}

func TestForeignIndex(t *testing.T) {
	t.Parallel()
	server := serve(t, pop3test.Options{Messages: mails(1)})
	opts := options(t, server)
	path := filepath.Join(opts.Spool, indexName)
	if err := os.MkdirAll(opts.Spool, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("something else\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	g := fetchAll(t, opts)
	left, _ := os.ReadFile(path)
	if len(g.errs) != 1 || string(left) != "something else\n" {
		t.Errorf("got %v and %q, want an error and the file as it was", g.errs, left)
	}
}

// A sample comes from all over the list.
func TestSpread(t *testing.T) {
	t.Parallel()
	var items []item
	for i := range 1000 {
		items = append(items, item{number: i + 1})
	}
	sample, rest := spread(items)
	if len(sample) != sampled || len(rest) != 1000-sampled || sample[0].number != 1 || sample[15].number != 1000 {
		t.Errorf("got %v and %d others", sample, len(rest))
	}
	if all, none := spread(items[:5]); len(all) != 5 || len(none) != 0 {
		t.Errorf("got %v, %v, want all", all, none)
	}
}

// A pause grows, has a limit, and a mistyped address has little.
func TestPatience(t *testing.T) {
	t.Parallel()
	r := retrier{patience: time.Minute, met: true}
	busy, broken := refused("-ERR [SYS/TEMP]", 0), lost(t.Context(), os.ErrClosed)
	var waits []time.Duration
	for range 12 {
		r.failures++
		waits = append(waits, r.wait(busy))
	}
	if slices.Max(waits) > 2*longestPause || waits[0] > time.Second {
		t.Errorf("got %v", waits)
	}
	r = retrier{patience: time.Minute, tried: time.Now()}
	for range knocks - 1 {
		if err := r.pause(t.Context(), broken); err != nil {
			t.Errorf("got %v, want another try", err)
		}
	}
	if err := r.pause(t.Context(), broken); err == nil {
		t.Error("never reached: got another try, want the error")
	}
	if err := r.pause(t.Context(), refused("-ERR [AUTH] no", 0)); err == nil {
		t.Error("denied: got another try, want the error")
	}
}
