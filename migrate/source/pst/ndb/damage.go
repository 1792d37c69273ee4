package ndb

import (
	"errors"
	"fmt"
	"sync"
)

// Damage says what is wrong with the file, and where. It is the error of a page or block that can't be used, and the warning
// about one that is used although its checksum, its signature or its own id is not what it should be.
type Damage struct {
	Offset int64  // in the file, bytes; -1 for something that the file lacks
	What   string // what lies there: "NBT page", "block 0x1a4"
	Cause  error
}

func (d *Damage) Error() string {
	if d.Offset < 0 {
		return fmt.Sprintf("%s: %v", d.What, d.Cause)
	}
	return fmt.Sprintf("%s at offset %d: %v", d.What, d.Offset, d.Cause)
}

// Unwrap gives the cause, which may be one of the errors below or that of the reader.
func (d *Damage) Unwrap() error { return d.Cause }

// What can be wrong with a page or a block.
var (
	ErrNotFound  = errors.New("no such node")    // a node or subnode that isn't there
	ErrMissing   = errors.New("not in the file") // a block that is referred to and that the block B-tree doesn't know
	ErrTruncated = errors.New("the file ends before it (truncated?)")
	ErrChecksum  = errors.New("checksum is wrong")
	ErrSignature = errors.New("signature is wrong")
	ErrOtherID   = errors.New("carries the id of another one")
	ErrEmpty     = errors.New("holds only zeros")
	ErrOutdated  = errors.New("is of an older state of the file")
	ErrPageType  = errors.New("is no page of this tree")
	ErrPageLevel = errors.New("has the wrong level")
	ErrPageCount = errors.New("counts more entries than it has room for")
	ErrPageKeys  = errors.New("holds keys of another part of the tree")
	ErrKeyOrder  = errors.New("holds an entry out of order")
	ErrBlockSize = errors.New("has an impossible size")
	ErrBlockType = errors.New("is no block of the kind that is referred to")
	ErrRepeated  = errors.New("refers to the same block more than once")
	ErrInflate   = errors.New("can't be inflated")
	ErrDepth     = errors.New("refers to itself or nests too deeply")
)

// maxWarnings is how many warnings are kept; more are only counted.
const maxWarnings = 256

// warnings collects what was wrong and could be used nevertheless, each position and cause once while it is kept.
type warnings struct {
	mu    sync.Mutex
	list  []*Damage
	seen  map[warningKey]struct{}
	total int
}

type warningKey struct {
	offset int64
	cause  error
}

// add notes a warning. Of those beyond the limit, repeated ones are counted again.
func (w *warnings) add(d *Damage) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := warningKey{d.Offset, d.Cause}
	if _, known := w.seen[key]; known {
		return
	}
	w.total++
	if len(w.list) >= maxWarnings {
		return
	}
	if w.seen == nil {
		w.seen = make(map[warningKey]struct{})
	}
	w.seen[key] = struct{}{}
	w.list = append(w.list, d)
}

// snapshot returns a copy of what was collected.
func (w *warnings) snapshot() ([]*Damage, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*Damage(nil), w.list...), w.total
}
