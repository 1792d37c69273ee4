// Package mutf7 reads and writes modified UTF-7, the way IMAP4rev1 writes mailbox names outside US-ASCII
// (RFC 3501 section 5.1.3, RFC 9051 appendix A.1). Maildir++ trees, and the mbox files of IMAP servers, carry such names on disk.
package mutf7

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// base64Names is BASE64 with "," for "/" and without padding; bits beyond the last octet must be zero.
var base64Names = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").
	WithPadding(base64.NoPadding).Strict()

// What can be wrong with a name; the error returned adds the byte.
var (
	errOpen      = errors.New("shift without end")
	errBase64    = errors.New("bad base64")
	errOdd       = errors.New("half a UTF-16 unit")
	errSurrogate = errors.New("lone surrogate")
	errPlain     = errors.New("printable ASCII in base64")
	errShift     = errors.New("shift right after a shift")
	errOctet     = errors.New("octet outside printable ASCII")
)

// Encode returns s in modified UTF-7. Octets that are not UTF-8 become U+FFFD, one for each run of them.
func Encode(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	var out strings.Builder
	for s != "" {
		n := plainLen(s)
		out.WriteString(strings.ReplaceAll(s[:n], "&", "&-"))
		s = s[n:]
		n = wideLen(s)
		writeShift(&out, s[:n])
		s = s[n:]
	}
	return out.String()
}

func plainLen(s string) int {
	for i, r := range s {
		if !printable(r) {
			return i
		}
	}
	return len(s)
}

func wideLen(s string) int {
	for i, r := range s {
		if printable(r) {
			return i
		}
	}
	return len(s)
}

func writeShift(out *strings.Builder, s string) {
	if s == "" {
		return
	}
	var octets []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		octets = binary.BigEndian.AppendUint16(octets, unit)
	}
	out.WriteString("&" + base64Names.EncodeToString(octets) + "-")
}

// Decode returns the UTF-8 form of a name in modified UTF-7. It takes the one correct spelling of each name and no other,
// so that Encode gives back what it accepted; the error names the byte at which the name goes wrong.
func Decode(s string) (string, error) {
	var out strings.Builder
	ended := -1 // where the last shift ended
	for i := 0; i < len(s); {
		if s[i] != '&' {
			if !printable(rune(s[i])) {
				return "", wrong(i, errOctet)
			}
			out.WriteByte(s[i])
			i++
			continue
		}
		text, n, err := shift(s[i:])
		if err == nil && n > 2 && ended == i {
			err = errShift
		}
		if err != nil {
			return "", wrong(i, err)
		}
		out.WriteString(text)
		i += n
		if n > 2 {
			ended = i
		}
	}
	return out.String(), nil
}

// shift decodes the shift that s begins with and returns its length.
func shift(s string) (string, int, error) {
	end := strings.IndexByte(s, '-')
	switch end {
	case -1:
		return "", 0, errOpen
	case 1:
		return "&", 2, nil
	}
	octets, err := base64Names.DecodeString(s[1:end])
	if err != nil || strings.ContainsAny(s[1:end], "\r\n") { // the decoder skips line ends
		return "", 0, errBase64
	}
	text, err := wide(octets)
	return text, end + 1, err
}

func wide(octets []byte) (string, error) {
	if len(octets)%2 != 0 {
		return "", errOdd
	}
	units := make([]uint16, len(octets)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(octets[2*i:])
	}
	text := utf16.Decode(units)
	for _, r := range text {
		if printable(r) {
			return "", errPlain
		}
	}
	if len(utf16.Encode(text)) != len(units) || lone(units, text) {
		return "", errSurrogate
	}
	return string(text), nil
}

// lone reports whether decoding replaced a surrogate: the units then hold fewer U+FFFD than the text.
func lone(units []uint16, text []rune) bool {
	n := 0
	for _, u := range units {
		if u == utf8.RuneError {
			n++
		}
	}
	for _, r := range text {
		if r == utf8.RuneError {
			n--
		}
	}
	return n != 0
}

func printable(r rune) bool { return r >= 0x20 && r <= 0x7e }

func wrong(at int, err error) error {
	return fmt.Errorf("modified UTF-7: byte %d: %w", at, err)
}
