package main

import (
	"io"
	"net"
	"testing"
	"time"
)

// backend serves each connection until the test ends.
func backend(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

func dialLine(t *testing.T, rtt time.Duration, serve func(net.Conn)) *net.TCPConn {
	t.Helper()
	l, err := startLine(backend(t, serve), rtt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	conn, err := net.Dial("tcp", l.addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn.(*net.TCPConn)
}

func echo(conn net.Conn) { _, _ = io.Copy(conn, conn) }

func TestLineDelays(t *testing.T) {
	t.Parallel()
	const rtt = 40 * time.Millisecond
	conn := dialLine(t, rtt, echo)
	shortest := time.Hour
	for range 10 {
		start := time.Now()
		if _, err := conn.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		took := time.Since(start)
		if took < rtt {
			t.Fatalf("got a round trip of %v, want at least %v", took, rtt)
		}
		shortest = min(shortest, took)
	}
	if shortest > rtt+10*time.Millisecond {
		t.Errorf("got %v at best, want about %v", shortest, rtt)
	}
}

// TestLineDoesNotThrottle sends what takes a second at 1.6 GB/s and would take two minutes if each 64 KB waited for a round trip.
func TestLineDoesNotThrottle(t *testing.T) {
	t.Parallel()
	const size = 200 << 20
	got := make(chan int64, 1)
	conn := dialLine(t, 40*time.Millisecond, func(c net.Conn) {
		n, _ := io.Copy(io.Discard, c)
		got <- n
	})
	start := time.Now()
	buf := make([]byte, 1<<20)
	for range size / len(buf) {
		if _, err := conn.Write(buf); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if n := <-got; n != size {
		t.Errorf("got %d bytes, want %d", n, size)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v, want the line not to limit", took)
	} else {
		t.Logf("%.0f MB/s", size/1e6/took.Seconds())
	}
}

// TestLineKeepsOrder sends pieces of all sizes both ways.
func TestLineKeepsOrder(t *testing.T) {
	t.Parallel()
	conn := dialLine(t, 2*time.Millisecond, echo)
	go func() {
		for i := range 2000 {
			piece := make([]byte, i%97*i%9000+1)
			for j := range piece {
				piece[j] = byte(i)
			}
			if _, err := conn.Write(piece); err != nil {
				return
			}
		}
		_ = conn.CloseWrite()
	}()
	for i := range 2000 {
		piece := make([]byte, i%97*i%9000+1)
		if _, err := io.ReadFull(conn, piece); err != nil {
			t.Fatal(err)
		}
		for _, b := range piece {
			if b != byte(i) {
				t.Fatalf("piece %d: got %d", i, b)
			}
		}
	}
	if n, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("got %d, %v; want the end", n, err)
	}
}

func TestLineEnds(t *testing.T) {
	t.Parallel()
	l, err := startLine(backend(t, echo), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", l.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	l.close()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("got a byte from a line that has ended")
	}
}
