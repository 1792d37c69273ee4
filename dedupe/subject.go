package dedupe

import (
	"encoding/base64"
	"strings"
	"unicode"
)

// DecodeSubject makes a header text readable: encoded words (RFC 2047) are decoded, also where a character is split
// between two of them, raw 8-bit text is UTF-8 or windows-1252, and the result is one line of valid UTF-8. What is
// malformed stays as it is written.
func DecodeSubject(raw string) string {
	if isPlain(raw) {
		return raw
	}
	text := decodeWords(lineBreaks.Replace(raw))
	return foldSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text))
}

// isPlain tells whether decoding a text changes nothing, which most subjects are like: words of ASCII with one space between
// them, and no encoded word.
func isPlain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == last && c == ' ' || c == '?' && last == '=' {
			return false
		}
		last = c
	}
	return last != ' '
}

// encodedWord is one =?charset?encoding?text?=, decoded but for its charset.
type encodedWord struct {
	charset string
	text    []byte
}

func decodeWords(s string) string {
	var out strings.Builder
	var run encodedWord // adjacent words of one charset
	flush := func() {
		out.WriteString(toUTF8(run.text, run.charset))
		run = encodedWord{}
	}
	for s != "" {
		before, word, rest := nextWord(s)
		if before != "" && (run.text == nil || word == nil || strings.Trim(before, " \t") != "") {
			flush()
			out.WriteString(toUTF8([]byte(before), ""))
		}
		if word != nil {
			if word.charset != run.charset {
				flush()
			}
			run = encodedWord{word.charset, append(run.text, word.text...)}
		}
		s = rest
	}
	flush()
	return out.String()
}

// nextWord cuts s at the first encoded word that is well formed.
func nextWord(s string) (before string, word *encodedWord, rest string) {
	for at := 0; ; {
		i := strings.Index(s[at:], "=?")
		if i < 0 {
			return s, nil, ""
		}
		at += i
		if word, length := parseWord(s[at:]); word != nil {
			return s[:at], word, s[at+length:]
		}
		at += 2
	}
}

// parseWord reads the encoded word that s begins with.
func parseWord(s string) (*encodedWord, int) {
	label, rest, ok := strings.Cut(s[2:], "?")
	if !ok || len(label) == 0 || len(label) > maxName || len(rest) < 2 || rest[1] != '?' {
		return nil, 0
	}
	text, _, ok := strings.Cut(rest[2:], "?=")
	if !ok {
		return nil, 0
	}
	length := 2 + len(label) + 1 + 2 + len(text) + 2
	label, _, _ = strings.Cut(strings.ToLower(label), "*") // RFC 2231 section 5: a language
	word := &encodedWord{charset: label}
	switch rest[0] {
	case 'q', 'Q':
		word.text = decodeHex([]byte(strings.ReplaceAll(text, "_", " ")))
	case 'b', 'B':
		text = strings.TrimRight(strings.ReplaceAll(text, " ", ""), "=")
		decoded, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil {
			return nil, 0
		}
		word.text = decoded
	default:
		return nil, 0
	}
	if word.text == nil {
		word.text = []byte{}
	}
	return word, length
}

// decodeHex replaces =XX in place; a '=' without two hexadecimal digits stays.
func decodeHex(b []byte) []byte {
	out := b[:0]
	for i := 0; i < len(b); i++ {
		if b[i] == '=' && i+2 < len(b) {
			high, low := unhex(b[i+1]), unhex(b[i+2])
			if high < 16 && low < 16 {
				out = append(out, high<<4|low)
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}
