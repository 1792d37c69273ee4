package imap

import (
	"net"
	"sync"
	"time"
)

// writePiece is how much is handed to the kernel under one deadline.
const writePiece = 64 << 10

// paced is a connection whose deadlines follow progress. While an answer is due (armed) a read fails after timeout
// without a byte; each byte in either direction starts the wait anew. A write fails when a piece of it does not leave in time.
type paced struct {
	net.Conn
	timeout time.Duration

	mu    sync.Mutex
	armed bool
}

// arm says that an answer is due. It reaches a read that already waits.
func (p *paced) arm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = true
	p.roll()
}

// disarm says that no answer is due: the server may be silent for as long as it likes.
func (p *paced) disarm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = false
	_ = p.SetReadDeadline(time.Time{})
}

func (p *paced) roll() { _ = p.SetReadDeadline(time.Now().Add(p.timeout)) }

func (p *paced) progress() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.armed {
		p.roll()
	}
}

// Read implements [net.Conn].
func (p *paced) Read(b []byte) (int, error) {
	p.progress()
	return p.Conn.Read(b)
}

// Write implements [net.Conn].
func (p *paced) Write(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		_ = p.SetWriteDeadline(time.Now().Add(p.timeout))
		var done int
		done, err = p.Conn.Write(b[n:min(n+writePiece, len(b))])
		n += done
		p.progress()
	}
	return n, err
}
