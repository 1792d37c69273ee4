package migrate

import (
	"context"
	"io"
	"strings"

	"unpop/dedupe"
	"unpop/state"
)

// A form is what is found of a message on a server: as it was sent, or as a server that alters odd bytes keeps it. Equal bytes
// of a form prove the message as well as its own bytes do, because it was made from them.
type form struct {
	exact dedupe.Digest
	key   dedupe.Key
	hasID bool
	trace bool
	size  int64
}

// alterations are what servers are known to do to the bytes that they store (the table in package target/imap says which and since
// when). The first is nothing: it stands for what cleaning makes of the sent bytes, since what is fetched is cleaned too.
var alterations = []func(io.Reader) io.Reader{
	func(r io.Reader) io.Reader { return r },
	func(r io.Reader) io.Reader { return newAltered(r, &headerInX{blank: true, head: true}) }, // Cyrus
	func(r io.Reader) io.Reader { return newAltered(r, &lineFeeds{last: '\n'}) },              // Courier
	func(r io.Reader) io.Reader { return newAltered(r, &unixLines{}) },                        // Dovecot
}

// forms reads a message of ours as it was sent and as the known servers would keep it. There are none where its bytes are not at
// hand or have changed.
func (m *Migration) forms(ctx context.Context, msg state.Message) ([]form, error) {
	if msg.Repair == state.Foreign { // it was not sent at all
		msg.Repair = 0
	}
	var all []form
	for _, alter := range alterations {
		f, err := m.form(ctx, msg, alter)
		if err != nil {
			return nil, ctx.Err() // the bytes can't be compared: it is not ours as far as anybody can tell
		}
		all = append(all, f)
	}
	return all, nil
}

func (m *Migration) form(ctx context.Context, msg state.Message, alter func(io.Reader) io.Reader) (form, error) {
	sent, err := m.openSent(ctx, msg)
	if err != nil {
		return form{}, err
	}
	defer sent.Close()
	id, err := dedupe.Identify(dedupe.NewCleaner(alter(sent)))
	return form{exact: id.Exact, key: id.Key, hasID: id.HasID, trace: id.Trace, size: id.Size}, err
}

// nominates reports whether a listing shows what may be the form. Of a broken header a server may read more or less than we
// do, so that the same size is enough to look.
func (f *form) nominates(found Found) bool {
	switch {
	case found.Size == f.size:
		return true
	case f.hasID:
		return dedupe.IDKey(found.MessageID) == f.key
	default:
		return dedupe.IDKey(found.MessageID) == dedupe.Key{} && near(found.Size, f.size)
	}
}

// mayHide reports whether a server's alterations may hide a message from [sameHeader].
func mayHide(msg state.Message) bool {
	odd := func(r rune) bool { return r < ' ' || r > '~' }
	return !msg.HasID || msg.Repair > 0 || strings.ContainsFunc(msg.MessageID, odd)
}

// altered reads bytes changed by rules that look at one byte after the other.
type altered struct {
	from  io.Reader
	rules alteration
	in    []byte
	out   []byte // made and not yet read
	buf   []byte
	err   error
}

// An alteration appends to out what becomes of a byte, and at the end what comes after the last one.
type alteration interface {
	next(out []byte, b byte) []byte
	end(out []byte) []byte
}

func newAltered(from io.Reader, rules alteration) io.Reader {
	return &altered{from: from, rules: rules, in: make([]byte, 32<<10)}
}

// Read implements [io.Reader].
func (a *altered) Read(p []byte) (int, error) {
	for len(a.out) == 0 && a.err == nil {
		n, err := a.from.Read(a.in)
		a.out, a.err = a.buf[:0], err
		for _, b := range a.in[:n] {
			a.out = a.rules.next(a.out, b)
		}
		if err == io.EOF {
			a.out = a.rules.end(a.out)
		}
		a.buf = a.out
	}
	n := copy(p, a.out)
	a.out = a.out[n:]
	if n == 0 && len(p) > 0 {
		return 0, a.err
	}
	return n, nil
}

// headerInX writes X for each 8-bit octet of the header.
type headerInX struct{ head, blank bool }

func (h *headerInX) next(out []byte, b byte) []byte {
	switch {
	case !h.head || b == '\r':
	case b == '\n':
		h.head, h.blank = !h.blank, true
	default:
		h.blank = false
		if b >= 0x80 {
			b = 'X'
		}
	}
	return append(out, b)
}

func (h *headerInX) end(out []byte) []byte { return out }

// lineFeeds keeps LF only, gives the last line an end, and tells all ends as CRLF.
type lineFeeds struct{ last byte }

func (l *lineFeeds) next(out []byte, b byte) []byte {
	if b == '\r' {
		return out
	}
	l.last = b
	if b == '\n' {
		out = append(out, '\r')
	}
	return append(out, b)
}

func (l *lineFeeds) end(out []byte) []byte {
	if l.last != '\n' {
		out = append(out, "\r\n"...)
	}
	return out
}

// unixLines keeps lines as Unix does, without the CR before an LF and without one at the end, tells LF as CRLF where no CR is
// left before it, and writes 0x80 for NUL.
type unixLines struct {
	held bool // a CR, until it is known what follows
	last byte
}

func (u *unixLines) next(out []byte, b byte) []byte {
	if u.held && b != '\n' {
		out, u.last = append(out, '\r'), '\r'
	}
	u.held = b == '\r'
	switch {
	case u.held:
		return out
	case b == '\n' && u.last != '\r':
		out = append(out, '\r')
	case b == 0:
		b = 0x80
	}
	u.last = b
	return append(out, b)
}

func (u *unixLines) end(out []byte) []byte { return out }
