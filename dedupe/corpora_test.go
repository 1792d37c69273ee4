package dedupe

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpora is the folder of real mail beside the module.
func corpora(tb testing.TB, path string) string {
	tb.Helper()
	for dir, up := ".", 0; up < 6; dir, up = filepath.Join("..", dir), up+1 {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		if found := filepath.Join(dir, "..", "shared", "corpora", path); isDir(found) {
			return found
		}
	}
	tb.Skip("no corpora of real mail")
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// eachFile calls do with every file below a folder.
func eachFile(tb testing.TB, dir string, do func(path string, raw []byte)) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		do(path, raw)
		return err
	})
	if err != nil {
		tb.Fatalf("walk %s: got %v, want no error", dir, err)
	}
}

// TestCorporaInvariants holds for every real file what must hold for any.
func TestCorporaInvariants(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"eml", "dedup", "maildir"} {
		if racing && folder != "dedup" {
			continue
		}
		files, decoded := 0, 0
		eachFile(t, corpora(t, folder), func(path string, raw []byte) {
			files++
			if !t.Run(path, func(t *testing.T) { checkIdentity(t, raw) }) {
				t.Logf("file %s", path)
			}
			if !fallsBack(t, string(raw)) {
				decoded++
			}
		})
		t.Logf("%s: %d files, the structure of %d is sound", folder, files, decoded)
		if files == 0 || decoded*10 < files*8 {
			t.Errorf("%s: got %d of %d files with a sound structure, want eight of ten", folder, decoded, files)
		}
	}
}

func fallsBack(tb testing.TB, raw string) bool {
	tb.Helper()
	text, _ := clean(tb, raw)
	p := newParser(endsLF.hasHeader([]byte(text)))
	for line := range strings.Lines(text) {
		line, eol := strings.CutSuffix(line, "\n")
		p.line([]byte(strings.TrimSuffix(line, "\r")), eol)
	}
	p.digest()
	return p.bad
}

// pair is how two copies of one Message-ID compare.
type pair struct{ exact, content, key bool }

// pairs compares the files of a folder that share a number (000-0-list.eml, 000-1-list.eml) with the first of them.
func pairs(t *testing.T, folder string) (all []pair) {
	t.Helper()
	first := map[string]string{}
	eachFile(t, corpora(t, filepath.Join("dedup", folder)), func(path string, raw []byte) {
		number, _, _ := strings.Cut(filepath.Base(path), "-")
		number = filepath.Join(filepath.Dir(path), number)
		base, ok := first[number]
		if !ok {
			first[number] = string(raw)
			return
		}
		a, b := identify(t, base), identify(t, string(raw))
		p := pair{a.Exact == b.Exact, content(t, base) == content(t, string(raw)), a.Key == b.Key}
		if os.Getenv("PAIRS") != "" {
			t.Logf("%s: %+v", path, p)
		}
		all = append(all, p)
	})
	return all
}

func count(all []pair, is func(pair) bool) (n int) {
	for _, p := range all {
		if is(p) {
			n++
		}
	}
	return n
}

// TestCorporaPairs compares copies that came over mailing lists. Those in the samebody folders differ in the header
// only, so all are equal. Of two lists' copies with different bodies one has the list's footer, often in another
// transfer encoding: two messages. Of copies that one list sent twice, some differ by no more than the transfer
// encoding, which makes them one; the others by a footer or by text.
func TestCorporaPairs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		folder          string
		atLeast, atMost float64 // the share with equal content
	}{
		{"pairs-samebody", 1, 1},
		{"within-samebody", 1, 1},
		{"pairs-diffbody", 0, 0.05},
		{"within-diffbody", 0.2, 0.6},
	} {
		all := pairs(t, c.folder)
		equal := count(all, func(p pair) bool { return p.content })
		keys := count(all, func(p pair) bool { return p.key })
		t.Logf("%s: %d pairs, %d with the same key, %d with equal content, %d with equal bytes", c.folder, len(all), keys, equal,
			count(all, func(p pair) bool { return p.exact }))
		if share := float64(equal) / float64(max(1, len(all))); share < c.atLeast || share > c.atMost {
			t.Errorf("%s: got equal content in %d of %d, want a share from %v to %v", c.folder, equal, len(all), c.atLeast, c.atMost)
		}
		if keys != len(all) {
			t.Errorf("%s: got the same key in %d of %d pairs, want all", c.folder, keys, len(all))
		}
		if n := count(all, func(p pair) bool { return p.exact && !p.content }); n > 0 {
			t.Errorf("%s: got %d pairs of equal bytes with different content, want none", c.folder, n)
		}
	}
}
