package dedupe

import (
	"mime"
	"strings"
)

// mediaType is a Content-Type, tolerantly read.
type mediaType struct {
	name   string // type/subtype in lower case
	params map[string]string
}

// parseMedia reads a Content-Type; what is no type at all is the default one (RFC 2045 section 5.2).
func parseMedia(value, byDefault string) mediaType {
	name, params, err := mime.ParseMediaType(value)
	if err != nil {
		name, params = looseMedia(value)
	}
	if kind, sub, ok := strings.Cut(name, "/"); !ok || kind == "" || sub == "" {
		if name == "text" { // as some old programs wrote it
			return mediaType{"text/plain", params}
		}
		return mediaType{byDefault, params}
	}
	return mediaType{name, params}
}

// looseMedia reads name=value pairs from what breaks the grammar: no semicolons, parameters twice, stray quotes.
func looseMedia(value string) (string, map[string]string) {
	name, rest, _ := strings.Cut(withoutComments(value), ";")
	params := map[string]string{}
	for rest != "" {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			break
		}
		if i := strings.LastIndexAny(key, "; \t"); i >= 0 && strings.TrimSpace(key[i:]) != "" {
			key = key[i+1:]
		}
		var text string
		text, rest = looseValue(strings.TrimLeft(after, " \t"))
		key = strings.ToLower(strings.Trim(key, "; \t"))
		if _, twice := params[key]; !twice {
			params[key] = text
		}
	}
	return strings.ToLower(strings.TrimSpace(name)), params
}

// looseValue reads a quoted string or everything up to a semicolon or blank.
func looseValue(s string) (value, rest string) {
	if n := 0; strings.HasPrefix(s, `"`) {
		if n = quotedLength(s); n > 0 {
			return strings.ReplaceAll(s[1:n-1], `\`, ""), s[n:]
		}
		s = s[1:]
	}
	if i := strings.IndexAny(s, "; \t"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// isText tells whether the bytes are lines of text. Those of a receipt or a bounce are (RFC 8098 section 3.1, RFC 3464 section 2.1), and
// some programs add an empty line to them.
func (m mediaType) isText() bool {
	return strings.HasPrefix(m.name, "text/") || strings.HasPrefix(m.name, "message/") && !m.isMessage()
}

func (m mediaType) isMultipart() bool { return strings.HasPrefix(m.name, "multipart/") }

func (m mediaType) isMessage() bool {
	return m.name == "message/rfc822" || m.name == "message/global"
}

// parseEncoding reads a Content-Transfer-Encoding.
func parseEncoding(value string) string {
	value, _, _ = strings.Cut(withoutComments(value), ";")
	return strings.ToLower(strings.TrimSpace(value))
}

// isIdentity tells whether an encoding leaves the bytes as they are.
func isIdentity(encoding string) bool {
	return encoding != "base64" && encoding != "quoted-printable"
}
