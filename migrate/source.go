package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
)

// A Source is a place that holds mail: an mbox tree, a Maildir, a mail client's profile, a PST file.
// It is read, never written to, and it is made of parts that change on their own. Its methods may be called
// by several goroutines at once.
type Source interface {
	// Parts lists what the source is made of, in a stable order. A part that is there but can't be listed is
	// yielded with an error of its own, and the iteration goes on; an error without a part ends it.
	Parts(ctx context.Context) iter.Seq2[Part, error]
	// Open returns the bytes of a copy: what the store holds, with the store's own wrapping undone (mbox quoting and the
	// blank line between messages, compression), line ends as they are there. It may be called again, in a later run too,
	// and gives the same bytes as long as the part's stamp is the same. It fails with [ErrChanged] where it notices that
	// the part is no longer what was scanned. The caller closes the reader.
	Open(ctx context.Context, part, ref string) (io.ReadCloser, error)
	// Close releases files. Readers must have been closed.
	Close() error
}

// A Part is a piece of a source that is read as a whole: an mbox file, a folder of a Maildir, a PST file.
type Part interface {
	// Info describes the part without reading its messages.
	Info() PartInfo
	// Copies lists the messages of the part in a stable order. An error beside a copy says that this copy can't be read,
	// and the iteration goes on; an error without a copy ends it.
	Copies(ctx context.Context) iter.Seq2[*Copy, error]
}

// PartInfo describes a [Part].
type PartInfo struct {
	// Name tells the part from the others of its source, the same in every run: a path relative to the source, with slashes.
	Name string
	// Folder is the folder of the part's messages, if they all lie in one; it is named even where the part is empty.
	Folder Folder
	// Stamp changes whenever the part may have changed (size and time of a file, names in a directory).
	// Empty means unknown: the part is read in each run.
	Stamp string
	// Bytes is about how much there is to read.
	Bytes int64
}

// A Remarker is a [Part] that has something to tell after its copies were listed:
// which separator rule was used, how many bytes were skipped.
type Remarker interface {
	Remarks() []string
}

// A Describer is a [Source] that can say what it is, in a few words for a person ("Thunderbird profile, 3 accounts"),
// and what it leaves aside and why.
type Describer interface {
	Describe() string
}

// An Exporter is a [Source] that also holds what is not mail: contacts, appointments, tasks, notes.
type Exporter interface {
	// Others lists those items, folder by folder and in the same order each time. An error beside an item says that it can't
	// be read, and the iteration goes on; an error without one is about a piece of the source. [Export] writes them to files.
	Others(ctx context.Context) iter.Seq2[*Other, error]
}

// A SourceError says which source can't be read. A server's words are a [TargetError] inside of it.
type SourceError struct {
	Path string // as in [Input]
	Err  error
}

// Error names the source and the cause.
func (e *SourceError) Error() string { return "source " + e.Path + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// A Weigher is a [Source] on a server that tells how many bytes it has and keeps nothing of them, not even their names.
type Weigher interface {
	Source
	// Weigh asks the server.
	Weigh(ctx context.Context) (bytes int64, err error)
}

// An OtherCounter is a [Source] that counts what is not mail while its parts are listed.
type OtherCounter interface {
	// OtherItems returns how many items each folder has that are not mail, by its full name, as far as parts were listed since
	// the source was opened.
	OtherItems() map[string]int64
}

// An Other is one item that is not mail.
type Other struct {
	Folder Folder
	Kind   string // in a word, for people: "contact"
	Name   string // what the item calls itself; may be empty
	Ext    string // of its file: ".vcf" or ".ics"
	// Write writes the item in that format, the same bytes each time.
	Write func(w io.Writer) error
}

// ErrChanged says that a source is no longer what was scanned; scanning it again mends that.
var ErrChanged = errors.New("source changed since it was scanned")

// A CopyError says which message of a source is bad, and where. Every parser of a store reports with it.
type CopyError struct {
	Part    string // the part's name
	Message int    // counted from 1; 0 where unknown
	Offset  int64  // byte in the part; -1 where it means nothing
	Err     error
}

// Error gives the position first: "Inbox: message 511 at byte 1204: …".
func (e *CopyError) Error() string {
	where := e.Part
	if e.Message > 0 {
		where += fmt.Sprintf(": message %d", e.Message)
	}
	if e.Offset >= 0 {
		where += fmt.Sprintf(" at byte %d", e.Offset)
	}
	return where + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *CopyError) Unwrap() error { return e.Err }
