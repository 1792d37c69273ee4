package mapi

import (
	"bytes"
	"testing"
)

// The map of names in a file may be anything.
func TestNameMapDamaged(t *testing.T) {
	t.Parallel()
	for _, texts := range [][]byte{nil, {1}, {255, 255, 255, 255}, {4, 0, 0, 0, 'a'}, bytes.Repeat([]byte{255}, 64)} {
		if got := nameText(texts, 0); got != "" {
			t.Errorf("nameText(%v): got %q, want none", texts, got)
		}
	}
	for index, want := range map[int]bool{0: true, 1: true, 2: true, 3: true, 4: false, 0x7FFF: false} {
		if _, ok := nameSet(make([]byte, 16), index); ok != want {
			t.Errorf("nameSet(%d): got %v, want %v", index, ok, want)
		}
	}
}

func TestNameMap(t *testing.T) {
	t.Parallel()
	guid := bytes.Repeat([]byte{7}, 16)
	entries := []byte{
		0x01, 0x85, 0, 0, 3 << 1, 0, 0, 0, // 0x8501 of the GUID
		0, 0, 0, 0, 2<<1 | 1, 0, 1, 0, // the text at 0, of the public strings
		9, 0, 0, 0, 9 << 1, 0, 2, 0, // of a set that isn't there
		0x01, 0x85, 0, 0, 3 << 1, 0, 5, 0, // again: the first counts
		1, 2, 3, // cut off
	}
	texts := []byte{4, 0, 0, 0, 'A', 0, 'b', 0}
	m := NewNameMap(guid, entries, texts)
	for name, want := range map[Name]ID{
		{Set: GUID(guid), ID: 0x8501}: 0x8000, {Set: setPublicStrings, Text: "aB"}: 0x8001, {Set: setPublicStrings, ID: 9}: 0, {}: 0,
	} {
		if got, ok := m.Named(name); got != want || ok != (want != 0) {
			t.Errorf("%v: got %v, %v, want %v", name, got, ok, want)
		}
	}
	if _, ok := NameMap(nil).Named(Name{Text: "x"}); ok || len(m) != 2 {
		t.Errorf("got %v of no map, and %d names, want none and 2", ok, len(m))
	}
}
