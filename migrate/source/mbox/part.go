package mbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync"

	"unpop/migrate"
)

// A Part is one mbox file. It implements [migrate.Part], [migrate.Divisible] and [migrate.Remarker]; its methods may be
// called by several goroutines at once.
type Part struct {
	path  string
	info  migrate.PartInfo
	piece int64 // about how long a piece is

	mu     sync.Mutex // guards what follows: what was odd when the copies were last listed
	listed *layout    // nil: they were not
	odd    oddities
}

// NewPart makes a part of the file at path. Stamp and Bytes are filled in from the file if they are empty.
// The file is opened when its copies are listed.
func NewPart(path string, info migrate.PartInfo) *Part {
	if fi, err := os.Stat(path); err == nil {
		if info.Stamp == "" {
			info.Stamp = Stamp(fi)
		}
		if info.Bytes == 0 {
			info.Bytes = fi.Size()
		}
	}
	return &Part{path: path, info: info, piece: pieceSize}
}

// Stamp is the [migrate.PartInfo] stamp of a file: its size and its time in nanoseconds.
func Stamp(fi os.FileInfo) string {
	return fmt.Sprintf("%d@%d", fi.Size(), fi.ModTime().UnixNano())
}

// Info implements [migrate.Part].
func (p *Part) Info() migrate.PartInfo { return p.info }

// Copies implements [migrate.Part]. The file is read once from start to end.
func (p *Part) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		for piece := range p.Pieces(ctx) {
			for c, err := range piece.Copies(ctx) {
				if !yield(c, err) || c == nil {
					return
				}
			}
		}
	}
}

// fault says where an error is; nil stays nil, and the end of the context is the caller's own doing.
func (p *Part) fault(message int, offset int64, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &migrate.CopyError{Part: p.info.Name, Message: message, Offset: offset, Err: err}
}

func (p *Part) describe(m message, l *layout) *migrate.Copy {
	return &migrate.Copy{
		Ref:          ref{m.from, m.end - m.from, l.how}.String(),
		Folder:       p.info.Folder,
		Size:         m.end - m.start,
		StatusFields: true,
		Received:     m.line.date,
		ModTime:      l.file.ModTime(),
		Flaw:         m.flaw(),
	}
}

// flaw says what a message lacks, as far as its beginning and its end tell.
func (m message) flaw() string {
	switch {
	case m.unended:
		return "ends within its header"
	case m.torn && m.declared > m.end-m.body:
		return "ends before its Content-Length"
	}
	return ""
}

// begin forgets what was odd in an earlier listing.
func (p *Part) begin(l *layout) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listed, p.odd = l, oddities{}
}

// add notes what was odd in a piece.
func (p *Part) add(o oddities) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.odd.found += o.found
	p.odd.data += o.data
	p.odd.skipped += o.skipped
	p.odd.inHoles += o.inHoles
	p.odd.doubts += o.doubts
	p.odd.bare += o.bare
}

// Remarks implements [migrate.Remarker]: what was odd when the copies were last listed.
func (p *Part) Remarks() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listed == nil {
		return nil
	}
	var remarks []string
	note := func(yes bool, format string, args ...any) {
		if yes {
			remarks = append(remarks, fmt.Sprintf(format, args...))
		}
	}
	o, how, size := p.odd, p.listed.how, p.listed.file.Size()
	note(o.found == 0 && size > 0, "no message found in %d bytes", size)
	note(o.data > 0, "the first message left aside: in it a mail server keeps its own data about the folder")
	note(o.found > 0 && o.skipped > o.inHoles, "%d bytes before the first message skipped", o.skipped-o.inHoles)
	note(o.inHoles > 0, "%d bytes of zeros between messages skipped", o.inHoles)
	note(how.eol == '\r', "lines end in CR, as on old Macs")
	note(how.relaxed, "messages are not separated by blank lines: each From_ line with a header after it counts")
	note(how.lengths, "Content-Length tells where messages end")
	note(how.plain, "From_ lines in messages are not quoted")
	note(o.doubts > 0, "taken for text, as no blank line is before them: %d From_ lines", o.doubts)
	note(o.bare > 0, "taken for text, as no header is after them: %d From_ lines", o.bare)
	return remarks
}
