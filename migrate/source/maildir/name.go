package maildir

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"unpop/migrate"
)

// A fileName is what the name of a message file says: UNIQUE[:2,FLAGS].
type fileName struct {
	base    string // the unique part: it stays when flags change and when the message moves from new to cur
	letters string // the flags, as they stand there
	info    bool   // there is an info part
}

// otherInfo are the spellings of ":2," where a colon can't be in a file name: "!" and ";" on Windows,
// "_" and "-" by copying programs and KMail, "," by some exports, U+F03A by Samba, Cygwin and WSL, U+F022 by macOS, and "：" by rclone.
var otherInfo = regexp.MustCompile(`(?:[;!,_\x{F022}\x{F03A}：-]2,|%3[Aa]2(?:,|%2[Cc]))([A-Za-z]*)$`)

// parseName splits the name of a message file. The colon wins over its substitutes, and of several info parts the first.
func parseName(file string) fileName {
	for _, mark := range []string{":2,", ":1,"} {
		if base, info, ok := strings.Cut(file, mark); ok && base != "" {
			if mark == ":1," { // experimental semantics: no flags
				info = ""
			}
			return fileName{base: base, letters: leadingLetters(info), info: true}
		}
	}
	if m := otherInfo.FindStringSubmatchIndex(file); m != nil && m[0] > 0 {
		return fileName{base: file[:m[0]], letters: file[m[2]:m[3]], info: true}
	}
	if base, ok := strings.CutSuffix(file, ":2"); ok && base != "" {
		return fileName{base: base, info: true}
	}
	return fileName{base: file}
}

func leadingLetters(s string) string {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return s[:i]
		}
	}
	return s
}

// apply carries the flags over to a copy. The words are the folder's keywords for the letters a to z; letters
// without a meaning are dropped.
func (n fileName) apply(c *migrate.Copy, words []string) {
	for _, letter := range n.letters {
		switch letter {
		case 'S':
			c.Flags |= migrate.Seen
		case 'R':
			c.Flags |= migrate.Answered
		case 'F':
			c.Flags |= migrate.Flagged
		case 'D':
			c.Flags |= migrate.Draft
		case 'T':
			c.Expunged = true
		case 'P':
			addKeyword(c, "$Forwarded")
		default:
			if i := int(letter - 'a'); i >= 0 && i < len(words) {
				addKeyword(c, words[i])
			}
		}
	}
}

func addKeyword(c *migrate.Copy, word string) {
	for _, known := range c.Keywords {
		if strings.EqualFold(known, word) {
			return
		}
	}
	if word != "" {
		c.Keywords = append(c.Keywords, word)
	}
}

// The seconds that a name may begin with: 1990 to 2100.
const (
	firstSecond = 631152000
	lastSecond  = 4102444800
)

// delivered returns the delivery time that a unique name begins with, zero if it begins with none.
func delivered(base string) time.Time {
	n := leadingDigits(base)
	if n < 9 || n > 10 || n == len(base) {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(base[:n], 10, 64)
	if err != nil || seconds < firstSecond || seconds > lastSecond {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func leadingDigits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

// statedSize returns what ",S=" in a unique name says about the size of the message; -1 if it says nothing.
func statedSize(base string) int64 {
	_, rest, ok := strings.Cut(base, ",S=")
	if !ok {
		return -1
	}
	size, err := strconv.ParseInt(rest[:leadingDigits(rest)], 10, 64)
	if err != nil {
		return -1
	}
	return size
}
