package ltp

import (
	"errors"
	"slices"
	"testing"

	"unpop/migrate/source/pst/ndb"
)

// treeOf opens the tree that is item 1 of a heap built by hand, with keys of four and entries of two bytes.
func treeOf(tb testing.TB, items ...[]byte) *tree {
	tb.Helper()
	h, err := openHeap(rawNode(tb, heapOf(clientTable, 1, items...)))
	if err != nil {
		tb.Fatal(err)
	}
	t, err := openTree(h, h.root, 4, 2)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// keys lists the keys of a tree and what was wrong.
func (t *tree) keys() (keys []uint32, damage []error) {
	t.walk(func(record []byte, err error) bool {
		if err != nil {
			damage = append(damage, err)
		} else {
			keys = append(keys, t.keyOf(record))
		}
		return true
	})
	return keys, damage
}

// leaf is an item with a record for each key.
func leaf(keys ...uint32) []byte {
	var b []byte
	for _, k := range keys {
		b = append(b, join(u32(k), u16(uint16(k)))...)
	}
	return b
}

// branch is an item that refers to others: pairs of a key and the number of an item.
func branch(pairs ...uint32) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		b = append(b, join(u32(pairs[i]), item(int(pairs[i+1])))...)
	}
	return b
}

func TestTree(t *testing.T) {
	t.Parallel()
	tree := treeOf(t, treeHead(4, 2, 2, 2), branch(1, 3, 20, 4), branch(1, 5, 10, 6), branch(20, 7), leaf(1, 2, 5), leaf(10, 11), leaf(20, 30))
	got, damage := tree.keys()
	want := []uint32{1, 2, 5, 10, 11, 20, 30}
	if !slices.Equal(got, want) || len(damage) > 0 {
		t.Errorf("got %v, %v, want %v", got, damage, want)
	}
	for key := range uint32(35) {
		record, err := tree.find(key)
		if err != nil || (record != nil) != slices.Contains(want, key) || record != nil && tree.keyOf(record) != key {
			t.Errorf("key %d: got %v, %v", key, record, err)
		}
	}
}

// Items that are gone, refer to themselves or stand in the wrong place cost themselves only, and no key comes twice.
func TestBrokenTree(t *testing.T) {
	t.Parallel()
	leaves := [][]byte{leaf(1, 2), leaf(10, 11), leaf(20)}
	for name, test := range map[string]struct {
		root []byte
		want []uint32
		bad  int
	}{
		"whole":        {branch(1, 3, 10, 4, 20, 5), []uint32{1, 2, 10, 11, 20}, 0},
		"no item":      {branch(1, 3, 10, 99, 20, 5), []uint32{1, 2, 20}, 1},
		"itself":       {branch(1, 3, 10, 2, 20, 5), []uint32{1, 2, 20}, 1},
		"one twice":    {branch(1, 3, 10, 3, 20, 5), []uint32{1, 2, 20}, 1},
		"out of order": {branch(1, 3, 20, 5, 10, 4), []uint32{1, 2}, 2},
		"empty":        {nil, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := treeOf(t, append([][]byte{treeHead(4, 2, 1, 2), test.root}, leaves...)...)
			got, damage := tree.keys()
			if !slices.Equal(got, test.want) || len(damage) != test.bad {
				t.Errorf("got %v, %v, want %v and %d errors", got, damage, test.want, test.bad)
			}
			for _, err := range damage {
				if !isError(err) {
					t.Errorf("got %v, want an error that names the node", err)
				}
			}
		})
	}
}

// An empty tree has no root.
func TestEmptyTree(t *testing.T) {
	t.Parallel()
	tree := treeOf(t, treeHead(4, 2, 0, 0))
	if keys, damage := tree.keys(); len(keys) > 0 || len(damage) > 0 {
		t.Errorf("got %v, %v", keys, damage)
	}
	if record, err := tree.find(1); record != nil || err != nil {
		t.Errorf("got %v, %v", record, err)
	}
}

func TestHeapItems(t *testing.T) {
	t.Parallel()
	h, err := openHeap(rawNode(t, heapOf(clientContext, 1, []byte("one"), nil, []byte("three"))))
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"", "one", "", "three"} {
		if got, err := h.item(hid(n << 5)); err != nil || string(got) != want {
			t.Errorf("item %d: got %q, %v, want %q", n, got, err, want)
		}
	}
	for _, id := range []hid{4 << 5, 2047 << 5, 1<<16 | 1<<5, 1 << 16, 0x3F, 0xFFFFFFE0} {
		if got, err := h.item(id); err == nil || !isError(err) {
			t.Errorf("item %x: got %q, %v, want an error", id, got, err)
		}
	}
}

// The map at the end of a block may be anything.
func TestBrokenHeap(t *testing.T) {
	t.Parallel()
	good := heapOf(clientContext, 1, []byte("one"))
	at := len(good) - 8
	for name, change := range map[string]func(b []byte){
		"map beyond the end": func(b []byte) { b[0], b[1] = 0xFF, 0xFF },
		"map at the end":     func(b []byte) { b[0] = byte(len(b) - 3) },
		"no items":           func(b []byte) { b[at] = 0 },
		"begin after end":    func(b []byte) { b[at+4] = 0xFF },
		"end beyond block":   func(b []byte) { b[at+7] = 0xFF },
	} {
		b := slices.Clone(good)
		change(b)
		h, err := openHeap(rawNode(t, b))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := h.item(1 << 5); !errors.Is(err, ErrNoItem) {
			t.Errorf("%s: got %q, %v, want %v", name, got, err, ErrNoItem)
		}
	}
	if _, err := openHeap(ndb.Node{}); err == nil {
		t.Error("no node: got no error")
	}
}
