package ltp

import (
	"bytes"
	"testing"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// heapFile is a file with a node that has the given data and one subnode.
func heapFile(tb testing.TB, format byte, data []byte) ndb.Node {
	tb.Helper()
	return node(tb, &psttest.File{
		Format: ndb.Format(format%3) + ndb.ANSI, Short: true,
		Nodes: []psttest.RawNode{{NID: testNID, Data: data, Sub: []psttest.RawNode{{NID: 0x3F, Data: []byte("subnode")}}}},
	})
}

// FuzzContext reads property contexts of any bytes: it ends, errors name the node, values have the size of their type, and what
// All yields is what Get finds.
func FuzzContext(f *testing.F) {
	records := join(propertyRecord(1, Integer32, u32(5)), propertyRecord(2, String, item(3)), propertyRecord(3, Binary, u32(0x3F)))
	f.Add(byte(0), heapOf(clientContext, 1, treeHead(2, 6, 0, 2), records, []byte("text")))
	f.Add(byte(1), heapOf(clientContext, 1, treeHead(2, 6, 1, 2), join(u16(1), item(3)), records, []byte("text")))
	f.Add(byte(2), heapOf(clientContext, 1))
	f.Fuzz(func(t *testing.T, format byte, data []byte) {
		c, err := OpenContext(heapFile(t, format, data))
		if err != nil {
			if !isError(err) || c != nil {
				t.Fatalf("got %v and %v", c, err)
			}
			return
		}
		count := 0
		for p, err := range c.All() {
			count++
			if err != nil {
				if !isError(err) {
					t.Fatalf("got %v", err)
				}
				continue
			}
			v, err := p.Value()
			if err != nil && !isError(err) || err == nil && fixedSize(p.Type) > 0 && len(v.Data) != fixedSize(p.Type) {
				t.Fatalf("got %v, %v", v, err)
			}
			if found, ok := c.Property(p.ID); !ok || found.ID != p.ID {
				t.Fatalf("property %x: got %x, %v", p.ID, found.ID, ok)
			}
			if s, err := p.Open(); err == nil {
				if b := readStream(t, s); p.Type != Object && v.Data != nil && fixedSize(p.Type) == 0 && !bytes.Equal(b, v.Data) {
					t.Fatalf("property %x: got %q and %q", p.ID, b, v.Data)
				}
			}
		}
		if count > len(data)/8+maxDamaged {
			t.Fatalf("got %d properties of %d bytes", count, len(data))
		}
	})
}

// FuzzTable reads tables of any bytes: it ends, rows come once and are found again.
func FuzzTable(f *testing.F) {
	columns := [][]byte{columnOf(0x67F2, Integer32, 0, 4, 0), columnOf(0x3001, String, 4, 4, 1)}
	rows := join(u32(5), item(5), []byte{0xC0}, u32(6), item(5), []byte{0xC0})
	f.Add(byte(1), heapOf(clientTable, 1, info(item(4), columns...), treeHead(4, 4, 0, 3), join(index(5, 0), index(6, 1)), rows, []byte("text")))
	f.Add(byte(1), heapOf(clientTable, 1, info(u32(0x3F), columns...), treeHead(4, 4, 0, 3), index(5, 0)))
	f.Add(byte(2), heapOf(clientTable, 1))
	f.Fuzz(func(t *testing.T, format byte, data []byte) {
		table, err := OpenTable(heapFile(t, format, data))
		if err != nil {
			if !isError(err) || table != nil {
				t.Fatalf("got %v and %v", table, err)
			}
			return
		}
		count := 0
		for row, err := range table.Rows() {
			if count++; count > len(data) {
				t.Fatalf("got %d rows of %d bytes", count, len(data))
			}
			if err != nil {
				if !isError(err) {
					t.Fatalf("got %v", err)
				}
				continue
			}
			for _, c := range table.Columns() {
				if v, ok, err := row.Get(c.ID); err != nil && !isError(err) || ok != row.Has(c.ID) {
					t.Fatalf("row %x: got %v, %v, %v", row.ID, v, ok, err)
				}
			}
		}
	})
}

// FuzzValues splits values of many: none is longer than all, and they are in their order.
func FuzzValues(f *testing.F) {
	f.Add(uint16(Multiple|String), join(u32(1), u32(8), []byte("text")))
	f.Add(uint16(Multiple|Integer32), []byte("12345678"))
	f.Fuzz(func(t *testing.T, typ uint16, data []byte) {
		sum := 0
		for _, v := range (Value{typ, data}).Values() {
			if sum += len(v.Data); sum > len(data) || typ&Multiple != 0 && v.Type != typ&^Multiple {
				t.Fatalf("got %d bytes of %d, type %x of %x", sum, len(data), v.Type, typ)
			}
		}
	})
}
