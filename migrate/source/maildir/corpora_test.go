package maildir

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
)

// Every regular file in a cur or new of the real trees is a copy, read unchanged, and nothing else is.
func TestCorporaWhole(t *testing.T) {
	t.Parallel()
	root := migratetest.Corpora(t, "maildir")
	want := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		in := filepath.Base(filepath.Dir(file))
		if err == nil && e.Type().IsRegular() && (in == "cur" || in == "new") && e.Name()[0] != '.' {
			want[file] = true
		}
		return err
	})
	if err != nil || len(want) == 0 {
		t.Fatalf("got %d files, %v", len(want), err)
	}
	s := open(t, root)
	files := 0
	for key, c := range copies(t, s) {
		part, ref, _ := strings.Cut(key, "|")
		files++
		text, err := read(t, s, part, ref)
		if err != nil || int64(len(text)) != c.Size {
			t.Errorf("%s: got %d bytes, %v, want %d", key, len(text), err, c.Size)
		}
	}
	if files != len(want) {
		t.Errorf("got %d copies, want %d", files, len(want))
	}
}

func TestCorporaFlags(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]struct {
		flags    migrate.Flags
		keywords string
	}{
		"rc0+mairix/maildir/flags|1":                                                 {migrate.Flagged | migrate.Answered | migrate.Seen, ""},
		"rc0+mairix/maildir/flags|6":                                                 {migrate.Answered, ""}, // in new, with an info part
		"rc0+mairix/maildir/flags|8":                                                 {0, ""},
		"djcb+mu/testdata/testdir|1220863087.12663_15.mindcrime":                     {migrate.Seen, "$Forwarded"},
		"djcb+mu/testdata/testdir|special":                                           {migrate.Seen, ""},
		"djcb+mu/testdata/testdir|1220863087.12663_9.mindcrime":                      {0, ""},
		"KDE+kdepim-runtime/mixedmaildir/autotests/data/dimap|1279980064.4595.qs6V9": {migrate.Seen, ""},
		"KDE+kdepim-runtime/maildir/autotests/maildir/root|1237726845.6570.BejQg":    {migrate.Seen, ""},
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			dir, ref, _ := strings.Cut(key, "|")
			c := copies(t, open(t, migratetest.Corpora(t, "maildir", dir)))[".|"+ref]
			if c == nil || c.Flags != want.flags || strings.Join(c.Keywords, " ") != want.keywords {
				t.Errorf("got %+v, want %v %q", c, want.flags.Names(), want.keywords)
			}
		})
	}
}

func TestCorporaFolders(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string][]string{
		"KDE+kdepim-runtime/maildir/autotests/maildir": {
			".root.directory/.child1.directory/grandchild = root/child1/grandchild", ".root.directory/child1 = root/child1",
			".root.directory/child2 = root/child2", "root = root",
		},
		"djcb+mu/testdata/testdir2":       {"Foo = Foo", "bar = bar", "wom_bat = wom_bat"},
		"notmuch+notmuch/corpora/default": {". = default", "bar = default/bar", "bar/baz = default/bar/baz", "foo = default/foo", "foo/baz = default/foo/baz"},
		"gitpan+Email-Folder/testmaildir": {". = testmaildir"},
	} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			root := migratetest.Corpora(t, "maildir", dir)
			if got := folders(t, open(t, root)); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestCorporaThatAreNone(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"djcb+mu/testdata/testdir4", "gitpan+Email-Folder/testmh", "rc0+mairix/mh"} {
		if IsMaildir(migratetest.Corpora(t, "maildir", dir)) {
			t.Errorf("IsMaildir(%s): got true, want false", dir)
		}
	}
}

// manyFiles makes a folder as big as a busy inbox.
func manyFiles(b *testing.B, n int) string {
	root := plantIn(b, filepath.Join(b.TempDir(), "Maildir"), "cur/", "new/", "tmp/")
	for i := range n {
		name := filepath.Join(root, "cur", "1234567890.M"+strings.Repeat("7", 6)+"P1234V0000000000000801I0000000000"+fmt.Sprintf("%06d", i)+"_0.mail.example.com,S=1234,W=1260:2,S")
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return root
}

func BenchmarkInfo20k(b *testing.B) {
	root := manyFiles(b, 20_000)
	for b.Loop() {
		if info := NewPart(root, migrate.PartInfo{Name: "."}, Options{}).Info(); info.Stamp == "" {
			b.Fatal("no stamp")
		}
	}
}

func BenchmarkList20k(b *testing.B) {
	root := manyFiles(b, 20_000)
	b.ReportAllocs()
	for b.Loop() {
		l, err := list(root)
		if err != nil || len(l.entries) != 20_000 {
			b.Fatalf("got %d entries, %v", len(l.entries), err)
		}
	}
}

func BenchmarkCopies20k(b *testing.B) {
	root := manyFiles(b, 20_000)
	for b.Loop() {
		n := 0
		for _, err := range NewPart(root, migrate.PartInfo{Name: "."}, Options{}).Copies(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 20_000 {
			b.Fatalf("got %d copies", n)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	root := manyFiles(b, 20_000)
	l, err := list(root)
	if err != nil {
		b.Fatal(err)
	}
	var listings Listings
	for i := 0; b.Loop(); i++ {
		r, err := listings.Open(root, l.ref(i%20_000))
		if err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}
