package thunderbird

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNeverMail(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Inbox.msf": true, "INBOX.MSF": true, "popstate.dat": true, "PopState.dat": true, "msgFilterRules.dat": true, "filterlog.html": true,
		"virtualFolders.dat": true, "folderTree.json": true, "nstmp-1.msf": true, ".compact-temp": true, ".DS_Store": true,
		"Inbox": false, "~Old": false, "~Old.sbd": false, "report.json": false, "A.sbd": false, "dat": false,
	} {
		if got := neverMail(name); got != want {
			t.Errorf("neverMail(%q): got %v, want %v", name, got, want)
		}
	}
}

func TestIsLeftover(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{"Old.bak.msf": ""})
	for name, want := range map[string]bool{
		"nstmp": true, "nstmp-1": true, "Inbox~": true, "#Inbox#": true, "Inbox.bak": true, "Old.bak": false, "Inbox": false, "~Old": false,
	} {
		if got := isLeftover(filepath.Join(root, name)); got != want {
			t.Errorf("isLeftover(%q): got %v, want %v", name, got, want)
		}
	}
}

func TestIsFolderFile(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{
		"mail": mail("a"), "empty": "", "text": "hello", "indexed": "hello", "indexed.msf": "", "x.json": "{}", "y.json": "{}", "y.json.msf": "",
		"empty.lock": "", "z.sqlite": mail("a"), "bare": "From \nSubject: x\nFrom: a@example.com\n\nbody\n", "ACME s.r.l.": mail("a"),
	})
	for name, want := range map[string]bool{
		"mail": true, "empty": true, "text": false, "indexed": true, "x.json": false, "y.json": true, "empty.lock": false, "z.sqlite": true, "bare": true,
		"ACME s.r.l.": true,
	} {
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := isFolderFile(filepath.Join(root, name), info); got != want {
			t.Errorf("isFolderFile(%q): got %v, want %v", name, got, want)
		}
	}
}

func TestFolderName(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{
		"test 44d67da4.msf": index("test ?", 4), "bd0bf74a.msf": index("?", 4), "Ordini 20230101.msf": index("Ordini 20230101", 4),
		"Broken 01234567.msf": "no index at all", "Inbox.msf": index("Posta in arrivo", 0x1004),
	})
	for file, want := range map[string]string{
		"test 44d67da4":       "test ?",
		"bd0bf74a":            "?",
		"Ordini 20230101":     "Ordini 20230101",
		"Broken 01234567":     "Broken 01234567",
		"Without 01234567":    "Without 01234567", // no index
		"Inbox":               "Inbox",            // the file's name, not that of the language of the day
		"foo%2Fbar":           "foo/bar",
		"100%25 %3a%3F%2a%7c": "100% :?*|",
		"100% sure %41":       "100% sure %41",
		"Città":               "Città",
	} {
		if got := folderName(filepath.Join(root, file)); got != want {
			t.Errorf("folderName(%q): got %q, want %q", file, got, want)
		}
	}
}

func TestTreeWithLoop(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{"Inbox": mail("a"), "A.sbd/B": mail("b")})
	if err := os.Symlink(root, filepath.Join(root, "A.sbd", "Loop.sbd")); err != nil {
		t.Skipf("no symbolic links: %v", err)
	}
	if err := os.Symlink("nowhere", filepath.Join(root, "dangling")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range walkAccount(account{dir: root, label: "x"}).stores {
		got = append(got, s.folder.String())
	}
	if want := []string{"x/A/B", "x/Inbox"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTreeWithUnreadable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("everything can be read by root")
	}
	root := plant(t, t.TempDir(), map[string]string{"Mail/pop/Inbox": mail("a"), "Mail/pop/Inbox.msf": "", "Mail/pop/A.sbd/B": mail("b"), "Mail/pop/C": mail("c")})
	for _, file := range []string{"A.sbd", "C"} {
		file = filepath.Join(root, "Mail", "pop", file)
		if err := os.Chmod(file, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(file, 0o700) }) //nolint:errcheck // only to clean up
	}
	var good, bad []string
	for p, err := range open(t, root).Parts(t.Context()) {
		if err == nil {
			good = append(good, p.Info().Name)
			continue
		}
		if !errors.Is(err, os.ErrPermission) {
			t.Errorf("%s: got %v, want %v", p.Info().Name, err, os.ErrPermission)
		}
		bad = append(bad, p.Info().Name)
	}
	if len(good) != 1 || !slices.Equal(bad, []string{"Mail/pop/A.sbd", "Mail/pop/C"}) {
		t.Errorf("got %q readable and %q not, want Inbox, A.sbd and C", good, bad)
	}
}

func TestParseProfiles(t *testing.T) {
	t.Parallel()
	text := "\ufeff[General]\nStartWithLastProfile=1\nPath=no\n\n[Profile0]\r\nName=old\r\nPath=Profiles/old.default\r\nDefault=1\r\n" +
		"[Profile1]\nName=new\nIsRelative=1\nPath=Profiles/new.default-release\n[Install1]\nDefault=Profiles/new.default-release\nLocked=1\n[Profile2]\nPath=/abs/third\n"
	var got []string
	for _, p := range parseProfiles(strings.NewReader(text)) {
		got = append(got, p.name+"="+p.dir)
	}
	want := []string{"old=Profiles/old.default", "new=Profiles/new.default-release", "=/abs/third"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := parseProfiles(strings.NewReader("Path=x\n[Profile")); len(got) != 1 || got[0].dir != "" {
		t.Errorf("cut file: got %+v, want one empty profile", got)
	}
}

// The default profile comes first, wherever it stands in the file.
func TestDefaultProfileFirst(t *testing.T) {
	t.Parallel()
	got := parseProfiles(strings.NewReader("[Profile0]\nPath=a\n[Profile1]\nPath=b\nDefault=1\n"))
	if len(got) != 2 || got[0].dir != "b" || got[1].dir != "a" {
		t.Errorf("got %+v, want b before a", got)
	}
}

func TestUntaken(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{}
	for _, want := range []string{"Local Folders", "Local Folders (anna)", "Local Folders (anna) (anna)"} {
		if got := untaken("Local Folders", "anna", taken); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPartName(t *testing.T) {
	t.Parallel()
	root := filepath.FromSlash("/home/anna/profile")
	a := account{dir: filepath.FromSlash("/data/Posta")}
	for file, want := range map[string]string{
		"/home/anna/profile/Mail/pop/Inbox": "Mail/pop/Inbox",
		"/data/Posta/Inbox":                 "Posta/Inbox",
		"/data/Posta/A.sbd/B":               "Posta/A.sbd/B",
	} {
		if got := partName(root, a, filepath.FromSlash(file)); got != want {
			t.Errorf("partName(%s): got %q, want %q", file, got, want)
		}
	}
}
