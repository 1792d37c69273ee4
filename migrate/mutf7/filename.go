package mutf7

import (
	"strings"
	"unicode/utf8"
)

// FileName returns the name that a file or directory of a mail store stands for: modified UTF-7 where it is that, else UTF-8, else
// ISO 8859-1. The result is valid UTF-8, and different names stay different but for one written in two of these ways.
func FileName(name string) string {
	if strings.Contains(name, "&") {
		if text, err := Decode(name); err == nil {
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
