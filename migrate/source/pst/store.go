package pst

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ltp"
	"unpop/migrate/source/pst/ndb"
)

// A store is one data file.
type store struct {
	disk  *os.File
	file  *ndb.File
	stamp string

	props    *ltp.Context // of the message store object; nil where it can't be read
	propsErr error
	page     int // code page of 8-bit strings; 0 is unknown

	namesOnce sync.Once
	names     mapi.NameMap
	namesErr  error
	dnsOnce   sync.Once
	dns       map[string]string
	treeOnce  sync.Once
	tree      *tree
}

// converted is part of the stamp: what is made of the same file may differ from one version of the program to the next.
const converted = 2

// openStore opens a data file.
func openStore(name string) (*store, error) {
	disk, err := os.Open(name)
	if err != nil {
		return nil, inUse(err)
	}
	s := &store{disk: disk}
	if err := s.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, inUse(err)), disk.Close())
	}
	return s, nil
}

func (s *store) open() error {
	info, err := s.disk.Stat()
	if err != nil {
		return err
	}
	s.stamp = fmt.Sprintf("%d:%d@%d", converted, info.Size(), info.ModTime().UnixNano())
	if s.file, err = ndb.Open(s.disk, info.Size()); err != nil {
		return err
	}
	node, err := s.file.Node(ndb.NIDMessageStore)
	if err == nil {
		s.props, err = ltp.OpenContext(node)
	}
	s.propsErr = err
	if s.file.Format() == ndb.ANSI {
		s.page = s.guessPage()
	}
	return nil
}

// object is the message store object; one without properties if it can't be read.
func (s *store) object() object {
	if s.props == nil {
		return object{none{}, s, nil}
	}
	return object{s.props, s, nil}
}

// none has no properties.
type none struct{}

func (none) Get(uint16) (ltp.Value, bool, error) { return ltp.Value{}, false, nil }
func (none) Open(uint16) (ltp.Stream, error)     { return nil, nil }

// password reports whether a password was set. It keeps nobody out: what is stored is a checksum that programs are asked to
// compare.
func (s *store) password() bool {
	sum := mapi.Int(s.object(), idPassword)
	return sum != 0 && sum != -1 // an OST has the latter
}

func (s *store) close() error { return s.disk.Close() }

// folderObject opens a folder's properties.
func (s *store) folderObject(id ndb.NID) (object, error) {
	node, err := s.file.Node(id)
	if err != nil {
		return object{none{}, s, nil}, err
	}
	props, err := ltp.OpenContext(node)
	if err != nil {
		return object{none{}, s, nil}, err
	}
	return object{props, s, nil}, nil
}
