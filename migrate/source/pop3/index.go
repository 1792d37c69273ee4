package pop3

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// indexName is the file in the spool that tells which message of the server each file is. It is text, and only ever added to:
//
//	unpop POP3 spool 1
//	epoch 8c1f…                               what is known of the spool before counts no more as unchanged
//	message SIZE OCTETS HEADER DIGEST FILE UIDL   SIZE by LIST, OCTETS in the file, digests of the header and of all
//	again SIZE FILE UIDL                      the message of that file under another UIDL, or with another size
//	held SIZE HEADER UIDL                     not fetched: another source had it
//	other UIDL                                the UIDL is that of another message now
//	lost FILE                                 the file is gone
//
// UIDLs are quoted as in Go. A line that isn't whole, as a power cut may leave it, is passed over.
const indexName = "unpop-uidl"

const indexTitle = "unpop POP3 spool 1"

// A sum is half of a SHA-256: plenty to tell messages of one maildrop apart.
type sum [16]byte

// An entry is a message in the spool, or one that is not there because another source holds it.
type entry struct {
	uidl   string
	size   int64 // as LIST says
	octets int64
	head   sum
	digest sum
	base   string // of its file's name; empty for one that is held elsewhere
}

// An index is what the file says.
type index struct {
	epoch    string
	entries  []entry        // with a file, in the order in which they came
	byFile   map[string]int // their places
	byUIDL   map[string]int
	byDigest map[sum]int
	held     map[string]entry
}

func newIndex() *index {
	return &index{byFile: map[string]int{}, byUIDL: map[string]int{}, byDigest: map[sum]int{}, held: map[string]entry{}}
}

// errNotIndex says that a file of that name is something else.
var errNotIndex = errors.New("not an index of unpop's, or a later version's")

// readIndex reads an index, and how many bytes of it are whole lines.
func readIndex(r io.Reader) (x *index, whole int64, err error) {
	x = newIndex()
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull) { // the rest is no line, and not ours
			return x, whole, nil
		}
		if err != nil {
			return nil, 0, err
		}
		text := string(bytes.TrimSuffix(line, []byte("\n")))
		if whole == 0 && text != indexTitle {
			return nil, 0, errNotIndex
		}
		whole += int64(len(line))
		x.apply(text)
	}
}

// apply does what a line says.
func (x *index) apply(line string) {
	words := strings.SplitN(line, " ", 7)
	switch words[0] {
	case "epoch":
		x.epoch = words[len(words)-1]
	case "lost":
		x.drop(words[len(words)-1])
	case "other":
		if uidl, err := strconv.Unquote(strings.TrimPrefix(line, "other ")); err == nil {
			x.release(uidl)
		}
	default:
		if e, ok := parseEntry(words, line); ok {
			x.put(words[0], e)
		}
	}
}

// parseEntry reads a line about one message.
func parseEntry(words []string, line string) (e entry, ok bool) {
	fields := map[string]int{"message": 7, "again": 4, "held": 4}[words[0]]
	if fields == 0 || len(words) < fields {
		return e, false
	}
	words = strings.SplitN(line, " ", fields)
	var err error
	if e.uidl, err = strconv.Unquote(words[fields-1]); err != nil {
		return e, false
	}
	if e.size, err = strconv.ParseInt(words[1], 10, 64); err != nil {
		return e, false
	}
	switch words[0] {
	case "message":
		e.octets, err = strconv.ParseInt(words[2], 10, 64)
		e.base = words[5]
		return e, err == nil && parseSum(&e.head, words[3]) && parseSum(&e.digest, words[4])
	case "again":
		e.base = words[2]
		return e, true
	default:
		return e, parseSum(&e.head, words[2])
	}
}

func parseSum(s *sum, text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && copy(s[:], b) == len(s) && len(b) == len(s)
}

// put takes an entry of one of the kinds.
func (x *index) put(kind string, e entry) {
	switch kind {
	case "message":
		x.add(e)
	case "again":
		if at, ok := x.byFile[e.base]; ok {
			x.again(at, e.uidl, e.size)
		}
	default:
		x.held[e.uidl] = e
	}
}

// add takes an entry with a file.
func (x *index) add(e entry) {
	at, known := x.byFile[e.base]
	if !known {
		at = len(x.entries)
		x.entries = append(x.entries, e)
		x.byFile[e.base] = at
	}
	x.entries[at] = e
	x.byUIDL[e.uidl], x.byDigest[e.digest] = at, at
	delete(x.held, e.uidl)
}

// again gives an entry another UIDL or size.
func (x *index) again(at int, uidl string, size int64) {
	x.entries[at].uidl, x.entries[at].size = uidl, size
	x.byUIDL[uidl] = at
}

// release forgets that a UIDL is a message's, which stays.
func (x *index) release(uidl string) {
	delete(x.byUIDL, uidl)
	delete(x.held, uidl)
}

// owns reports whether the UIDL of the entry at a place is still its own.
func (x *index) owns(at int) bool {
	owner, ok := x.byUIDL[x.entries[at].uidl]
	return ok && owner == at
}

// drop forgets a file.
func (x *index) drop(base string) {
	at, ok := x.byFile[base]
	if !ok {
		return
	}
	e := x.entries[at]
	delete(x.byFile, base)
	if x.byUIDL[e.uidl] == at {
		delete(x.byUIDL, e.uidl)
	}
	if x.byDigest[e.digest] == at {
		delete(x.byDigest, e.digest)
	}
	x.entries[at].base = "" // its place stays
}

// line writes an entry as the file has it.
func (e *entry) line() string {
	if e.base == "" {
		return fmt.Sprintf("held %d %x %q\n", e.size, e.head, e.uidl)
	}
	return fmt.Sprintf("message %d %d %x %x %s %q\n", e.size, e.octets, e.head, e.digest, e.base, e.uidl)
}

func (e *entry) againLine() string { return fmt.Sprintf("again %d %s %q\n", e.size, e.base, e.uidl) }

// newEpoch makes a word that no spool had before.
func newEpoch() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// openIndex opens the file for reading and adding.
func openIndex(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) }

func quote(s string) string { return strconv.Quote(s) }
