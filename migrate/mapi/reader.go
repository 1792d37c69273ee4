package mapi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"unpop/migrate/mapi/codepage"
)

// Bounds of what is taken into memory: of a property that becomes a field or a name, and of a transport header.
const (
	maxText   = 1 << 20
	maxHeader = 8 << 20
	maxValues = 1000
)

// A reader reads an object's properties as Go values. What is missing, damaged or of another type is a zero.
type reader struct {
	Object
	page int // code page of 8-bit strings; 0: the object's own, else windows-1252
}

func (r reader) has(id ID) bool {
	if v, ok := r.Get(id); ok {
		return v.Type != TypeError
	}
	_, ok := r.Open(id)
	return ok
}

// raw returns a value of at most limit bytes.
func (r reader) raw(id ID, limit int64) (Value, bool) {
	if v, ok := r.Get(id); ok {
		v.Data = v.Data[:min(int64(len(v.Data)), limit)]
		return v, v.Type != TypeError
	}
	s, ok := r.Open(id)
	if !ok || s.Size < 0 {
		return Value{}, false
	}
	data := make([]byte, min(s.Size, limit))
	n, err := s.Data.ReadAt(data, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Value{}, false
	}
	return Value{s.Type, data[:n]}, true
}

// int reads a number or a boolean.
func (r reader) int(id ID) int {
	n, _ := r.number(id)
	return n
}

func (r reader) number(id ID) (int, bool) {
	v, ok := r.Get(id)
	if !ok {
		return 0, false
	}
	switch {
	case v.Type == TypeInt16 && len(v.Data) >= 2:
		return int(int16(binary.LittleEndian.Uint16(v.Data))), true
	case v.Type == TypeBool && len(v.Data) >= 1:
		return int(v.Data[0]), true
	case v.Type == TypeInt32 && len(v.Data) >= 4:
		return int(int32(binary.LittleEndian.Uint32(v.Data))), true
	}
	return 0, false
}

// binary reads a binary value; longer ones than limit count as missing.
func (r reader) binary(id ID, limit int64) []byte {
	v, ok := r.raw(id, limit+1)
	if !ok || v.Type != TypeBinary && v.Type != TypeObject || int64(len(v.Data)) > limit {
		return nil
	}
	return v.Data
}

// text reads a string without zeros.
func (r reader) text(id ID) string { return r.longText(id, maxText) }

func (r reader) longText(id ID, limit int64) string {
	v, ok := r.raw(id, limit)
	if !ok {
		return ""
	}
	return r.decode(v)
}

// trimmed reads a string of one line, as names and addresses are.
func (r reader) trimmed(id ID) string {
	text := r.text(id)
	if isTrimmed(text) {
		return text
	}
	return strings.Join(strings.FieldsFunc(text, isBlank), " ")
}

// isBlank reports whether a character is a blank of ASCII or ends a line. Others are kept: that between the names of a Japanese is wide.
func isBlank(r rune) bool {
	return r == ' ' || '\t' <= r && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// isTrimmed reports whether a text is known to have blanks only between its words, one at a time.
func isTrimmed(text string) bool {
	last := byte(' ')
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == ' ' && last == ' ' {
			return false
		}
		last = text[i]
	}
	return last != ' ' || text == ""
}

// time reads a time that a mail can have; others are zero.
func (r reader) time(id ID) time.Time {
	if t := r.anyTime(id); t.Year() >= 1970 && t.Year() < 2100 {
		return t
	}
	return time.Time{}
}

// anyTime reads a time.
func (r reader) anyTime(id ID) time.Time {
	v, ok := r.Get(id)
	if !ok || v.Type != TypeTime || len(v.Data) < 8 {
		return time.Time{}
	}
	return fileTime(binary.LittleEndian.Uint64(v.Data))
}

// fileTime converts 100 ns since 1601; what is beyond a signed number of them is no time.
func fileTime(ticks uint64) time.Time {
	const to1970 = 116444736000000000
	if ticks == 0 || ticks > 1<<63-1 {
		return time.Time{}
	}
	since := int64(ticks) - to1970
	return time.Unix(since/1e7, since%1e7*100).UTC()
}

// decode makes a string value UTF-8.
func (r reader) decode(v Value) string {
	var text string
	switch v.Type {
	case TypeString:
		text = codepage.DecodeUTF16(v.Data)
	case TypeString8:
		text = codepage.Decode(v.Data, r.codePage())
	default:
		return ""
	}
	return strings.ReplaceAll(text, "\x00", "")
}

// codePage is that of 8-bit strings ([MS-OXCMSG] section 2.2.1.4): the object's, the store's, or what else the object tells of it.
func (r reader) codePage() int {
	if page := r.int(idMessageCodepage); codepage.Lookup(page) != nil && page != codepage.UTF16 {
		return page
	}
	if r.page != 0 {
		return r.page
	}
	if page := CodePage(r.Object); codepage.Lookup(page) != nil && page != codepage.UTF16 {
		return page
	}
	return codepage.Western
}

// of reads another object in the same code page.
func (r reader) of(o Object) reader { return reader{o, r.codePage()} }

// named finds a named property; ok is false where the object can't have it.
func (r reader) named(name Name) (ID, bool) { return r.Named(name) }

func (r reader) namedInt(name Name) (int, bool) {
	if id, ok := r.named(name); ok {
		return r.number(id)
	}
	return 0, false
}

func (r reader) namedText(name Name) string {
	if id, ok := r.named(name); ok {
		return r.trimmed(id)
	}
	return ""
}

func (r reader) namedTime(name Name) time.Time {
	if id, ok := r.named(name); ok {
		return r.anyTime(id)
	}
	return time.Time{}
}

// namedFloat reads a number with a fraction.
func (r reader) namedFloat(name Name) float64 {
	id, ok := r.named(name)
	if !ok {
		return 0
	}
	v, ok := r.Get(id)
	if !ok || v.Type != TypeFloat64 || len(v.Data) < 8 {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(v.Data))
}

func (r reader) namedBinary(name Name) []byte {
	if id, ok := r.named(name); ok {
		return r.binary(id, maxText)
	}
	return nil
}

// namedTexts reads the strings of a property of several, or of one.
func (r reader) namedTexts(name Name) []string {
	var texts []string
	for _, v := range r.namedValues(name) {
		texts = append(texts, r.decode(v))
	}
	return texts
}

// namedValues reads the strings or binaries of a property of several, or of one.
func (r reader) namedValues(name Name) []Value {
	id, ok := r.named(name)
	if !ok {
		return nil
	}
	v, ok := r.raw(id, maxText)
	if !ok {
		return nil
	}
	if v.Type&TypeMulti == 0 {
		return []Value{v}
	}
	var values []Value
	for _, data := range split(v.Data) {
		values = append(values, Value{v.Type &^ TypeMulti, data})
	}
	return values
}

// split takes the values of variable size apart ([MS-PST] section 2.3.3.4.2). What points outside is left out.
func split(data []byte) [][]byte {
	if len(data) < 4 {
		return nil
	}
	n := min(int(min(binary.LittleEndian.Uint32(data), maxValues)), (len(data)-4)/4)
	var values [][]byte
	for i := range n {
		start, end := int64(binary.LittleEndian.Uint32(data[4+4*i:])), int64(len(data))
		if i+1 < n {
			end = int64(binary.LittleEndian.Uint32(data[8+4*i:]))
		}
		if start <= end && end <= int64(len(data)) {
			values = append(values, data[start:end])
		}
	}
	return values
}

// damaged passes a store's error, but for one that says that the store is damaged: this is noted.
func damaged(err error, note func(string), what string) error {
	if errors.Is(err, ErrDamaged) {
		note(fmt.Sprintf("%s: %v", what, err))
		return nil
	}
	return err
}
