package migratetest

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Proxy stands before an IMAP server and breaks connections as planned:
//
//	proxy := migratetest.StartProxy(t, server.Addr().String())
//	proxy.Plan(
//		migratetest.CutAfter(5000),                              // the line breaks somewhere
//		migratetest.CutInAppend(2, 100).With(migratetest.HangUp()), // and within a message
//		migratetest.SwallowOK(3),                                // one is stored, and nobody says so
//		migratetest.Fault{When: migratetest.AtReply("SELECT", 1), Do: migratetest.Bye("Restarting.")},
//	)
//	// … run against proxy.Addr(), and look into the server …
//	proxy.AllFired(t)
//
// Its methods may be called by several goroutines at once.
//
// Faults that count bytes or connections work with any protocol. Those that know about APPENDs and responses need a
// conversation in plain text: from the first byte of TLS on, also after STARTTLS, they see nothing and never happen.
type Proxy struct {
	backend  string
	listener net.Listener
	done     sync.WaitGroup

	mu        sync.Mutex
	plan      plan
	links     map[*link]struct{}
	seen      map[string]int
	encrypted int
	refusing  time.Time // until when
	delay     time.Duration
	rate      int64
	closed    bool
}

// StartProxy starts a proxy for a test, before the server at backend, and ends it with the test. See [NewProxy].
func StartProxy(tb testing.TB, backend string) *Proxy {
	tb.Helper()
	p, err := NewProxy(backend)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.Close)
	return p
}

// NewProxy starts a proxy on a free port of 127.0.0.1 before the server at backend, "host:port". The caller closes it.
func NewProxy(backend string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{backend: backend, listener: listener, links: make(map[*link]struct{}), seen: make(map[string]int)}
	p.done.Go(p.serve)
	return p, nil
}

// Addr returns where clients connect.
func (p *Proxy) Addr() *net.TCPAddr {
	addr, _ := p.listener.Addr().(*net.TCPAddr)
	return addr
}

// Plan adds faults. Those with the same trigger wait for each other, in order; the others don't. Each happens once.
func (p *Proxy) Plan(faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan.add(faults)
}

// Pace delays each byte of the connections that are made from now on, in each direction, and lets at most so many bytes
// per second through; 0 means no limit. It is no fault and isn't counted.
func (p *Proxy) Pace(delay time.Duration, bytesPerSecond int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay, p.rate = delay, bytesPerSecond
}

// Fired counts the faults that happened, by [Fault.Kind].
func (p *Proxy) Fired() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	fired := make(map[string]int)
	for _, f := range p.plan.all {
		if f.fired {
			fired[f.Kind()]++
		}
	}
	return fired
}

// Unfired lists the faults that didn't happen, in the order in which they were planned.
func (p *Proxy) Unfired() []Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	var left []Fault
	for _, f := range p.plan.all {
		if !f.fired {
			left = append(left, f.Fault)
		}
	}
	return left
}

// AllFired fails the test for each planned fault that didn't happen.
func (p *Proxy) AllFired(tb testing.TB) {
	tb.Helper()
	p.mu.Lock()
	encrypted := p.encrypted
	p.mu.Unlock()
	for _, f := range p.Unfired() {
		tb.Errorf("fault %v: got no such moment, want one (%d connections were encrypted)", f, encrypted)
	}
}

// Seen tells how many commands of a name, in capitals and with its UID ("UID FETCH"), clients have sent in plain text.
func (p *Proxy) Seen(command string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[strings.ToUpper(command)]
}

// Close ends the proxy and its connections, and waits until they have. Closing twice is harmless.
func (p *Proxy) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.listener.Close()
	for _, l := range p.open() {
		l.end()
	}
	p.done.Wait()
}

func (p *Proxy) serve() {
	for {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if client, ok := conn.(*net.TCPConn); ok {
			p.done.Go(func() { p.connect(client) })
		}
	}
}

func (p *Proxy) connect(client *net.TCPConn) {
	if p.refuses() {
		_ = client.SetLinger(0)
		_ = client.Close()
		return
	}
	conn, err := net.DialTimeout("tcp", p.backend, drainTime)
	server, ok := conn.(*net.TCPConn)
	if err != nil || !ok {
		_ = client.SetLinger(0)
		_ = client.Close()
		return
	}
	if l, fault := p.newLink(client, server); l != nil {
		l.run(fault)
	}
}

func (p *Proxy) newLink(client, server *net.TCPConn) (*link, *planned) {
	l := &link{proxy: p, client: client, server: server, done: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_, _ = client.Close(), server.Close()
		return nil, nil
	}
	l.delay.Store(int64(p.delay))
	l.rate.Store(p.rate)
	p.links[l] = struct{}{}
	return l, p.plan.countAny(queueConnect)
}

func (p *Proxy) forget(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// unfired gives a fault back that was due on a connection that ended before; it is due at the next chance.
func (p *Proxy) unfired(f *planned) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan.restore(f)
}

func (p *Proxy) open() []*link {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.links))
}

func (p *Proxy) refuse(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing = time.Now().Add(d)
}

func (p *Proxy) refuses() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.refusing)
}
