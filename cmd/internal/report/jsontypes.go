package report

import "time"

// The names of these objects are a contract: add, never rename.

// documentJSON is what comes before the accounts.
type documentJSON struct {
	Made    time.Time `json:"made"`
	Version string    `json:"version"`
	Ledger  string    `json:"ledger"`
	HeldBy  string    `json:"held_by"` // who works on it; empty: nobody
}

// accountJSON is what comes before the messages of an account.
type accountJSON struct {
	Target    string        `json:"target"`
	State     Level         `json:"state"` // complete, partly, open, missing
	Result    string        `json:"result"`
	Server    string        `json:"server"` // what it called itself; empty: it was not asked
	Sums      sumsJSON      `json:"sums"`
	Balance   int64         `json:"balance"` // of what was seen, not in the sums; 0
	Stored    int64         `json:"on_server"`
	Bytes     int64         `json:"on_server_bytes"`
	Gone      int64         `json:"source_gone"` // of those on the server: the sources don't hold them any more
	Variant   int64         `json:"variant"`
	Changed   int64         `json:"changed"` // sent with other bytes, as the server refused the original
	Dropped   int64         `json:"keywords_dropped"`
	Check     *checkJSON    `json:"verified"` // null: never
	Runs      int           `json:"runs"`
	First     *time.Time    `json:"first_run"`
	Last      *time.Time    `json:"last_run"`
	Versions  []string      `json:"versions"`
	Keeps     string        `json:"quarantine"`
	Sources   []sourceJSON  `json:"sources"`
	Mailboxes []mailboxJSON `json:"mailboxes"`
	Years     []yearJSON    `json:"years"`
}

// sumsJSON add up to seen, but for the balance.
type sumsJSON struct {
	Seen      int64 `json:"seen"`
	Uploaded  int64 `json:"uploaded"`
	Present   int64 `json:"present"`
	Moved     int64 `json:"moved"`
	Duplicate int64 `json:"duplicate"`
	Expunged  int64 `json:"expunged"`
	Excluded  int64 `json:"excluded"`
	Rejected  int64 `json:"rejected"`
	Pending   int64 `json:"pending"`
	Undecided int64 `json:"undecided"`
}

type checkJSON struct {
	At        time.Time `json:"at"`
	Deep      bool      `json:"deep"`
	Verified  int64     `json:"there"`
	Missing   int64     `json:"missing"`
	Altered   int64     `json:"altered"`
	Different int64     `json:"different"`
	Since     int64     `json:"sent_since"`
}

type sourceJSON struct {
	Kind     string       `json:"kind"`
	Path     string       `json:"path"`
	Parts    int64        `json:"parts"`
	Folders  []folderJSON `json:"folders"`
	Other    []remarkJSON `json:"other_items"`
	Remarks  []remarkJSON `json:"remarks"`
	Troubles []remarkJSON `json:"errors"`
}

type folderJSON struct {
	Name       string     `json:"name"`
	Mailbox    string     `json:"mailbox"` // empty: left out, or not planned
	Excluded   bool       `json:"excluded"`
	Copies     int64      `json:"copies"`
	Bytes      int64      `json:"bytes"`
	Messages   int64      `json:"messages"`
	Further    int64      `json:"duplicates"`
	Expunged   int64      `json:"expunged"`
	Unreadable int64      `json:"unreadable"`
	Elsewhere  []flowJSON `json:"elsewhere"` // copies whose messages are in other mailboxes
}

type flowJSON struct {
	Mailbox string `json:"mailbox"`
	Copies  int64  `json:"copies"`
}

type remarkJSON struct {
	Part string `json:"part"`
	Text string `json:"text"`
}

type mailboxJSON struct {
	Name     string `json:"name"`
	Made     bool   `json:"made"` // by unpop
	Stored   int64  `json:"on_server"`
	Uploaded int64  `json:"uploaded"`
	Present  int64  `json:"present"`
	Moved    int64  `json:"moved"`
	Pending  int64  `json:"pending"`
	Rejected int64  `json:"rejected"`
	Missing  int64  `json:"missing"`
	Bytes    int64  `json:"bytes"`
}

type yearJSON struct {
	Year     int   `json:"year"` // 0: without a date
	Copies   int64 `json:"copies"`
	Messages int64 `json:"messages"`
	Stored   int64 `json:"on_server"`
}

// messageJSON is one of the list "messages".
type messageJSON struct {
	ID          int64     `json:"number"` // for unpop why
	State       string    `json:"state"`  // uploaded, present, moved, missing, pending, in doubt, being removed, rejected
	Mailbox     string    `json:"mailbox"`
	UIDValidity uint32    `json:"uidvalidity"`
	UID         uint32    `json:"uid"`
	Date        time.Time `json:"date"`
	Subject     string    `json:"subject"`
	MessageID   string    `json:"message_id"`
	Flags       []string  `json:"flags"`
	Keywords    []string  `json:"keywords"`
	Size        int64     `json:"size"`
	Copies      int64     `json:"copies"`
	Source      string    `json:"source"` // of the copy that stands for it; empty: it is gone
	Folder      string    `json:"folder"`
	Part        string    `json:"part"`
	Ref         string    `json:"ref"`
	Variant     bool      `json:"variant"`
	Changed     bool      `json:"changed"`
	Run         int64     `json:"run"`
	Reason      string    `json:"reason"`
	MovedFrom   string    `json:"moved_from,omitempty"`
	Attempts    []tryJSON `json:"attempts,omitempty"`
}

type tryJSON struct {
	Time    time.Time `json:"time"`
	Changed int       `json:"changed"` // how far; 0: sent as it is
	Reason  string    `json:"reason"`
}

// copyJSON is one of the list "not_brought".
type copyJSON struct {
	State     string    `json:"state"` // expunged, unreadable, excluded
	Source    string    `json:"source"`
	Folder    string    `json:"folder"`
	Part      string    `json:"part"`
	Ref       string    `json:"ref"`
	Date      time.Time `json:"date"`
	Subject   string    `json:"subject"`
	MessageID string    `json:"message_id"`
	Size      int64     `json:"size"`
	Reason    string    `json:"reason"`
}
