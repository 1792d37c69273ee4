package batch

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// TestBandwidth holds that several connections together keep to the limit, and that waiting is no silence of the server's.
func TestBandwidth(t *testing.T) {
	t.Parallel()
	const perSecond, each = 400_000, 150_000
	bucket := rate.NewLimiter(perSecond, leastBurst)
	wrap := slow(bucket)
	began := time.Now()
	done := make(chan error)
	for range 2 {
		here, there := net.Pipe()
		go func() {
			_, err := io.Copy(io.Discard, there)
			if errors.Is(err, io.ErrClosedPipe) {
				err = nil
			}
			done <- err
		}()
		go func() {
			conn := wrap(here)
			_ = conn.SetWriteDeadline(time.Now().Add(200 * time.Millisecond)) // less than it takes, more than a stride does
			_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
			_, err := conn.Write(make([]byte, each))
			done <- errors.Join(err, conn.Close())
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	least := time.Duration(float64(2*each-leastBurst) / perSecond * float64(time.Second))
	if took := time.Since(began); took < least*9/10 || took > 5*least {
		t.Errorf("got %s for %d bytes, want about %s", took, 2*each, least)
	}
	if slow(nil) != nil {
		t.Error("something is put around connections without a limit")
	}
}

// TestBandwidthEndsWithClose holds that a connection which waits for its turn can be closed.
func TestBandwidthEndsWithClose(t *testing.T) {
	t.Parallel()
	here, there := net.Pipe()
	defer there.Close()
	conn := slow(rate.NewLimiter(1, leastBurst))(here)
	go func() { _, _ = io.Copy(io.Discard, there) }()
	time.AfterFunc(50*time.Millisecond, func() { _ = conn.Close() })
	began := time.Now()
	if _, err := conn.Write(make([]byte, 10*leastBurst)); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("got %v after %s, want it closed", err, time.Since(began))
	}
}
