package pop3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// A spool is a Maildir with an index. What is fetched lies in cur when it is whole and on disk; what is being fetched in tmp.
// Whoever changes it holds its lock, against other processes too.
type spool struct {
	dir   string
	lock  *flock.Flock
	space chan struct{} // holds a token while nobody holds the lock in this process

	mu      sync.Mutex // guards what follows
	index   *index
	orphans map[string]string // files that the index doesn't know, by the digest of their UIDL
	file    *os.File          // the index, while the lock is held
	seen    time.Time         // its time when it was read,
	whole   int64             // and its length
	lines   []string          // not yet in the file
	serial  int
}

// errBusy says that another process fetches into the spool.
var errBusy = errors.New("spool: another process fetches into it")

// lockTime is how long another process may hold the spool.
const lockTime = 15 * time.Second

func newSpool(dir string) *spool {
	s := &spool{dir: dir, lock: flock.New(filepath.Join(dir, "unpop-lock")), space: make(chan struct{}, 1), index: newIndex()}
	s.space <- struct{}{}
	return s
}

// path is a place in the spool.
func (s *spool) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// enter makes the spool if there is none, takes its lock and reads the index anew where another process wrote it. The caller
// calls leave.
func (s *spool) enter(ctx context.Context) error {
	select {
	case <-s.space:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	err := s.open(ctx)
	if err != nil {
		_ = s.leave()
	}
	return err
}

func (s *spool) open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(s.path(sub), 0o700); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	wait, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	if ok, err := s.lock.TryLockContext(wait, 50*time.Millisecond); !ok {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case wait.Err() != nil:
			return errBusy
		default:
			return fmt.Errorf("spool: %w", err)
		}
	}
	if err := s.load(); err != nil {
		return fmt.Errorf("spool: %s: %w", s.path(indexName), err)
	}
	return nil
}

// leave writes what is left and gives the lock back.
func (s *spool) leave() error {
	err := s.flush()
	s.mu.Lock()
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
		s.file = nil
		if info, statErr := os.Stat(s.path(indexName)); statErr == nil {
			s.seen = info.ModTime()
		}
	}
	s.mu.Unlock()
	err = errors.Join(err, s.lock.Unlock())
	s.space <- struct{}{}
	return err
}

// load reads the index, unless it is as it was left, and compares it with the files.
func (s *spool) load() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file, err = openIndex(s.path(indexName)); err != nil {
		return err
	}
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if s.whole == 0 || info.Size() != s.whole || !info.ModTime().Equal(s.seen) {
		if s.index, s.whole, err = readIndex(s.file); err != nil {
			return err
		}
		if err := s.file.Truncate(s.whole); err != nil {
			return err
		}
	}
	if s.whole == 0 {
		s.lines = append(s.lines, indexTitle+"\n")
	}
	if s.index.epoch == "" {
		s.renew()
	}
	return s.compare()
}

// renew makes a new epoch. The caller holds mu.
func (s *spool) renew() {
	s.index.epoch = newEpoch()
	s.lines = append(s.lines, "epoch "+s.index.epoch+"\n")
}

// ours is the name of a file that was fetched: seconds, the digests of UIDL and message.
var ours = regexp.MustCompile(`^\d+\.P([0-9a-f]{16})-[0-9a-f]{12}\.unpop(?:,S=\d+)?`)

// compare finds files that the index doesn't know, because the program was killed between two writes, and entries whose files are
// gone. The caller holds mu.
func (s *spool) compare() error {
	there := map[string]bool{}
	s.orphans = map[string]string{}
	for _, sub := range []string{"cur", "new"} {
		err := eachName(s.path(sub), func(name string) {
			m := ours.FindStringSubmatch(name)
			if m == nil {
				return
			}
			there[m[0]] = true
			if _, known := s.index.byFile[m[0]]; !known {
				s.orphans[m[1]] = m[0]
			}
		})
		if err != nil {
			return err
		}
	}
	lost := false
	for _, e := range s.index.entries {
		if e.base != "" && !there[e.base] {
			s.index.drop(e.base)
			s.lines = append(s.lines, "lost "+e.base+"\n")
			lost = true
		}
	}
	if lost {
		s.renew()
	}
	return eachName(s.path("tmp"), func(name string) {
		if strings.HasSuffix(name, tmpEnd) {
			_ = os.Remove(s.path("tmp", name)) // cut off: it is fetched again
		}
	})
}

// eachName calls visit with the names in a directory.
func eachName(dir string, visit func(name string)) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(1024)
		for _, name := range names {
			visit(name)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// note adds a line to the index, with the next flush. The caller holds mu.
func (s *spool) note(line string) { s.lines = append(s.lines, line) }

// flush puts on disk what was noted: first that the files are in cur, then the lines that say so.
func (s *spool) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lines) == 0 || s.file == nil {
		return nil
	}
	if err := syncDir(s.path("cur")); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	text := strings.Join(s.lines, "")
	if _, err := s.file.WriteAt([]byte(text), s.whole); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	if err := s.file.Sync(); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.whole += int64(len(text))
	s.lines = nil
	return nil
}

// syncDir puts a directory's names on disk. Windows knows no such thing.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) { // some network file systems can't
		err = nil
	}
	return errors.Join(err, d.Close())
}
