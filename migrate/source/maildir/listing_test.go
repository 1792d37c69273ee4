package maildir

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
)

// Each entry of a listing has a ref of its own, which finds it again.
func TestRefsFindTheirEntries(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a:2,S", "cur/a:2,", "new/a", "cur/a,b:2,", "cur/A!2,S", "cur/z", "cur/a-2,F", "new/a_2,", "cur/-", "new/a.b:2,S")
	l, err := list(root)
	if err != nil || len(l.entries) != 10 {
		t.Fatalf("got %d entries, %v, want 10", len(l.entries), err)
	}
	seen := map[string]bool{}
	for i := range l.entries {
		ref := l.ref(i)
		if got, ok := l.find(ref); !ok || got != l.entries[i] || seen[ref] {
			t.Errorf("find(%q): got %+v, %v, want %+v, once", ref, got, ok, l.entries[i])
		}
		seen[ref] = true
	}
	for _, ref := range []string{"", "b", "a/0", "a/1", "a/6", "a/", "z/2", "~"} {
		if got, ok := l.find(ref); ok {
			t.Errorf("find(%q): got %+v, want nothing", ref, got)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		".gitkeep": true, ".keep": true, ".noindex": true, ".DS_Store": true, "Thumbs.db": true, "DESKTOP.INI": true, "1.h:2,S": false, "mail5": false,
	} {
		if got := placeholder(name); got != want {
			t.Errorf("placeholder(%q): got %v, want %v", name, got, want)
		}
	}
}

func TestReadKeywords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got := readKeywords(dir); got != nil {
		t.Errorf("without a file: got %q, want nothing", got)
	}
	text := "0 $Forwarded\r\n1 NonJunk\n25 zed\n26 beyond\n-1 before\nx y\n2\n3 with blank\n4 \xe8\n5 \\Seen\n"
	if err := os.WriteFile(filepath.Join(dir, keywordsFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want := make([]string, 26)
	want[0], want[1], want[25] = "$Forwarded", "NonJunk", "zed"
	if got := readKeywords(dir); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A message that goes away while its folder is listed is reported, and the others are still listed.
func TestGoneWhileListing(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a", "cur/b", "cur/c")
	p := NewPart(root, migrate.PartInfo{Name: "x"}, Options{})
	var good, bad []string
	for c, err := range p.Copies(t.Context()) {
		if err != nil {
			bad = append(bad, c.Ref)
			continue
		}
		good = append(good, c.Ref)
		if c.Ref == "a" {
			if err := os.Remove(filepath.Join(root, "cur", "b")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !slices.Equal(good, []string{"a", "c"}) || !slices.Equal(bad, []string{"b"}) {
		t.Errorf("got %q and errors for %q, want a and c, and an error for b", good, bad)
	}
}

// A file that is replaced under its name changes the directory's time, and with it the stamp.
func TestStampOfReplacedFile(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a,S=9000:2,S")
	before := stampOf(t, root, Options{})
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(filepath.Join(root, "cur"), later, later); err != nil {
		t.Fatal(err)
	}
	if now := stampOf(t, root, Options{}); now.Stamp == before.Stamp {
		t.Errorf("got the stamp %s again", now.Stamp)
	}
	if before.Bytes != 9000 {
		t.Errorf("bytes: got %d, want the 9000 that the name states", before.Bytes)
	}
}

func TestSizesAreSampled(t *testing.T) {
	t.Parallel()
	var files []string
	for i := range 3 * sampled {
		files = append(files, "cur/"+strings.Repeat("x", i%7+1)+string(rune('a'+i%26))+string(rune('a'+i/26)))
	}
	root := plant(t, files...)
	got := stampOf(t, root, Options{}).Bytes
	if low, high := int64(len(files)*25), int64(len(files)*45); got < low || got > high {
		t.Errorf("bytes: got %d, want between %d and %d", got, low, high)
	}
}
