package maildir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"unpop/migrate"
)

// keptEntries bounds the files in the listings that are kept; the folder in use is kept whatever its size.
const keptEntries = 200_000

// Listings finds message files by their refs, whatever their flags are by now. It remembers the directories that were used
// last. The zero value is ready, and all its methods may be called at once by several goroutines.
type Listings struct {
	mu    sync.Mutex
	kept  []kept // the one used last comes last
	total int
}

type kept struct {
	dir string
	*listing
}

// Open returns the bytes of the message that ref names in the folder at dir, compression undone. A message that is no
// longer there gives [migrate.ErrChanged]. The caller closes the reader.
func (l *Listings) Open(dir, ref string) (io.ReadCloser, error) {
	for fresh := false; ; fresh = true {
		files, err := l.get(dir, fresh)
		if err != nil {
			return nil, err
		}
		e, ok := files.find(ref)
		if ok {
			r, err := openBody(e.path(dir))
			if err == nil {
				return r, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
		if fresh || !ok && files.times == dirTimes(dir) {
			return nil, fmt.Errorf("%w: no message %q in %s", migrate.ErrChanged, ref, dir)
		}
	}
}

// get returns the listing of a folder, read anew if fresh is set.
func (l *Listings) get(dir string, fresh bool) (*listing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	files := l.take(dir)
	if files == nil || fresh {
		var err error
		if files, err = list(dir); err != nil {
			return nil, err
		}
	}
	l.keep(kept{dir, files})
	return files, nil
}

// take removes and returns the listing of a folder, nil if it is not there.
func (l *Listings) take(dir string) *listing {
	for i, k := range l.kept {
		if k.dir == dir {
			l.kept = append(l.kept[:i], l.kept[i+1:]...)
			l.total -= len(k.entries)
			return k.listing
		}
	}
	return nil
}

// keep stores a listing and lets go of those not used for longest.
func (l *Listings) keep(k kept) {
	l.kept = append(l.kept, k)
	l.total += len(k.entries)
	for len(l.kept) > 1 && (l.total > keptEntries || len(l.kept) > 64) {
		l.total -= len(l.kept[0].entries)
		l.kept[0] = kept{}
		l.kept = l.kept[1:]
	}
}
