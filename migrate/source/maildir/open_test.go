package maildir

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"unpop/migrate"
)

func rename(t *testing.T, root, from, to string) {
	t.Helper()
	if err := os.Rename(filepath.Join(root, from), filepath.Join(root, to)); err != nil {
		t.Fatal(err)
	}
}

// A ref outlives what a mail program does to the file name between the scan and the upload.
func TestOpenAfterFlagsChanged(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a:2,", "new/b", "cur/c:2,S", ".Sent/cur/d:2,S")
	s := open(t, root)
	before := copies(t, s)
	for range 2 { // the second time with the listing remembered
		for key := range before {
			part, ref, _ := strings.Cut(key, "|")
			if text, err := read(t, s, part, ref); err != nil || !strings.Contains(text, ref) {
				t.Errorf("Open(%s): got %q, %v", key, text, err)
			}
		}
	}
	rename(t, root, "cur/a:2,", "cur/a:2,FS")
	rename(t, root, "new/b", "cur/b:2,S")
	for _, ref := range []string{"a", "b", "c"} {
		if text, err := read(t, s, ".", ref); err != nil || !strings.Contains(text, ref) {
			t.Errorf("Open(%s) after the renaming: got %q, %v", ref, text, err)
		}
	}
	if after := copies(t, s); len(after) != len(before) || after[".|a"] == nil || after[".|b"] == nil {
		t.Errorf("copies after the renaming: got %v, want the same refs", after)
	}
}

func TestOpenWhatIsGone(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a:2,", "cur/b:2,")
	s := open(t, root)
	for _, ref := range []string{"a", "b"} {
		if _, err := read(t, s, ".", ref); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(root, "cur/a:2,")); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"a", "never", "a/2", "a/x", "b/2", "b/-1", "b/99999999999999999999", "../cur/b:2,", "", "/"} {
		var bad *migrate.CopyError
		if _, err := read(t, s, ".", ref); !errors.Is(err, migrate.ErrChanged) || !errors.As(err, &bad) || bad.Part != "." {
			t.Errorf("Open(%q): got %v, want ErrChanged with the part", ref, err)
		}
	}
	for _, part := range []string{"../Maildir", "/etc", "..", ""} {
		if _, err := read(t, s, part, "b"); err == nil {
			t.Errorf("Open in part %q: got no error", part)
		}
	}
}

func TestSameUniqueName(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a:2,S", "cur/a:2,", "new/a", "cur/ab:2,S", "cur/a!2,F")
	s := open(t, root)
	want := map[string]string{".|a": "cur/a!2,F", ".|a/2": "cur/a:2,", ".|a/3": "cur/a:2,S", ".|a/4": "new/a", ".|ab": "cur/ab:2,S"}
	got := copies(t, s)
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for key, file := range want {
		part, ref, _ := strings.Cut(key, "|")
		text, err := read(t, s, part, ref)
		if err != nil || !strings.HasPrefix(text, "Subject: "+file+"\n") {
			t.Errorf("Open(%s): got %q, %v, want %s", key, text, err, file)
		}
	}
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bzipped is "Subject: x\n\nhello\n" as bzip2 writes it.
const bzipped = "QlpoOTFBWSZTWZrCqgAAAALbgAAQQAAAEAgAGlSGQCAAIo09IG2qEAAAqE4PNqkWA+LuSKcKEhNYVUAA"

func TestPackedBodies(t *testing.T) {
	t.Parallel()
	text := "Subject: x\n\n" + strings.Repeat("hello\n", 10000)
	bz, err := base64.StdEncoding.DecodeString(bzipped)
	if err != nil {
		t.Fatal(err)
	}
	root := plant(t, "cur/")
	gz := zipped(t, text)
	for name, data := range map[string][]byte{
		"gz:2,SZ": gz, "sized,S=60012:2,S": gz, "cutgz:2,S": gz[:len(gz)/2], "bz:2,S": bz, "zst:2,S": []byte("\x28\xb5\x2f\xfdrest"),
		"xz:2,S": []byte("\xfd7zXZ\x00rest"), "plain:2,S": []byte(text), "empty:2,S": nil, "short": []byte("\x1f\x8b"),
	} {
		if err := os.WriteFile(filepath.Join(root, "cur", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, root)
	got := copies(t, s)
	if c := got[".|sized,S=60012"]; c == nil || c.Flaw != "" || c.Size != int64(len(gz)) {
		t.Errorf("packed file of stated size: got %+v, want no flaw and the file's size", c)
	}
	if c := got[".|empty"]; c == nil || c.Flaw != "empty file" {
		t.Errorf("empty file: got %+v, want a flaw", c)
	}
	for ref, want := range map[string]string{"gz": text, "sized,S=60012": text, "plain": text, "empty": "", "short": "\x1f\x8b"} {
		if got, err := read(t, s, ".", ref); err != nil || got != want {
			t.Errorf("Open(%s): got %d bytes, %v, want %d", ref, len(got), err, len(want))
		}
	}
	for ref, want := range map[string]string{"zst": "compressed with zstd", "xz": "compressed with xz", "cutgz": "gzip: unexpected EOF"} {
		if _, err := read(t, s, ".", ref); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s): got %v, want %q", ref, err, want)
		}
	}
	if got, err := read(t, s, ".", "bz"); err != nil || got != "Subject: x\n\nhello\n" {
		t.Errorf("Open(bz): got %q, %v", got, err)
	}
}

func stampOf(t *testing.T, dir string, opts Options) migrate.PartInfo {
	t.Helper()
	return NewPart(dir, migrate.PartInfo{Name: "."}, opts).Info()
}

func TestStamp(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a:2,", "cur/b:2,S", "new/c")
	first := stampOf(t, root, Options{})
	if first.Stamp == "" || first.Stamp != stampOf(t, root, Options{}).Stamp {
		t.Fatalf("got %+v, want the same stamp twice", first)
	}
	if first.Bytes < 60 || first.Bytes > 100 {
		t.Errorf("bytes: got %d, want those of the three files", first.Bytes)
	}
	stamps := []string{first.Stamp}
	for _, change := range []func(){
		func() { rename(t, root, "cur/a:2,", "cur/a:2,S") },
		func() { rename(t, root, "new/c", "cur/c:2,") },
		func() { plantIn(t, root, "new/d") },
		func() { plantIn(t, root, keywordsFile) },
	} {
		change()
		now := stampOf(t, root, Options{}).Stamp
		if slices.Contains(stamps, now) {
			t.Errorf("got the stamp %s again after a change", now)
		}
		stamps = append(stamps, now)
	}
}

// A client that writes the state into the file doesn't touch the directory.
func TestStampWithStatusFields(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a")
	before := stampOf(t, root, Options{StatusFields: true})
	if err := os.WriteFile(filepath.Join(root, "cur/a"), []byte("X-Mozilla-Status: 0001\n\nlonger or shorter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if now := stampOf(t, root, Options{StatusFields: true}); now.Stamp == before.Stamp {
		t.Errorf("got the stamp %s again after a change in place", now.Stamp)
	}
	p := NewPart(root, migrate.PartInfo{Name: "x"}, Options{StatusFields: true})
	for c, err := range p.Copies(t.Context()) {
		if err != nil || !c.StatusFields {
			t.Errorf("got %+v, %v, want status fields", c, err)
		}
	}
}

func TestStampOfWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	if got := stampOf(t, filepath.Join(t.TempDir(), "nowhere"), Options{}); got.Stamp != "" {
		t.Errorf("got stamp %q, want none", got.Stamp)
	}
	for c, err := range NewPart(filepath.Join(t.TempDir(), "nowhere"), migrate.PartInfo{Name: "n"}, Options{}).Copies(t.Context()) {
		if c != nil || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v, %v, want the listing's error", c, err)
		}
	}
}

func TestListingsForget(t *testing.T) {
	t.Parallel()
	var l Listings
	for i := range 5 {
		l.keep(kept{fmt.Sprint(i), &listing{entries: make([]entry, 90_000)}})
	}
	if len(l.kept) != 2 || l.total != 180_000 || l.kept[1].dir != "4" {
		t.Errorf("got %d listings with %d entries, want the last two", len(l.kept), l.total)
	}
	l.keep(kept{"big", &listing{entries: make([]entry, 2*keptEntries)}})
	if len(l.kept) != 1 || l.take("big") == nil || l.total != 0 {
		t.Errorf("got %d listings with %d entries, want only the big one, taken", len(l.kept), l.total)
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/a:2,", ".A/cur/b:2,", ".B/cur/c:2,")
	s := open(t, root)
	var all sync.WaitGroup
	for part, ref := range map[string]string{".": "a", ".A": "b", ".B": "c"} {
		for range 4 {
			all.Go(func() {
				if _, err := read(t, s, part, ref); err != nil {
					t.Errorf("Open(%s, %s): %v", part, ref, err)
				}
			})
		}
	}
	all.Wait()
}

// What was read to its end, or not, and closed, gives nothing more, and what is opened next is not disturbed by it.
func TestReadAfterClose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("Subject: "+name+"\n\ntext\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	one, err := openBody(filepath.Join(dir, "one"))
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	two, err := openBody(filepath.Join(dir, "two"))
	if err != nil {
		t.Fatal(err)
	}
	defer two.Close()
	if n, err := one.Read(make([]byte, 9)); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("read after close: got %d bytes, %v, want %v", n, err, os.ErrClosed)
	}
	if err := one.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed twice: got %v, want %v", err, os.ErrClosed)
	}
	if got, err := io.ReadAll(two); err != nil || string(got) != "Subject: two\n\ntext\n" {
		t.Errorf("got %q, %v, want the second message", got, err)
	}
}
