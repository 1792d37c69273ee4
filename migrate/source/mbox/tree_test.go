package mbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
)

// tree has a little of each client's layout, and what lies about there.
func tree() map[string]string {
	one := from1 + mail("1\n") + "\n" + from1 + mail("2\n")
	return map[string]string{
		"Inbox":                               one,
		"Inbox.msf":                           one,
		"Sent.mbox":                           one,
		"Work.mbx":                            "garbage\n\n" + one,
		"notes":                               "garbage\n\n" + one,
		"Empty":                               "",
		"Empty.msf":                           "",
		"Parent":                              "",
		"Parent.sbd/Child":                    one,
		"Parent.sbd/Child.sbd/Grandchild":     one,
		"nothing":                             "",
		"popstate.dat":                        one,
		".hidden":                             one,
		".compact-temp/Inbox.original":        one,
		".Kmail.directory/Sub":                one,
		".Kmail.index":                        one,
		"Apple.mbox/mbox":                     one,
		"Apple.mbox/table_of_contents":        "x",
		"Evolution/mbox":                      one,
		"Evolution/mbox.ev-summary":           one,
		"Evolution/subfolders/Deep/mbox":      one,
		"md/cur/1:2,S":                        one,
		"md/new/.keep":                        "",
		"Inbox.lock":                          one,
		"letter.eml":                          mail("1\n"),
		"2010-May.txt.gz":                     "\x1f\x8b\x08",
		"Parent.sbd/2010-June.txt.GZ":         "\x1f\x8b\x08",
		"0001-change.patch":                   "From " + strings.Repeat("0", 40) + " Mon Sep 17 00:00:00 2001\nFrom: a\nDate: b\n\n",
		"mac":                                 strings.ReplaceAll(one, "\n", "\r"),
		"essay":                               "From now on I write.\nSubject: x\n\n",
		"Posta in arrivo.mbox":                one,
		"global-messages-db.sqlite":           one,
		"Parent.sbd/msgFilterRules.dat":       one,
		"Parent.sbd/Child.sbd/filterlog.html": one,
	}
}

func placeTree(tb testing.TB, dir string) {
	tb.Helper()
	for name, data := range tree() {
		if strings.Contains(name, ":") && os.PathSeparator == '\\' {
			continue
		}
		place(tb, dir, name, data)
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	placeTree(t, dir)
	loop := os.Symlink(dir, filepath.Join(dir, "Evolution", "loop"))
	want := []string{
		".Kmail.directory/Sub = Kmail/Sub 2",
		"Apple.mbox/mbox = Apple 2",
		"Empty = Empty 0",
		"Evolution/mbox = Evolution 2",
		"Evolution/subfolders/Deep/mbox = Evolution/Deep 2",
		"Inbox = Inbox 2 inbox",
		"Parent = Parent 0",
		"Parent.sbd/Child = Parent/Child 2",
		"Parent.sbd/Child.sbd/Grandchild = Parent/Child/Grandchild 2",
		"Posta in arrivo.mbox = Posta in arrivo 2 inbox",
		"Sent.mbox = Sent 2 sent",
		"Work.mbx = Work 2",
		"mac = mac 2",
	}
	s := open(t, dir)
	got := describeParts(t, s)
	if !slices.Equal(got, want) {
		t.Errorf("parts (link %v):\ngot  %q\nwant %q", loop, got, want)
	}
	if d := s.Describe(); d != "tree of 13 mbox files; left aside, as they are not mbox: 1 .eml, 2 .gz" {
		t.Errorf("Describe: got %q", d)
	}
}

func describeParts(t *testing.T, s *Source) []string {
	t.Helper()
	var got []string
	for part, err := range s.Parts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range part.Copies(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			n++
		}
		info := part.Info()
		text := info.Name + " = " + info.Folder.String() + " " + itoa(n)
		switch info.Folder.Role {
		case migrate.RoleInbox:
			text += " inbox"
		case migrate.RoleSent:
			text += " sent"
		}
		got = append(got, text)
	}
	return got
}

func TestSingleFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, folder := range map[string]string{
		"Entw&APw-rfe": "Entwürfe", "R&D": "R&D", "caf\xe9": "café", "caf\xe8": "cafè",
		"All mail.mbox": "All mail", "Inbox": "Inbox", "Box.MBOX": "Box", "Apple.mbox/mbox": "Apple", ".mbox": ".mbox",
	} {
		place(t, dir, "x/"+name, from1+mail("1\n"))
		s := open(t, filepath.Join(dir, "x", filepath.FromSlash(name)))
		if got := describeParts(t, s); len(got) != 1 || !strings.Contains(got[0], " = "+folder+" 1") {
			t.Errorf("%s: got %q, want folder %q with one message", name, got, folder)
		}
		if s.Describe() != "mbox file" {
			t.Errorf("%s: got %q", name, s.Describe())
		}
	}
	if _, err := Open(filepath.Join(dir, "missing")); err == nil {
		t.Error("missing file: got no error")
	}
}

// What can't be read is told, and the rest goes on.
func TestTreeUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	place(t, dir, "a", from1+mail("1\n"))
	place(t, dir, "b", from1+mail("1\n"))
	place(t, dir, "c/d", from1+mail("1\n"))
	place(t, dir, "e", from1+mail("1\n"))
	for _, name := range []string{"b", "c"} {
		if err := os.Chmod(filepath.Join(dir, name), 0); err != nil {
			t.Skip(err)
		}
	}
	defer os.Chmod(filepath.Join(dir, "c"), 0o700)
	if _, err := os.ReadDir(filepath.Join(dir, "c")); err == nil {
		t.Skip("this user may read everything")
	}
	var got []string
	for part, err := range open(t, dir).Parts(t.Context()) {
		got = append(got, part.Info().Name)
		if (err != nil) != (part.Info().Name == "b" || part.Info().Name == "c") {
			t.Errorf("part %q: got error %v", part.Info().Name, err)
		}
	}
	if !slices.Equal(got, []string{"a", "b", "c", "e"}) {
		t.Errorf("parts: got %q", got)
	}
}

// A part that went away after it was listed is an error, not a panic.
func TestPartGone(t *testing.T) {
	t.Parallel()
	for _, path := range []string{filepath.Join(t.TempDir(), "gone"), t.TempDir()} {
		for c, err := range NewPart(path, migrate.PartInfo{Name: "gone"}).Copies(t.Context()) {
			if c != nil || err == nil || !strings.HasPrefix(err.Error(), "gone: ") {
				t.Errorf("%s: got %v, %v, want an error about part gone", path, c, err)
			}
		}
	}
}
