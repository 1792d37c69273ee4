package migrate

import (
	"maps"
	"strings"

	"unpop/dedupe"
)

// KMail's mbox files have an X-Status of their own, with letters that mean other things than in Pine's or Dovecot's: F for forwarded, T for
// an attachment. Their Status says "R" even of what is unread.

const (
	kmailLetters = "NUORDAFQKSGWIPHTC" // new, unread, old, read, deleted, replied, forwarded, …
	kmailAlone   = "NUORQKSGWIPHC"     // of them those that nobody else writes: nearly each X-Status of KMail's has one
)

// fromKMail reports whether a field is an X-Status of KMail's.
func fromKMail(f dedupe.Field) bool {
	return strings.EqualFold(f.Name, "X-Status") && strings.Trim(f.Value, kmailLetters) == "" && strings.ContainsAny(f.Value, kmailAlone)
}

// kmailFields are statusFields for what KMail wrote.
var kmailFields = func() map[string]func(*Copy, string) {
	fields := maps.Clone(statusFields)
	fields["x-status"] = kmailStatus
	delete(fields, "status")
	return fields
}()

// kmailStatus reads KMail's X-Status. What is neither new nor unread was read; what is ignored counts as read.
func kmailStatus(c *Copy, value string) {
	has := func(letters string) bool { return strings.ContainsAny(value, letters) }
	if !has("NU") || has("I") {
		c.Flags |= Seen
	}
	if has("A") {
		c.Flags |= Answered
	}
	if has("G") {
		c.Flags |= Flagged
	}
	if has("F") {
		c.Keywords = append(c.Keywords, forwarded)
	}
	c.Expunged = c.Expunged || has("D")
}
