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
		strings.Repeat("ü", 300) + ".docx": strings.Repeat("ü", 195) + ".docx", "a\tb": "ab", "a\u00a0b": "a\u00a0b",
		"資料\u3000最終  2.docx": "資料\u3000最終  2.docx", "a\u2028b": "a b",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestNamesAsTheyAre: blanks of names mean something, and a title's slash isn't a path's.
func TestNamesAsTheyAre(t *testing.T) {
	t.Parallel()
	inner := object(properties{idSubject: "Invoice 12/2010", idBody: "x"})
	m := object(properties{idBody: "text", idSentRepName: "山田\u3000太郎", idSentRepAddress: "t@example.jp"}).with(
		file{idAttachMethod: 1, idAttachName: "Screen  at 10.30\u202fPM.png", idAttachData: []byte("x")}, inner)
	m.files = append(m.files, object(properties{idAttachMethod: methodEmbedded, idDisplayName: `Offer A\B 3/4`}))
	m.files[2].inner = inner
	text, _ := convert(t, m, Options{})
	wantFields(t, text, "From: "+encodeText("山田\u3000太郎")+" <t@example.jp>")
	var got []string
	for _, p := range checkStructure(t, text) {
		if name := p.fileName(); name != "" {
			got = append(got, name)
		}
	}
	if want := []string{"Screen  at 10.30\u202fPM.png", "Invoice 12_2010.eml", "Offer A_B 3_4.eml"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
