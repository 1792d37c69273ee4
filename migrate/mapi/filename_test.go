package mapi

import (
	"slices"
	"strings"
	"testing"
)

func TestFinder(t *testing.T) {
	t.Parallel()
	text := "in pieces of any size a needle is found"
	for size := 1; size < 12; size++ {
		for want, found := range map[string]bool{
			"needle":  true,
			"found":   true,
			"in":      true,
			"noodle":  false,
			"needlef": false,
		} {
			f := finder{want: []byte(want)}
			for piece := range slices.Chunk([]byte(text), size) {
				_, _ = f.Write(piece)
			}
			if f.found != found {
				t.Errorf("%q in pieces of %d: got %v", want, size, f.found)
			}
		}
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a.txt": "a.txt", " a . ": "a", "..": "", `\\srv\x\a.txt`: "a.txt", "a/": "", "a\x00b\u200b.txt": "ab.txt", `<a>:"b"|c?*`: "_a___b__c__",
		strings.Repeat("ü", 300) + ".docx": strings.Repeat("ü", 195) + ".docx", "a\tb": "ab", "a\u00a0b": "a b",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
