package imap

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// A tap is the connection that go-imap sees. It begins with a made-up PREAUTH greeting, because the session has signed in
// already. It hands the answers to our own commands to the wire, and it leaves out what go-imap would break the
// connection for: responses it doesn't know and names it can't decode.
type tap struct {
	*wire
	ready   []byte // to be read by go-imap before anything else
	literal int64  // bytes of a literal that belong to the current response
	within  bool   // the current response goes on
	drop    bool   // and nobody wants it

	odd atomic.Bool // names with marks were handed to go-imap

	asked atomic.Int64 // the number of go-imap's last command
	told  int64        // how many of them were answered

	over chan struct{} // closed when go-imap reads no more
}

// newTap makes the handover: from now on only go-imap reads the wire.
func newTap(w *wire) *tap {
	w.answers = make(chan response, windowMessages+8) // an answer to each command under way
	rev := goimap.CapIMAP4rev1
	if w.utf8Names() {
		rev = goimap.CapIMAP4rev2
	}
	return &tap{wire: w, ready: []byte("* PREAUTH [CAPABILITY " + string(rev) + "] ready\r\n"), over: make(chan struct{})}
}

// client returns go-imap's client on the connection. Its commands have all ended soon after the connection has.
func (t *tap) client() *imapclient.Client {
	c := imapclient.New(t, nil)
	go func() {
		<-c.Closed()
		close(t.over)
		_ = c.Noop().Wait() // ends what was written in vain since the reader ended the others
	}()
	return c
}

// utf8Names tells whether mailbox names travel as UTF-8 without ENABLE: a server that is IMAP4rev2 and not rev1.
func (w *wire) utf8Names() bool {
	_, rev1 := w.caps[goimap.CapIMAP4rev1]
	_, rev2 := w.caps[goimap.CapIMAP4rev2]
	return rev2 && !rev1
}

// Read implements [net.Conn]. It is called by go-imap's reading goroutine only.
func (t *tap) Read(p []byte) (int, error) {
	for {
		switch {
		case len(t.ready) > 0:
			n := copy(p, t.ready)
			t.ready = t.ready[n:]
			return n, nil
		case t.literal > 0 && t.drop:
			if err := t.skipLiteral(); err != nil {
				return 0, t.failed(err)
			}
		case t.literal > 0:
			return t.readLiteral(p)
		default:
			if err := t.readPiece(); err != nil {
				return 0, t.failed(err)
			}
		}
	}
}

func (t *tap) readLiteral(p []byte) (int, error) {
	n, err := t.br.Read(p[:min(int64(len(p)), t.literal)])
	t.literal -= int64(n)
	if err != nil {
		err = t.failed(err)
	}
	return n, err
}

func (t *tap) skipLiteral() error {
	n, err := io.CopyN(io.Discard, t.br, t.literal)
	t.literal -= n
	return err
}

// readPiece reads a line, or what of it fits the buffer, and decides where it goes.
func (t *tap) readPiece() error {
	line, err := t.br.ReadSlice('\n')
	partial := errors.Is(err, bufio.ErrBufferFull)
	if err != nil && !partial {
		return err
	}
	if !t.within {
		t.debug.server(string(line[:min(len(line), debugLine+1)]))
		if !partial && namesMailbox(line) {
			if line, err = t.plainNames(line); err != nil {
				return err
			}
		}
		if t.drop = !t.forGoIMAP(line); !t.drop && !partial {
			line = plainItems(line)
		}
	}
	t.within = partial
	if size, announced := literalSize(line); announced && !partial {
		t.within, t.literal = true, size
	}
	if !t.drop {
		t.ready = line
	}
	return nil
}

// forGoIMAP tells whether a response, known by its first line, is for go-imap and digestible.
func (t *tap) forGoIMAP(line []byte) bool {
	text := string(bytes.TrimRight(line[:min(len(line), lineMax)], "\r\n"))
	r := parseResponse(text)
	if l := t.listing.Load(); l != nil && l.takes(r) {
		return false
	}
	switch {
	case r.tag == "*":
		return t.passUntagged(r)
	case r.tag == "+":
		t.answer(r)
		return false
	case isOurs(r.tag):
		t.paced.disarm()
		t.answer(r)
		return false
	}
	if r.kind != "OK" && r.kind != "NO" && r.kind != "BAD" {
		return false
	}
	if t.told++; t.told >= t.asked.Load() { // else another answer is due
		t.paced.disarm()
	}
	return true
}

// answer never waits: a server that talks without being asked loses its words, not our goroutine.
func (t *tap) answer(r response) {
	select {
	case t.answers <- r:
	default:
	}
}

// passUntagged tells whether go-imap needs an untagged response, and takes those that it would read less kindly.
func (t *tap) passUntagged(r response) bool {
	switch r.kind {
	case "OK", "NO", "BAD":
		t.notePermanent(r)
		if r.code == "COPYUID" {
			t.noteCopied(r.arg)
		}
		return r.code == "UIDNEXT" || r.code == "UIDVALIDITY" || r.code == "CLOSED"
	case "BYE":
		t.noteBye(r)
		return false
	case "FLAGS":
		t.noteFlags(r)
		return false
	case "LIST":
		return validListLine(r.text)
	case "QUOTA": // Courier leaves an empty list away
		return strings.Contains(r.text, "(")
	case "STATUS", "NAMESPACE", "QUOTAROOT", "SEARCH", "ESEARCH":
		return true
	}
	if r.kind == "" || r.kind[0] < '0' || r.kind[0] > '9' {
		return false
	}
	switch what, rest, _ := strings.Cut(r.text, " "); strings.ToUpper(what) {
	case "EXISTS", "EXPUNGE":
		return true
	case "FETCH":
		return bringsMessage(rest)
	}
	return false
}

func (t *tap) notePermanent(r response) {
	if r.code != "PERMANENTFLAGS" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.permanent, t.hasPerm = parenthesized(r.arg), true
}

func (t *tap) noteFlags(r response) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flags = parenthesized(r.text)
}

func parenthesized(s string) []string { return strings.Fields(strings.Trim(s, "() ")) }

// validListLine tells whether go-imap survives a LIST line: `(\Attr …) "/" name …`. A name in a literal passes unseen.
func validListLine(text string) bool {
	_, rest, ok := strings.Cut(text, ") ")
	delim, name, ok2 := strings.Cut(rest, " ")
	if !ok || !ok2 || delim == `""` || name == "" {
		return false
	}
	if name[0] == '{' {
		return true
	}
	if name[0] == '"' {
		name = strings.TrimSuffix(name[1:], `"`)
		name = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(name)
	}
	return validUTF7(name)
}

// Write implements [net.Conn]. Of an error go-imap closes the channels that its reader may be sending to: it is told only
// when that has ended, and till then by the reader, which the error ends.
func (t *tap) Write(p []byte) (int, error) {
	select {
	case <-t.over:
		return 0, t.failed(net.ErrClosed)
	default:
	}
	out := plainField(p)
	if t.odd.Load() {
		out = restoreMarks(out)
	}
	t.debug.client(string(out[:min(len(out), debugLine+1)]))
	if n := commandNumber(p); n > t.asked.Load() {
		t.asked.Store(n)
	}
	t.paced.arm()
	if _, err := t.conn.Write(out); err != nil {
		_ = t.failed(err)
	}
	return len(p), nil
}

// commandNumber is that of the command which begins here: go-imap counts its tags, T1, T2, … It is 0 for the rest of a command.
func commandNumber(p []byte) int64 {
	tag, _, _ := bytes.Cut(p[:min(len(p), 24)], []byte(" "))
	if len(tag) < 2 || tag[0] != 'T' {
		return 0
	}
	n, err := strconv.ParseInt(string(tag[1:]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Close implements [net.Conn]. go-imap calls it when it gives up.
func (t *tap) Close() error {
	t.kill(errGaveUp)
	return nil
}

// LocalAddr implements [net.Conn].
func (t *tap) LocalAddr() net.Addr { return t.raw.LocalAddr() }

// RemoteAddr implements [net.Conn].
func (t *tap) RemoteAddr() net.Addr { return t.raw.RemoteAddr() }

// SetDeadline does nothing: deadlines are those of [paced]. go-imap's own would cut a large message on a slow line.
func (t *tap) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing, see SetDeadline.
func (t *tap) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing, see SetDeadline.
func (t *tap) SetWriteDeadline(time.Time) error { return nil }
