package ltp

import (
	"encoding/binary"
	"time"

	"unpop/migrate/source/pst/ndb"
)

// MaxValue is the size in bytes up to which a value is given whole.
const MaxValue = 1 << 20

// Value is the value of a property as it is stored: numbers little endian in 1 (Boolean), 2, 4 or 8 bytes, strings in the code
// page that their type means, a Binary as it is. Data is not to be changed.
type Value struct {
	Type uint16
	Data []byte
}

// Int gives the value of a Boolean (0 or 1) or of an integer, signed.
func (v Value) Int() (int64, bool) {
	switch {
	case v.Type == Boolean && len(v.Data) >= 1:
		return int64(min(v.Data[0], 1)), true
	case v.Type == Integer16 && len(v.Data) == 2:
		return int64(int16(binary.LittleEndian.Uint16(v.Data))), true
	case (v.Type == Integer32 || v.Type == ErrorCode) && len(v.Data) == 4:
		return int64(int32(binary.LittleEndian.Uint32(v.Data))), true
	case (v.Type == Integer64 || v.Type == Currency) && len(v.Data) == 8:
		return int64(binary.LittleEndian.Uint64(v.Data)), true
	}
	return 0, false
}

// epoch is 1601-01-01 in seconds before 1970.
const epoch = 11644473600

// Time gives the value of a Time, which counts 100 ns since 1601, UTC. Zero is no time.
func (v Value) Time() (time.Time, bool) {
	if v.Type != Time || len(v.Data) != 8 {
		return time.Time{}, false
	}
	ticks := binary.LittleEndian.Uint64(v.Data)
	if ticks == 0 || ticks > 1<<63-1 {
		return time.Time{}, false
	}
	return time.Unix(int64(ticks/1e7)-epoch, int64(ticks%1e7)*100).UTC(), true
}

// Subnode gives the value of an Object: the subnode that holds it (of the node that the property belongs to) and its size in
// bytes. An embedded message is such a subnode; what else an Object is can be read with Open.
func (v Value) Subnode() (id ndb.NID, size int64, ok bool) {
	if v.Type != Object || len(v.Data) < 8 {
		return 0, 0, false
	}
	return ndb.NID(binary.LittleEndian.Uint32(v.Data)), int64(binary.LittleEndian.Uint32(v.Data[4:])), true
}

// Values splits a value of a multiple type ([MS-PST] 2.3.3.4). What is cut off at the end is left out, and a value of any other
// type is its only one.
func (v Value) Values() []Value {
	if v.Type&Multiple == 0 {
		return []Value{v}
	}
	typ := v.Type &^ Multiple
	if size := fixedSize(typ); size > 0 {
		return v.chunks(typ, size)
	}
	return v.offsets(typ)
}

// chunks splits values of one size.
func (v Value) chunks(typ uint16, size int) []Value {
	var list []Value
	for b := v.Data; len(b) >= size; b = b[size:] {
		list = append(list, Value{typ, b[:size]})
	}
	return list
}

// offsets splits values of any size: their number and where each begins come first.
func (v Value) offsets(typ uint16) []Value {
	b := v.Data
	if len(b) < 4 {
		return nil
	}
	count := int64(binary.LittleEndian.Uint32(b))
	count = min(count, int64(len(b)-4)/4)
	at := func(i int64) int64 {
		if i == count {
			return int64(len(b))
		}
		return int64(binary.LittleEndian.Uint32(b[4+4*i:]))
	}
	var list []Value
	for i := range count {
		if from, to := at(i), at(i+1); from >= 4+4*count && from <= to && to <= int64(len(b)) {
			list = append(list, Value{typ, b[from:to]})
		}
	}
	return list
}
