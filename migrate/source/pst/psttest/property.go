package psttest

import (
	"encoding/binary"
	"time"
	"unicode/utf16"
)

// The types of properties that the writer knows ([MS-OXCDATA] 2.11.1). Those with 0x1000 added hold many values.
const (
	typeInt16   = 0x0002
	typeInt32   = 0x0003
	typeBool    = 0x000B
	typeObject  = 0x000D
	typeInt64   = 0x0014
	typeString8 = 0x001E
	typeString  = 0x001F
	typeTime    = 0x0040
	typeGUID    = 0x0048
	typeBinary  = 0x0102
)

// Property is a property with its value as the file has it: little endian, strings encoded.
type Property struct {
	ID    uint16
	Type  uint16
	Value []byte

	text  string // a string that is encoded when the format is known
	plain bool   // it is one
}

// Text is a string, in UTF-16 or, in the ANSI format, in the code page of the file.
func Text(id uint16, s string) Property {
	return Property{ID: id, Type: typeString, text: s, plain: true}
}

// Text8 is a string of any code page, already encoded.
func Text8(id uint16, b []byte) Property { return Property{ID: id, Type: typeString8, Value: b} }

// Int16 is a number.
func Int16(id uint16, v int16) Property {
	return Property{ID: id, Type: typeInt16, Value: binary.LittleEndian.AppendUint16(nil, uint16(v))}
}

// Int32 is a number.
func Int32(id uint16, v int32) Property {
	return Property{ID: id, Type: typeInt32, Value: binary.LittleEndian.AppendUint32(nil, uint32(v))}
}

// Int64 is a number.
func Int64(id uint16, v int64) Property {
	return Property{ID: id, Type: typeInt64, Value: binary.LittleEndian.AppendUint64(nil, uint64(v))}
}

// Bool is true or false.
func Bool(id uint16, v bool) Property {
	p := Property{ID: id, Type: typeBool, Value: []byte{0}}
	if v {
		p.Value[0] = 1
	}
	return p
}

// Time is a time, kept to 100 ns.
func Time(id uint16, t time.Time) Property {
	ticks := (t.Unix()+11644473600)*1e7 + int64(t.Nanosecond()/100)
	p := Int64(id, ticks)
	p.Type = typeTime
	return p
}

// Binary is any bytes.
func Binary(id uint16, b []byte) Property { return Property{ID: id, Type: typeBinary, Value: b} }

// GUID is 16 bytes.
func GUID(id uint16, b [16]byte) Property { return Property{ID: id, Type: typeGUID, Value: b[:]} }

// Many is a property of many values, all of the type of the first one.
func Many(id uint16, values ...Property) Property {
	p := Property{ID: id}
	var offsets, data []byte
	start := 4 + 4*len(values)
	for _, v := range values {
		p.Type = v.Type | 0x1000
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(start+len(data)))
		data = append(data, v.resolved(nil).Value...)
	}
	if p.Type&0xFFF == typeString || p.Type&0xFFF == typeString8 || p.Type&0xFFF == typeBinary {
		head := binary.LittleEndian.AppendUint32(nil, uint32(len(values)))
		data = append(append(head, offsets...), data...)
	}
	p.Value = data
	return p
}

// resolved gives the property with its value encoded: in UTF-16, or with encode where that is given.
func (p Property) resolved(encode func(string) []byte) Property {
	if !p.plain {
		return p
	}
	if encode != nil {
		return Property{ID: p.ID, Type: typeString8, Value: encode(p.text)}
	}
	return Property{ID: p.ID, Type: typeString, Value: UTF16(p.text)}
}

// UTF16 encodes a string in UTF-16, little endian.
func UTF16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// Latin1 encodes a string in ISO 8859-1, with a question mark for what that lacks.
func Latin1(s string) []byte {
	var b []byte
	for _, r := range s {
		if r > 0xFF {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}

// size is the size of values of the type that always have the same one.
func (p Property) size() int {
	switch p.Type {
	case typeBool:
		return 1
	case typeInt16:
		return 2
	case typeInt32, 0x0004, 0x000A:
		return 4
	case typeInt64, typeTime, 0x0005, 0x0006, 0x0007:
		return 8
	}
	return 0
}

// with adds properties to others that don't have them yet.
func with(props []Property, more ...Property) []Property {
	all := append([]Property(nil), props...)
	for _, p := range more {
		if !has(all, p.ID) {
			all = append(all, p)
		}
	}
	return all
}

// has says whether there is a property with the id.
func has(props []Property, id uint16) bool {
	for _, p := range props {
		if p.ID == id {
			return true
		}
	}
	return false
}
