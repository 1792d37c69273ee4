package pst

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/migratetest"
)

// truth is what pffexport found in a data file, by folder and kind of item.
type truth struct {
	Set       string
	Pffexport struct {
		Export map[string]map[string]int
	}
}

// groundTruth reads what other programs found in the corpora.
func groundTruth(tb testing.TB) map[string]truth {
	tb.Helper()
	data, err := os.ReadFile(migratetest.Corpora(tb, "pst-groundtruth.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var all map[string]truth
	if err := json.Unmarshal(data, &all); err != nil {
		tb.Fatal(err)
	}
	return all
}

// corpus returns a data file of the corpora, unpacked if need be, or "" where it isn't there.
func corpus(tb testing.TB, name string) string {
	tb.Helper()
	file := filepath.Join(migratetest.Corpora(tb), filepath.FromSlash(name))
	if _, err := os.Stat(file); err == nil {
		return file
	}
	packed, err := os.Open(file + ".gz")
	if err != nil {
		return ""
	}
	defer packed.Close()
	from, err := gzip.NewReader(packed)
	if err != nil {
		tb.Fatal(err)
	}
	to, err := os.Create(filepath.Join(tb.TempDir(), filepath.Base(file)))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		tb.Fatal(err)
	}
	if err := to.Close(); err != nil {
		tb.Fatal(err)
	}
	return to.Name()
}

// cutOff is a file whose end is missing, with the roots of its trees; no other program reads anything of it.
const cutOff = "AddingBulkMessagesWithImprovedPerformance.pst"

// corpora lists the data files that are whole, in order.
func corpora(tb testing.TB) []string {
	tb.Helper()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(groundTruth(tb))) {
		if file := corpus(tb, name); file != "" && IsPST(file) && filepath.Base(name) != cutOff {
			names = append(names, file)
		}
	}
	return names
}

// counts is how many items of each kind the folders have. Meetings and reports are mail.
type counts map[string]int

func (c counts) add(folder, kind string, n int) {
	if n > 0 {
		c[folder+": "+kind] += n
	}
}

// expected are the counts of pffexport in our terms.
func (t truth) expected() counts {
	want := counts{}
	for path, kinds := range t.Pffexport.Export {
		if path == "[embedded]" {
			continue
		}
		for kind, n := range kinds {
			want.add(userPath(path), ourKind(kind), n)
		}
	}
	return want
}

// userPath leaves out the top of the user's folders.
func userPath(path string) string {
	path = strings.TrimPrefix(path, "Root - Mailbox/")
	if _, rest, ok := strings.Cut(path, "/"); ok {
		return rest
	}
	return path
}

func ourKind(kind string) string {
	switch kind {
	case "Message", "Meeting":
		return "mail"
	case "Activity":
		return "journal entry"
	case "DistributionList":
		return "distribution list"
	}
	return strings.ToLower(kind)
}

// counted are our counts, of the messages that can be read.
func counted(tb testing.TB, s *Source) counts {
	tb.Helper()
	got := counts{}
	for p, err := range s.Parts(tb.Context()) {
		if err != nil {
			tb.Fatal(err)
		}
		for c, err := range p.Copies(tb.Context()) {
			if err != nil {
				tb.Errorf("%v", err)
				continue
			}
			got.add(strings.Join(c.Folder.Path, "/"), "mail", 1)
		}
		if p, ok := p.(*part); ok {
			for class := range mapi.ClassSettings {
				got.add(strings.Join(p.folder.path, "/"), class.String(), p.others[class])
			}
		}
	}
	return got
}

// differences are those that are known, and why: pffexport is wrong in each.
var differences = map[string]counts{
	// It writes no IPM.Post.
	"test_unicode.pst": {"Top of Personal Folders: mail": 1, "Folder: mail": 1},
	"test_ansi.pst":    {"Folder: mail": 1},
	// It was told windows-1252 for a Japanese file.
	"contacts97-2002.pst": {"連絡先 (Contact dedicated): contact": 1, "\u02dcA—\ufffd\ufffdæ (Contact dedicated): contact": -1},
	"nonUnicodeCP932.pst": {"Outlook データ ファイルのトップ: mail": 1, "Outlook ƒf\ufffd[ƒ^ ƒtƒ_ƒCƒ‹‚Ìƒgƒbƒv: mail": -1},
}

// Every folder of every file has as many items of each kind as pffexport found in it.
func TestCorporaCounts(t *testing.T) {
	t.Parallel()
	for name, want := range groundTruth(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			file := corpus(t, name)
			if file == "" || !IsPST(file) || filepath.Base(name) == cutOff {
				t.Skip("not here, or no data file that is whole")
			}
			got, expected := counted(t, open(t, file)), want.expected()
			for key, n := range differences[filepath.Base(name)] {
				if expected[key] += n; expected[key] == 0 {
					delete(expected, key)
				}
			}
			if !maps.Equal(got, expected) {
				t.Errorf("got %v, want %v", got, expected)
			}
		})
	}
}

// What is found in a file without its end is told to be incomplete.
func TestCorporaCutOff(t *testing.T) {
	t.Parallel()
	file := corpus(t, "pst/aspose-email+Aspose.Email-for-.NET/Examples/Data/Outlook/"+cutOff)
	if file == "" {
		t.Skip("not here")
	}
	s := open(t, file)
	if l := list(t, s); len(l.errors) != 1 || !strings.Contains(l.errors[0], "messages may be missing: ") || s.OtherItems()["folder"] != 1 {
		t.Errorf("got errors %q and %v, want one error and a task", l.errors, s.OtherItems())
	}
}

// Files of each kind hold to the contract of sources.
func TestCorporaContract(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"pst/simiden+pst2john/samples/2003_high-encryption_quickquick.pst",
		"pst/aspose-email+Aspose.Email-for-.NET/Examples/Data/Outlook/Outlook_1.pst", "pst/npm-pst-extractor-1.12.0/pstextractortest@outlook.com.ost",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			file := corpus(t, name)
			if file == "" {
				t.Skip("not here")
			}
			migratetest.TestSource(t, func(tb testing.TB) migrate.Source {
				s, err := Open(file)
				if err != nil {
					tb.Fatal(err)
				}
				return s
			})
		})
	}
}
