package imap

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// utf7Base64 is the alphabet of RFC 3501 section 5.1.3.
var utf7Base64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

var errMailboxName = errors.New("mailbox name: not text in UTF-8, or control characters in it")

// checkName refuses what can't be written as a quoted string.
func checkName(name string) error {
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, isControl) {
		return errMailboxName
	}
	return nil
}

// encodeName writes a mailbox name as a quoted string, in modified UTF-7 or, for a server that knows nothing else, UTF-8.
func encodeName(name string, utf8Names bool) string {
	if !utf8Names {
		name = encodeUTF7(name)
	}
	return quote(name)
}

// quote makes a quoted string of text without CR, LF and NUL.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// encodeUTF7 is the modified UTF-7 of RFC 3501 section 5.1.3.
func encodeUTF7(name string) string {
	var out strings.Builder
	var shifted []rune
	flush := func() {
		if len(shifted) > 0 {
			out.WriteString("&" + encodeShifted(shifted) + "-")
			shifted = shifted[:0]
		}
	}
	for _, r := range name {
		if isMark(r) {
			flush()
			out.WriteByte(byte(r - mark))
			continue
		}
		if r < ' ' || r > '~' {
			shifted = append(shifted, r)
			continue
		}
		flush()
		out.WriteRune(r)
		if r == '&' {
			out.WriteByte('-')
		}
	}
	flush()
	return out.String()
}

func encodeShifted(runes []rune) string {
	units := utf16.Encode(runes)
	raw := make([]byte, 0, 2*len(units))
	for _, u := range units {
		raw = append(raw, byte(u>>8), byte(u))
	}
	return utf7Base64.EncodeToString(raw)
}

// validUTF7 tells whether go-imap will read a name from a LIST line and write the same name again. Raw UTF-8 passes.
func validUTF7(name string) bool {
	afterShift := false
	for {
		amp := strings.IndexByte(name, '&')
		if amp < 0 {
			return utf8.ValidString(name)
		}
		shifted, rest, ok := strings.Cut(name[amp+1:], "-")
		if !ok || !utf8.ValidString(name[:amp]) || !validShift(shifted) || (afterShift && amp == 0 && shifted != "") {
			return false
		}
		afterShift = shifted != ""
		name = rest
	}
}

func validShift(s string) bool {
	text := string(decodeShift(s))
	// Only the shortest form passes: no ASCII inside, no lone surrogates, no stray bits.
	return encodeShifted([]rune(text)) == s && !strings.ContainsFunc(text, isASCII)
}

// decodeShift reads what stands between "&" and "-"; it is empty for what can't be read.
func decodeShift(s string) []rune {
	raw, err := utf7Base64.DecodeString(s)
	if err != nil || len(raw)%2 != 0 {
		return nil
	}
	units := make([]uint16, 0, len(raw)/2)
	for i := 0; i < len(raw); i += 2 {
		units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return utf16.Decode(units)
}

func isASCII(r rune) bool { return r >= ' ' && r <= '~' }
