package thunderbird

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/migratetest"
)

func open(tb testing.TB, root string) *Source {
	tb.Helper()
	s, err := Open(root)
	if err != nil {
		tb.Fatalf("Open(%s): %v", root, err)
	}
	return s
}

// folders returns "part = folder (role) copies" for each part.
func folders(tb testing.TB, s *Source) []string {
	tb.Helper()
	var got []string
	for p, err := range s.Parts(tb.Context()) {
		if err != nil {
			tb.Fatalf("part: %v", err)
		}
		info := p.Info()
		n := 0
		for c, err := range p.Copies(tb.Context()) {
			if err != nil || !c.StatusFields || !slices.Equal(c.Folder.Path, info.Folder.Path) {
				tb.Errorf("%s: got %+v, %v, want a copy with status fields in the part's folder", info.Name, c, err)
			}
			r, err := s.Open(tb.Context(), info.Name, c.Ref)
			if err != nil {
				tb.Errorf("%s: Open(%s): %v", info.Name, c.Ref, err)
				continue
			}
			if text, err := io.ReadAll(r); err != nil || !strings.Contains(string(text), "Subject: ") {
				tb.Errorf("%s: Open(%s): got %q, %v", info.Name, c.Ref, text, err)
			}
			r.Close()
			n++
		}
		got = append(got, fmt.Sprintf("%s = %s (%d) %d", info.Name, info.Folder, info.Folder.Role, n))
	}
	return got
}

func compare(tb testing.TB, got, want []string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), anna)
	defer migratetest.Unchanged(t, root)()
	s := open(t, root)
	compare(t, folders(t, s), annasFolders)
	want := "Thunderbird profile, 4 accounts; left aside: 1 IMAP account (imap.example.org), its mail is on that server; " +
		"1 feed account (Feeds), no mail; 1 account (gone.example.com), its folder is not there; " +
		"what looks like a copy of a folder (Mail/pop.example.com/nstmp)"
	if got := s.Describe(); got != want {
		t.Errorf("Describe:\n got %q\nwant %q", got, want)
	}
	if !IsProfile(root) {
		t.Error("IsProfile: got false, want true")
	}
}

// The Mail folder and one account of it are read with what the settings above them say.
func TestMailFolderAndAccount(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), anna)
	for dir, count := range map[string]int{"Mail": 17, "Mail/pop.example.com": 5} {
		var want []string
		for _, line := range annasFolders {
			if rest, ok := strings.CutPrefix(line, dir+"/"); ok {
				want = append(want, rest)
			}
		}
		got := folders(t, open(t, filepath.Join(root, dir)))
		slices.Sort(want)
		slices.Sort(got)
		compare(t, got, want)
		if len(got) != count || !IsProfile(filepath.Join(root, dir)) {
			t.Errorf("%s: got %d folders, want %d", dir, len(got), count)
		}
	}
}

// Without indexes, the settings tell what an account is, and what its folders are for.
func TestMailFolderWithoutIndexes(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{
		"prefs.js": "user_pref(\"mail.server.server1.type\", \"pop3\");\nuser_pref(\"mail.server.server1.hostname\", \"pop\");\n" +
			"user_pref(\"mail.server.server1.directory-rel\", \"[ProfD]Mail/pop\");\nuser_pref(\"mail.server.server1.userName\", \"anna\");\n" +
			"user_pref(\"mail.identity.id1.fcc_folder\", \"mailbox://anna@pop/Mie\");\n",
		"Mail/pop/Mie": mail("a"),
	})
	compare(t, folders(t, open(t, filepath.Join(root, "Mail"))), []string{"pop/Mie = pop/Mie (2) 1"})
	compare(t, folders(t, open(t, filepath.Join(root, "Mail", "pop"))), []string{"Mie = pop/Mie (2) 1"})
	if mutt := plant(t, t.TempDir(), map[string]string{"Mail/pop/Mie": mail("a")}); IsProfile(filepath.Join(mutt, "Mail")) {
		t.Error("a Mail folder of another program is taken for Thunderbird's")
	}
}

// Without settings, the indexes and the names tell.
func TestMailFolderAlone(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{
		"backup/pop.example.com/Inbox": mail("a"), "backup/pop.example.com/Inbox.msf": index("Inbox", 0x1004),
		"backup/pop.example.com/Mie": mail("b"), "backup/pop.example.com/Mie.msf": index("Mie", 0x204),
		"backup/Local Folders/Bozze": mail("c"),
	})
	compare(t, folders(t, open(t, filepath.Join(root, "backup"))), []string{
		"Local Folders/Bozze = Local Folders/Bozze (3) 1", "pop.example.com/Inbox = pop.example.com/Inbox (1) 1", "pop.example.com/Mie = pop.example.com/Mie (2) 1",
	})
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	account := "user_pref(\"mail.server.server1.type\", \"none\");\nuser_pref(\"mail.server.server1.directory-rel\", \"[ProfD]Mail/Local Folders\");\n"
	files := map[string]string{
		"profiles.ini": "[Install4F96]\nDefault=Profiles/b.default-release\n\n[Profile1]\nName=old\nIsRelative=1\nPath=Profiles/a.default\nDefault=1\n\n" +
			"[Profile0]\nName=anna\nIsRelative=1\nPath=Profiles/b.default-release\n\n[Profile2]\nName=gone\nIsRelative=1\nPath=Profiles/c\n\n" +
			"[Profile3]\nName=moved\nIsRelative=0\nPath=D:\\Posta\\d.moved\n\n[General]\nVersion=2\n",
		"Profiles/a.default/prefs.js": account, "Profiles/a.default/Mail/Local Folders/X": mail("a"),
		"Profiles/b.default-release/prefs.js": account, "Profiles/b.default-release/Mail/Local Folders/Y": mail("b"),
		"Profiles/d.moved/prefs.js": account, "Profiles/d.moved/Mail/Local Folders/Z": mail("c"),
	}
	want := []string{
		"Profiles/a.default/Mail/Local Folders/X = Local Folders/X (0) 1",
		"Profiles/b.default-release/Mail/Local Folders/Y = Local Folders (anna)/Y (0) 1",
		"Profiles/d.moved/Mail/Local Folders/Z = Local Folders (moved)/Z (0) 1",
	}
	s := open(t, plant(t, t.TempDir(), files))
	compare(t, folders(t, s), want)
	if got, want := s.Describe(), "Thunderbird, 3 profiles, 3 accounts"; got != want {
		t.Errorf("Describe: got %q, want %q", got, want)
	}
	delete(files, "profiles.ini")
	if got := folders(t, open(t, plant(t, t.TempDir(), files))); len(got) != 3 {
		t.Errorf("without profiles.ini: got %q, want 3 folders", got)
	}
}

// A profile that profiles.ini doesn't name, and one within another, as a copy that was put back at the wrong place, have mail too.
func TestProfilesOffTheList(t *testing.T) {
	t.Parallel()
	account := "user_pref(\"mail.server.server1.type\", \"none\");\nuser_pref(\"mail.server.server1.directory-rel\", \"[ProfD]Mail/Local Folders\");\n"
	root := plant(t, t.TempDir(), map[string]string{
		"profiles.ini":        "[Profile0]\nName=new\nIsRelative=1\nPath=Profiles/b.new\n",
		"Profiles/a/prefs.js": account, "Profiles/a/Mail/Local Folders/X": mail("a"),
		"Profiles/b.new/prefs.js": account, "Profiles/b.new/Mail/Local Folders/Y": mail("b"),
		"Profiles/b.new/c.old/prefs.js": account, "Profiles/b.new/c.old/Mail/Local Folders/Z": mail("c"),
	})
	compare(t, folders(t, open(t, root)), []string{
		"Profiles/b.new/Mail/Local Folders/Y = Local Folders/Y (0) 1", "Profiles/a/Mail/Local Folders/X = Local Folders (a)/X (0) 1",
		"Profiles/b.new/c.old/Mail/Local Folders/Z = Local Folders (c.old)/Z (0) 1",
	})
	compare(t, folders(t, open(t, filepath.Join(root, "Profiles", "b.new"))), []string{
		"Mail/Local Folders/Y = Local Folders/Y (0) 1", "c.old/Mail/Local Folders/Z = Local Folders (c.old)/Z (0) 1",
	})
}

func TestAccountElsewhere(t *testing.T) {
	t.Parallel()
	elsewhere := plant(t, t.TempDir(), map[string]string{"Posta/Inbox": mail("a")})
	abs := strings.ReplaceAll(filepath.Join(elsewhere, "Posta"), `\`, `\\`)
	root := plant(t, t.TempDir(), map[string]string{
		"prefs.js": "user_pref(\"mail.server.server1.type\", \"pop3\");\nuser_pref(\"mail.server.server1.directory\", \"" + abs + "\");\n",
	})
	compare(t, folders(t, open(t, root)), []string{"Posta/Inbox = Posta/Inbox (1) 1"})
}

func TestNotThunderbird(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{
		"firefox/prefs.js": "user_pref(\"browser.startup.page\", 1);\n", "mboxes/Inbox": mail("a"), "Maildir/cur/1": "x",
	})
	for _, dir := range []string{"firefox", "mboxes", "Maildir", "nowhere", "mboxes/Inbox", ""} {
		if IsProfile(filepath.Join(root, dir)) {
			t.Errorf("IsProfile(%q): got true, want false", dir)
		}
	}
	if _, err := Open(filepath.Join(root, "mboxes")); !errors.Is(err, errNone) {
		t.Errorf("got %v, want %v", err, errNone)
	}
	if _, err := Open(filepath.Join(root, "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want %v", err, os.ErrNotExist)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), anna)
	migratetest.TestSource(t, func(tb testing.TB) migrate.Source { return open(tb, root) })
}

func TestPartThatIsGone(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), anna)
	s := open(t, root)
	if err := os.Remove(filepath.Join(root, "Mail", "pop.example.com", "Spazzatura")); err != nil {
		t.Fatal(err)
	}
	var bad []string
	for p, err := range s.Parts(t.Context()) {
		if err == nil {
			continue
		}
		var at *migrate.CopyError
		if !errors.As(err, &at) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v, want a CopyError of %v", err, os.ErrNotExist)
		}
		bad = append(bad, p.Info().Name)
	}
	if want := []string{"Mail/pop.example.com/Spazzatura"}; !slices.Equal(bad, want) {
		t.Errorf("got errors for %q, want %q", bad, want)
	}
}

func TestFolderOf(t *testing.T) {
	t.Parallel()
	s := server{host: "pop.example.com", user: "anna@example.com"}
	for uri, want := range map[string]string{
		"mailbox://anna%40example.com@pop.example.com/Posta%20inviata": "Posta inviata",
		"mailbox://anna%40example.com@POP.example.com/Sent":            "Sent",
		"mailbox://bob@pop.example.com/Sent":                           "",
		"mailbox://anna%40example.com@pop.example.com/A/B":             "", // only folders at the top have roles
		"imap://anna%40example.com@pop.example.com/Sent":               "",
		"mailbox://anna%40example.com@pop.example.com":                 "",
		"mailbox://%zz@pop.example.com/Sent":                           "",
		"":                                                             "",
	} {
		if got, ok := s.folderOf(uri); ok && got != want || ok != (want != "") {
			t.Errorf("folderOf(%q): got %q, %v, want %q", uri, got, ok, want)
		}
	}
}
