package mapi

import (
	"encoding/binary"
	"strings"

	"unpop/migrate/mapi/codepage"
)

// A NameMap tells which identifiers a store gave to named properties. It may be used from several goroutines.
type NameMap map[Name]ID

// firstNamed is the identifier of the first named property.
const firstNamed = 0x8000

// setMAPI is one of the two sets that have no entry of their own among the GUIDs.
var setMAPI = GUID{0x28, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}

// NewNameMap reads a map of names from its three streams, which are the same in a PST ([MS-PST] section 2.4.7) and in a message file
// ([MS-OXMSG] section 2.2.3.1): GUIDs, entries, texts. What of it is damaged is left out.
func NewNameMap(guids, entries, texts []byte) NameMap {
	names := NameMap{}
	for e := entries; len(e) >= 8; e = e[8:] {
		number, kind := binary.LittleEndian.Uint32(e), binary.LittleEndian.Uint16(e[4:])
		set, ok := nameSet(guids, int(kind>>1))
		name := Name{Set: set, ID: number}
		if kind&1 != 0 {
			name.ID = 0
			name.Text = nameText(texts, number)
			ok = ok && name.Text != ""
		}
		if _, known := names[name]; ok && !known {
			names[name] = ID(firstNamed + binary.LittleEndian.Uint16(e[6:]))
		}
	}
	return names
}

// Named finds a name; texts are compared without regard to case.
func (m NameMap) Named(name Name) (ID, bool) {
	name.Text = strings.ToLower(name.Text)
	id, ok := m[name]
	return id, ok
}

// nameSet is the set of a name by its index.
func nameSet(guids []byte, index int) (set GUID, ok bool) {
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
func nameText(texts []byte, at uint32) string {
	if int64(at)+4 > int64(len(texts)) {
		return ""
	}
	size := int64(binary.LittleEndian.Uint32(texts[at:]))
	text := texts[at+4:]
	if size > int64(len(text)) {
		return ""
	}
	return strings.ToLower(codepage.DecodeUTF16(text[:size]))
}
