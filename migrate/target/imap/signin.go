package imap

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
)

// greet reads the greeting and learns what the server can do.
func (w *wire) greet() (preauth bool, err error) {
	r, err := w.read()
	if err != nil {
		return false, w.broken(true)
	}
	switch {
	case r.tag != "*":
		return false, unfit("server: does not speak IMAP", "check host and port")
	case r.kind == "BYE":
		return false, classify(r, migrate.Broken, true)
	case r.kind != "OK" && r.kind != "PREAUTH":
		return false, unfit("server: does not speak IMAP", "check host and port")
	}
	w.greeting = r.text
	if w.caps == nil {
		err = w.askCaps()
	}
	return r.kind == "PREAUTH", err
}

// askCaps sends CAPABILITY.
func (w *wire) askCaps() error {
	w.caps = nil
	r, err := w.command("CAPABILITY", "CAPABILITY")
	switch {
	case err != nil:
		return w.broken(true)
	case r.kind == "OK" && r.code == "CAPABILITY":
		w.setCaps(r.arg)
	}
	if w.caps == nil {
		return unfit("server: does not say what it can do (CAPABILITY)", "")
	}
	return nil
}

var errCredentials = errors.New("sign-in: line break or NUL in the user name or the password")

// signIn uses AUTHENTICATE PLAIN (RFC 4616) where it is offered, otherwise LOGIN.
func (w *wire) signIn(user string, password migrate.Secret) error {
	if strings.ContainsAny(user+password.Reveal(), "\r\n\x00") {
		return &migrate.TargetError{Kind: migrate.Denied, Err: errCredentials}
	}
	before := w.caps
	w.caps = nil
	r, err := w.authenticate(before, user, password)
	switch {
	case errors.Is(err, errNoMechanism):
		return unfit(err.Error(), "the server wants another way to sign in (OAuth 2.0, say), or TLS first")
	case err != nil:
		return w.broken(true)
	case r.kind != "OK":
		return classify(r, migrate.Denied, true)
	}
	if r.code == "CAPABILITY" {
		w.setCaps(r.arg)
	}
	if w.caps == nil {
		return w.askCaps()
	}
	return nil
}

var errNoMechanism = errors.New("server: takes no password (LOGINDISABLED, no AUTH=PLAIN)")

func (w *wire) authenticate(caps goimap.CapSet, user string, password migrate.Secret) (response, error) {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password.Reveal()))
	switch {
	case caps.Has("AUTH=PLAIN") && caps.Has(goimap.CapSASLIR):
		return w.command("AUTHENTICATE PLAIN ***", "AUTHENTICATE PLAIN "+plain)
	case caps.Has("AUTH=PLAIN"):
		return w.command("AUTHENTICATE PLAIN", "AUTHENTICATE PLAIN", plain)
	case caps.Has(goimap.CapLoginDisabled):
		return response{}, errNoMechanism
	default:
		return w.command("LOGIN ***", loginPieces(user, password)...)
	}
}

// loginPieces writes LOGIN with quoted strings, or with literals where the text is not ASCII (RFC 3501: QUOTED-CHAR).
func loginPieces(user string, password migrate.Secret) []string {
	pieces := []string{"LOGIN"}
	for _, word := range []string{user, password.Reveal()} {
		last := &pieces[len(pieces)-1]
		if strings.ContainsFunc(word, func(r rune) bool { return !isASCII(r) }) {
			*last += fmt.Sprintf(" {%d}", len(word))
			pieces = append(pieces, word)
		} else {
			*last += " " + quote(word)
		}
	}
	return pieces
}

// introduce exchanges names and versions (ID, RFC 2971) where the server offers it. A refusal means nothing.
func (w *wire) introduce(version string) error {
	if !w.caps.Has(goimap.CapID) {
		return nil
	}
	ours := `"name" "unpop"`
	if version != "" && !strings.ContainsFunc(version, func(r rune) bool { return !isASCII(r) }) {
		ours += ` "version" ` + quote(version)
	}
	line := "ID (" + ours + ")"
	if _, err := w.command(line, line); err != nil {
		return w.broken(true)
	}
	return nil
}

// serverName picks name and version out of an ID response: ("name" "Dovecot" "version" "2.3").
func serverName(list string) string {
	fields := map[string]string{}
	key := ""
	for i, value := range quotedWords(list) {
		if i%2 == 0 {
			key = strings.ToLower(value)
		} else {
			fields[key] = value
		}
	}
	return strings.TrimSpace(fields["name"] + " " + fields["version"])
}

// quotedWords returns the strings of a list; NIL is an empty one. Literals are left out.
func quotedWords(s string) []string {
	var words []string
	for s = strings.Trim(s, "() "); s != ""; s = strings.TrimLeft(s, " ") {
		var word string
		if s[0] != '"' {
			word, s, _ = strings.Cut(s, " ")
			if strings.EqualFold(word, "NIL") {
				word = ""
			}
		} else {
			word, s, _ = strings.Cut(s[1:], `"`)
		}
		words = append(words, word)
	}
	return words
}
