package mapi

import (
	"io"
	"time"
)

// Options say what an item itself doesn't.
type Options struct {
	// Resolve gives the SMTP address of an X.500 name, in lower case ("/o=acme/ou=…/cn=anna"), that the store learnt from
	// another item by [Addresses]. May be nil. A message depends on what it says, so it should say the same in each run.
	Resolve func(dn string) (smtp string, ok bool)
	// CodePage is the store's, for strings of items that don't name their own; 0 is windows-1252.
	CodePage int
	// Depth bounds how deep messages lie in messages; 0 is 20. What lies deeper is left out, and Info says so.
	Depth int
}

// Info is what a conversion found.
type Info struct {
	MessageID string    // as in the header, with angle brackets
	Date      time.Time // of the Date field
	Rebuilt   bool      // the header was made from properties: there was none that travelled
	Damaged   bool      // something is missing because the store is damaged
	Warnings  []string  // what was doubtful, for people, each once
}

// Convert writes an item of any class as an Internet message: its lines end in CRLF and, but for what was signed, are ASCII and not
// longer than 998 octets. Attachments are read as they are written. The error is the store's or w's; what is only damaged
// ([ErrDamaged]) or odd is told in Info.
func Convert(w io.Writer, m Message, opts Options) (Info, error) {
	info := Info{}
	it := newItem(m, opts, &info, 0)
	e, err := it.entity()
	if err != nil {
		return info, err
	}
	if err := e.root.assign(it.id); err != nil {
		return info, err
	}
	return info, e.write(w)
}
