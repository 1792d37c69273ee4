package thunderbird

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf16"
)

// prefs are a profile's settings; numbers and truth values stand as they are written.
type prefs map[string]string

// readPrefs reads a prefs.js. Without one there are no settings.
func readPrefs(path string) prefs {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	return parsePrefs(f)
}

// parsePrefs takes the mail settings from lines of user_pref("name", value); and passes over all others, comments too.
// Lines over 64 KiB hold no setting that matters here.
func parsePrefs(r io.Reader) prefs {
	p := prefs{}
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = lines.ReadSlice('\n')
			}
			line = nil
		}
		if name, value, ok := parsePref(string(line)); ok && strings.HasPrefix(name, "mail.") && len(p) < 100_000 {
			p[name] = value
		}
		if err != nil {
			return p
		}
	}
}

// parsePref reads one line.
func parsePref(line string) (name, value string, ok bool) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "\ufeff")
	rest, ok := strings.CutPrefix(line, "user_pref")
	if !ok {
		return "", "", false
	}
	if rest, ok = cutByte(rest, '('); !ok {
		return "", "", false
	}
	if name, rest, ok = quoted(rest); !ok {
		return "", "", false
	}
	if rest, ok = cutByte(rest, ','); !ok {
		return "", "", false
	}
	if value, _, ok = quoted(rest); ok {
		return name, value, true
	}
	value, _, ok = strings.Cut(rest, ")")
	return name, strings.TrimSpace(value), ok
}

// cutByte cuts a byte and the blanks around it off the front.
func cutByte(s string, c byte) (string, bool) {
	s = strings.TrimLeft(s, " \t")
	if s == "" || s[0] != c {
		return s, false
	}
	return strings.TrimLeft(s[1:], " \t"), true
}

// quoted reads a JavaScript string in either kind of quotes and returns what follows it.
func quoted(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return "", s, false
	}
	var out strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case s[0]:
			return out.String(), s[i+1:], true
		case '\\':
			n, r := unescape(s[i+1:])
			if n == 0 {
				return "", s, false
			}
			i += n + writeUnit(&out, r, s[i+1+n:])
		default:
			out.WriteByte(s[i])
		}
	}
	return "", s, false
}

// unescape reads what follows a backslash; it returns its length, 0 if there is nothing.
func unescape(s string) (int, rune) {
	if s == "" {
		return 0, 0
	}
	switch s[0] {
	case 'n':
		return 1, '\n'
	case 'r':
		return 1, '\r'
	case 't':
		return 1, '\t'
	case 'x':
		return hexRune(s, 2)
	case 'u':
		return hexRune(s, 4)
	}
	for n, r := range s {
		if n == 0 {
			return len(string(r)), r
		}
	}
	return 0, 0
}

func hexRune(s string, digits int) (int, rune) {
	if len(s) > digits {
		if v, err := strconv.ParseUint(s[1:1+digits], 16, 32); err == nil {
			return 1 + digits, rune(v)
		}
	}
	return 1, rune(s[0])
}

// writeUnit writes a character; the first half of a pair takes the second, whose length it returns, from what follows.
func writeUnit(out *strings.Builder, r rune, rest string) int {
	if utf16.IsSurrogate(r) && strings.HasPrefix(rest, `\u`) {
		n, low := hexRune(rest[1:], 4)
		if pair := utf16.DecodeRune(r, low); n == 5 && pair != '\ufffd' {
			out.WriteRune(pair)
			return n + 1
		}
	}
	out.WriteRune(r)
	return 0
}
