package ltp

import (
	"bytes"
	"encoding/binary"
)

// Row is a row of a table.
type Row struct {
	ID    uint32
	table *Table
	cells []byte
}

// Get returns the value of a cell by the id of its property, and whether the row has one. A value beyond [MaxValue] is
// [ErrTooLarge].
func (r Row) Get(id uint16) (Value, bool, error) {
	c, ok := r.column(id)
	if !ok {
		return Value{}, false, nil
	}
	cell := r.cell(c)
	if size := fixedSize(c.Type); size > 0 && size <= 8 {
		if size > len(cell) {
			return Value{Type: c.Type}, true, r.table.heap.wrap(propertyName(id), ErrSize)
		}
		return Value{c.Type, cell[:size]}, true, nil
	}
	if len(cell) < 4 {
		return Value{Type: c.Type}, true, r.table.heap.wrap(propertyName(id), ErrSize)
	}
	v, err := r.table.heap.value(id, c.Type, hid(binary.LittleEndian.Uint32(cell)))
	return v, true, err
}

// Open returns the value of a cell of any size; nil if the row has none.
func (r Row) Open(id uint16) (Stream, error) {
	c, ok := r.column(id)
	if !ok {
		return nil, nil
	}
	if size := fixedSize(c.Type); size == 0 || size > 8 {
		if cell := r.cell(c); len(cell) >= 4 {
			return r.table.heap.stream(id, c.Type, hid(binary.LittleEndian.Uint32(cell)))
		}
	}
	v, _, err := r.Get(id)
	if err != nil {
		return nil, err
	}
	return inline(v.Data), nil
}

// Has says whether the row has a value for a property.
func (r Row) Has(id uint16) bool {
	_, ok := r.column(id)
	return ok
}

// column finds the column of a property in which the row has a value.
func (r Row) column(id uint16) (Column, bool) {
	if r.table == nil {
		return Column{}, false
	}
	for _, c := range r.table.columns {
		if c.ID == id && r.cells[r.table.bitmap+c.bit/8]&(0x80>>(c.bit%8)) != 0 {
			return c, true
		}
	}
	return Column{}, false
}

// cell returns the bytes of a cell.
func (r Row) cell(c Column) []byte { return r.cells[c.offset : c.offset+c.size] }

// inline is a value that is at hand.
func inline(b []byte) Stream { return bytes.NewReader(b) }
