package batch

import (
	"context"
	"net"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// leastBurst is the least that the bucket holds: one record of TLS.
	leastBurst = 16 << 10
	// stride is how much waits for its turn at once, so that connections get theirs in turns and deadlines see that something moves.
	stride = 8 << 10
)

// slowConn is a connection that shares a token bucket with others. Its deadlines count from when its bytes may go.
type slowConn struct {
	net.Conn
	bucket *rate.Limiter
	ctx    context.Context // ends with the connection
	close  context.CancelFunc

	mu          sync.Mutex
	read, write time.Duration // how far ahead the deadlines were set; 0: none
}

// slow makes connections share the bucket; without one they are left as they are.
func slow(bucket *rate.Limiter) func(net.Conn) net.Conn {
	if bucket == nil {
		return nil
	}
	return func(conn net.Conn) net.Conn {
		ctx, cancel := context.WithCancel(context.Background())
		return &slowConn{Conn: conn, bucket: bucket, ctx: ctx, close: cancel}
	}
}

// Write implements [net.Conn].
func (c *slowConn) Write(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		piece := b[n:min(n+stride, len(b))]
		if c.bucket.WaitN(c.ctx, len(piece)) != nil {
			return n, net.ErrClosed
		}
		c.roll()
		var done int
		done, err = c.Conn.Write(piece)
		n += done
	}
	return n, err
}

// Read implements [net.Conn]. What came is paid for afterwards.
func (c *slowConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b[:min(len(b), stride)])
	if n > 0 && c.bucket.WaitN(c.ctx, n) != nil && err == nil {
		err = net.ErrClosed
	}
	return n, err
}

// roll sets the deadlines anew: the time in which nothing could go doesn't count.
func (c *slowConn) roll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.read > 0 {
		_ = c.Conn.SetReadDeadline(now.Add(c.read))
	}
	if c.write > 0 {
		_ = c.Conn.SetWriteDeadline(now.Add(c.write))
	}
}

// SetReadDeadline implements [net.Conn].
func (c *slowConn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = ahead(t)
	return c.Conn.SetReadDeadline(t)
}

// SetWriteDeadline implements [net.Conn].
func (c *slowConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write = ahead(t)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements [net.Conn].
func (c *slowConn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read, c.write = ahead(t), ahead(t)
	return c.Conn.SetDeadline(t)
}

func ahead(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return max(time.Until(t), 1)
}

// Close implements [net.Conn].
func (c *slowConn) Close() error {
	c.close()
	return c.Conn.Close()
}
