package migrate_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// soakHidden are capabilities that a round's server may lack: each way of sending many messages has its turn, and half of the
// time it is the best one.
var soakHidden = [][]string{nil, nil, nil, nil, {"MULTIAPPEND"}, {"LITERAL+"}, {"MULTIAPPEND", "LITERAL+"}, {"LITERAL+", "LITERAL-"}}

// soakOptions are those of a server in memory.
func soakOptions(random *rand.Rand) imaptest.Option {
	hidden, early := soakHidden[random.IntN(len(soakHidden))], random.IntN(2) == 0
	return func(o *memserver.Options) { o.Security, o.Hide, o.RefuseEarly = memserver.Plain, hidden, early }
}

// soakDovecotOptions are those of a real one.
func soakDovecotOptions(random *rand.Rand) imaptest.DovecotOptions {
	return imaptest.DovecotOptions{
		Plain: true, Format: []string{"maildir", "maildir", "sdbox", "mdbox"}[random.IntN(4)], Hide: soakHidden[random.IntN(len(soakHidden))],
	}
}

// planServer lets the server in memory misbehave.
func (s *soak) planServer() {
	mem := s.server.Mem
	if mem == nil {
		return
	}
	mem.Scatter(s.random.IntN(3) == 0)
	mem.SlowStore(time.Duration(s.random.IntN(3)) * time.Millisecond)
	if s.random.IntN(3) == 0 {
		mem.DrainAfterCut(time.Duration(50+s.random.IntN(400)) * time.Millisecond)
	}
	if len(mem.Unfired()) > 0 {
		return
	}
	fault := s.serverFault(mem)
	if fault == nil {
		return
	}
	if s.large {
		s.later(600, func() { s.arm(mem, fault) }) // in the midst of it
		return
	}
	s.arm(mem, fault)
}

// serverFault chooses one, or none.
func (s *soak) serverFault(mem *memserver.Server) func() {
	n, d := 1+s.random.IntN(2), time.Duration(s.random.IntN(150))*time.Millisecond
	switch s.random.IntN(10) {
	case 0:
		return func() { mem.SwallowOK(n) }
	case 1:
		after := 1 + s.random.Int64N(600)
		if s.large {
			after *= 40 // within a batch
		}
		return func() { mem.CutAppend(after) }
	case 2:
		return func() {
			for range n {
				mem.LateStore(d)
			}
		}
	case 3:
		return func() {
			mem.FailAppends(memserver.Answer{}, memserver.Answer{Kind: "BYE", Text: "stored, and gone", Done: true})
		}
	case 4:
		return func() {
			mem.FailAppends(memserver.Answer{}, memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "no room for now"})
		}
	case 5:
		s.total.count("server restart", 1)
		s.later(60, func() { mem.Restart(30 * time.Millisecond) })
	case 6:
		return func() { mem.ForgetUIDs(n) }
	case 7, 8:
		s.refuseSome(mem)
	}
	return nil
}

// arm plans a fault where there is none, and takes note of it.
func (s *soak) arm(mem *memserver.Server, fault func()) {
	fault()
	s.planned = append(s.planned, mem.Unfired()...)
}

// refuseSome lets the server refuse the messages of a few sizes, up to the end of the run: a batch that has one of them is
// refused as a whole, and the others in it are to be stored all the same. The next run may send them again. They are such that
// mending would not change them.
func (s *soak) refuseSome(mem *memserver.Server) {
	sizes := slices.DeleteFunc(slices.Sorted(maps.Keys(s.mail.sizes)), func(size int64) bool { return !s.mail.sizes[size] })
	bad := map[int64]bool{}
	for range min(len(sizes), 1+s.random.IntN(1+len(sizes)/50)) {
		bad[sizes[s.random.IntN(len(sizes))]] = true
	}
	mem.Refuse(func(_ string, size int64) *memserver.Answer {
		if !bad[size] {
			return nil
		}
		s.total.count("server refused a message", 1)
		return &memserver.Answer{Kind: "NO", Text: "not this one"}
	})
}

// calmServer ends what lasts.
func (s *soak) calmServer() {
	if mem := s.server.Mem; mem != nil {
		mem.Refuse(nil)
		mem.DrainAfterCut(0)
		mem.SlowStore(0)
	}
}

// countServer counts the faults of the server that happened, and how it was talked to.
func (s *soak) countServer() {
	mem := s.server.Mem
	if mem == nil {
		return
	}
	fired := map[string]int{}
	for _, fault := range s.planned {
		fired[soakKind(fault)]++
	}
	for _, fault := range mem.Unfired() {
		fired[soakKind(fault)]--
	}
	for kind, n := range fired {
		s.total.count("server "+kind, n)
	}
	traffic := mem.Traffic()
	s.total.count("APPENDs", traffic.Commands["APPEND"])
	s.total.count("APPENDs of several messages", traffic.Multi())
	s.total.count("commands carried out after a cut", traffic.Drained)
	s.total.count(fmt.Sprintf("rounds with at most %d APPENDs in flight", min(bitCeil(traffic.InFlight), 64)), 1)
}

// bitCeil is the power of two that is n or more.
func bitCeil(n int) int {
	power := 1
	for power < n {
		power *= 2
	}
	return power
}
