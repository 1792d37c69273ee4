package mapi

import (
	"bytes"
	"encoding/binary"

	"unpop/migrate/mapi/codepage"
)

// Providers of entry identifiers of people.
var (
	oneOffProvider  = []byte{0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02}
	addressProvider = []byte{0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A, 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82}
)

const oneOffUnicode = 0x8000

// entry reads who an entry identifier is: a one-off address ([MS-OXCDATA] section 2.2.5.1) or an entry of Exchange's address book (2.2.5.2).
func (r reader) entry(id []byte) (party, bool) {
	if len(id) < 24 {
		return party{}, false
	}
	switch provider := id[4:20]; {
	case bytes.Equal(provider, oneOffProvider):
		flags := binary.LittleEndian.Uint16(id[22:])
		texts := r.strings(id[24:], flags&oneOffUnicode != 0)
		if len(texts) < 3 {
			return party{}, false
		}
		return party{name: texts[0], kind: texts[1], addr: texts[2]}, true
	case bytes.Equal(provider, addressProvider) && len(id) > 28:
		dn, _, _ := bytes.Cut(id[28:], []byte{0})
		return party{kind: "EX", addr: codepage.Decode(dn, r.codePage())}, true
	}
	return party{}, false
}

// strings takes strings that end in a zero.
func (r reader) strings(data []byte, wide bool) []string {
	var texts []string
	for len(data) > 0 && len(texts) < 8 {
		end, width := bytes.IndexByte(data, 0), 1
		if wide {
			end, width = zeroUnit(data), 2
		}
		if end < 0 {
			end = len(data)
		}
		v := Value{TypeString8, data[:end]}
		if wide {
			v.Type = TypeString
		}
		texts = append(texts, r.decode(v))
		data = data[min(end+width, len(data)):]
	}
	return texts
}

func zeroUnit(data []byte) int {
	for i := 0; i+1 < len(data); i += 2 {
		if data[i] == 0 && data[i+1] == 0 {
			return i
		}
	}
	return -1
}

// maxEntries bounds a list of entry identifiers.
const maxEntries = 1000

// entries takes a FlatEntryList apart ([MS-OXCDATA] section 2.3.3).
func (r reader) entries(data []byte) []party {
	if len(data) < 8 {
		return nil
	}
	var list []party
	for data = data[8:]; len(data) >= 4 && len(list) < maxEntries; {
		size := int64(binary.LittleEndian.Uint32(data))
		if size > int64(len(data)-4) {
			break
		}
		if p, ok := r.entry(data[4 : 4+size]); ok {
			list = append(list, p)
		}
		padded := (size + 3) &^ 3
		data = data[min(4+padded, int64(len(data))):]
	}
	return list
}

// replyTo returns who gets the answers.
func (it *item) replyTo() []address {
	var who []address
	for _, p := range it.entries(it.binary(idReplyRecipients, maxText)) {
		who = append(who, it.resolve(p))
	}
	return who
}
