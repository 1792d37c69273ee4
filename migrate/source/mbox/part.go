package mbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync"
	"time"

	"unpop/migrate"
)

// A Part is one mbox file. It implements [migrate.Part] and [migrate.Remarker]; its methods may be called by several
// goroutines at once.
type Part struct {
	path    string
	info    migrate.PartInfo
	mu      sync.Mutex
	remarks []string
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
	return &Part{path: path, info: info}
}

// Stamp is the [migrate.PartInfo] stamp of a file: its size and its time in nanoseconds.
func Stamp(fi os.FileInfo) string {
	return fmt.Sprintf("%d@%d", fi.Size(), fi.ModTime().UnixNano())
}

// Info implements [migrate.Part].
func (p *Part) Info() migrate.PartInfo { return p.info }

// Remarks implements [migrate.Remarker]: what was odd when the copies were last listed.
func (p *Part) Remarks() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.remarks
}

// Copies implements [migrate.Part]. The file is read once from start to end, and stays open while the iteration lasts.
func (p *Part) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		f, err := os.Open(p.path)
		if err != nil {
			yield(nil, p.fault(0, -1, err))
			return
		}
		defer f.Close()
		if err := p.list(ctx, f, yield); err != nil {
			yield(nil, err)
		}
	}
}

// list yields the copies, and returns the error that ends them.
func (p *Part) list(ctx context.Context, f *os.File, yield func(*migrate.Copy, error) bool) error {
	fi, err := f.Stat()
	if err != nil {
		return p.fault(0, -1, err)
	}
	if !fi.Mode().IsRegular() {
		return p.fault(0, -1, errors.New("not a regular file"))
	}
	how, err := look(f, fi.Size(), ctx.Err)
	if err != nil {
		return p.fault(0, 0, err)
	}
	s := newSplitter(f, fi.Size(), how, ctx.Err)
	for n := 1; ; n++ {
		m, ok := s.message()
		if !ok {
			p.remark(s)
			return p.fault(n, s.next.at, s.err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !yield(p.describe(m, how, fi.ModTime()), nil) {
			return nil
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

func (p *Part) describe(m message, how rule, modTime time.Time) *migrate.Copy {
	return &migrate.Copy{
		Ref:          ref{m.from, m.end - m.from, how}.String(),
		Folder:       p.info.Folder,
		Size:         m.end - m.start,
		StatusFields: true,
		Received:     m.line.date,
		ModTime:      modTime,
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

// remark notes what was odd.
func (p *Part) remark(s *splitter) {
	var remarks []string
	note := func(yes bool, format string, args ...any) {
		if yes {
			remarks = append(remarks, fmt.Sprintf(format, args...))
		}
	}
	note(s.found == 0 && s.size > 0, "no message found in %d bytes", s.size)
	note(s.found > 0 && s.skipped > s.inHoles, "%d bytes before the first message skipped", s.skipped-s.inHoles)
	note(s.inHoles > 0, "%d bytes of zeros between messages skipped", s.inHoles)
	note(s.rule.eol == '\r', "lines end in CR, as on old Macs")
	note(s.rule.relaxed, "messages are not separated by blank lines: each From_ line with a header after it counts")
	note(s.rule.lengths, "Content-Length tells where messages end")
	note(s.rule.plain, "From_ lines in messages are not quoted")
	note(s.doubts > 0, "taken for text, as no blank line is before them: %d From_ lines", s.doubts)
	note(s.bare > 0, "taken for text, as no header is after them: %d From_ lines", s.bare)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remarks = remarks
}
