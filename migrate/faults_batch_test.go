package migrate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	mt "unpop/migrate/migratetest"
	"unpop/migrate/target/imap/memserver"
)

// hundreds is a mailbox of so many messages, with one more in their midst if there is one.
func (k *kit) hundreds(messages int, more ...string) (want map[string][]string) {
	k.t.Helper()
	var all, names []string
	for i := range messages {
		name := fmt.Sprintf("m%03d", i)
		names, all = append(names, name), append(all, mail(name, name, strings.Repeat("text ", i%40)))
		if i == messages/2 {
			all = append(all, more...)
		}
	}
	k.mbox("pc/Clienti", all...)
	return map[string][]string{"Clienti": names}
}

// ways are what a server may lack, so that messages go in commands of many, one after the other without waiting, or one by one.
var ways = map[string][]string{"many in a command": nil, "pipelined": {"MULTIAPPEND"}, "one by one": {"MULTIAPPEND", "LITERAL+", "LITERAL-"}}

// TestManyInFlightCut loses a connection with hundreds of messages under way, and the server goes on with what it has received while
// the client comes back and looks.
func TestManyInFlightCut(t *testing.T) {
	t.Parallel()
	for way, hidden := range ways {
		for name, fault := range map[string]mt.Fault{
			"in a message": mt.CutInAppend(130, 10), "anywhere": mt.CutAfter(30_000), "OK lost": mt.SwallowOKAndCut(2), "hung up": mt.CutAfter(50_000).With(mt.HangUp()),
		} {
			for _, drain := range []time.Duration{0, 20 * time.Millisecond, 400 * time.Millisecond} {
				if drain > 0 && testing.Short() {
					continue
				}
				t.Run(fmt.Sprintf("%s, %s, drained in %v", way, name, drain), func(t *testing.T) {
					t.Parallel()
					k, proxy := proxied(t, 5*time.Second, func(o *memserver.Options) { o.Hide = hidden })
					want := k.hundreds(260)
					k.server.Mem.DrainAfterCut(drain)
					k.server.Mem.SlowStore(time.Millisecond)
					proxy.Plan(fault)
					k.run()
					proxy.AllFired(t)
					k.server.Mem.WaitLate()
					k.quiet(proxy)
					k.holds(want)
				})
			}
		}
	}
}

// TestRefusedWithinBatch: a message that the server doesn't want keeps no other one out, and none is stored twice.
func TestRefusedWithinBatch(t *testing.T) {
	t.Parallel()
	bad := mail("bad", "bad", strings.Repeat("not this one\n", 99))
	for way, hidden := range ways {
		for _, early := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, early %v", way, early), func(t *testing.T) {
				t.Parallel()
				k := inMemory(t, func(o *memserver.Options) { o.Hide, o.RefuseEarly = hidden, early })
				want := k.hundreds(120, bad)
				size := int64(len(bad) + strings.Count(bad, "\n"))
				k.server.Mem.Refuse(func(_ string, got int64) *memserver.Answer {
					if got == size {
						return &memserver.Answer{Kind: "NO", Text: "not this one"}
					}
					return nil
				})
				if r := k.run(); r.Uploaded != 120 || r.Rejected() != 1 {
					t.Errorf("got %+v, want 120 uploaded and 1 rejected", r.Tally)
				}
				k.holds(want)
				k.server.Mem.Refuse(nil)
				if r := k.run(); r.Uploaded != 1 || r.Rejected() != 0 {
					t.Errorf("second run: got %+v, want the one uploaded", r.Tally)
				}
				want["Clienti"] = append(want["Clienti"], "bad")
				k.holds(want)
			})
		}
	}
}

// TestBatchWithoutUIDs: batches are stored, and the server doesn't say where, or stores them where nobody would guess.
func TestBatchWithoutUIDs(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]func(*memserver.Server){
		"no APPENDUID once": func(s *memserver.Server) { s.ForgetUIDs(1) }, "no APPENDUID at all": func(s *memserver.Server) { s.ForgetUIDs(1000) },
		"scattered": func(s *memserver.Server) { s.Scatter(true) },
		"late":      func(s *memserver.Server) { s.LateStore(10 * time.Millisecond); s.LateStore(10 * time.Millisecond) },
		"swallowed": func(s *memserver.Server) { s.SwallowOK(2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, proxy := proxied(t, 5*time.Second)
			want := k.hundreds(230)
			odd(k.server.Mem)
			k.run()
			k.server.Mem.WaitLate()
			k.quiet(proxy)
			k.holds(want)
			if k.server.Mem.Traffic().Multi() == 0 {
				t.Error("got no APPEND with several messages, want some")
			}
		})
	}
}
