package ltp

import (
	"encoding/binary"
	"fmt"
	"io"
	"iter"

	"unpop/migrate/source/pst/ndb"
)

// Table is a table context ([MS-PST] 2.3.4): rows of properties, such as the recipients of a message. Rows are read one by one.
// It may be used from several goroutines.
type Table struct {
	heap    *heap
	columns []Column
	width   int // of a row, bytes
	bitmap  int // where in a row the bits begin that tell which cells hold a value
	index   *tree
	rows    rowMatrix
}

// Column is a column of a table: the property that the cells are values of.
type Column struct {
	ID   uint16
	Type uint16

	offset, size, bit int
}

// OpenTable reads the columns of the table in a node.
func OpenTable(n ndb.Node) (*Table, error) {
	h, err := openHeap(n)
	if err != nil {
		return nil, err
	}
	if h.client != clientTable {
		return nil, h.wrap(fmt.Sprintf("heap of kind 0x%x", h.client), ErrNoTable)
	}
	info, err := h.item(h.root)
	if err != nil {
		return nil, err
	}
	t := &Table{heap: h}
	if err := t.parseInfo(info); err != nil {
		return nil, h.wrap("table", err)
	}
	entry := 4
	if n.File().Format() == ndb.ANSI {
		entry = 2
	}
	if t.index, err = openTree(h, hid(binary.LittleEndian.Uint32(info[10:])), 4, entry); err != nil {
		return nil, err
	}
	if err := t.openRows(hid(binary.LittleEndian.Uint32(info[14:]))); err != nil {
		return nil, err
	}
	return t, nil
}

// parseInfo reads the TCINFO and its column descriptors ([MS-PST] 2.3.4.1).
func (t *Table) parseInfo(b []byte) error {
	if len(b) < 22 || b[0] != clientTable || len(b) < 22+8*int(b[1]) {
		return ErrNoTable
	}
	t.bitmap, t.width = int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:]))
	for i := range int(b[1]) {
		d := b[22+8*i:]
		c := Column{
			Type: binary.LittleEndian.Uint16(d), ID: binary.LittleEndian.Uint16(d[2:]),
			offset: int(binary.LittleEndian.Uint16(d[4:])), size: int(d[6]), bit: int(d[7]),
		}
		if c.offset+c.size > t.bitmap || t.bitmap+c.bit/8 >= t.width {
			continue // such a column has no cells
		}
		t.columns = append(t.columns, c)
	}
	if t.width < 4 || t.bitmap > t.width {
		return ErrColumns
	}
	return nil
}

// Columns are the columns of the table.
func (t *Table) Columns() []Column { return t.columns }

// Node is the node that the table is in.
func (t *Table) Node() ndb.Node { return t.heap.node }

// Rows yields the rows in the order of their ids. A row that can't be read is an error, and the next ones follow.
func (t *Table) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		t.index.walk(func(record []byte, err error) bool {
			if err != nil {
				return yield(Row{}, err)
			}
			return yield(t.row(record))
		})
	}
}

// Row finds a row by its id, which in most tables is the NID of what it is about.
func (t *Table) Row(id uint32) (Row, bool, error) {
	record, err := t.index.find(id)
	if err != nil || record == nil {
		return Row{}, false, err
	}
	r, err := t.row(record)
	return r, err == nil, err
}

// row reads the row of a record of the row index.
func (t *Table) row(record []byte) (Row, error) {
	id, at := binary.LittleEndian.Uint32(record), int64(0)
	if t.index.entry == 2 {
		at = int64(binary.LittleEndian.Uint16(record[4:]))
	} else {
		at = int64(binary.LittleEndian.Uint32(record[4:]))
	}
	cells, err := t.rows.row(at, t.width)
	if err != nil {
		return Row{}, t.heap.wrap(fmt.Sprintf("row 0x%x", id), err)
	}
	if binary.LittleEndian.Uint32(cells) != id {
		return Row{}, t.heap.wrap(fmt.Sprintf("row 0x%x", id), ErrRowID)
	}
	return Row{ID: id, table: t, cells: cells}, nil
}

// rowMatrix is where the rows are ([MS-PST] 2.3.4.4): in an item of the heap or in the blocks of a subnode, where none
// lies across two blocks.
type rowMatrix struct {
	item     []byte
	data     *ndb.Data
	perBlock int64
}

// openRows finds the rows.
func (t *Table) openRows(id hid) error {
	var err error
	if !id.isNID() {
		t.rows.item, err = t.heap.item(id)
		return err
	}
	sub, err := t.heap.node.Subnode(ndb.NID(id))
	if err != nil {
		return t.heap.wrap("rows", err)
	}
	if t.rows.data, err = sub.Open(); err != nil {
		return t.heap.wrap("rows", err)
	}
	first, err := t.rows.data.Block(0)
	if err != nil && err != io.EOF {
		return t.heap.wrap("rows", err)
	}
	t.rows.perBlock = int64(len(first) / t.width)
	return nil
}

// row returns the i-th row.
func (m rowMatrix) row(i int64, width int) ([]byte, error) {
	b := m.item
	if m.data != nil {
		if m.perBlock == 0 {
			return nil, ErrNoRow
		}
		var err error
		if b, err = m.data.Block(int(i / m.perBlock)); err == io.EOF {
			return nil, ErrNoRow
		} else if err != nil {
			return nil, err
		}
		i %= m.perBlock
	}
	if i >= int64(len(b)/width) {
		return nil, ErrNoRow
	}
	return b[int(i)*width : int(i+1)*width], nil
}
