package migratetest

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// drainTime is how long the server gets to finish after the client has gone.
	drainTime = 10 * time.Second
	// lingerTime is how long the client may go on sending after a hang-up, unheard, before it is told.
	lingerTime = time.Second
	// chunkSize is how much is read at once, and laneLength how many chunks are under way in a direction at most.
	chunkSize  = 32 << 10
	laneLength = 1024
)

// A link is a client's connection with the server's. Each direction has a goroutine that reads and one that writes, so
// that a delay costs no throughput.
type link struct {
	proxy           *Proxy
	client, server  *net.TCPConn
	done            chan struct{}
	ending, cutting sync.Once
	saying          sync.Mutex // for writes to the client
	delay, rate     atomic.Int64
	frozen          atomic.Bool
	gone            atomic.Bool // the client is; what comes in is thrown away

	// These belong to proxy.mu.
	asks    clientScan
	answers serverScan
	opaque  bool
}

// A parcel is what a lane brings: bytes, and then a fault.
type parcel struct {
	bytes []byte
	due   time.Time
	fault *planned
}

// run lives as long as the link does. fault is due before the greeting.
func (l *link) run(fault *planned) {
	defer l.proxy.forget(l)
	defer l.end()
	if fault != nil {
		l.fire(fault)
	}
	up, down := make(chan parcel, laneLength), make(chan parcel, laneLength)
	var lanes sync.WaitGroup
	lanes.Go(func() { l.read(l.client, up, l.up) })
	lanes.Go(func() { l.read(l.server, down, l.down) })
	lanes.Go(func() {
		l.write(up, l.server.Write)
		_ = l.server.CloseWrite()
		_ = l.server.SetReadDeadline(time.Now().Add(drainTime))
	})
	lanes.Go(func() {
		l.write(down, l.tell)
		_ = l.client.CloseWrite()
		_ = l.client.SetReadDeadline(time.Now().Add(lingerTime))
	})
	lanes.Wait()
	l.proxy.unfired(l.asks.fault)
}

// A step takes a bit from the front of what came in and tells how much that is, what to forward, and the fault that is due
// then. It is called under proxy.mu, until it has nothing more.
type step func([]byte) (int, []byte, *planned)

// read brings what conn says on its way.
func (l *link) read(conn net.Conn, lane chan<- parcel, next step) {
	defer close(lane)
	buf := make([]byte, chunkSize)
	for ended := false; ; {
		n, err := conn.Read(buf)
		if l.frozen.Load() {
			<-l.done
		}
		if !ended && !l.gone.Load() {
			ended = l.forward(buf[:n], lane, next)
		}
		if err != nil {
			return
		}
	}
}

// forward puts what next makes of b into parcels, one if nothing goes wrong, and tells whether a fault ends the link there.
func (l *link) forward(b []byte, lane chan<- parcel, next step) (ended bool) {
	due := time.Now().Add(time.Duration(l.delay.Load()))
	for out := []byte(nil); ; {
		l.proxy.mu.Lock()
		n, bytes, fault := next(b)
		l.proxy.mu.Unlock()
		b, out = b[n:], append(out, bytes...)
		idle := n == 0 && len(bytes) == 0 && fault == nil
		if !idle && fault == nil {
			continue
		}
		if len(out) > 0 || fault != nil {
			l.send(lane, parcel{out, due, fault})
		}
		if idle || fault.Do.ends {
			return !idle
		}
		out = nil
	}
}

func (l *link) send(lane chan<- parcel, p parcel) {
	select {
	case lane <- p:
	case <-l.done:
		l.proxy.unfired(p.fault)
	}
}

// write delivers parcels until the lane ends. Those that nobody is there to take are thrown away.
func (l *link) write(lane <-chan parcel, write func([]byte) (int, error)) {
	taken := true
	for p := range lane {
		taken = taken && l.sleep(time.Until(p.due))
		if l.frozen.Load() {
			<-l.done
		}
		taken = taken && l.trickle(p.bytes, write)
		switch {
		case p.fault == nil:
		case taken && !l.gone.Load():
			l.fire(p.fault)
		default:
			l.proxy.unfired(p.fault)
		}
	}
}

// trickle writes b as fast as the link's rate allows.
func (l *link) trickle(b []byte, write func([]byte) (int, error)) bool {
	for len(b) > 0 && !l.gone.Load() && !l.frozen.Load() {
		n := len(b)
		if rate := l.rate.Load(); rate > 0 {
			n = int(min(int64(n), max(rate/20, 1)))
			if !l.sleep(time.Duration(n) * time.Second / time.Duration(rate)) {
				return false
			}
		}
		if _, err := write(b[:n]); err != nil {
			return false
		}
		b = b[n:]
	}
	return true
}

func (l *link) sleep(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
		return false
	}
}

func (l *link) fire(f *planned) {
	l.proxy.mu.Lock()
	f.fired = true
	l.proxy.mu.Unlock()
	f.Do.do(l)
}

// cut takes the client away. What the server has got so far it may finish; its answers go nowhere.
func (l *link) cut(reset bool) {
	l.cutting.Do(func() {
		l.gone.Store(true)
		if reset {
			_ = l.client.SetLinger(0)
			_ = l.client.Close()
		} else {
			_ = l.client.CloseWrite()
			_ = l.client.SetReadDeadline(time.Now().Add(lingerTime))
		}
		_ = l.server.CloseWrite()
		_ = l.server.SetReadDeadline(time.Now().Add(drainTime))
	})
}

// tell writes to the client.
func (l *link) tell(b []byte) (int, error) {
	l.saying.Lock()
	defer l.saying.Unlock()
	return l.client.Write(b)
}

func (l *link) say(text string) { _, _ = l.tell([]byte(text)) }

// end closes both connections at once.
func (l *link) end() {
	l.ending.Do(func() {
		close(l.done)
		_, _ = l.client.Close(), l.server.Close()
	})
}
