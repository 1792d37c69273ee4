package pst

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// write puts a data file on the disk and returns its path.
func write(tb testing.TB, dir, name string, f *psttest.File) string {
	tb.Helper()
	image, err := f.Image()
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, image.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return file
}

// open opens a source for the time of a test.
func open(tb testing.TB, name string) *Source {
	tb.Helper()
	s, err := Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// opened writes a file and opens it.
func opened(tb testing.TB, f *psttest.File) *Source {
	tb.Helper()
	return open(tb, write(tb, tb.TempDir(), "a.pst", f))
}

// listing is what a source tells, in lines.
type listing struct {
	copies, remarks, errors []string
}

func list(tb testing.TB, s *Source) listing {
	tb.Helper()
	var l listing
	for part, err := range s.Parts(tb.Context()) {
		if err != nil {
			l.errors = append(l.errors, err.Error())
			continue
		}
		for c, err := range part.Copies(tb.Context()) {
			if err != nil {
				l.errors = append(l.errors, err.Error())
				continue
			}
			text, err := read(tb, s, part.Info().Name, c.Ref)
			if err != nil {
				l.errors = append(l.errors, err.Error())
				continue
			}
			l.copies = append(l.copies, c.Folder.String()+": "+headerOf(text, "Subject"))
		}
		for _, remark := range part.(migrate.Remarker).Remarks() {
			l.remarks = append(l.remarks, part.Info().Name+": "+remark)
		}
	}
	return l
}

func read(tb testing.TB, s *Source, part, ref string) (string, error) {
	tb.Helper()
	r, err := s.Open(tb.Context(), part, ref)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

func headerOf(text, field string) string {
	for line := range strings.SplitSeq(text, "\r\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, field) {
			return strings.TrimSpace(value)
		}
		if line == "" {
			break
		}
	}
	return ""
}

type variant struct {
	format     ndb.Format
	encryption ndb.Encryption
}

func variants() []variant {
	var all []variant
	for _, format := range []ndb.Format{ndb.ANSI, ndb.Unicode, ndb.Unicode4K} {
		for _, encryption := range []ndb.Encryption{ndb.None, ndb.Permute, ndb.Cyclic} {
			all = append(all, variant{format, encryption})
		}
	}
	return all
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, v := range variants() {
		t.Run(fmt.Sprintf("%v-%v", v.format, v.encryption), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := write(t, dir, "a.pst", psttest.Sample(v.format, v.encryption))
			defer migratetest.Unchanged(t, dir)()
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

func TestContractOfADirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "Outlook.pst", psttest.Sample(ndb.Unicode, ndb.Permute))
	write(t, dir, "old/Outlook.pst", psttest.Sample(ndb.ANSI, ndb.Permute))
	write(t, dir, "Exchange.ost", psttest.Sample(ndb.Unicode4K, ndb.None))
	if err := os.WriteFile(filepath.Join(dir, "broken.pst"), append([]byte("!BDN0000SM"), make([]byte, 900)...), 0o600); err != nil {
		t.Fatal(err)
	}
	migratetest.TestSource(t, func(tb testing.TB) migrate.Source {
		s, err := Open(dir)
		if err != nil {
			tb.Fatal(err)
		}
		return s
	})
}

// What the sample has is found, in each format: also what lost its folder, but neither settings nor search folders.
func TestListing(t *testing.T) {
	t.Parallel()
	want := []string{
		"Deleted Items: Letter 4", "Inbox/Bühne: Letter 3", "Inbox: Letter 1", "Inbox: Letter 10", "Inbox: Letter 2", "Recovered: Letter 5",
	}
	for _, v := range variants() {
		t.Run(fmt.Sprintf("%v-%v", v.format, v.encryption), func(t *testing.T) {
			t.Parallel()
			got := list(t, opened(t, psttest.Sample(v.format, v.encryption)))
			slices.Sort(got.copies)
			if !slices.Equal(got.copies, want) || len(got.errors)+len(got.remarks) != 0 {
				t.Errorf("got %q, errors %q, remarks %q, want %q", got.copies, got.errors, got.remarks, want)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	locked := psttest.Sample(ndb.ANSI, ndb.Permute)
	locked.Store = []psttest.Property{psttest.Int32(0x67FF, 0x1234)}
	one, two := write(t, dir, "one/a.pst", psttest.Sample(ndb.Unicode, ndb.None)), write(t, dir, "two/a.pst", locked)
	for name, want := range map[string]string{
		one: "Outlook data file, Unicode",
		two: "Outlook data file, ANSI, with a password (it locks nothing)",
		dir: "2 Outlook data files",
	} {
		if got := open(t, name).Describe(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := list(t, open(t, two)).remarks; !slices.Equal(got, []string{"a.pst: a password was set; it locks nothing"}) {
		t.Errorf("remarks: got %q, want that of the password", got)
	}
}

// Files of one directory are accounts, named as short as may be.
func TestAccounts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"Outlook.pst", "old/archive.pst", "older/Archive.ost"} {
		write(t, dir, name, &psttest.File{Folders: []*psttest.Folder{{Name: "Mail", Messages: []*psttest.Message{psttest.Mail(1)}}}})
	}
	want := []string{"Outlook/Mail: Letter 1", "old／archive.pst/Mail: Letter 1", "older／Archive.ost/Mail: Letter 1"}
	if got := list(t, open(t, dir)).copies; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	m := psttest.Mail(1)
	m.Properties = append(m.Properties,
		psttest.Int32(0x1081, 102), psttest.Int32(0x1090, 2), psttest.Many(0x8000, psttest.Text(0, "Red & Blue"), psttest.Text(0, "Größe")))
	gone := psttest.Mail(2)
	gone.Properties = append(gone.Properties, psttest.Int32(0x0E17, 8), psttest.Int32(0x1081, 104))
	s := opened(t, &psttest.File{
		Folders: []*psttest.Folder{{Name: "Inbox", Messages: []*psttest.Message{m, gone}}},
		Names:   []psttest.Name{{Set: setPublicStrings, Name: "Keywords"}},
	})
	var got []*migrate.Copy
	for part := range s.Parts(t.Context()) {
		for c, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, c)
		}
	}
	if len(got) != 2 {
		t.Fatalf("got %d copies, want 2", len(got))
	}
	c := got[0]
	if c.Flags != migrate.Seen|migrate.Answered|migrate.Flagged || !slices.Equal(c.Keywords, []string{"Red &- Blue", "Gr&APYA3w-e"}) ||
		!c.Received.Equal(time.Date(2003, 4, 5, 6, 7, 1, 0, time.UTC)) || !c.Rebuilt || c.Expunged || c.Folder.Role != migrate.RoleInbox {
		t.Errorf("got %+v", c)
	}
	if !got[1].Expunged || !slices.Equal(got[1].Keywords, []string{"$Forwarded"}) {
		t.Errorf("got %+v, want it expunged and forwarded", got[1])
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	text := filepath.Join(dir, "text.pst")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(text, []byte("From me to you"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		empty:                        "no Outlook data file (.pst, .ost) in it",
		text:                         "text.pst: ",
		filepath.Join(dir, "nobody"): "no such file",
	} {
		s, err := Open(name)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s): got %v, want %q in it", name, err, want)
		}
	}
}

func TestIsPST(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "Outlook Files/a.pst", psttest.Sample(ndb.Unicode, ndb.None))
	odd := write(t, dir, "odd/mail.bak", psttest.Sample(ndb.ANSI, ndb.None))
	ost := write(t, dir, "ost/a.OST", &psttest.File{OST: true})
	text := filepath.Join(dir, "odd", "text.pst")
	if err := os.WriteFile(text, []byte("From me to you"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		file: true, dir: true, filepath.Dir(file): true, ost: true, filepath.Dir(ost): true,
		odd: true, filepath.Dir(odd): false, text: false, filepath.Join(dir, "nothing"): false,
	} {
		if got := IsPST(name); got != want {
			t.Errorf("IsPST(%s): got %v, want %v", name, got, want)
		}
	}
}

// A reader that is closed early leaves nothing behind.
func TestCloseEarly(t *testing.T) {
	t.Parallel()
	s := opened(t, psttest.Sample(ndb.Unicode, ndb.None))
	for part := range s.Parts(t.Context()) {
		for c := range part.Copies(t.Context()) {
			r, err := s.Open(t.Context(), part.Info().Name, c.Ref)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Read(make([]byte, 1)); err != nil {
				t.Error(err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			if n, err := r.Read(make([]byte, 1)); err == nil {
				t.Errorf("got %d bytes after Close, want an error", n)
			}
		}
	}
}

// An account of IMAP or Exchange may be set up to fetch headers alone: such an item is no whole message, and gives way to one.
func TestHeaderOnly(t *testing.T) {
	t.Parallel()
	header := psttest.Mail(1)
	header.Properties = append(header.Properties, psttest.Int32(0x8000, 1))
	s := opened(t, &psttest.File{
		OST: true, Folders: []*psttest.Folder{{Name: "Inbox", Messages: []*psttest.Message{header, psttest.Mail(2)}}},
		Names: []psttest.Name{{Set: [16]byte{0x08, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}, Number: 0x8578}},
	})
	var partial []bool
	for part := range s.Parts(t.Context()) {
		for c, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			partial = append(partial, c.Partial)
		}
	}
	if !slices.Equal(partial, []bool{true, false}) {
		t.Errorf("got %v, want the first of two", partial)
	}
}
