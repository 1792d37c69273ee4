package dedupe

import (
	"bytes"
	"strings"
)

// So much of the removed fields is kept: more than any client writes.
const (
	maxRemoved = 64
	maxValue   = 4 << 10
)

// removal collects the fields that a Cleaner takes away.
type removal struct {
	active bool // the field seen last is a removed one; continuation lines belong to it
	name   string
	value  []byte
	fields []Field
}

// Removed returns the fields that were taken away, in their order: at most 64. It is complete when Read has passed
// the header, at the latest at io.EOF.
func (c *Cleaner) Removed() []Field { return c.removal.fields }

func (r *removal) begin(name string) {
	r.finish()
	r.active, r.name = true, name
}

// add takes a piece of the field's value, folded as it is.
func (r *removal) add(b []byte) {
	if r.active {
		r.value = append(r.value, b[:min(len(b), maxValue-len(r.value))]...)
	}
}

// finish ends the field that was begun, if any.
func (r *removal) finish() {
	if r.active && len(r.fields) < maxRemoved {
		r.fields = append(r.fields, Field{Name: r.name, Value: unfold(r.value)})
	}
	r.active, r.value = false, r.value[:0]
}

var lineBreaks = strings.NewReplacer("\r", "", "\n", "")

// unfold removes line breaks (RFC 5322 section 2.2.3) and blanks around the value.
func unfold(value []byte) string {
	value = bytes.Trim(value, " \t\r\n")
	if bytes.IndexByte(value, '\n') < 0 && bytes.IndexByte(value, '\r') < 0 {
		return string(value)
	}
	return lineBreaks.Replace(string(value))
}
