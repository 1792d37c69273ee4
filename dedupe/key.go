package dedupe

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"
)

// maxID bounds a Message-ID; one that is longer counts as none.
const maxID = 2 << 10

// madeUp ends a Message-ID that was made up for a message without one, as mail of Outlook's may be: the copies of other programs
// don't have it, so that it says nothing.
const madeUp = "@recovered.invalid>"

// IDKey returns the Key of a message with this Message-ID, given as the header or a server's FETCH has it: the same
// that [Identify] makes. It is zero for a Message-ID that is empty, "<>", longer than 2 KiB or made up (…@recovered.invalid).
func IDKey(messageID string) Key {
	id := normalID(messageID)
	if id == "" {
		return Key{}
	}
	return makeKey("message-id", id)
}

// normalID returns what is between the first '<' and the next '>', with them and without white space within, else
// the trimmed text. Case stays: two different ids must never become one.
func normalID(s string) string {
	s = strings.TrimSpace(lineBreaks.Replace(s))
	if open := strings.IndexByte(s, '<'); open >= 0 {
		if length := strings.IndexByte(s[open:], '>'); length > 0 {
			s = strings.Join(strings.Fields(s[open:open+length+1]), "")
		}
	}
	if s == "<>" || len(s) > maxID || strings.HasSuffix(s, madeUp) {
		return ""
	}
	return s
}

// key nominates by the Message-ID, else by Date, From, To and Subject. Where these say too little (no Date, or neither From
// nor Subject) only equal bytes nominate: fragments without a header of their own are not copies of each other because
// they all say nothing.
func (h *headerFields) key(exact Digest) (Key, bool) {
	if key := IDKey(h.MessageID); key != (Key{}) {
		return key, true
	}
	date, from, subject := foldSpace(h.date), addresses(h.From), DecodeSubject(h.subject)
	if date == "" || from == "" && subject == "" {
		return makeKey("exact", string(exact[:])), false
	}
	if !h.Date.IsZero() {
		date = h.Date.UTC().Format(time.RFC3339)
	}
	return makeKey("date-from-to-subject", date, from, addresses(h.To), subject), false
}

// makeKey hashes the parts, each with its length, under the name of a domain.
func makeKey(domain string, parts ...string) Key {
	text := []byte("unpop " + domain)
	for _, part := range parts {
		text = append(text, 0, byte(len(part)>>24), byte(len(part)>>16), byte(len(part)>>8), byte(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return Key(sum[:16])
}

// addresses returns the addr-specs of an address field in lower case and a fixed order, without display names,
// comments and groups; the text itself if it has none.
func addresses(field string) string {
	words := strings.FieldsFunc(strings.ToLower(withoutQuotes(withoutComments(field))), func(r rune) bool {
		return r <= ' ' || strings.ContainsRune("<>,;:", r)
	})
	words = slices.DeleteFunc(words, func(word string) bool { return !strings.Contains(word, "@") })
	if len(words) == 0 {
		return strings.ToLower(foldSpace(field))
	}
	slices.Sort(words)
	return strings.Join(words, ",")
}

// withoutQuotes removes quoted strings; a quote that doesn't end is text.
func withoutQuotes(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '"')
		if open < 0 {
			break
		}
		length := quotedLength(s[open:])
		if length == 0 {
			break
		}
		b.WriteString(s[:open])
		s = s[open+length:]
	}
	b.WriteString(s)
	return b.String()
}

// quotedLength gives the length of the quoted string that s begins with, 0 if it doesn't end.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

func foldSpace(s string) string { return strings.Join(strings.Fields(s), " ") }
