package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// otherNames are names for a mailbox whose name the server refused, the most like it first. They depend on the refused name only, so
// that the next run comes to the same.
func otherNames(mailbox string, survey Survey) []string {
	plain := plainName(mailbox, survey)
	candidates := []string{plain, shortName(plain, survey), mailOf(plain), shortName(mailOf(plain), survey)} // the last two: there is a level of that name
	prefix, levels := nameLevels(plain, survey)
	if len(levels) > 1 { // a mailbox with mail in it can't have any below it
		flattened := prefix + flat(levels)
		candidates = append(candidates, flattened, shortName(flattened, survey))
	}
	if survey.Prefix == "" && survey.Delimiter != 0 { // a server that does not tell that all lie below INBOX
		candidates = append(candidates, "INBOX"+string(survey.Delimiter)+shortName(plain, survey))
	}
	var names []string
	seen := map[string]bool{mailbox: true}
	for _, name := range candidates {
		if !seen[name] {
			names = append(names, name)
		}
		seen[name] = true
	}
	return names
}

// nameLevels splits a mailbox name; prefix is that of the namespace.
func nameLevels(mailbox string, survey Survey) (prefix string, levels []string) {
	rest := strings.TrimPrefix(mailbox, survey.Prefix)
	if survey.Delimiter == 0 {
		return strings.TrimSuffix(mailbox, rest), []string{rest}
	}
	return strings.TrimSuffix(mailbox, rest), strings.Split(rest, string(survey.Delimiter))
}

// plainName is a mailbox name without any character that a server could object to, for one that objected.
func plainName(mailbox string, survey Survey) string {
	delimiter := ""
	if survey.Delimiter != 0 {
		delimiter = string(survey.Delimiter)
	}
	prefix, levels := nameLevels(mailbox, survey)
	for i, level := range levels {
		level = EncodeName(DecodeName(level), suspect+delimiter)
		level = strings.ReplaceAll(level, "  ", " ␠") // Gmail: "excess whitespace"
		levels[i] = strings.Map(basic, level)
	}
	return prefix + strings.Join(levels, delimiter)
}

// basic keeps the characters of the Basic Multilingual Plane: modified UTF-7 needs surrogates for others, and Courier refuses them.
func basic(r rune) rune {
	if r > 0xFFFF {
		return '□'
	}
	return r
}

const (
	// longestName and longestLevel are what every server is expected to take, in octets of modified UTF-7: those that keep mailboxes
	// as folders of a disk have 255 for a path with some of their own in it.
	longestName  = 200
	longestLevel = 120
)

// shortName cuts a name to what every server is expected to take. What is cut gets a mark made from the whole of it, so that two names
// that begin alike stay two. Short names stay as they are.
func shortName(mailbox string, survey Survey) string {
	prefix, levels := nameLevels(mailbox, survey)
	room := max(longestName/len(levels), 24)
	long := encodedLength(mailbox) > longestName
	for i, level := range levels {
		if length := encodedLength(level); length > longestLevel || long && length > room {
			levels[i] = cut(level, min(room, longestLevel))
		}
	}
	short := strings.Join(levels, string(survey.Delimiter))
	if encodedLength(short) > longestName { // very many levels
		short = cut(flat(levels), longestLevel)
	}
	return prefix + short
}

// cut shortens one level to so many octets of modified UTF-7.
func cut(level string, octets int) string {
	sum := sha256.Sum256([]byte(level))
	mark := " (" + hex.EncodeToString(sum[:2]) + ")"
	kept := []rune(level)
	for len(kept) > 0 && encodedLength(string(kept))+len(mark) > octets {
		kept = kept[:len(kept)-1]
	}
	return strings.TrimRight(string(kept), " ") + mark
}

// encodedLength is not less than what a name takes in modified UTF-7.
func encodedLength(name string) int {
	length, shifted := 0, false
	for _, r := range name {
		switch plain := r >= ' ' && r <= '~'; {
		case plain && r == '&':
			length += 2
			shifted = false
		case plain:
			length++
			shifted = false
		default:
			if !shifted {
				length += 3
			}
			length += 3
			if r > 0xFFFF {
				length += 3
			}
			shifted = true
		}
	}
	return length
}
