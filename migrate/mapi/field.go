package mapi

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Line lengths without CRLF: what RFC 5322 section 2.1.1 recommends and demands, and the length of an encoded-word (RFC 2047 section 2).
const (
	softLine = 76
	hardLine = 998
	wordSize = 75
)

// A header is a list of fields as they are written, each with its CRLF.
type header []string

// add writes a field of ASCII text, folded.
func (h *header) add(name, value string) { *h = append(*h, fold(name+": "+value)+"\r\n") }

// addText writes a field of unstructured text (RFC 5322 section 3.6.5), encoded where needed.
func (h *header) addText(name, text string) {
	if text = oneLine(text); text == "" {
		return
	}
	h.add(name, encodeText(text))
}

// has reports whether there is a field of that name, in lower case.
func (h *header) has(name string) bool {
	_, ok := h.find(name)
	return ok
}

// get returns the first field of that name, in lower case: its value, unfolded.
func (h *header) get(name string) (string, bool) {
	value, ok := h.find(name)
	return strings.TrimSpace(unfold(strings.TrimSpace(value))), ok
}

// find returns the value of the first field of that name, as it is written.
func (h *header) find(name string) (string, bool) {
	for _, f := range *h {
		got, value, _ := strings.Cut(f, ":")
		if strings.EqualFold(strings.TrimRight(got, " \t"), name) {
			return value, true
		}
	}
	return "", false
}

var folds = strings.NewReplacer("\r\n", "", "\n", "")

func unfold(s string) string {
	if strings.IndexByte(s, '\n') < 0 {
		return s
	}
	return folds.Replace(s)
}

// oneLine makes line ends and tabs blanks and leaves other control characters out.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0:
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// fold breaks a line at blanks, which stay, so that no line is longer than it should be where that can be had. Quoted strings are
// broken only where they don't fit into a line.
func fold(line string) string {
	if len(line) <= softLine {
		return line
	}
	var b strings.Builder
	column := 0
	for rest := line; rest != ""; {
		word := nextWord(rest)
		if column > 0 && column+len(word) > softLine && (word[0] == ' ' || word[0] == '\t') && strings.Trim(word, " \t") != "" {
			b.WriteString("\r\n")
			column = 0
		}
		b.WriteString(word)
		column += len(word)
		rest = rest[len(word):]
	}
	return b.String()
}

// nextWord takes blanks and the word after them. Blanks in quotes belong to the word if it isn't too long then.
func nextWord(s string) string {
	start := len(s) - len(strings.TrimLeft(s, " \t"))
	end := strings.IndexAny(s[start:], " \t")
	if end < 0 {
		return s
	}
	end += start
	quoted := false
	for i := start; i < min(len(s), start+softLine); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case (c == ' ' || c == '\t') && !quoted:
			return s[:i]
		}
	}
	if len(s) < start+softLine && !quoted {
		return s
	}
	return s[:end]
}

// encodeText makes text ASCII: as it is where it can be, else encoded-words.
func encodeText(text string) string {
	if plainText(text) {
		return text
	}
	return strings.Join(encodedWords(text), " ")
}

// plainText reports whether text can stand in a header as it is: ASCII that isn't taken for an encoded-word, with blanks
// to fold it at.
func plainText(text string) bool {
	if strings.Contains(text, "=?") || !isASCII(text) {
		return false
	}
	for word := range strings.FieldsSeq(text) {
		if len(word) > hardLine/2 {
			return false
		}
	}
	return longestRun(text) < hardLine/2
}

// longestRun is the longest run of blanks, at which a line breaks but which stays whole.
func longestRun(text string) (longest int) {
	run := 0
	for _, c := range []byte(text) {
		if run++; c != ' ' && c != '\t' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// encodedWords encodes text in UTF-8 (RFC 2047): Q where most of it is ASCII, else B. No word ends within a character.
func encodedWords(text string) []string {
	text = strings.ToValidUTF8(text, "\ufffd")
	encode, begin := wordB, "=?utf-8?B?"
	if quoted := wordQ(text); len(quoted) <= 2*len(text) {
		encode, begin = wordQ, "=?utf-8?Q?"
	}
	var words []string
	for text != "" {
		end := 0
		for end < len(text) {
			_, size := utf8.DecodeRuneInString(text[end:])
			if end > 0 && len(begin)+len(encode(text[:end+size]))+len("?=") > wordSize {
				break
			}
			end += size
		}
		words = append(words, begin+encode(text[:end])+"?=")
		text = text[end:]
	}
	return words
}

func wordB(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// wordQ encodes all but what may stand even in a phrase (RFC 2047 section 5).
func wordQ(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('_')
		case isAlphanumeric(c) || strings.IndexByte("!*+-/", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('=')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		}
	}
	return b.String()
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
