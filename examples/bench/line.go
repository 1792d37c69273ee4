package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	// parcelMax is how much is read at once, and laneLength how many parcels are under way in a direction at most: 256 MiB,
	// so that the delay costs no throughput.
	parcelMax  = 64 << 10
	laneLength = 4096
)

// A line stands before a server and makes it far away: what goes through is delayed by half the round trip in each
// direction, and limited by nothing. It shows what a protocol's waiting costs, not TCP's slow start.
type line struct {
	listener net.Listener
	backend  string
	delay    time.Duration
	links    sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil once closed
}

// startLine begins a line on a free port. The caller closes it.
func startLine(backend string, rtt time.Duration) (*line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("line: %w", err)
	}
	l := &line{listener: listener, backend: backend, delay: rtt / 2, conns: map[net.Conn]struct{}{}}
	l.links.Go(l.serve)
	return l, nil
}

func (l *line) addr() string { return l.listener.Addr().String() }

func (l *line) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	for conn := range l.conns {
		_ = conn.Close()
	}
	l.conns = nil
	l.mu.Unlock()
	l.links.Wait()
}

func (l *line) serve() {
	for {
		client, err := l.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			l.links.Go(func() { l.connect(client) })
		}
	}
}

// connect carries one connection to its end. The handshake costs a round trip as well.
func (l *line) connect(client net.Conn) {
	defer client.Close()
	time.Sleep(l.delay)
	server, err := net.Dial("tcp", l.backend)
	if err != nil {
		return
	}
	defer server.Close()
	if !l.note(client, server) {
		return
	}
	var lanes sync.WaitGroup
	lanes.Go(func() { l.carry(server, client) })
	lanes.Go(func() { l.carry(client, server) })
	lanes.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, client)
	delete(l.conns, server)
}

func (l *line) note(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns == nil {
		return false
	}
	for _, conn := range conns {
		l.conns[conn] = struct{}{}
	}
	return true
}

// A parcel is due at the other end at a certain time.
type parcel struct {
	bytes []byte
	due   time.Time
}

// carry brings one direction to its end: one goroutine reads, one writes.
func (l *line) carry(to, from net.Conn) {
	lane := make(chan parcel, laneLength)
	go func() {
		defer close(lane)
		l.read(lane, from)
	}()
	failed := false
	for p := range lane {
		if wait := time.Until(p.due); wait > 0 {
			time.Sleep(wait)
		}
		if !failed {
			_, err := to.Write(p.bytes)
			failed = err != nil
		}
		if failed {
			_ = from.Close() // so that the reader ends
		}
		giveBack(p.bytes)
	}
	if half, ok := to.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
}

func (l *line) read(lane chan<- parcel, from io.Reader) {
	for {
		buf := parcels.Get().(*[parcelMax]byte) //nolint:forcetypeassert // nothing else is in there
		n, err := from.Read(buf[:])
		due := time.Now().Add(l.delay)
		switch {
		case n > parcelMax/8:
			lane <- parcel{buf[:n], due}
		case n > 0: // an answer: no need to keep a large buffer on its way
			lane <- parcel{append([]byte(nil), buf[:n]...), due}
			fallthrough
		default:
			parcels.Put(buf)
		}
		if err != nil {
			return
		}
	}
}

// parcels are buffers for reuse: the line shares the processors with those that are measured.
var parcels = sync.Pool{New: func() any { return new([parcelMax]byte) }}

func giveBack(b []byte) {
	if cap(b) == parcelMax {
		parcels.Put((*[parcelMax]byte)(b[:parcelMax]))
	}
}
