package migrate

import (
	"strings"
	"time"
)

// Flags are the system flags of RFC 9051 section 2.3.2 that a migration carries over.
// \Deleted is not among them: a deleted message is [Copy.Expunged], and \Recent belongs to the server.
type Flags uint8

// The flags, with the bit that the ledger stores.
const (
	Seen     Flags = 1 << iota // \Seen
	Answered                   // \Answered
	Flagged                    // \Flagged
	Draft                      // \Draft
)

var flagNames = []string{`\Seen`, `\Answered`, `\Flagged`, `\Draft`}

// Names returns the flags as IMAP writes them, in a fixed order.
func (f Flags) Names() []string {
	var names []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// ParseFlags splits IMAP flag names into system flags and keywords. Names are matched without regard to case
// (RFC 9051 section 2.3.2); \Deleted, \Recent and unknown system flags are left out.
func ParseFlags(names []string) (flags Flags, keywords []string) {
	for _, name := range names {
		if bit, ok := systemFlag(name); ok {
			flags |= bit
		} else if !strings.HasPrefix(name, `\`) {
			keywords = append(keywords, name)
		}
	}
	return flags, keywords
}

func systemFlag(name string) (Flags, bool) {
	for i, known := range flagNames {
		if strings.EqualFold(name, known) {
			return 1 << i, true
		}
	}
	return 0, false
}

// A Copy is one message as one source holds it. It is plain data; the bytes come from [Source.Open].
type Copy struct {
	// Ref names the copy within its part, the same in every run while the part does not change
	// (an mbox offset, a Maildir base name, a PST node id).
	Ref string
	// Folder is where the copy lies.
	Folder Folder
	// Size is the number of bytes that the store needs for it, before cleaning.
	Size int64
	// Flags and Keywords are what the store itself says (a Maildir file name, a MAPI property).
	Flags    Flags
	Keywords []string
	// Expunged says that the user deleted it and the store only keeps the bytes.
	Expunged bool
	// Partial says that the store holds the header only, or a beginning.
	Partial bool
	// StatusFields says that the header fields which mail clients write into their own files (Status, X-Mozilla-Status, …)
	// tell this copy's state. The engine reads them while it cleans the copy.
	StatusFields bool
	// Rebuilt says that the bytes were made from properties and are not those that travelled.
	Rebuilt bool
	// Received is when the store says that the message arrived (the From_ line, a delivery time); zero where it does not say.
	Received time.Time
	// ModTime is the file's time, the last resort for a date; zero where it means nothing.
	ModTime time.Time
	// Flaw says in a few words what is wrong with a copy that can still be used ("ends within its header").
	Flaw string
}
