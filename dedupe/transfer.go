package dedupe

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
)

var errBase64 = errors.New("base64: not in the alphabet")

// transfer undoes a Content-Transfer-Encoding (RFC 2045 section 6), a line at a time. The last line end of a part
// belongs to the delimiter after it, so each is held back until the next line comes.
type transfer struct {
	encoding string // base64, quoted-printable, or anything else: as it is
	to       func([]byte)
	eol      bool
	padded   bool
	carry    []byte // quoted-printable: the start of an escape; base64: of a group
	scratch  []byte
}

func (t *transfer) reset(encoding string) {
	t.encoding, t.eol, t.padded, t.carry = encoding, false, false, t.carry[:0]
}

var crlf = []byte("\r\n")

// line takes a line, or a piece of a long one: then eol is false.
func (t *transfer) line(text []byte, eol bool) error {
	if t.encoding == "base64" {
		return t.base64(text)
	}
	if t.eol {
		t.to(crlf)
	}
	t.eol = eol
	if t.encoding == "quoted-printable" {
		t.quoted(text, eol)
	} else if len(text) > 0 {
		t.to(text)
	}
	return nil
}

// finish ends the part.
func (t *transfer) finish() error {
	switch {
	case len(t.carry) == 0:
	case t.encoding == "quoted-printable" && len(t.carry) == 1: // a soft line break
	case t.encoding == "quoted-printable":
		t.to(t.carry)
	case len(t.carry) == 1:
		return errBase64
	default:
		return t.group()
	}
	return nil
}

// quoted decodes quoted-printable; an escape that makes no sense stays as it is written.
func (t *transfer) quoted(text []byte, eol bool) {
	b := append(append(t.scratch[:0], t.carry...), text...)
	t.scratch, t.carry = b, t.carry[:0]
	if eol {
		b = bytes.TrimRight(b, " \t")
		if n := len(b) - 1; n >= 0 && b[n] == '=' {
			b = b[:n]
			t.eol = false
		}
	} else if i := bytes.LastIndexByte(b, '='); i >= 0 && i >= len(b)-2 {
		t.carry = append(t.carry, b[i:]...)
		b = b[:i]
	}
	if bytes.IndexByte(b, '=') >= 0 {
		b = decodeHex(b)
	}
	if len(b) > 0 {
		t.to(b)
	}
}

// base64 decodes whole lines at once where it can. Blanks and missing padding are tolerated; after padding another
// run may begin. Any other byte is an error: to leave it out could make two different texts equal.
func (t *transfer) base64(text []byte) error {
	if n := len(text) / 4 * 3; len(t.carry) == 0 && len(text)%4 == 0 && n > 0 {
		if cap(t.scratch) < n {
			t.scratch = make([]byte, n)
		}
		if got, err := base64.RawStdEncoding.Decode(t.scratch[:n], text); err == nil && got == n {
			t.padded = false
			t.to(t.scratch[:n])
			return nil
		}
	}
	for _, c := range text {
		if err := t.letter(c); err != nil {
			return err
		}
	}
	return nil
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func (t *transfer) letter(c byte) error {
	switch {
	case isBlank(c) || c == '\r':
		return nil
	case c == '=' && t.padded:
		return nil
	case c == '=' && len(t.carry) >= 2:
		t.padded = true
		return t.group()
	case strings.IndexByte(alphabet, c) < 0:
		return errBase64
	}
	t.padded = false
	t.carry = append(t.carry, c)
	if len(t.carry) == 4 {
		return t.group()
	}
	return nil
}

func (t *transfer) group() error {
	var out [3]byte
	n, err := base64.RawStdEncoding.Decode(out[:], t.carry)
	t.carry = t.carry[:0]
	if err != nil {
		return err
	}
	t.to(out[:n])
	return nil
}
