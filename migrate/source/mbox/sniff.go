package mbox

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// sniffSize is how much of a file IsMbox looks at; longSniff, where the file's name says that it is a mailbox.
const (
	sniffSize = 16 << 10
	longSniff = 1 << 20
)

// IsMbox tells from the beginning of a file whether it is an mbox file: a From_ line with a header after it, before which
// there is nothing but a byte order mark, blank lines or zeros. A file that is called a mailbox (".mbox", ".mbx", an index
// ".msf" beside it) may begin with something else. An empty file is none.
func IsMbox(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil || !fi.Mode().IsRegular() {
		return false, err
	}
	head, err := readSome(f, 0, min(fi.Size(), sniffSize))
	if err != nil || isMbox(head, int64(len(head)) == fi.Size()) {
		return err == nil, err
	}
	if !isNamedMailbox(path) || fi.Size() == 0 {
		return false, nil
	}
	size := min(fi.Size(), longSniff)
	never := func() error { return nil }
	how, err := look(f, size, never)
	if err != nil {
		return false, err
	}
	s := newSplitter(f, size, how, never)
	defer s.free()
	return s.next.line.kind != fromNone, nil
}

// isMbox looks at the beginning of a file; all says that it is the whole file.
func isMbox(head []byte, all bool) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), "\x00\r\n")
	if !bytes.HasPrefix(head, fromPrefix) {
		return false
	}
	for _, how := range []rule{{eol: '\n'}, {eol: '\r'}} {
		if how.eol == '\r' && bytes.IndexByte(head, '\n') >= 0 {
			break
		}
		v, line := how.judge(head, true, all)
		if v == isSeparator || line.kind == fromDated {
			return true
		}
	}
	return false
}

// isNamedMailbox says whether a file's name, or the index beside it, says that it holds mail.
func isNamedMailbox(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".mbox", ".mbx":
		return true
	}
	_, err := os.Stat(path + ".msf")
	return err == nil
}
