package report

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"unpop/cmd/internal/progress"
	"unpop/state"
)

// count writes a number with its noun: "1 message", "1,204 messages".
func count(n int64, noun string) string { return verb(n, noun, noun+"s") }

// verb writes a number with what agrees with it.
func verb(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return progress.Count(n) + " " + many
}

// some leaves a nought out of a table.
func some(n int64) string {
	if n == 0 {
		return ""
	}
	return progress.Count(n)
}

// moment writes a time as a person reads it.
func (o *Options) moment(t time.Time) string {
	return t.In(o.location()).Format("2 January 2006, 15:04")
}

// stamp writes a time for a table.
func (o *Options) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(o.location()).Format("2006-01-02 15:04")
}

// day writes the date of a message.
func day(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).UTC().Format("2006-01-02")
}

// flagNames are those of migrate.Flags, bit by bit.
var flagNames = []string{`\Seen`, `\Answered`, `\Flagged`, `\Draft`}

// flagList writes flags and keywords as IMAP does.
func flagList(flags int, keywords []string) []string {
	list := []string{}
	for i, name := range flagNames {
		if flags&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return append(list, keywords...)
}

// fate says in a word what became of a message. The words are a contract of CSV and JSON.
func fate(m state.Message) string {
	switch {
	case m.State == state.Rejected:
		return "rejected"
	case m.State == state.Undoing:
		return "being removed"
	case m.State == state.Sending:
		return "in doubt"
	case m.State != state.Done:
		return "pending"
	case m.Missing:
		return "missing"
	case m.How == state.Present:
		return "present"
	case m.How >= state.Moved: // or given a further label
		return "moved"
	default:
		return "uploaded"
	}
}

// who writes a target as people call an account: "anna@imap.example.it".
func who(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return target
	}
	user := u.User.Username()
	if strings.Contains(user, "@") || user == "" {
		if user == "" {
			return u.Hostname()
		}
		return user
	}
	return user + "@" + u.Hostname()
}

// visible makes seen what would otherwise act: control characters as their pictures, and what turns the direction of writing or
// takes no room by its number. Line ends stay.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\uFFFE' || r == '\uFFFF' {
			return unicode.ReplacementChar
		}
		return r
	}, replaceEach(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) string {
		switch {
		case r == '\n':
			return ""
		case r == '\t' || r == '\r':
			return " "
		case r < ' ':
			return string(rune(0x2400) + r)
		case r == 0x7F:
			return "\u2421"
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\uFEFF', r == '\u200B':
			return "‹U+" + strings.ToUpper(strconv.FormatInt(int64(r), 16)) + "›"
		default:
			return ""
		}
	}))
}

// replaceEach writes something for runes; an empty text leaves one as it is.
func replaceEach(text string, with func(rune) string) string {
	var b strings.Builder
	last := 0
	for i, r := range text {
		other := with(r)
		if other == "" {
			continue
		}
		b.WriteString(text[last:i])
		b.WriteString(other)
		last = i + len(string(r))
	}
	if last == 0 {
		return text
	}
	b.WriteString(text[last:])
	return b.String()
}
