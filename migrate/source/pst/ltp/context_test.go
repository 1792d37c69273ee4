package ltp

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// context opens the properties of a message.
func context(tb testing.TB, limits psttest.Limits, props ...psttest.Property) *Context {
	tb.Helper()
	c, err := OpenContext(messageNode(tb, limits, props...))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestContext(t *testing.T) {
	t.Parallel()
	at := time.Date(1999, 12, 31, 23, 59, 59, 123456700, time.UTC)
	c := context(t, psttest.Limits{},
		psttest.Int16(0x6001, -7), psttest.Int32(0x6002, -8), psttest.Int64(0x6003, -9), psttest.Bool(0x6004, true),
		psttest.Time(0x6005, at), psttest.Text(0x6006, "Grüße"), psttest.Text8(0x6007, []byte{0x82, 0xA0}), psttest.Binary(0x6008, nil),
	)
	for id, want := range map[uint16]int64{0x6001: -7, 0x6002: -8, 0x6003: -9, 0x6004: 1} {
		v, ok, err := c.Get(id)
		if got, isInt := v.Int(); err != nil || !ok || !isInt || got != want {
			t.Errorf("%04x: got %v, %v, %v, want %d", id, v, ok, err, want)
		}
	}
	if v, _, err := c.Get(0x6005); err != nil || v.Type != Time {
		t.Errorf("got %v, %v", v, err)
	} else if got, ok := v.Time(); !ok || !got.Equal(at) {
		t.Errorf("got %v, want %v", got, at)
	}
	for id, want := range map[uint16]Value{
		0x6006: {String, psttest.UTF16("Grüße")}, 0x6007: {String8, []byte{0x82, 0xA0}}, 0x6008: {Binary, nil},
	} {
		if v, ok, err := c.Get(id); err != nil || !ok || v.Type != want.Type || !bytes.Equal(v.Data, want.Data) {
			t.Errorf("%04x: got %v, %v, %v, want %v", id, v, ok, err, want)
		}
	}
	if _, ok, err := c.Get(0x6FFF); ok || err != nil {
		t.Errorf("no such property: got %v, %v", ok, err)
	}
	if s, err := c.Open(0x6FFF); s != nil || err != nil {
		t.Errorf("no such property: got %v, %v", s, err)
	}
	if s, err := c.Open(0x6002); err != nil || !bytes.Equal(readStream(t, s), []byte{0xF8, 0xFF, 0xFF, 0xFF}) {
		t.Errorf("got %v, want -8", err)
	}
}

// A set of many properties has a tree of several levels and values in several blocks.
func TestManyProperties(t *testing.T) {
	t.Parallel()
	var props []psttest.Property
	for i := range uint16(700) {
		props = append(props, psttest.Text(0x1200+i*3, strings.Repeat(fmt.Sprint(i), 20)))
	}
	for _, limits := range []psttest.Limits{{}, {TreeRecords: 3, HeapBlock: 300}} {
		c := context(t, limits, props...)
		var ids []uint16
		for p, err := range c.All() {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.ID)
		}
		if len(ids) != 703 || !slices.IsSorted(ids) {
			t.Errorf("got %d properties, want 703 in order", len(ids))
		}
		for i := range uint16(700) {
			v, ok, err := c.Get(0x1200 + i*3)
			if want := psttest.UTF16(strings.Repeat(fmt.Sprint(i), 20)); err != nil || !ok || !bytes.Equal(v.Data, want) {
				t.Errorf("property %d: got %q, %v, %v", i, v.Data, ok, err)
			}
		}
	}
}

// Values beyond the bound are given as streams only.
func TestLargeValue(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("0123456"), MaxValue/7+1)
	c := context(t, psttest.Limits{}, psttest.Binary(0x6001, large[:MaxValue]), psttest.Binary(0x6002, large[:MaxValue+1]))
	if v, ok, err := c.Get(0x6001); err != nil || !ok || !bytes.Equal(v.Data, large[:MaxValue]) {
		t.Errorf("got %d bytes, %v, %v, want all", len(v.Data), ok, err)
	}
	v, ok, err := c.Get(0x6002)
	if !errors.Is(err, ErrTooLarge) || !ok || v.Type != Binary || v.Data != nil {
		t.Errorf("got %d bytes, %v, %v, want %v", len(v.Data), ok, err, ErrTooLarge)
	}
	if s, err := c.Open(0x6002); err != nil || !bytes.Equal(readStream(t, s), large[:MaxValue+1]) {
		t.Errorf("got other bytes, %v", err)
	}
}

func TestObjects(t *testing.T) {
	t.Parallel()
	inner := psttest.Mail(7)
	n := node(t, &psttest.File{Folders: []*psttest.Folder{{Messages: []*psttest.Message{{
		NID: testNID, Attachments: []*psttest.Attachment{{Object: []byte("object")}, {Message: inner}},
	}}}}})
	for id, want := range map[ndb.NID]string{0x8025: "object", 0x8045: ""} {
		a, err := n.Subnode(id)
		if err != nil {
			t.Fatal(err)
		}
		c, err := OpenContext(a)
		if err != nil {
			t.Fatal(err)
		}
		v, ok, err := c.Get(0x3701)
		sub, _, isObject := v.Subnode()
		if err != nil || !ok || !isObject {
			t.Fatalf("got %v, %v, %v, want an object", v, ok, err)
		}
		content, err := c.Node().Subnode(sub)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			m, err := OpenContext(content)
			if err != nil {
				t.Fatal(err)
			}
			if v, _, err := m.Get(0x0037); err != nil || !bytes.Equal(v.Data, psttest.UTF16("Letter 7")) {
				t.Errorf("got subject %q, %v", v.Data, err)
			}
		} else if s, err := c.Open(0x3701); err != nil || string(readStream(t, s)) != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// propertyRecord is an entry of a property context.
func propertyRecord(id, typ uint16, value []byte) []byte { return join(u16(id), u16(typ), value) }

// What is broken in a property context costs the properties that it touches.
func TestBrokenContext(t *testing.T) {
	t.Parallel()
	records := join(
		propertyRecord(0x3001, String, item(3)), propertyRecord(0x3002, Binary, item(99)), propertyRecord(0x3003, Binary, u32(0x1003F)),
		propertyRecord(0x3004, Time, item(3)), propertyRecord(0x3005, Binary, u32(0x70020)), propertyRecord(0x3006, Binary, u32(0)),
		propertyRecord(0x3007, Object, item(3)),
	)
	c, err := OpenContext(rawNode(t, heapOf(clientContext, 1, treeHead(2, 6, 0, 2), records, []byte("abcd"))))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[uint16]error{
		0x3001: nil, 0x3002: ErrNoItem, 0x3003: ndb.ErrNotFound, 0x3004: ErrSize, 0x3006: nil,
	} {
		v, ok, err := c.Get(id)
		if !ok || !errors.Is(err, want) || err != nil && (!isError(err) || !strings.Contains(err.Error(), fmt.Sprintf("%04x", id))) {
			t.Errorf("%04x: got %v, %v, %v, want %v", id, v, ok, err, want)
		}
	}
	if _, _, err := c.Get(0x3005); !isError(err) {
		t.Errorf("an item of a block that isn't there: got %v", err)
	}
	if s, err := c.Open(0x3007); s != nil || !errors.Is(err, ErrSize) {
		t.Errorf("an object of four bytes: got %v, %v", s, err)
	}
}

func TestNoContext(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":     {nil, ErrNoHeap},
		"short":       {[]byte("abc"), ErrNoHeap},
		"text":        {[]byte("this is no heap at all"), ErrNoHeap},
		"table":       {heapOf(clientTable, 1, []byte{clientTable}), ErrNoContext},
		"no root":     {heapOf(clientContext, 7), ErrNoItem},
		"no tree":     {heapOf(clientContext, 1, []byte("12345678")), ErrNoTree},
		"other keys":  {heapOf(clientContext, 1, treeHead(4, 6, 0, 0)), ErrNoTree},
		"short entry": {heapOf(clientContext, 1, treeHead(2, 4, 0, 0)), ErrNoTree},
		"deep":        {heapOf(clientContext, 1, treeHead(2, 6, 9, 1)), ErrTooDeep},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := OpenContext(rawNode(t, test.data))
			if c != nil || !errors.Is(err, test.want) || !strings.Contains(err.Error(), testNID.String()) {
				t.Errorf("got %v, %v, want %v", c, err, test.want)
			}
		})
	}
}
