package mbox

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	gombox "github.com/emersion/go-mbox"

	"unpop/migrate/migratetest"
)

func itoa(n int) string { return strconv.Itoa(n) }

// unexpected lists the vectors of Thunderbird's own tests that come out otherwise here, and why. There are none.
var unexpected = map[string]string{}

// Thunderbird's vectors, byte for byte.
func TestThunderbirdVectors(t *testing.T) {
	t.Parallel()
	root := migratetest.Corpora(t, "mbox", "mozilla+releases-comm-central", "gtest-vectors")
	dirs, err := filepath.Glob(filepath.Join(root, "*", "mbox"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("vectors: got %d, %v, want some", len(dirs), err)
	}
	for _, path := range dirs {
		name := filepath.Base(filepath.Dir(path))
		if why := unexpected[name]; why != "" {
			t.Logf("%s: %s", name, why)
			continue
		}
		var want, got []string
		for i := 0; ; i++ {
			data, err := os.ReadFile(filepath.Join(filepath.Dir(path), "expected-"+itoa(i)+".eml"))
			if err != nil {
				break
			}
			want = append(want, string(data))
		}
		all, _ := copies(t, path)
		for _, c := range all {
			got = append(got, readRef(t, path, c.Ref))
		}
		t.Run(name, func(t *testing.T) { equal(t, got, want) })
	}
}

// explained are the files of the table whose number of messages is not that of From_ lines after blank lines.
var explained = map[string]struct {
	want int
	why  string
}{
	"simple.mbox.txt":         {3, `"From - " without blank lines`},
	"import.mbox":             {3, "dated From_ lines without blank lines"},
	"malformed.txt":           {54, "pipermail text without blank lines"},
	"content-length.mbox.txt": {29, "Netscape's, a third without blank lines"},
	"mboxAmbiguities-00/mbox": {2, "two header lines after a bare From_ line; Thunderbird splits too"},
	"mbox.odd":                {2, "dated From_ lines without blank lines, the second ends in its header"},
	"corrupt_header":          {2, "the first message ends in its header"},
	"jwz.mbox":                {152, "each message listed after a line of text"},
	"substring.mbox":          {3, "each message listed after a line of text"},
	"separators2.sep":         {2, `"From this principle, all of life…"`},
	"mboxcl2":                 {3, `"From perl5-porters:" in a message`},
	"unmunged.mbox.txt":       {2, `"From Russia with love" after a blank line`},
	"mbox.simple":             {1, "no headers at all: text with From_ lines in it"},
}

// Every file of the table: the number of From_ lines after blank lines, unless explained.
func TestCounts(t *testing.T) {
	t.Parallel()
	root := migratetest.Corpora(t)
	data, err := os.ReadFile(filepath.Join(root, "mbox-counts.json"))
	if err != nil {
		t.Skip(err)
	}
	var counts map[string]struct{ Blank int }
	if err := json.Unmarshal(data, &counts); err != nil {
		t.Fatal(err)
	}
	for name, count := range counts {
		path := filepath.Join(root, filepath.FromSlash(name))
		if fi, err := os.Stat(path); err != nil || !fi.Mode().IsRegular() || isPacked(name) {
			continue
		}
		want := count.Blank
		for end, e := range explained {
			if strings.HasSuffix(name, "/"+end) {
				want = e.want
			}
		}
		all, part := copies(t, path)
		if len(all) != want {
			t.Errorf("%s: got %d messages, want %d; remarks %q", name, len(all), want, part.Remarks())
		}
		is, err := IsMbox(path)
		if err != nil || is != (want > 0) && !strings.Contains(name, "gmime/output") {
			t.Errorf("%s: IsMbox: got %v, %v, want %v", name, is, err, want > 0)
		}
	}
}

// Where each From_ line is a separator and lines end alike, go-mbox's reader finds the same messages. It knows one level of
// quoting, ends lines with CRLF, and keeps or drops blank lines at the end as it comes: these are levelled.
func TestAgainstGoMbox(t *testing.T) {
	t.Parallel()
	root := migratetest.Corpora(t, "mbox")
	for _, name := range []string{
		"markov2+perl5-Mail-Box/folders/mbox.src", "markov2+perl5-Mail-Box/folders/mbox.win", "gitpan+Email-Folder/mboxes/testmbox",
		"ProtonMail+gluon/tests/testdata/dovecot-crlf", "GAM-team+got-your-back/samples/google-takeout/takeout.mbox",
		"KDE+mailimporter/mbox/cygwin.mbox", "GAM-team+got-your-back/samples/historic-public-mbox/mozillaes.mbox",
		"apache+incubator-ponymail-unit-tests/corpus/maven-dev-2017-11-listsao.mbox",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(root, filepath.FromSlash(name))
			f, err := os.Open(path)
			if err != nil {
				t.Skip(err)
			}
			defer f.Close()
			var want, got []string
			for r := gombox.NewReader(f); ; {
				m, err := r.NextMessage()
				if err != nil {
					break
				}
				data, err := io.ReadAll(m)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, levelled(string(data)))
			}
			all, _ := copies(t, path)
			for _, c := range all {
				got = append(got, levelled(readRef(t, path, c.Ref)))
			}
			equal(t, got, want)
		})
	}
}

var quotes = regexp.MustCompile(`(?m)^>+From `)

func levelled(message string) string {
	message = strings.ReplaceAll(message, "\r\n", "\n")
	message = quotes.ReplaceAllString(message, "From ")
	return strings.TrimRight(message, "\n")
}

func isPacked(name string) bool {
	switch filepath.Ext(name) {
	case ".gz", ".bz2", ".xz", ".lz":
		return true
	}
	return false
}
