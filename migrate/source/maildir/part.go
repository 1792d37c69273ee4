package maildir

import (
	"context"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"unpop/migrate"
)

// Options say in what a folder differs from an ordinary Maildir folder.
type Options struct {
	// StatusFields says that the messages carry their state in header fields, written in place by the mail client;
	// the part's stamp then covers the size and time of each file.
	StatusFields bool
}

// A Part is one folder: the directory that holds cur and new.
type Part struct {
	dir  string
	opts Options

	once    sync.Once // guards info, whose stamp is made on demand
	info    migrate.PartInfo
	remarks []string
}

// NewPart returns the folder at dir as a part with the name and folder of info; its stamp and size are filled in.
// Copies are opened with [Listings.Open].
func NewPart(dir string, info migrate.PartInfo, opts Options) *Part {
	return &Part{dir: dir, info: info, opts: opts}
}

// Info describes the part. The stamp is taken at the first call and covers the names of all files: it needs no memory
// for them, and about a microsecond each.
func (p *Part) Info() migrate.PartInfo {
	p.once.Do(func() { p.info.Stamp, p.info.Bytes = survey(p.dir, p.opts.StatusFields) })
	return p.info
}

// Remarks tells of messages beside cur and new, after Copies has run.
func (p *Part) Remarks() []string { return p.remarks }

// Copies lists the messages, sorted by name, those of cur before those of new that have the same.
func (p *Part) Copies(ctx context.Context) iter.Seq2[*migrate.Copy, error] {
	return func(yield func(*migrate.Copy, error) bool) {
		p.Info() // before the listing, so that a later change shows in the next run
		files, err := list(p.dir)
		if err != nil {
			yield(nil, p.wrong(err))
			return
		}
		words := readKeywords(p.dir)
		for i := range files.entries {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(p.copyOf(files, i, words)) {
				return
			}
		}
		p.remarks = p.strays()
	}
}

// copyOf describes entry i.
func (p *Part) copyOf(files *listing, i int, words []string) (*migrate.Copy, error) {
	e := files.entries[i]
	name := parseName(e.file)
	c := &migrate.Copy{
		Ref: files.ref(i), Folder: p.info.Folder, StatusFields: p.opts.StatusFields, Received: delivered(name.base),
	}
	name.apply(c, words)
	info, err := os.Stat(e.path(p.dir))
	if err != nil {
		return c, p.wrong(fmt.Errorf("%w: %w", migrate.ErrChanged, err))
	}
	c.Size, c.ModTime = info.Size(), info.ModTime()
	c.Flaw = flaw(e.path(p.dir), c.Size, statedSize(name.base))
	return c, nil
}

// flaw tells what is wrong with a file of this size whose name states another; compressed files are smaller than stated.
func flaw(path string, size, stated int64) string {
	switch {
	case size == 0:
		return "empty file"
	case size >= stated || packed(path):
		return ""
	default:
		return fmt.Sprintf("truncated: %d of %d bytes", size, stated)
	}
}

func (p *Part) wrong(err error) error {
	return &migrate.CopyError{Part: p.info.Name, Offset: -1, Err: err}
}

// strays remarks on files that are named like messages but lie beside cur and new, where no mail program reads them.
func (p *Part) strays() []string {
	n := 0
	err := readDir(p.dir, func(e fs.DirEntry) error {
		if e.Type().IsRegular() && !placeholder(e.Name()) && parseName(e.Name()).info {
			n++
		}
		return nil
	})
	if err != nil || n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("files named like messages beside cur and new in %s: %d, left aside", filepath.Base(p.dir), n)}
}
