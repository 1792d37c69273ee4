package pop3

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"runtime"
	"sync"
	"time"
)

// tmpEnd ends the names of unfinished files.
const tmpEnd = ".unpop"

// infoPart is what follows a message's unique name in cur. Windows has no colon in file names.
var infoPart = map[bool]string{false: ":2,", true: ";2,"}[runtime.GOOS == "windows"]

// An incoming is a message on its way into the spool.
type incoming struct {
	spool  *spool
	path   string
	file   *os.File
	buf    *bufio.Writer
	digest hash.Hash
	head   headerWriter
	octets int64
	err    error // of the disk

	done chan struct{} // closed when it is on disk, or err says why not; then
	read header        // is known
}

// buffers are the buffers of messages that are whole.
var buffers = sync.Pool{New: func() any { return bufio.NewWriterSize(nil, 64<<10) }}

// create begins a message. The caller ends it with settle and keep, or with drop.
func (s *spool) create() (*incoming, error) {
	s.serial++
	path := s.path("tmp", fmt.Sprintf("%d.%d_%d%s", time.Now().Unix(), os.Getpid(), s.serial, tmpEnd))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	buf := buffers.Get().(*bufio.Writer)
	buf.Reset(file)
	return &incoming{spool: s, path: path, file: file, buf: buf, digest: sha256.New(), done: make(chan struct{})}, nil
}

// Write implements [io.Writer].
func (m *incoming) Write(p []byte) (int, error) {
	m.digest.Write(p)
	_, _ = m.head.Write(p) // it takes everything
	m.octets += int64(len(p))
	if _, err := m.buf.Write(p); err != nil {
		m.err = fmt.Errorf("spool: %w", err)
		return 0, m.err
	}
	return len(p), nil
}

// drop ends a message that is not kept.
func (m *incoming) drop() {
	_ = m.file.Close()
	_ = os.Remove(m.path)
}

// settle begins to put the message on disk, which takes longer than fetching it: several at a time cost little more than one. done is
// closed at the end.
func (m *incoming) settle() {
	err := m.buf.Flush()
	m.buf.Reset(nil)
	buffers.Put(m.buf)
	go func() {
		defer close(m.done)
		if err == nil {
			m.read, err = m.head.header()
		}
		if err == nil {
			err = m.file.Sync()
		}
		if err = errors.Join(err, m.file.Close()); err != nil {
			m.err = fmt.Errorf("spool: %w", err)
		} else if !m.read.date.IsZero() {
			_ = os.Chtimes(m.path, m.read.date, m.read.date) // mail programs show it
		}
	}()
}

// keep waits until the message is on disk and moves it into cur. Where the spool has the same bytes from a message that the server
// doesn't list under another UIDL, it is that message, and fresh is false.
func (m *incoming) keep(it item, listed map[string]bool) (e entry, fresh bool, err error) {
	<-m.done
	if m.err != nil {
		_ = os.Remove(m.path)
		return entry{}, false, m.err
	}
	e = entry{uidl: it.uidl, size: it.size, octets: m.octets}
	copy(e.head[:], m.read.digest[:])
	copy(e.digest[:], m.digest.Sum(nil))
	e.base = baseName(m.read.date, &e)
	return m.spool.take(m.path, e, listed)
}

// baseName is the unique part of a message's file name: the time of the message, and what it is.
func baseName(date time.Time, e *entry) string {
	seconds := date.Unix()
	if date.IsZero() || seconds < 1 {
		seconds = time.Now().Unix()
	}
	return fmt.Sprintf("%010d.P%s-%x.unpop,S=%d", seconds, uidlDigest(e.uidl), e.digest[:6], e.octets)
}

func uidlDigest(uidl string) string {
	d := sha256.Sum256([]byte(uidl))
	return hex.EncodeToString(d[:8])
}

// take moves a finished file into cur and notes it, unless it is there already.
func (s *spool) take(path string, e entry, listed map[string]bool) (entry, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.index.byDigest[e.digest]; ok {
		if old := &s.index.entries[at]; old.uidl == e.uidl || !listed[old.uidl] || !s.index.owns(at) {
			s.index.again(at, e.uidl, e.size)
			s.note(old.againLine())
			return *old, false, os.Remove(path)
		}
	}
	if err := os.Rename(path, s.path("cur", e.base+infoPart)); err != nil {
		_ = os.Remove(path)
		return e, false, fmt.Errorf("spool: %w", err)
	}
	s.index.add(e)
	s.note(e.line())
	return e, true, nil
}

// adopt takes a file that lies in cur and isn't in the index: the program was killed after it had come whole.
func (s *spool) adopt(it item) bool {
	base, ok := s.orphans[uidlDigest(it.uidl)]
	if !ok || it.alike {
		return false
	}
	delete(s.orphans, uidlDigest(it.uidl))
	file, err := s.openFile(base)
	if err != nil {
		return false
	}
	defer file.Close()
	m := incoming{digest: sha256.New(), buf: bufio.NewWriter(io.Discard)}
	if _, err := io.Copy(&m, file); err != nil {
		return false
	}
	h, err := m.head.header()
	if err != nil {
		return false
	}
	e := entry{uidl: it.uidl, size: it.size, octets: m.octets, base: base}
	copy(e.head[:], h.digest[:])
	copy(e.digest[:], m.digest.Sum(nil))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index.add(e)
	s.note(e.line())
	return true
}

// openFile opens a file that nobody has touched.
func (s *spool) openFile(base string) (*os.File, error) { return os.Open(s.path("cur", base+infoPart)) }
