package pst

import (
	"cmp"
	"io"

	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ltp"
	"unpop/migrate/source/pst/ndb"
)

// Streams of the name map ([MS-PST] section 2.4.7).
const (
	nameGUIDs   = 0x0002
	nameEntries = 0x0003
	nameStrings = 0x0004
)

// maxNameMap is the size of a stream of the name map up to which it is read. There can't be more than 32,768 names.
const maxNameMap = 4 << 20

// named returns the id that the store gave to a named property.
func (s *store) named(name mapi.Name) (mapi.ID, bool) {
	_ = s.loadNames() // that there are none is told of the file
	return s.names.Named(name)
}

// loadNames reads the name map, once. Without it the named properties are missing; it returns why.
func (s *store) loadNames() error {
	s.namesOnce.Do(func() {
		node, err := s.file.Node(ndb.NIDNameMap)
		if err != nil {
			s.namesErr = err
			return
		}
		props, err := ltp.OpenContext(node)
		if err != nil {
			s.namesErr = err
			return
		}
		s.names, s.namesErr = readNames(props)
	})
	return s.namesErr
}

// readNames reads the streams of the name map.
func readNames(props *ltp.Context) (mapi.NameMap, error) {
	guids, guidsErr := readStream(props, nameGUIDs)
	texts, textsErr := readStream(props, nameStrings)
	entries, entriesErr := readStream(props, nameEntries)
	return mapi.NewNameMap(guids, entries, texts), cmp.Or(entriesErr, guidsErr, textsErr)
}

// readStream reads a stream of the name map, or the beginning that can be read.
func readStream(props *ltp.Context, id uint16) ([]byte, error) {
	s, err := props.Open(id)
	if err != nil || s == nil {
		return nil, err
	}
	data := make([]byte, min(s.Size(), maxNameMap))
	n, err := s.ReadAt(data, 0)
	if err == io.EOF {
		err = nil
	}
	return data[:n], err
}

// nth returns the i-th of several binaries or strings ([MS-PST] section 2.3.3.4.2).
func nth(data []byte, i int) []byte {
	values := ltp.Value{Type: ltp.Binary | ltp.Multiple, Data: data}.Values()
	if i >= len(values) {
		return nil
	}
	return values[i].Data
}
