package pop3

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap/imaptest"
)

// dovecot starts Dovecot with messages in the INBOX of a user, and returns the options to fetch them.
func dovecot(t testing.TB, messages iter.Seq[string], size func(string) int64) (Options, *imaptest.Server) {
	t.Helper()
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{Plain: true, POP3: true})
	session, err := server.Target(imaptest.User).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	outgoing := func(yield func(migrate.Outgoing) bool) {
		for m := range messages {
			out := migrate.Outgoing{Size: size(m), Received: time.Now(), Open: func() (io.ReadCloser, error) { return io.NopCloser(endless(m, size(m))), nil }}
			if !yield(out) {
				return
			}
		}
	}
	err = session.Append(t.Context(), outgoing, func(i int, r migrate.Receipt) {
		if r.Err != nil {
			t.Errorf("message %d: %v", i, r.Err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Host: "127.0.0.1", Port: server.POP3.Port, User: imaptest.User, Plaintext: true, Spool: t.TempDir(), Timeout: 20 * time.Second,
		Password: func(context.Context) (migrate.Secret, error) { return imaptest.Password, nil },
	}, server
}

// endless is a text, with lines behind it until the size is reached.
func endless(text string, size int64) io.Reader {
	more := size - int64(len(text))
	return io.MultiReader(strings.NewReader(text), io.LimitReader(&lines{}, more))
}

// lines are lines of 64 bytes without end.
type lines struct{ at int }

var line = strings.Repeat(".", 62) + "\r\n"

// Read implements [io.Reader].
func (l *lines) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		c := copy(p[n:], line[l.at:])
		l.at = (l.at + c) % len(line)
		n += c
	}
	return n, nil
}

// randomMail makes messages with what could go wrong: dots, bare CRs, bytes above 127.
func randomMail(n int) []string {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{".", "..", "\r\n", "\r\n.", "\r\n..\r\n", "text ", "\rz", "\xff\xe9", "From x\r\n", strings.Repeat("x", 100), "\r\n.\r\n"}
	all := make([]string, n)
	for i := range all {
		var b strings.Builder
		for range random.IntN(120) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		all[i] = mail(i, b.String()+"\r\n")
	}
	return all
}

func exactly(m string) int64 { return int64(len(m)) }

func TestDovecotCutTenTimes(t *testing.T) {
	t.Parallel()
	n := 5000
	if testing.Short() {
		n = 500
	}
	want := randomMail(n)
	opts, _ := dovecot(t, slices.Values(want), exactly)
	var total int64
	for _, m := range want {
		total += int64(len(m))
	}
	proxy := migratetest.StartProxy(t, net.JoinHostPort(opts.Host, fmt.Sprint(opts.Port)))
	opts.Port = proxy.Addr().Port
	const cuts = 10
	for range cuts {
		proxy.Plan(migratetest.Fault{When: migratetest.AtServerByte(1 + rand.Int64N(total/cuts)), Do: migratetest.Reset()})
	}
	began := time.Now()
	s := open(t, opts)
	g := readAll(t, s)
	t.Logf("%d messages, %d bytes, %d cuts: %v", n, total, cuts, time.Since(began))
	if len(g.errs) > 0 || len(g.bodies) != n {
		t.Fatalf("got %d messages, errors %v, want %d", len(g.bodies), g.errs, n)
	}
	for i := range want {
		if g.bodies[i] != want[i] {
			t.Fatalf("message %d: got %q, want %q", i, g.bodies[i], want[i])
		}
	}
	if s.spool.serial > n+cuts {
		t.Errorf("got %d messages begun, want no more than %d: each once, and what was cut", s.spool.serial, n+cuts)
	}
	proxy.AllFired(t)
	began = time.Now()
	if again := readAll(t, open(t, opts)); len(again.bodies) != n || again.stamp != g.stamp {
		t.Errorf("second run: got %d messages, stamp %s, want %d, %s", len(again.bodies), again.stamp, n, g.stamp)
	}
	t.Logf("second run: %v", time.Since(began))
}

// What a run needs does not depend on how long a message is.
func TestDovecotLargeMessage(t *testing.T) { // alone: it looks at what the whole process allocates
	if testing.Short() || migratetest.Racing {
		t.Skip("200 MB")
	}
	const large = 200 << 20
	opts, _ := dovecot(t, slices.Values([]string{mail(1, "")}), func(string) int64 { return large })
	s := open(t, opts)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	size := int64(0)
	for part, err := range s.Parts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for c, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			size += c.Size
		}
	}
	runtime.ReadMemStats(&after)
	allocated := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d MB in %v, %d KB allocated", size>>20, time.Since(began), allocated>>10)
	if size < large || allocated > 8<<20 {
		t.Errorf("got %d bytes with %d allocated, want all with little", size, allocated)
	}
}

// BenchmarkRETR fetches 3 KB messages over a line of 40 ms, waiting for each and in a row.
func BenchmarkRETR(b *testing.B) {
	for _, pipelining := range []bool{false, true} {
		b.Run(fmt.Sprintf("pipelining=%v", pipelining), func(b *testing.B) {
			n := 100
			if pipelining {
				n = 2000
			}
			want := make([]string, n)
			for i := range want {
				want[i] = mail(i, strings.Repeat(line, 45))
			}
			opts, _ := dovecot(b, slices.Values(want), exactly)
			proxy := migratetest.StartProxy(b, net.JoinHostPort(opts.Host, fmt.Sprint(opts.Port)))
			proxy.Pace(20*time.Millisecond, 0)
			opts.Port = proxy.Addr().Port
			if !pipelining {
				opts.Window = 1
			}
			for b.Loop() {
				opts.Spool = b.TempDir()
				if g := fetchAll(b, opts); len(g.bodies) != n || len(g.errs) > 0 {
					b.Fatal(len(g.bodies), g.errs)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
