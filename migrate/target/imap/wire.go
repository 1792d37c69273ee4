package imap

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	goimap "github.com/emersion/go-imap/v2"
)

// lineMax bounds a response to our own commands, with its literals.
const lineMax = 64 << 10

// A wire is the connection as a session uses it. Until the handover the session reads it; from then on go-imap reads it
// through a [tap], which hands over the answers to our own commands.
type wire struct {
	raw   net.Conn // closing it never waits
	paced *paced
	conn  net.Conn // paced, or TLS on top of it
	br    *bufio.Reader
	bw    *bufio.Writer
	debug *debugLog
	tags  int

	caps     goimap.CapSet // as last sent; replaced, not changed
	greeting string
	serverID string
	answers  chan response // after the handover: "+" and tagged responses to our own commands

	listing atomic.Pointer[listing] // that takes the answers now; nil: none

	dead chan struct{} // closed when the connection is of no more use

	mu        sync.Mutex
	cause     error // why; set once
	bye       *response
	permanent []string // PERMANENTFLAGS of the last SELECT
	flags     []string // FLAGS of the last SELECT
	hasPerm   bool
	copyUID   string // argument of the last COPYUID in an untagged OK
}

func newWire(raw net.Conn, timeout time.Duration, debug io.Writer) *wire {
	w := &wire{raw: raw, paced: &paced{Conn: raw, timeout: timeout}, dead: make(chan struct{})}
	w.debug = &debugLog{out: debug}
	w.use(w.paced)
	w.paced.arm()
	return w
}

// use puts buffers on a connection.
func (w *wire) use(conn net.Conn) {
	w.conn = conn
	w.br = bufio.NewReaderSize(conn, 32<<10)
	w.bw = bufio.NewWriterSize(conn, 32<<10)
}

// kill closes the connection. The first cause is the one that counts.
func (w *wire) kill(cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cause != nil {
		return
	}
	w.cause = cause
	_ = w.raw.Close()
	close(w.dead)
}

// end returns why the connection is dead, and the server's BYE if it said one. Both are nil while it lives.
func (w *wire) end() (bye *response, cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bye, w.cause
}

// guard kills the connection when ctx ends. The caller calls stop.
func (w *wire) guard(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { w.kill(&ownEnd{context.Cause(ctx)}) })
}

// failed records a read or write error as the end of the connection.
func (w *wire) failed(err error) error {
	w.kill(w.describe(err))
	_, cause := w.end()
	return cause
}

// silence words a timeout as what it is.
func (w *wire) silence(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return w.describe(err)
	}
	return err
}

// errSilent says that the other side took nothing and said nothing.
var errSilent = errors.New("nothing moved")

func (w *wire) describe(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("connection: %w for %v", errSilent, w.paced.timeout)
	case errors.Is(err, io.EOF):
		return errors.New("connection: closed by the server")
	default:
		return fmt.Errorf("connection: %w", err)
	}
}

// readLine reads one response with its literals, no longer than lineMax.
func (w *wire) readLine() (string, error) {
	var line []byte
	for {
		piece, err := w.br.ReadSlice('\n')
		line = append(line, piece...)
		if len(line) > lineMax {
			return "", errLongLine
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
		if err != nil {
			continue
		}
		size, announced := literalSize(piece)
		if !announced {
			return strings.TrimRight(string(line), "\r\n"), nil
		}
		if line, err = w.appendLiteral(line, size); err != nil {
			return "", err
		}
	}
}

var errLongLine = errors.New("response longer than 64 KiB")

func (w *wire) appendLiteral(line []byte, size int64) ([]byte, error) {
	if size > lineMax {
		return nil, errLongLine
	}
	start := len(line)
	line = append(line, make([]byte, size)...)
	_, err := io.ReadFull(w.br, line[start:])
	return line, err
}

// read returns the next response before the handover.
func (w *wire) read() (response, error) {
	line, err := w.readLine()
	if err != nil {
		return response{}, w.failed(err)
	}
	w.debug.server(line)
	r := parseResponse(line)
	if r.tag == "*" {
		w.untagged(r)
	}
	return r, nil
}

// untagged notes what a response says of the server, before the handover.
func (w *wire) untagged(r response) {
	switch {
	case r.kind == "CAPABILITY":
		w.setCaps(r.text)
	case r.code == "CAPABILITY":
		w.setCaps(r.arg)
	case r.kind == "ID":
		w.serverID = serverName(r.text)
	case r.kind == "BYE":
		w.noteBye(r)
	}
}

func (w *wire) noteBye(r response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bye = &r
}

func (w *wire) setCaps(list string) {
	caps := make(goimap.CapSet)
	for _, name := range strings.Fields(list) {
		caps[canonicalCap(name)] = struct{}{}
	}
	w.caps = caps
}

// canonicalCap gives the spelling that go-imap's constants have.
func canonicalCap(name string) goimap.Cap {
	upper := strings.ToUpper(name)
	switch upper {
	case "IMAP4REV1":
		return goimap.CapIMAP4rev1
	case "IMAP4REV2":
		return goimap.CapIMAP4rev2
	}
	return goimap.Cap(upper)
}

// next returns the next response that concerns our own command.
func (w *wire) next() (response, error) {
	if w.answers == nil {
		return w.read()
	}
	select {
	case r := <-w.answers:
		return r, nil
	case <-w.dead:
	}
	select { // an answer that came with the end still counts
	case r := <-w.answers:
		return r, nil
	default:
		_, cause := w.end()
		return response{}, cause
	}
}

func (w *wire) newTag() string {
	w.tags++
	return string(tagPrefix) + strconv.Itoa(w.tags)
}

// queue puts text into the write buffer; a write error is returned as it came: an answer may explain it.
func (w *wire) queue(text string) error {
	w.paced.arm()
	_, err := w.bw.WriteString(text)
	return err
}

func (w *wire) queueBytes(b []byte) error {
	_, err := w.bw.Write(b)
	return err
}

func (w *wire) flush() error { return w.bw.Flush() }

// finish ends a command and sends what is queued.
func (w *wire) finish() error {
	if err := w.queue("\r\n"); err != nil {
		return err
	}
	return w.flush()
}

// send writes a line.
func (w *wire) send(line string) error {
	err := w.queue(line)
	if err == nil {
		err = w.finish()
	}
	if err != nil {
		return w.failed(err)
	}
	return nil
}

// lastWordsTime is how long a server's answer may lag behind the reset that it caused.
const lastWordsTime = time.Second

// command sends a command of our own and returns its tagged response. The text goes out in pieces: before each one but the
// first the server's "+" is waited for (synchronizing literals, SASL). show is what the debug log gets.
func (w *wire) command(show string, pieces ...string) (response, error) {
	tag := w.newTag()
	w.debug.client(tag + " " + show)
	for i, piece := range pieces {
		if i == 0 {
			piece = tag + " " + piece
		}
		if err := w.send(piece); err != nil {
			return response{}, err
		}
		r, err := w.awaitTag(tag, i < len(pieces)-1)
		if err != nil || r.tag != "+" {
			return r, err
		}
	}
	return response{}, errContinuation
}

var errContinuation = errors.New("server asked for more than the command has")

// awaitTag returns the tagged response, or a "+" if one is wanted.
func (w *wire) awaitTag(tag string, plus bool) (response, error) {
	for {
		r, err := w.next()
		switch {
		case err != nil:
			return r, err
		case r.tag == "+" && !plus:
			return r, w.failed(errContinuation)
		case r.tag == "+":
			return r, nil
		case r.tag == tag:
			w.paced.disarm()
			return r, nil
		}
	}
}
