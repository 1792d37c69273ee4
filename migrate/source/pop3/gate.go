package pop3

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

const (
	// lineMax bounds a line that isn't a message's: RFC 2449 section 4 allows 512 octets.
	lineMax = 8 << 10
	// listingMax bounds the lines of one answer: a million messages or so.
	listingMax = 96 << 20
)

var (
	errLongLine    = errors.New("answer: a line longer than 8 KiB")
	errLongListing = errors.New("answer: longer than 96 MiB")
	errClosed      = errors.New("connection: closed")
	errSilent      = errors.New("connection: nothing came")
)

// A gate is the connection that go-pop3 and we share. go-pop3 gets one line with each Read, so its buffer is empty whenever one of
// its methods has returned, and messages can be read here past it. TLS can begin underneath without go-pop3 knowing.
//
// It notes the first line of each answer, which go-pop3 cuts up or throws away, and mends those that go-pop3 takes for something
// else. It belongs to one goroutine.
type gate struct {
	net.Conn               // raw, or TLS on top of it
	raw      net.Conn      // closing it never waits
	br       *bufio.Reader // of Conn
	timeout  time.Duration

	line   []byte // what go-pop3 has not taken yet
	first  bool   // the next line is an answer's first
	status string // the first line, without its end
	bareLF bool   // which had no CR
	bytes  int    // of the answer so far
	broken error  // why the connection is of no more use
}

func newGate(raw net.Conn, timeout time.Duration) *gate {
	g := &gate{raw: raw, timeout: timeout}
	g.use(&patient{raw, timeout})
	g.begin()
	return g
}

// use puts the gate before another connection.
func (g *gate) use(conn net.Conn) {
	g.Conn, g.br = conn, bufio.NewReaderSize(conn, 64<<10)
}

// guard closes the connection when ctx ends. The caller calls stop.
func (g *gate) guard(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = g.raw.Close() })
}

// begin says that the next line is the first of an answer.
func (g *gate) begin() { g.first, g.bytes, g.status, g.line = true, 0, "", nil }

// Read gives go-pop3 one line, or a part of one.
func (g *gate) Read(p []byte) (int, error) {
	if len(g.line) == 0 {
		line, err := g.next()
		if err != nil {
			return 0, err
		}
		g.line = line
	}
	n := copy(p, g.line)
	g.line = g.line[n:]
	return n, nil
}

// next reads a line with its end. It holds until the next call.
func (g *gate) next() ([]byte, error) {
	line, err := g.br.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull) || err == nil && len(line) > lineMax:
		return nil, g.fail(errLongLine)
	case err != nil:
		return nil, g.fail(err)
	}
	if g.bytes += len(line); g.bytes > listingMax {
		return nil, g.fail(errLongListing)
	}
	if !g.first {
		return line, nil
	}
	g.first = false
	g.bareLF = !bytes.HasSuffix(line, []byte("\r\n"))
	g.status = string(bytes.TrimRight(line, "\r\n"))
	return []byte(canonical(g.status) + "\r\n"), nil
}

// canonical spells a first line as go-pop3 wants it: "+OK" in capitals, with a blank behind it, and no empty line, which it takes for
// a yes.
func canonical(status string) string {
	for _, word := range []string{"+OK", "-ERR"} {
		if len(status) >= len(word) && strings.EqualFold(status[:len(word)], word) {
			return strings.TrimSpace(word + " " + strings.TrimSpace(status[len(word):]))
		}
	}
	if status == "" {
		return "(empty line)"
	}
	return status
}

// Write implements [net.Conn].
func (g *gate) Write(p []byte) (int, error) {
	if g.broken != nil {
		return 0, g.broken
	}
	n, err := g.Conn.Write(p)
	if err != nil {
		_ = g.fail(err)
	}
	return n, err
}

// Close implements [net.Conn]. It does not wait for TLS to say goodbye.
func (g *gate) Close() error {
	if g.broken == nil {
		g.broken = errClosed
	}
	return g.raw.Close()
}

// answer reads the first line of an answer, past go-pop3.
func (g *gate) answer() (ok bool, err error) {
	g.begin()
	line, err := g.next()
	if err != nil {
		return false, err
	}
	switch {
	case bytes.HasPrefix(line, []byte("+OK")):
		return true, nil
	case bytes.HasPrefix(line, []byte("-ERR")):
		return false, nil
	default:
		return false, g.fail(fmt.Errorf("answer: neither +OK nor -ERR: %.60q", g.status))
	}
}

// fail records why the connection is of no more use. The first reason counts.
func (g *gate) fail(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("%w for %v", errSilent, g.timeout)
	}
	if g.broken == nil {
		g.broken = err
		_ = g.raw.Close()
	}
	return err
}

// patient is a connection with a deadline on each wait.
type patient struct {
	net.Conn
	timeout time.Duration
}

// Read implements [net.Conn].
func (p *patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(p.timeout)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

// Write implements [net.Conn].
func (p *patient) Write(b []byte) (int, error) {
	if err := p.SetWriteDeadline(time.Now().Add(p.timeout)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}
