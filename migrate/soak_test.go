package migrate_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"unpop/migrate/migratetest"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
)

// The soak is longer on demand: go test -run Soak -soak 1000 -timeout 60m ./migrate. One failed round is repeated by
// -soak 1 -soakseed with the seed that its name tells.
var (
	soakRounds = flag.Int("soak", 0, "rounds of the soak; 0 means a few")
	soakSeed   = flag.Uint64("soakseed", 0, "seed of the first round; 0 means a random one")
)

// Of the rounds, so many run at once, every how manieth has a real server, and every how manieth hundreds of messages.
const (
	soakAtOnce  = 6
	soakDovecot = 5
	soakLarge   = 12
)

// TestSoak breaks migrations of random mail at random, until they end well, and compares what the server holds with the truth.
func TestSoak(t *testing.T) {
	t.Parallel()
	rounds := *soakRounds
	if rounds == 0 {
		rounds = 15
		if testing.Short() {
			rounds = 4
		}
	}
	seed := *soakSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1e12
	}
	total := newSoakTally()
	next := atomic.Int64{}
	var workers sync.WaitGroup
	for range min(soakAtOnce, rounds) {
		workers.Go(func() {
			for n := next.Add(1) - 1; n < int64(rounds); n = next.Add(1) - 1 {
				soakRound(t, seed+uint64(n), total)
			}
		})
	}
	workers.Wait()
	t.Logf("first seed %d\n%s", seed, total)
	if total.bad() {
		t.Errorf("got mail lost, doubled or misplaced, want none")
	}
}

// soakRound runs one round as a test of its own.
func soakRound(t *testing.T, seed uint64, total *soakTally) {
	t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
		random := rand.New(rand.NewPCG(seed, 1))
		if seed%soakDovecot == 0 {
			t.Run("dovecot", func(t *testing.T) {
				newSoak(t, seed, random, imaptest.Dovecot(t, soakDovecotOptions(random)), total).round()
			})
			return
		}
		newSoak(t, seed, random, imaptest.Start(t, soakOptions(random)), total).round()
	})
}

// soak is one round: mail, a server, and what goes wrong on the way.
type soak struct {
	*kit
	random  *rand.Rand
	mail    *soakMail
	total   *soakTally
	large   bool     // hundreds of messages
	planned []string // faults of the server
	options imap.Options
	pending sync.WaitGroup // what somebody else is about to do
}

func newSoak(t *testing.T, seed uint64, random *rand.Rand, server *imaptest.Server, total *soakTally) *soak {
	s := &soak{kit: newKit(t, server), random: random, total: total, options: server.Options(imaptest.User), large: seed%soakLarge == soakLarge-1}
	s.opts.Connections = 2 + random.IntN(3)
	s.options.Timeout = 5 * time.Second
	s.opts.Patience = 10 * time.Second
	if server.Mem == nil {
		s.opts.Settle = 250 * time.Millisecond
	}
	messages := 4 + random.IntN(16)
	if s.large {
		messages = 300 + random.IntN(300)
		s.total.count("rounds with hundreds of messages", 1)
	}
	s.mail = newSoakMail(s.kit, random, messages)
	return s
}

// round breaks some runs, and lets the last ones end.
func (s *soak) round() {
	s.total.count("rounds", 1)
	s.total.count("messages", len(s.mail.truth))
	all := s.specs
	for range 1 + s.random.IntN(4) {
		s.specs = s.atHand(all)
		s.planServer()
		s.somebodyElse()
		s.brokenRun()
		s.standstill()
		s.calmServer()
	}
	s.specs = all
	s.endWell()
	s.compare()
	s.countServer()
}

// atHand are the sources of a run: at times one computer is switched off, or a mail client has written a file anew.
func (s *soak) atHand(all []string) []string {
	if now := time.Now(); s.random.IntN(3) == 0 && os.Chtimes(filepath.Join(s.dir, "pc1", "Inbox"), now, now) == nil {
		s.total.count("file written anew", 1)
	}
	if s.random.IntN(3) > 0 {
		return all
	}
	s.total.count("runs over one source of two", 1)
	at := s.random.IntN(len(all))
	return all[at : at+1]
}

// brokenRun is one run, in this process or in one that is killed, through a proxy that breaks connections.
func (s *soak) brokenRun() {
	proxy, err := migratetest.NewProxy(s.server.Addr.String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer proxy.Close()
	messages := int64(len(s.mail.truth))
	faults, freezes := s.random.IntN(4), s.random.IntN(4) == 0
	for range faults {
		span := messages
		if s.large && s.random.IntN(2) == 0 {
			span = 1 + messages/30 // as many as there are commands, if each brings a batch
		}
		proxy.Plan(migratetest.RandomFault(s.random, span, 700, freezes))
	}
	timeout := s.options.Timeout
	if freezes {
		timeout = 400 * time.Millisecond
	}
	s.total.count("runs", 1)
	if s.random.IntN(2) == 0 {
		s.killedRun(proxy.Addr(), timeout)
	} else {
		s.target = imap.New(s.through(proxy.Addr(), timeout))
		_, err := s.try(s.t.Context())
		s.total.ended(err)
	}
	for kind, n := range proxy.Fired() {
		s.total.count("proxy "+kind, n)
	}
}

func (s *soak) through(addr *net.TCPAddr, timeout time.Duration) imap.Options {
	options := s.options
	options.Port, options.Timeout = addr.Port, timeout
	return options
}

// standstill waits until the server stores nothing any more: the next run comes when a person starts it.
func (s *soak) standstill() {
	s.pending.Wait()
	if s.server.Mem != nil {
		s.server.Mem.WaitLate()
	}
}

// endWell runs until a run ends well, and once more: it must find nothing to do.
func (s *soak) endWell() {
	s.target = imap.New(s.options)
	for try := 1; ; try++ {
		s.total.count("runs", 1)
		r, err := s.try(s.t.Context())
		s.standstill()
		if err == nil && r.Balance() == 0 && r.Missing == 0 {
			break
		}
		if try == 12 {
			s.t.Fatalf("run %d: %v (%+v)", try, err, r.Tally)
		}
	}
	s.total.count("runs", 1)
	if r := s.run(); r.Uploaded != 0 || r.Rejected() != 0 {
		s.t.Errorf("one more run: got %+v, want nothing sent and nothing rejected", r.Tally)
	}
}

// compare holds what the server has against the truth, message by message.
func (s *soak) compare() {
	held := map[[32]byte]map[string]int{}
	odd := 0
	for mailbox, messages := range s.server.Dump(s.t, imaptest.User) {
		for _, m := range messages {
			digest := s.mail.known(m.Body)
			if _, known := s.mail.truth[digest]; !known {
				odd++
				s.t.Errorf("%s: got an unknown message %q", mailbox, clipped(m.Body))
				continue
			}
			if held[digest] == nil {
				held[digest] = map[string]int{}
			}
			held[digest][mailbox]++
		}
	}
	s.total.count("altered", odd)
	for digest, want := range s.mail.truth {
		s.total.judge(s.t, held[digest], want, s.mail.worse[digest])
	}
}

func clipped(body []byte) []byte { return bytes.TrimSpace(body[:min(len(body), 300)]) }

// somebodyElse delivers a message, sometimes with a Message-ID of ours and as many bytes. It must stay.
func (s *soak) somebodyElse() {
	if s.server.Mem == nil || s.random.IntN(3) > 0 {
		return
	}
	anna, err := s.server.Mem.Account(imaptest.User)
	if err != nil {
		s.t.Fatal(err)
	}
	body := s.mail.foreign()
	s.total.count("delivered by others", 1)
	s.later(40, func() { _, _ = anna.Deliver("INBOX", body, nil, time.Time{}) })
}

// later does something within so many milliseconds; standstill waits for it.
func (s *soak) later(within int, do func()) {
	delay := time.Duration(s.random.IntN(within)) * time.Millisecond
	s.pending.Go(func() {
		time.Sleep(delay)
		do()
	})
}
