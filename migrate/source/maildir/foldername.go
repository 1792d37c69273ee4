package maildir

import (
	"io/fs"
	"strconv"
	"strings"
	"unicode/utf8"

	"unpop/migrate/mutf7"
)

// evolutionMark is the file by which Evolution (since 3.0) marks its Maildir++ tree, whose names have escapes of their own.
const evolutionMark = "..maildir++"

func hasName(entries []fs.DirEntry, name string) bool {
	for _, e := range entries {
		if e.Name() == name {
			return true
		}
	}
	return false
}

// decodeName returns a directory name as the user knows it: modified UTF-7 where it is that, else UTF-8, else ISO 8859-1.
func decodeName(name string) string {
	if strings.Contains(name, "&") {
		if text, err := mutf7.Decode(name); err == nil {
			return text
		}
	}
	if utf8.ValidString(name) {
		return name
	}
	var text strings.Builder
	for i := range len(name) {
		text.WriteRune(rune(name[i]))
	}
	return text.String()
}

// decodeEvolution undoes Evolution's escapes, "_" and two hexadecimal digits, as well.
func decodeEvolution(name string) string {
	var text []byte
	for i := 0; i < len(name); i++ {
		if i+2 < len(name) && name[i] == '_' {
			if c, err := strconv.ParseUint(name[i+1:i+3], 16, 8); err == nil {
				text = append(text, byte(c))
				i += 2
				continue
			}
		}
		text = append(text, name[i])
	}
	return decodeName(string(text))
}
