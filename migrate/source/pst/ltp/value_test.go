package ltp

import (
	"bytes"
	"testing"
	"time"

	"unpop/migrate/source/pst/psttest"
)

func TestValues(t *testing.T) {
	t.Parallel()
	one, empty, three := psttest.Text(0, "one"), psttest.Text(0, ""), psttest.Text(0, "three")
	for name, test := range map[string]struct {
		prop psttest.Property
		want [][]byte
	}{
		"strings":  {psttest.Many(1, one, empty, three), [][]byte{psttest.UTF16("one"), nil, psttest.UTF16("three")}},
		"bytes":    {psttest.Many(1, psttest.Binary(0, []byte{1}), psttest.Binary(0, []byte{2, 3})), [][]byte{{1}, {2, 3}}},
		"numbers":  {psttest.Many(1, psttest.Int32(0, 1), psttest.Int32(0, 2)), [][]byte{{1, 0, 0, 0}, {2, 0, 0, 0}}},
		"short":    {psttest.Many(1, psttest.Int16(0, 1), psttest.Int16(0, 2)), [][]byte{{1, 0}, {2, 0}}},
		"guid":     {psttest.Many(1, psttest.GUID(0, [16]byte{5})), [][]byte{{5, 15: 0}}},
		"not many": {psttest.Int32(1, 7), [][]byte{{7, 0, 0, 0}}},
	} {
		got := Value{test.prop.Type, test.prop.Value}.Values()
		if len(got) != len(test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
			continue
		}
		for i, v := range got {
			if !bytes.Equal(v.Data, test.want[i]) || v.Type != test.prop.Type&^Multiple {
				t.Errorf("%s: value %d: got %v, want %v", name, i, v, test.want[i])
			}
		}
	}
}

// What is wrong in a value of many is left out.
func TestBrokenValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data []byte
		want int
	}{
		"nothing":          {nil, 0},
		"no count":         {[]byte{1, 0}, 0},
		"count too high":   {join(u32(0xFFFFFFFF), u32(12), u32(12), []byte("text")), 0},
		"begin too early":  {join(u32(1), u32(0), []byte("text")), 0},
		"end before begin": {join(u32(2), u32(14), u32(13), []byte("text")), 1},
		"beyond the end":   {join(u32(2), u32(12), u32(99), []byte("text")), 0},
	} {
		if got := (Value{Binary | Multiple, test.data}).Values(); len(got) != test.want {
			t.Errorf("%s: got %v, want %d", name, got, test.want)
		}
	}
	if got := (Value{Integer32 | Multiple, []byte{1, 0, 0, 0, 2, 0}}).Values(); len(got) != 1 {
		t.Errorf("half a number: got %v, want 1", got)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2003, 4, 5, 6, 7, 8, 900, time.UTC)
	if got, ok := (Value{Time, psttest.Time(1, at).Value}).Time(); !ok || !got.Equal(at) {
		t.Errorf("got %v, %v, want %v", got, ok, at)
	}
	for _, v := range []Value{{}, {Time, make([]byte, 8)}, {Time, []byte{1}}, {Time, bytes.Repeat([]byte{0xFF}, 8)}, {Integer64, make([]byte, 8)}} {
		if got, ok := v.Time(); ok {
			t.Errorf("%v: got %v, want none", v, got)
		}
	}
}

func TestInts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		v    Value
		want int64
		ok   bool
	}{
		{Value{Boolean, []byte{7}}, 1, true},
		{Value{Boolean, []byte{0}}, 0, true},
		{Value{Integer16, []byte{0xFE, 0xFF}}, -2, true},
		{Value{ErrorCode, []byte{1, 0, 0, 0x80}}, -0x7FFFFFFF, true},
		{Value{Currency, []byte{1, 0, 0, 0, 0, 0, 0, 0}}, 1, true},
		{Value{Integer32, []byte{1}}, 0, false},
		{Value{Boolean, nil}, 0, false},
		{Value{Binary, []byte{1, 0, 0, 0}}, 0, false},
	} {
		if got, ok := test.v.Int(); got != test.want || ok != test.ok {
			t.Errorf("%v: got %d, %v, want %d, %v", test.v, got, ok, test.want, test.ok)
		}
	}
}
