package memserver

import (
	"bytes"
	"crypto/tls"
	"net"
	"sync"
	"time"
)

const (
	// chunkSize is how much is read from the network at once, and inputMax how much of it may wait to be carried out; more
	// waits in the system.
	chunkSize = 32 << 10
	inputMax  = 1 << 20
)

// A wire is a client's connection as go-imap sees it, in plain text. It reads what comes as it comes, so that commands
// can be counted and, when the client has gone, finished. It offers what go-imap doesn't know of, and not what is hidden.
type wire struct {
	net.Conn
	server  *Server
	upgrade *tls.Config // for STARTTLS, until that is done

	beginning, closing sync.Once
	arrived, room      chan struct{} // something did, there is
	closed             chan struct{}

	mu       sync.Mutex
	input    bytes.Buffer
	err      error     // why no more comes
	deadline time.Time // for reads
	spot
	owed []byte    // to be read before anything else
	void int64     // zero bytes to be read before that, for a literal that doesn't come
	code string    // for the next OK
	gone time.Time // since when the client is, if commands are to be finished all the same
}

func (s *Server) newWire(conn net.Conn, upgrade *tls.Config) *wire {
	return &wire{
		Conn: conn, server: s, upgrade: upgrade,
		arrived: make(chan struct{}, 1), room: make(chan struct{}, 1), closed: make(chan struct{}),
	}
}

// begin starts to read from the network.
func (w *wire) begin() {
	w.beginning.Do(func() { go w.receive() })
}

// receive reads until the connection ends.
func (w *wire) receive() {
	chunk := make([]byte, chunkSize)
	for {
		n, err := w.Conn.Read(chunk)
		w.mu.Lock()
		w.input.Write(chunk[:n])
		if err != nil {
			w.ended(err)
		}
		flying := w.inFlight()
		w.server.traffic.count(func(t *Traffic) { t.InFlight = max(t.InFlight, flying) })
		full := w.input.Len() >= inputMax
		w.mu.Unlock()
		signal(w.arrived)
		if err != nil {
			return
		}
		for ; full; full = w.isFull() {
			select {
			case <-w.room:
			case <-w.closed:
				return
			}
		}
	}
}

func (w *wire) isFull() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.input.Len() >= inputMax
}

// ended notes that nothing more comes.
func (w *wire) ended(err error) {
	if w.err == nil {
		w.err = err
		w.leave()
	}
}

// took notes that there is room again.
func (w *wire) took() {
	if w.input.Len() < inputMax {
		signal(w.room)
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// SetDeadline implements [net.Conn].
func (w *wire) SetDeadline(t time.Time) error {
	_ = w.SetReadDeadline(t)
	return w.SetWriteDeadline(t)
}

// SetReadDeadline implements [net.Conn]. It is for the reads that begin afterwards.
func (w *wire) SetReadDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deadline = t
	return nil
}

// Write implements [net.Conn].
func (w *wire) Write(p []byte) (int, error) {
	if w.upgrade != nil {
		if err := w.startTLS(p); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	out, silent := w.heed(p)
	if out == nil {
		return len(p), nil
	}
	if alter := w.server.opts.Alter; alter != nil {
		if out = alter(out); out == nil {
			return 0, w.Close()
		}
	}
	if silent {
		return len(p), nil
	}
	if _, err := w.Conn.Write(out); err != nil && !w.lost() {
		return 0, err
	}
	return len(p), nil
}

// heed looks at what the server says and returns what the client is to hear of it, unless it has gone.
func (w *wire) heed(p []byte) (out []byte, silent bool) {
	out = offer(p, w.server.hides)
	w.mu.Lock()
	defer w.mu.Unlock()
	if bytes.HasPrefix(p, []byte("+ ")) {
		if w.undecided() && string(p) != invitation {
			return nil, true
		}
		w.asked = true
	}
	if w.command.answeredBy(p) {
		w.command.answered = true
		if rest, ok := bytes.CutPrefix(out, []byte(w.command.tag+" OK ")); ok && w.code != "" {
			out = []byte(w.command.tag + " OK [" + w.code + "] " + string(rest))
		}
		w.code = ""
	}
	return out, !w.gone.IsZero()
}

// say puts a response code into the OK that is next.
func (w *wire) say(code string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.code = code
}

// Close implements [net.Conn]. What was received and isn't carried out yet never is.
func (w *wire) Close() error {
	w.server.release(w)
	w.mu.Lock()
	w.closing.Do(func() {
		close(w.closed)
		if !w.gone.IsZero() {
			w.server.faults.lates.add(-1)
		}
	})
	w.err = net.ErrClosed
	w.input.Reset()
	signal(w.arrived)
	conn := w.Conn
	w.mu.Unlock()
	return conn.Close()
}
