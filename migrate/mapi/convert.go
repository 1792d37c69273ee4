package mapi

import (
	"io"
	"time"
)

// Options say what an item itself doesn't.
type Options struct {
	// Resolve gives the SMTP address of an X.500 name ("/O=ACME/OU=…/CN=ANNA") that the store learnt from another item. May be nil.
	Resolve func(dn string) (smtp string, ok bool)
	// CodePage is the store's, for strings of items that don't name their own; 0 is windows-1252.
	CodePage int
	// Depth bounds how deep messages lie in messages; 0 is 20. What lies deeper is left out, and Info says so.
	Depth int
}

// Info is what Convert found.
type Info struct {
	MessageID string    // as in the header, with angle brackets
	Date      time.Time // of the Date field
	Rebuilt   bool      // the header was made from properties: there was no header that travelled
	Damaged   bool      // something is missing because the store is damaged
	Warnings  []string  // what was doubtful, for people, each once
}

// Convert writes an item of any class as an Internet message: lines end in CRLF, none is longer than 998 octets but in what
// was signed. It reads each attachment as it writes it. The error is the store's or w's; what is only damaged
// ([ErrDamaged]) or odd is told in Info.
func Convert(w io.Writer, m Message, opts Options) (Info, error) {
	return Info{}, nil
}

// VCard writes a contact, or a distribution list with its members, as vCard 3.0 (RFC 2426).
func VCard(w io.Writer, m Message, opts Options) error { return nil }

// Calendar writes an appointment, a meeting, a task, a journal entry or a note as an iCalendar object (RFC 5545).
func Calendar(w io.Writer, m Message, opts Options) error { return nil }
