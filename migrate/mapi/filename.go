package mapi

import (
	"fmt"
	"path"
	"strings"
	"unicode"
)

const (
	unnamed     = "attachment"
	maxFileName = 200 // characters
)

// fileName makes a name that a file can have everywhere: without a path, control characters and invisible marks. Blanks stay as they
// are: those of Japan and of macOS are others than ASCII's.
func fileName(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case r == '\u2028' || r == '\u2029':
			return ' '
		}
		return r
	}, s)
	s = strings.TrimRight(strings.TrimSpace(s), ". ")
	if runes := []rune(s); len(runes) > maxFileName {
		ext := []rune(path.Ext(s))
		if len(ext) > 20 {
			ext = nil
		}
		s = string(runes[:maxFileName-len(ext)]) + string(ext)
	}
	return s
}

var slashes = strings.NewReplacer("/", "_", `\`, "_")

// titled makes the name of a file of a title, in which a slash ends no directory.
func titled(title string) string { return fileName(slashes.Replace(title)) }

// fileName is what the file is called.
func (f *attached) fileName() string {
	for _, id := range []ID{idAttachName, idAttachShortName, idDisplayName} {
		if name := fileName(oneLine(f.text(id))); name != "" {
			ext := f.trimmed(idAttachExtension)
			if path.Ext(name) == "" && len(ext) > 1 && ext[0] == '.' {
				name += fileName(ext)
			}
			return name
		}
	}
	return unnamed
}

// fileParameter writes a name as a parameter of Content-Type: in quotes, or as encoded-words in quotes, which no standard
// allows and all mail programs read.
func fileParameter(key, name string) string {
	if name == "" {
		return ""
	}
	if plainText(name) {
		return "; " + key + "=" + token(name)
	}
	return "; " + key + `="` + strings.Join(encodedWords(name), " ") + `"`
}

// token writes a parameter's value, in quotes where it has to be.
func token(s string) string {
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) && strings.IndexByte("!#$&+-^_.{}~", c) < 0 {
			return quote(s)
		}
	}
	return s
}

// disposition adds Content-Disposition with the name in the form of RFC 2231 where it isn't ASCII.
func (h *header) disposition(kind, name string, parameters ...string) {
	value := kind
	if name != "" {
		value += "; " + strings.Join(nameParameters(name), "; ")
	}
	for _, p := range parameters {
		value += "; " + p
	}
	h.add("Content-Disposition", value)
}

// dispose changes how a part is meant.
func (h *header) dispose(kind string) {
	for i, f := range *h {
		if rest, ok := strings.CutPrefix(f, "Content-Disposition: attachment"); ok {
			(*h)[i] = "Content-Disposition: " + kind + rest
		}
	}
}

// nameParameters writes a file name, in pieces if it is long (RFC 2231 sections 3 and 4).
func nameParameters(name string) []string {
	const piece = 50
	if plainText(name) && len(name) <= piece {
		return []string{"filename=" + token(name)}
	}
	var pieces []string
	text := ""
	for _, r := range name {
		c := percent(string(r))
		if len(text)+len(c) > piece {
			pieces, text = append(pieces, text), ""
		}
		text += c
	}
	pieces = append(pieces, text)
	if len(pieces) == 1 {
		return []string{"filename*=utf-8''" + text}
	}
	for i, text := range pieces {
		if i == 0 {
			text = "utf-8''" + text
		}
		pieces[i] = fmt.Sprintf("filename*%d*=%s", i, text)
	}
	return pieces
}

// percent encodes all but the characters of an attribute (RFC 5987 section 3.2.1).
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if isAlphanumeric(c) || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
