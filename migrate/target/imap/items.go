package imap

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// plainField asks for a header field as mail programs do. go-imap puts its name into quotes, and hMailServer looks for a field whose name has
// them: no message would have a Message-ID there.
func plainField(command []byte) []byte {
	return bytes.Replace(command, []byte(`("Message-ID")`), []byte(`(Message-ID)`), 1)
}

// bringsMessage tells an answer to a FETCH of ours, by what all of them ask for, from word that somebody changed flags. go-imap would take the
// latter for the answer to a command under way, and throw the answer away when it comes: Cyrus and others tell the UID too.
func bringsMessage(items string) bool {
	items = strings.ToUpper(items)
	return strings.Contains(items, "RFC822.SIZE ") || strings.Contains(items, "BODY[")
}

// plainItems takes out of a FETCH response what go-imap would break the connection for: keywords that are no atoms ("[todo]", which Cyrus
// keeps) and dates that are none (NIL of Zarafa, 00-Jan-0000 of Domino), which become the earliest one.
func plainItems(line []byte) []byte {
	if len(line) < 3 || line[2] < '0' || line[2] > '9' {
		return line
	}
	if before, rest, ok := bytes.Cut(line, []byte("FLAGS (")); ok {
		if list, after, ok := bytes.Cut(rest, []byte(")")); ok {
			line = slices.Concat(before, []byte("FLAGS ("), []byte(strings.Join(plainFlags(string(list)), " ")), []byte(")"), after)
		}
	}
	if before, rest, ok := bytes.Cut(line, []byte("INTERNALDATE ")); ok {
		if date, after, ok := cutValue(string(rest)); ok && !isDate(date) {
			line = slices.Concat(before, []byte(`INTERNALDATE "`+dateMin.Format(dateLayout)+`"`+after))
		}
	}
	return line
}

// plainFlags lists the flags that are some (RFC 9051 section 9): no command could name the others.
func plainFlags(list string) []string {
	return slices.DeleteFunc(parenthesized(list), func(flag string) bool { return !isFlag(flag) })
}

func isDate(quoted string) bool {
	_, err := time.Parse(`"`+dateLayout+`"`, quoted)
	return err == nil
}
