package thunderbird

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"unpop/migrate/migratetest"
)

// cells lists what a scan sees, as "kind scope key value".
func cells(tb testing.TB, r io.Reader) []string {
	tb.Helper()
	var got []string
	err := scanMork(r, func(c morkCell) {
		sign := "="
		if c.byRef {
			sign = "^"
		}
		got = append(got, []string{"column", "value", "row"}[c.kind]+" "+c.scope+" "+c.key+sign+c.value)
	})
	if err != nil {
		tb.Errorf("scanMork: %v", err)
	}
	return got
}

func TestScanMork(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                                     nil,
		"<(80=a)>":                             {"value  80=a"},
		"< <(a=c)> (80=a)(81=b)>":              {"column  80=a", "column  81=b"},
		"< <(a=c)> (80=a)><(81=b)>":            {"column  80=a", "value  81=b"},
		"<(80=)>":                              {"value  80="},
		"<(80\n  =a)>":                         {"value  80=a"},
		"(80=a)":                               nil, // neither dictionary nor row
		"{1:^9F {(k^A0:c)(s=9u)} [1(^80^81)]}": {"row 9F ^80^81"},
		"{1:^9F [1(^80=x)(name=y)] 5 [2:^80(^80=z)]}": {"row 9F ^80=x", "row 9F name=y", "row 80 ^80=z"},
		"[-1:^9F(^80^81)]":                  {"row 9F ^80^81"},
		"[1(^80=x)]":                        {"row  ^80=x"}, // no table, no scope
		"@$${1{@[1:^9F(^80=x)]@$$}1}@":      {"row 9F ^80=x"},
		"{1:^9F [1(^80=x @$${2{@":           nil, // cut within a value
		"{1:^9F [1(^80=x)\n@$${2{@<(81=y)>": {"row 9F ^80=x", "value  81=y"},
		"// <(80=a)>\n<(81=b)>":             {"value  81=b"},
		"<(80=a\\)b\\\\)>":                  {`value  80=a)b\`},
		"<(80=$41$4a$4A$)>":                 {"value  80=AJJ$"},
		">>>}}}]]](((":                      nil,
	} {
		if got := cells(t, strings.NewReader(text)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if got := cells(t, iotest.OneByteReader(strings.NewReader(text))); !slices.Equal(got, want) {
			t.Errorf("%q byte by byte: got %q, want %q", text, got, want)
		}
	}
}

func TestReadErrorOfIndex(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk gone")
	if err := scanMork(iotest.ErrReader(broken), func(morkCell) {}); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

// Every real index tells its folder's flags, and what it says survives being cut anywhere.
func TestRealIndexesCut(t *testing.T) {
	t.Parallel()
	root := migratetest.Corpora(t, "layout", "mozilla+releases-comm-central")
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".msf" {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		whole, err := readFolderInfo(strings.NewReader(string(data)))
		for n := 0; n < len(data); n += 97 {
			part, cutErr := readFolderInfo(strings.NewReader(string(data[:n])))
			if cutErr != nil || part.name != "" && part.name != whole.name {
				t.Errorf("%s cut at %d: got %+v, %v, want %+v or less", filepath.Base(file), n, part, cutErr, whole)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestIndexLimit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(plant(t, t.TempDir(), map[string]string{"X.msf": index("Name", 4)}), "X")
	if got := indexOf(path, 10); got != (folderInfo{}) {
		t.Errorf("above the limit: got %+v, want nothing", got)
	}
	if got := indexOf(path, maxIndex); got.name != "Name" {
		t.Errorf("below the limit: got %+v, want the name", got)
	}
	if got := indexOf(filepath.Dir(path), maxIndex); got != (folderInfo{}) {
		t.Errorf("no index: got %+v, want nothing", got)
	}
}

func TestParsePref(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]string{
		`user_pref("a", "b");`:          {"a", "b"},
		`user_pref("a","b")`:            {"a", "b"},
		"\tuser_pref (\"a\" , 12 ) ;\r": {"a", "12"},
		`user_pref("a", -1);`:           {"a", "-1"},
		`user_pref("a", "");`:           {"a", ""},
		`user_pref("a", "x\\");`:        {"a", `x\`},
		`user_pref("a", "\x4");`:        {"a", "x4"},
		`user_pref("a", "\ud83d");`:     {"a", "\ufffd"},
		`user_pref("a", "\è");`:         {"a", "è"},
	} {
		if name, value, ok := parsePref(line); !ok || name != want[0] || value != want[1] {
			t.Errorf("%s: got %q, %q, %v, want %q", line, name, value, ok, want)
		}
	}
	for _, line := range []string{"", "// x", `pref("a", "b");`, `user_pref`, `user_pref(`, `user_pref("a"`, `user_pref("a",`, `user_pref("a", "`, `user_pref("a", "\`, `user_pref(a, 1);`} {
		if name, value, ok := parsePref(line); ok {
			t.Errorf("%s: got %q, %q, want nothing", line, name, value)
		}
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), anna)
	for dir, want := range map[string]string{
		"Mail":                 "Thunderbird Mail folder, 4 accounts; left aside: 1 feed account (Feeds), no mail; what looks like a copy of a folder (pop.example.com/nstmp)",
		"Mail/pop.example.com": "Thunderbird account; left aside: what looks like a copy of a folder (nstmp)",
		"Mail/Local Folders":   "Thunderbird account",
	} {
		if got := open(t, filepath.Join(root, dir)).Describe(); got != want {
			t.Errorf("%s: got %q, want %q", dir, got, want)
		}
	}
}
