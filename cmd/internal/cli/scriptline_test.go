package cli

import (
	"net"
	"sync"
	"testing"
)

// A line stands between the program and a server, and can go dead: nothing gets through then, neither bytes nor the news that
// a connection has ended, and what is under way arrives when it is alive again.
type line struct {
	listener net.Listener
	backend  string
	alive    sync.RWMutex // held for writing while the line is dead
}

// startLine begins a line to a server.
func startLine(tb testing.TB, backend string) *line {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	l := &line{listener: listener, backend: backend}
	tb.Cleanup(func() { _ = listener.Close() })
	go l.serve()
	return l
}

func (l *line) serve() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.connect(client)
	}
}

func (l *line) connect(client net.Conn) {
	l.pass()
	server, err := net.Dial("tcp", l.backend)
	if err != nil {
		_ = client.Close()
		return
	}
	go l.forward(server, client)
	l.forward(client, server)
}

// forward carries one direction to its end.
func (l *line) forward(to, from net.Conn) {
	buf := make([]byte, 4<<10)
	for {
		n, err := from.Read(buf)
		l.pass()
		if _, failed := to.Write(buf[:n]); err != nil || failed != nil {
			_ = to.Close()
			_ = from.Close()
			return
		}
	}
}

// pass waits until the line is alive.
func (l *line) pass() {
	l.alive.RLock()
	defer l.alive.RUnlock()
}
