package codepage

import (
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// utf7 is UTF-7 (RFC 2152), which golang.org/x/text leaves out. It only decodes.
type utf7 struct{}

func (utf7) NewDecoder() *encoding.Decoder { return &encoding.Decoder{Transformer: &utf7Decoder{}} }
func (utf7) NewEncoder() *encoding.Encoder { return encoding.Replacement.NewEncoder() }

// utf7Decoder holds where it is in a run of base64.
type utf7Decoder struct {
	shifted bool   // within a run
	fresh   bool   // right after its '+'
	bits    uint32 // not yet a unit
	n       int    // how many bits
	high    rune   // first half of a pair
}

func (d *utf7Decoder) Reset() { *d = utf7Decoder{} }

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// Transform implements transform.Transformer.
func (d *utf7Decoder) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for _, c := range src {
		if nDst+6 > len(dst) { // a lost half and a character
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += copy(dst[nDst:], d.octet(c))
		nSrc++
	}
	return nDst, nSrc, nil
}

// octet returns what one more octet completes.
func (d *utf7Decoder) octet(c byte) string {
	if !d.shifted {
		if c == '+' {
			*d = utf7Decoder{shifted: true, fresh: true}
			return ""
		}
		return string(rune(c))
	}
	fresh := d.fresh
	d.fresh = false
	if v := strings.IndexByte(base64Alphabet, c); v >= 0 {
		return d.digit(uint32(v))
	}
	d.shifted = false
	switch {
	case c == '-' && fresh:
		return "+"
	case c == '-':
		return ""
	}
	return string(rune(c))
}

func (d *utf7Decoder) digit(v uint32) string {
	d.bits, d.n = d.bits<<6|v, d.n+6
	if d.n < 16 {
		return ""
	}
	d.n -= 16
	unit := rune(d.bits >> d.n & 0xFFFF)
	if d.high != 0 {
		pair := utf16.DecodeRune(d.high, unit)
		d.high = 0
		return string(pair)
	}
	if unit >= 0xD800 && unit < 0xDC00 {
		d.high = unit
		return ""
	}
	return string(unit)
}
