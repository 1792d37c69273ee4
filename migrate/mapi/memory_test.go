package mapi

import (
	"encoding/binary"
	"errors"
	"iter"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// memory is an item in memory. Stores of files are tested in their own packages.
type memory struct {
	props map[ID]Value
	names map[Name]ID
	rows  []*memory
	files []*memory
	inner *memory // an attached message
	fail  error   // of opening inner
}

func (m *memory) Get(id ID) (Value, bool) {
	v, ok := m.props[id]
	return v, ok && len(v.Data) <= 64<<10
}

func (m *memory) Open(id ID) (Stream, bool) {
	v, ok := m.props[id]
	if !ok || v.Type != TypeString && v.Type != TypeString8 && v.Type != TypeBinary && v.Type != TypeObject {
		return Stream{}, false
	}
	return Stream{v.Type, int64(len(v.Data)), bytesAt(v.Data)}, true
}

func (m *memory) Named(name Name) (ID, bool) {
	id, ok := m.names[name]
	return id, ok
}

func (m *memory) Recipients() iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for _, r := range m.rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (m *memory) Attachments() iter.Seq2[Attachment, error] {
	return func(yield func(Attachment, error) bool) {
		for _, f := range m.files {
			if f.fail != nil && f.inner == nil && f.props == nil {
				if !yield(nil, f.fail) {
					return
				}
			} else if !yield(f, nil) {
				return
			}
		}
	}
}

func (m *memory) Message() (Message, error) {
	if m.inner == nil {
		return nil, first2(m.fail, errors.New("no message"))
	}
	return m.inner, nil
}

func first2(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// properties of a test's item: strings become Unicode, ints 32 bits.
type properties map[ID]any

func object(p properties) *memory {
	m := &memory{props: map[ID]Value{}, names: map[Name]ID{}}
	for id, v := range p {
		m.props[id] = value(v)
	}
	return m
}

func value(v any) Value {
	switch v := v.(type) {
	case string:
		return Value{TypeString, wide(v)}
	case int:
		return Value{TypeInt32, binary.LittleEndian.AppendUint32(nil, uint32(int32(v)))}
	case bool:
		b := byte(0)
		if v {
			b = 1
		}
		return Value{TypeBool, []byte{b}}
	case []byte:
		return Value{TypeBinary, v}
	case time.Time:
		return Value{
			TypeTime,
			binary.LittleEndian.AppendUint64(nil, uint64(v.Unix()+11644473600)*1e7+uint64(v.Nanosecond()/100)),
		}
	case float64:
		return Value{TypeFloat64, binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))}
	case []string:
		return Value{TypeString | TypeMulti, multi(v)}
	}
	return v.(Value)
}

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func multi(texts []string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(texts)))
	at := 4 + 4*len(texts)
	for _, s := range texts {
		b = binary.LittleEndian.AppendUint32(b, uint32(at))
		at += len(wide(s))
	}
	for _, s := range texts {
		b = append(b, wide(s)...)
	}
	return b
}

// string8 is text in a code page.
func string8(s string) Value { return Value{TypeString8, []byte(s)} }

// with adds recipients, attachments and named properties.
func (m *memory) with(more ...any) *memory {
	for _, x := range more {
		switch x := x.(type) {
		case row:
			m.rows = append(m.rows, object(properties(x)))
		case file:
			m.files = append(m.files, object(properties(x)))
		case *memory:
			f := object(properties{idAttachMethod: methodEmbedded})
			f.inner = x
			m.files = append(m.files, f)
		case named:
			for name, v := range x {
				id, known := m.names[name]
				if !known {
					id = ID(0x8000 + len(m.names))
				}
				m.names[name] = id
				m.props[id] = value(v)
			}
		}
	}
	return m
}

type (
	row   properties
	file  properties
	named map[Name]any
)

// convert converts an item and holds the result to what every message must be.
func convert(t testing.TB, m Message, opts Options) (string, Info) {
	t.Helper()
	var b strings.Builder
	info, err := Convert(&b, m, opts)
	if err != nil {
		t.Fatal(err)
	}
	checkMessage(t, b.String())
	var again strings.Builder
	if _, err := Convert(&again, m, opts); err != nil || again.String() != b.String() {
		t.Errorf("got another message the second time, %v", err)
	}
	return b.String(), info
}

var sent = time.Date(2009, 3, 14, 15, 9, 26, 0, time.UTC)
