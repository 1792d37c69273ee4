package ltp

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// recipients is the recipient table of a message with some recipients.
func recipients(tb testing.TB, format ndb.Format, limits psttest.Limits, count int) *Table {
	tb.Helper()
	m := &psttest.Message{NID: testNID}
	for i := range count {
		m.Recipients = append(m.Recipients, append(psttest.SampleRecipient(1, fmt.Sprintf("R%d", i)), psttest.GUID(0x6001, [16]byte{byte(i)})))
	}
	n := node(tb, &psttest.File{Format: format, Limits: limits, Folders: []*psttest.Folder{{Messages: []*psttest.Message{m}}}})
	sub, err := n.Subnode(ndb.NIDRecipientTable)
	if err != nil {
		tb.Fatal(err)
	}
	t, err := OpenTable(sub)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestTable(t *testing.T) {
	t.Parallel()
	for _, format := range []ndb.Format{ndb.ANSI, ndb.Unicode, ndb.Unicode4K} {
		for _, limits := range []psttest.Limits{{}, {TreeRecords: 3, HeapBlock: 250, XBlock: 40, SLBlock: 3}} {
			table, count := recipients(t, format, limits, 90), 0
			for row, err := range table.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				checkRecipient(t, format, row, count)
				count++
			}
			if count != 90 || table.Node().ID != ndb.NIDRecipientTable {
				t.Errorf("%v: got %d rows, want 90", format, count)
			}
			if _, ok, err := table.Row(90); ok || err != nil {
				t.Errorf("%v: a row that isn't there: got %v, %v", format, ok, err)
			}
		}
	}
}

// checkRecipient compares the i-th recipient.
func checkRecipient(t *testing.T, format ndb.Format, row Row, i int) {
	t.Helper()
	name, typ := psttest.UTF16(fmt.Sprintf("R%d", i)), String
	if format == ndb.ANSI {
		name, typ = fmt.Appendf(nil, "R%d", i), String8
	}
	v, ok, err := row.Get(0x3001)
	if err != nil || !ok || v.Type != typ || !bytes.Equal(v.Data, name) || row.ID != uint32(i) {
		t.Errorf("%v: row %d: got %v, %v, %v of row %d, want %q", format, i, v, ok, err, row.ID, name)
	}
	if s, err := row.Open(0x3001); err != nil || !bytes.Equal(readStream(t, s), name) {
		t.Errorf("%v: row %d: got %v, want %q", format, i, err, name)
	}
	if s, err := row.Open(0x0C15); err != nil || !bytes.Equal(readStream(t, s), u32(1)) {
		t.Errorf("%v: row %d: got %v, want 1", format, i, err)
	}
	if v, ok, err := row.Get(0x6001); err != nil || !ok || !bytes.Equal(v.Data, append([]byte{byte(i)}, make([]byte, 15)...)) {
		t.Errorf("%v: row %d: got GUID %v, %v, %v", format, i, v, ok, err)
	}
	if v, ok, err := row.Get(0x6FFF); ok || err != nil || row.Has(0x6FFF) {
		t.Errorf("%v: row %d: no such column: got %v, %v", format, i, v, err)
	}
	if s, err := row.Open(0x6FFF); s != nil || err != nil {
		t.Errorf("%v: row %d: no such column: got %v, %v", format, i, s, err)
	}
}

// A cell without a value is none, although the column is there.
func TestNoCell(t *testing.T) {
	t.Parallel()
	m := &psttest.Message{NID: testNID, Recipients: [][]psttest.Property{{psttest.Int32(0x6001, 5)}, {psttest.Int32(0x6002, 6)}}}
	n := node(t, &psttest.File{Folders: []*psttest.Folder{{Messages: []*psttest.Message{m}}}})
	sub, err := n.Subnode(ndb.NIDRecipientTable)
	if err != nil {
		t.Fatal(err)
	}
	table, err := OpenTable(sub)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []uint16{0x6001, 0x6002} {
		row, ok, err := table.Row(uint32(i))
		if err != nil || !ok || !row.Has(want) || row.Has(0x6001+0x6002-want) {
			t.Errorf("row %d: got %v, %v, want %04x only", i, ok, err, want)
		}
	}
	if got := (Row{}).Has(1); got {
		t.Error("no row: got a value")
	}
}

// column is the descriptor of a column.
func columnOf(id, typ uint16, offset, size, bit int) []byte {
	return join(u16(typ), u16(id), u16(uint16(offset)), []byte{byte(size), byte(bit)})
}

// info is a table with two columns, whose row index is item 2 and whose rows are what an id refers to.
func info(rows []byte, columns ...[]byte) []byte {
	return join([]byte{clientTable, byte(len(columns))}, u16(8), u16(8), u16(8), u16(9), item(2), rows, u32(0), join(columns...))
}

// index is a record of a row index.
func index(id, at uint32) []byte { return join(u32(id), u32(at)) }

// What is broken in a table costs the rows and cells that it touches.
func TestBrokenTable(t *testing.T) {
	t.Parallel()
	columns := [][]byte{columnOf(0x67F2, Integer32, 0, 4, 0), columnOf(0x3001, String, 4, 4, 1)}
	rows := join(u32(5), item(99), []byte{0xC0}, u32(6), item(4), []byte{0xC0}, u32(77), item(4), []byte{0xC0})
	tree := join(index(5, 0), index(6, 1), index(7, 2), index(8, 3), index(9, 0xFFFFFFFF))
	n := rawNode(t, heapOf(clientTable, 1, info(item(4), columns...), treeHead(4, 4, 0, 3), tree, rows))
	table, err := OpenTable(n)
	if err != nil {
		t.Fatal(err)
	}
	want := []error{nil, nil, ErrRowID, ErrNoRow, ErrNoRow}
	var got []error
	for row, err := range table.Rows() {
		got = append(got, err)
		if _, _, err := row.Get(0x3001); row.ID == 5 && !errors.Is(err, ErrNoItem) || row.ID == 6 && err != nil {
			t.Errorf("row %d: got %v", row.ID, err)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if !errors.Is(got[i], want[i]) || got[i] != nil && !isError(got[i]) {
			t.Errorf("row %d: got %v, want %v", i, got[i], want[i])
		}
	}
}

func TestNoTable(t *testing.T) {
	t.Parallel()
	row := columnOf(0x67F2, Integer32, 0, 4, 0)
	for name, test := range map[string]struct {
		items [][]byte
		want  error
	}{
		"properties":  {[][]byte{treeHead(2, 6, 0, 0)}, ErrNoTable},
		"no info":     {[][]byte{nil}, ErrNoTable},
		"short":       {[][]byte{info(item(0), row)[:25]}, ErrNoTable},
		"no index":    {[][]byte{info(item(0), row)}, ErrNoItem},
		"no rows":     {[][]byte{info(u32(0x1003F), row), treeHead(4, 4, 0, 0)}, ndb.ErrNotFound},
		"narrow rows": {[][]byte{join([]byte{clientTable, 0}, make([]byte, 20)), treeHead(4, 4, 0, 0)}, ErrColumns},
	} {
		if table, err := OpenTable(rawNode(t, heapOf(clientTable, 1, test.items...))); table != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, %v, want %v", name, table, err, test.want)
		}
	}
}

// Cells that lie beyond the row, or have the wrong size, are no values.
func TestOddColumns(t *testing.T) {
	t.Parallel()
	columns := [][]byte{
		columnOf(0x67F2, Integer32, 0, 4, 0), columnOf(0x6001, Integer64, 4, 4, 1), columnOf(0x6002, Binary, 4, 2, 2),
		columnOf(0x6003, Integer32, 7, 4, 3), columnOf(0x6004, Integer32, 4, 4, 9),
	}
	n := rawNode(t, heapOf(clientTable, 1, info(item(4), columns...), treeHead(4, 4, 0, 3), index(5, 0), join(u32(5), u32(0), []byte{0xFF})))
	table, err := OpenTable(n)
	if err != nil {
		t.Fatal(err)
	}
	row, ok, err := table.Row(5)
	if err != nil || !ok || len(table.Columns()) != 3 {
		t.Fatalf("got %v, %v, columns %v, want three of them", ok, err, table.Columns())
	}
	for _, id := range []uint16{0x6001, 0x6002} {
		if _, _, err := row.Get(id); !errors.Is(err, ErrSize) {
			t.Errorf("%04x: got %v, want %v", id, err, ErrSize)
		}
		if s, err := row.Open(id); s != nil || !errors.Is(err, ErrSize) {
			t.Errorf("%04x: got %v, %v, want %v", id, s, err, ErrSize)
		}
	}
}
