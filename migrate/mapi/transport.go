package mapi

import (
	"bytes"
	"net/mail"
	"regexp"
	"strings"
)

// structural are the fields that say how a message's body is made. They are written anew, because MAPI keeps the
// body's content and not its form. In lower case.
var structural = map[string]bool{
	"content-type": true, "content-transfer-encoding": true, "content-disposition": true, "content-id": true, "content-description": true,
	"content-length": true, "content-class": false, "content-base": true, "content-location": true, "content-md5": true, "lines": true,
	"mime-version": true, "x-ms-tnef-correlator": true,
}

// transport is the header with which a message travelled (PidTagTransportMessageHeaders).
type transport struct {
	fields  header // all but the structural ones, in their order
	kind    string // Content-Type, unfolded
	dropped int    // lines that belong to no field
}

// parseTransport reads a header up to the first empty line: some stores hold more than the header there.
func parseTransport(text string) transport {
	var t transport
	var field strings.Builder
	take := func() {
		t.take(field.String())
		field.Reset()
	}
	begun := false
	for line := range lines(text) {
		switch {
		case line == "" && begun:
			take()
			return t
		case strings.Trim(line, " \t") == "": // before the header, or a continuation that is none
		case line[0] == ' ' || line[0] == '\t':
			if field.Len() > 0 {
				field.WriteString(line + "\r\n")
			}
		case isField(line):
			take()
			field.WriteString(line + "\r\n")
			begun = true
		default:
			take()
			if begun {
				t.dropped++
			}
		}
	}
	take()
	return t
}

// lines gives the lines of a text, whatever ends them.
func lines(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for text != "" {
			i := strings.IndexAny(text, "\r\n")
			if i < 0 {
				yield(text)
				return
			}
			if !yield(text[:i]) {
				return
			}
			if strings.HasPrefix(text[i:], "\r\n") {
				i++
			}
			text = text[i+1:]
		}
	}
}

// isField reports whether a line begins a field. A name that begins with no letter or digit is none: it could be a boundary.
func isField(line string) bool {
	colon := strings.IndexByte(line, ':')
	if colon <= 0 || !isAlphanumeric(line[0]) {
		return false
	}
	for _, c := range []byte(strings.TrimRight(line[:colon], " \t")) {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

// isFields reports whether a text consists of fields, in one block or several.
func isFields(text []byte) bool {
	if len(text) >= headSize {
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	begun := false
	for line := range lines(string(text)) {
		switch {
		case line == "":
			begun = false
		case isField(line):
			begun = true
		case !begun || line[0] != ' ' && line[0] != '\t':
			return false
		}
	}
	return true
}

// take keeps a field that is complete.
func (t *transport) take(field string) {
	if field == "" {
		return
	}
	name, value, _ := strings.Cut(field, ":")
	lower := strings.ToLower(strings.TrimRight(name, " \t"))
	if structural[lower] {
		if lower == "content-type" && t.kind == "" {
			t.kind = strings.TrimSpace(unfold(value))
		}
		return
	}
	if writable(field) {
		t.fields = append(t.fields, field)
		return
	}
	value = strings.TrimSpace(unfold(value))
	if addressFields[lower] {
		value = encodeAddresses(value)
	} else {
		value = encodeLoose(value)
	}
	t.fields.add(strings.TrimRight(name, " \t"), value)
}

// writable reports whether a field can stay as it is.
func writable(field string) bool {
	for line := range lines(field) {
		if len(line) > hardLine {
			return false
		}
		for _, c := range []byte(line) {
			if c >= 0x7F || c < ' ' && c != '\t' {
				return false
			}
		}
	}
	return true
}

var addressFields = map[string]bool{
	"from": true, "sender": true, "reply-to": true, "to": true, "cc": true, "bcc": true, "disposition-notification-to": true,
	"resent-from": true, "resent-to": true, "resent-cc": true, "resent-sender": true,
}

// encodeAddresses makes an address field ASCII, keeping the addresses apart from their names where it can be read.
func encodeAddresses(value string) string {
	parsed, err := mail.ParseAddressList(value)
	if err != nil {
		return encodeQuoted(value)
	}
	var addresses []address
	for _, a := range parsed {
		addr := mailbox(a.Address)
		if addr == "" {
			return encodeQuoted(value)
		}
		addresses = append(addresses, address{name: a.Name, addr: addr})
	}
	return list(addresses)
}

var quotedString = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// encodeQuoted makes addresses ASCII that can't all be read: each quoted string as a whole, since encoded-words mean nothing in quotes, and
// a comma in one parts no addresses.
func encodeQuoted(value string) string {
	if strings.Contains(quotedString.ReplaceAllString(value, ""), `"`) { // they don't pair
		return encodeLoose(strings.ReplaceAll(value, `"`, ""))
	}
	value = quotedString.ReplaceAllStringFunc(value, func(quoted string) string {
		if isASCII(quoted) {
			return quoted
		}
		return " " + strings.Join(encodedWords(oneLine(unquoting.Replace(quoted[1:len(quoted)-1]))), " ") + " "
	})
	return encodeLoose(value)
}

var unquoting = strings.NewReplacer(`\\`, `\`, `\"`, `"`)

// encodeLoose encodes the words of a text that aren't ASCII or are too long for a line, and leaves the others as they are.
func encodeLoose(value string) string {
	words := strings.Fields(oneLine(value))
	for i := 0; i < len(words); i++ {
		if isASCII(words[i]) && len(words[i]) <= hardLine/2 {
			continue
		}
		// Blanks between encoded-words don't count (RFC 2047 section 6.2), so neighbours are encoded together.
		end := i + 1
		for end < len(words) && !isASCII(words[end]) {
			end++
		}
		words[i] = strings.Join(encodedWords(strings.Join(words[i:end], " ")), " ")
		words = append(words[:i+1], words[end:]...)
	}
	return strings.Join(words, " ")
}
