package psttest

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// row is a row of a table.
type row struct {
	id    uint32
	props []Property
}

// column is a column of a table.
type column struct {
	id, typ      uint16
	size, offset int
	bit          int
}

// layoutTable gives the columns of a table their places in a row: the id of the row, then larger cells before smaller ones, as
// [MS-PST] 2.3.4.1 wants. ends are where the cells of 4 and 8, of 2 and of 1 bytes end, and the row.
func layoutTable(columns []column) (ends [4]int) {
	at := 0
	place := func(size int) {
		for i := range columns {
			if c := &columns[i]; i >= 2 && c.size == size {
				c.offset, c.bit = at, i
				at += size
			}
		}
	}
	columns[1].offset, columns[1].bit, at = 4, 1, 8
	place(8)
	place(4)
	ends[0] = at
	place(2)
	ends[1] = at
	place(1)
	ends[2], ends[3] = at, at+(len(columns)+7)/8
	return ends
}

// columnsOf lists the columns that rows need, and more.
func columnsOf(rows []row, also []Property) []column {
	columns := []column{{id: 0x67F2, typ: typeInt32, size: 4}, {id: 0x67F3, typ: typeInt32, size: 4}}
	add := func(props []Property) {
		for _, p := range props {
			if slices.ContainsFunc(columns, func(c column) bool { return c.id == p.ID }) {
				continue
			}
			c := column{id: p.ID, typ: p.Type, size: p.size()}
			if c.size == 0 {
				c.size = 4
			}
			columns = append(columns, c)
		}
	}
	add(also)
	for _, r := range rows {
		add(r.props)
	}
	return columns
}

// table writes a table context ([MS-PST] 2.3.4) and returns the id of its data. Columns that no row has are given as also.
func (b *builder) table(rows []row, also []Property, s *subtrees) uint64 {
	for i := range rows {
		rows[i].props = b.sorted(rows[i].props)
	}
	slices.SortFunc(rows, func(x, y row) int { return cmp.Compare(x.id, y.id) })
	columns := columnsOf(rows, b.sorted(also))
	ends := layoutTable(columns)
	h := b.newHeap(0x7C)
	var matrix [][]byte
	for _, r := range rows {
		matrix = append(matrix, b.cells(r, columns, ends, h, s))
	}
	info := []byte{0x7C, byte(len(columns))}
	for _, end := range ends {
		info = binary.LittleEndian.AppendUint16(info, uint16(end))
	}
	info = binary.LittleEndian.AppendUint32(info, b.rowIndex(rows, h))
	info = binary.LittleEndian.AppendUint32(info, b.matrix(matrix, ends[3], h, s))
	info = binary.LittleEndian.AppendUint32(info, 0)
	slices.SortFunc(columns, func(x, y column) int { return cmp.Compare(x.id, y.id) })
	for _, c := range columns {
		info = binary.LittleEndian.AppendUint16(info, c.typ)
		info = binary.LittleEndian.AppendUint16(info, c.id)
		info = binary.LittleEndian.AppendUint16(info, uint16(c.offset))
		info = append(info, byte(c.size), byte(c.bit))
	}
	h.root = h.put(info)
	return b.dataTree(h.finish())
}

// rowIndex writes the tree that says where each row is.
func (b *builder) rowIndex(rows []row, h *heap) uint32 {
	var records [][]byte
	size := 4
	for i, r := range rows {
		rec := binary.LittleEndian.AppendUint32(nil, r.id)
		if b.s.word == 4 {
			size = 2
			rec = binary.LittleEndian.AppendUint16(rec, uint16(i))
		} else {
			rec = binary.LittleEndian.AppendUint32(rec, uint32(i))
		}
		records = append(records, rec)
	}
	if b.s.word == 4 {
		size = 2
	}
	return h.tree(4, size, records)
}

// cells writes the cells of a row.
func (b *builder) cells(r row, columns []column, ends [4]int, h *heap, s *subtrees) []byte {
	cells := make([]byte, ends[3])
	for _, c := range columns {
		value := Int32(0, int32(r.id)).Value
		if c.id != 0x67F2 {
			i := slices.IndexFunc(r.props, func(p Property) bool { return p.ID == c.id && p.Type == c.typ })
			switch {
			case c.id == 0x67F3 && i < 0:
				value = Int32(0, 1).Value
			case i < 0:
				continue
			default:
				value = r.props[i].Value
			}
		}
		if (Property{Type: c.typ}).size() == 0 {
			value = binary.LittleEndian.AppendUint32(nil, s.store(h, value))
		}
		copy(cells[c.offset:c.offset+c.size], value)
		cells[ends[2]+c.bit/8] |= 0x80 >> (c.bit % 8)
	}
	return cells
}

// matrix writes the rows onto the heap or into a subnode, where blocks that aren't the last are filled up.
func (b *builder) matrix(rows [][]byte, width int, h *heap, s *subtrees) uint32 {
	if len(rows) == 0 {
		return 0
	}
	if len(rows)*width <= min(maxItem, h.most-80) {
		return h.put(slices.Concat(rows...))
	}
	var blocks [][]byte
	for chunk := range slices.Chunk(rows, b.s.maxData()/width) {
		data := slices.Concat(chunk...)
		if len(chunk) == b.s.maxData()/width {
			data = append(data, make([]byte, b.s.maxData()-len(data))...)
		}
		blocks = append(blocks, data)
	}
	id := s.local(nil)
	s.subs[len(s.subs)-1].data = b.dataTree(blocks)
	return uint32(id)
}
