package cli

import (
	"runtime"
	"strings"
	"time"
	"unicode"

	"github.com/rivo/uniseg"

	"unpop/cmd/internal/progress"
)

// width is how many columns a text takes on a terminal.
func width(s string) int { return uniseg.StringWidth(s) }

// shorten cuts a text in its middle so that it takes at most limit columns: the end of a folder's name tells more
// than its middle.
func shorten(s string, limit int) string {
	if width(s) <= limit {
		return s
	}
	if limit < 1 {
		return ""
	}
	var parts []string
	for g := uniseg.NewGraphemes(s); g.Next(); {
		parts = append(parts, g.Str())
	}
	tail, columns := len(parts), 0
	for tail > 0 && columns+width(parts[tail-1]) <= limit/2 {
		tail--
		columns += width(parts[tail])
	}
	head := 0
	for head < tail && columns+width(parts[head]) <= limit-1 {
		columns += width(parts[head])
		head++
	}
	return strings.Join(parts[:head], "") + "…" + strings.Join(parts[tail:], "")
}

// printable takes out what would move the cursor, change colours or turn the direction of writing.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029':
			return '?'
		default:
			return r
		}
	}, s)
}

// counted writes a number with its noun: "1 message", "1,204 messages".
func counted(n int64, noun string) string {
	text := progress.Count(n) + " " + noun
	switch {
	case n == 1:
		return text
	case strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "ay"):
		return strings.TrimSuffix(text, "y") + "ies"
	case strings.HasSuffix(noun, "x"):
		return text + "es"
	default:
		return text + "s"
	}
}

// month writes a date as the tables show it; empty for none.
func month(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format("2006-01")
}

// moment writes a time as a person reads it.
func moment(t time.Time) string { return t.Format("2006-01-02 15:04") }

// took writes how long something lasted.
func took(d time.Duration) string {
	if d < time.Second {
		return "less than a second"
	}
	return progress.Duration(d)
}

// shellQuote writes a word so that a shell reads it back.
func shellQuote(s string) string { return shellQuoteOn(runtime.GOOS, s) }

// shellQuoteOn quotes as a system's shells do it: on Windows cmd knows no single quotes, and no file name has double ones.
func shellQuoteOn(system, s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("/._-@:+,\\=", r)
	}) {
		return s
	}
	if system == "windows" {
		return `"` + s + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
