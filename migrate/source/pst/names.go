package pst

import (
	"cmp"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"

	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ltp"
	"unpop/migrate/source/pst/ndb"
)

// Streams of the name map ([MS-PST] section 2.4.7).
const (
	nameGUIDs   = 0x0002
	nameEntries = 0x0003
	nameStrings = 0x0004
	firstNamed  = 0x8000
)

// maxNameMap is the size of a stream of the name map up to which it is read. There can't be more than 32,768 names.
const maxNameMap = 4 << 20

// Sets that have no entry of their own among the GUIDs.
var (
	setMAPI          = mapi.GUID{0x28, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
	setPublicStrings = mapi.GUID{0x29, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}
)

// named returns the id that the store gave to a named property.
func (s *store) named(name mapi.Name) (mapi.ID, bool) {
	s.loadNames()
	name.Text = strings.ToLower(name.Text)
	id, ok := s.names[name]
	return id, ok
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

// readNames reads the streams of the name map. What of it is damaged is left out.
func readNames(props *ltp.Context) (map[mapi.Name]mapi.ID, error) {
	guids, guidsErr := readStream(props, nameGUIDs)
	strs, strsErr := readStream(props, nameStrings)
	entries, entriesErr := readStream(props, nameEntries)
	names := map[mapi.Name]mapi.ID{}
	for e := entries; len(e) >= 8; e = e[8:] {
		number, kind := binary.LittleEndian.Uint32(e), binary.LittleEndian.Uint16(e[4:])
		set, ok := nameSet(guids, int(kind>>1))
		name := mapi.Name{Set: set, ID: number}
		if kind&1 != 0 {
			name.ID = 0
			name.Text = nameText(strs, number)
			ok = ok && name.Text != ""
		}
		if _, known := names[name]; ok && !known {
			names[name] = mapi.ID(firstNamed + binary.LittleEndian.Uint16(e[6:]))
		}
	}
	return names, cmp.Or(entriesErr, guidsErr, strsErr)
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

// nameSet is the set of a name by its index.
func nameSet(guids []byte, index int) (set mapi.GUID, ok bool) {
	switch {
	case index == 1:
		return setMAPI, true
	case index == 2:
		return setPublicStrings, true
	case index < 3 || (index-2)*16 > len(guids):
		return set, index == 0
	}
	copy(set[:], guids[(index-3)*16:])
	return set, true
}

// nameText reads a name, in lower case.
func nameText(strs []byte, at uint32) string {
	if int64(at)+4 > int64(len(strs)) {
		return ""
	}
	size := int64(binary.LittleEndian.Uint32(strs[at:]))
	text := strs[at+4:]
	if size > int64(len(text)) {
		return ""
	}
	units := make([]uint16, size/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(text[2*i:])
	}
	return strings.ToLower(string(utf16.Decode(units)))
}

// nth returns the i-th of several binaries or strings ([MS-PST] section 2.3.3.4.2).
func nth(data []byte, i int) []byte {
	values := ltp.Value{Type: ltp.Binary | ltp.Multiple, Data: data}.Values()
	if i >= len(values) {
		return nil
	}
	return values[i].Data
}
