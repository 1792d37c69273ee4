package maildir

import (
	"context"
	"errors"
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
)

// plant writes files; names that end in a slash are directories.
func plant(tb testing.TB, files ...string) string {
	tb.Helper()
	return plantIn(tb, filepath.Join(tb.TempDir(), "Maildir"), files...)
}

func plantIn(tb testing.TB, root string, files ...string) string {
	tb.Helper()
	for _, name := range append([]string{""}, files...) {
		file := filepath.Join(root, filepath.FromSlash(name))
		dir := filepath.Dir(file)
		if name == "" || strings.HasSuffix(name, "/") {
			dir = file
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			tb.Fatal(err)
		}
		if dir == file {
			continue
		}
		if err := os.WriteFile(file, []byte("Subject: "+name+"\n\nbody\n"), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return root
}

func open(tb testing.TB, root string) *Source {
	tb.Helper()
	s, err := Open(root)
	if err != nil {
		tb.Fatalf("Open(%s): %v", root, err)
	}
	tb.Cleanup(func() { s.Close() })
	return s
}

// folders returns "part = path (role)" for each part.
func folders(tb testing.TB, s *Source) []string {
	tb.Helper()
	var got []string
	for p, err := range s.Parts(tb.Context()) {
		if err != nil {
			tb.Errorf("part: %v", err)
			continue
		}
		info := p.Info()
		line := info.Name + " = " + info.Folder.String()
		if info.Folder.Role != migrate.RoleNone {
			line += fmt.Sprintf(" (%d)", info.Folder.Role)
		}
		got = append(got, line)
	}
	return got
}

// copies lists all copies as "part|ref".
func copies(tb testing.TB, s *Source) map[string]*migrate.Copy {
	tb.Helper()
	got := map[string]*migrate.Copy{}
	for p, err := range s.Parts(tb.Context()) {
		if err != nil {
			tb.Fatal(err)
		}
		for c, err := range p.Copies(tb.Context()) {
			if err != nil {
				tb.Fatal(err)
			}
			key := p.Info().Name + "|" + c.Ref
			if got[key] != nil {
				tb.Errorf("ref %s twice", key)
			}
			got[key] = c
		}
	}
	return got
}

func read(tb testing.TB, s *Source, part, ref string) (string, error) {
	tb.Helper()
	r, err := s.Open(tb.Context(), part, ref)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		root  string
		files []string
		want  []string
	}{
		"maildir++": {
			"Maildir",
			[]string{
				"cur/1:2,S", "new/", "tmp/x", ".Sent/cur/", ".Sent.2023/cur/2:2,", ".Entw&APw-rfe/new/3", "..Subdir3/cur/", "..Subdir3/tmp/",
				".My Folder.Nested Folder/cur/", "courierimapkeywords/x", "dovecot.index.log", "subscriptions", ".notmuch/xapian/x", "maildirfolder",
			},
			[]string{
				". = INBOX (1)", "..Subdir3 = Subdir3", ".Entw&APw-rfe = Entwürfe (3)", ".My Folder.Nested Folder = My Folder/Nested Folder",
				".Sent = Sent (2)", ".Sent.2023 = Sent/2023 (2)",
			},
		},
		"nested": {
			"backup",
			[]string{"Sent/cur/", "Sent/2023/cur/1", "empty/", "a/b/c/new/2", "Città/cur/"},
			[]string{"Città = Città", "Sent = Sent (2)", "Sent/2023 = Sent/2023 (2)", "a/b/c = a/b/c"},
		},
		"mixed": {
			"Mail",
			[]string{"cur/", ".Archive/cur/", "Clienti/ACME/cur/", "Clienti/.Old/cur/"},
			[]string{". = INBOX (1)", ".Archive = Archive (6)", "Clienti/.Old = Clienti/Old", "Clienti/ACME = Clienti/ACME"},
		},
		"kmail": {
			"local-mail",
			[]string{"inbox/cur/", ".inbox.directory/child/cur/", ".inbox.directory/.child.directory/grand/cur/", ".inbox.index"},
			[]string{
				".inbox.directory/.child.directory/grand = inbox/child/grand (1)", ".inbox.directory/child = inbox/child (1)", "inbox = inbox (1)",
			},
		},
		"a home directory": {
			"anna",
			[]string{"Maildir/cur/1", "Maildir/.Sent/cur/", "Maildir/Work/cur/", "old/cur/"},
			[]string{"Maildir = INBOX (1)", "Maildir/.Sent = Sent (2)", "Maildir/Work = Work", "old = old"},
		},
		"homes": {"home", []string{"anna/Maildir/cur/1", "bob/Maildir/cur/2"}, []string{"anna/Maildir = anna/Maildir", "bob/Maildir = bob/Maildir"}},
		"a server's namespace": {
			"OfflineIMAP",
			[]string{"INBOX/cur/1", "INBOX.Sent/cur/", "INBOX.Clienti.ACME/new/2"},
			[]string{"INBOX = INBOX (1)", "INBOX.Clienti.ACME = Clienti/ACME", "INBOX.Sent = Sent (2)"},
		},
		"no namespace": {
			"OfflineIMAP",
			[]string{"INBOX/cur/1", "INBOX.old/cur/", "Sent/cur/"},
			[]string{"INBOX = INBOX (1)", "INBOX.old = INBOX.old", "Sent = Sent (2)"},
		},
		"one folder":            {"ACME", []string{"cur/1", "sub/cur/2"}, []string{". = ACME", "sub = ACME/sub"}},
		"one ++ folder":         {".Sent.2023", []string{"cur/1"}, []string{". = Sent/2023 (2)"}},
		"inbox by its marks":    {"anna", []string{"cur/1", "dovecot-uidvalidity", "Sent/cur/2"}, []string{". = INBOX (1)", "Sent = Sent (2)"}},
		"no inbox, by its mark": {".ACME", []string{"cur/1", "maildirfolder", "maildirsize"}, []string{". = ACME"}},
		"inbox by its dot":      {"anna", []string{"cur/1", ".Trash/cur/2"}, []string{". = INBOX (1)", ".Trash = Trash (4)"}},
		"evolution": {
			"local",
			[]string{"..maildir++", "cur/", ".Drafts/cur/", ".a_2Eb.c_5Fd/cur/"},
			[]string{". = INBOX (1)", ".Drafts = Drafts (3)", ".a_2Eb.c_5Fd = a.b/c_d"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := plantIn(t, filepath.Join(t.TempDir(), test.root), test.files...)
			if got := folders(t, open(t, root)); !slices.Equal(got, test.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
			}
			if !IsMaildir(root) {
				t.Errorf("IsMaildir(%s): got false, want true", test.root)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	elsewhere := plantIn(t, filepath.Join(t.TempDir(), "big"), "cur/9:2,S")
	root := plant(t, "cur/1:2,S")
	for name, to := range map[string]string{
		".Archive": elsewhere, ".Again": elsewhere, ".Loop": root, "cur/dangling:2,S": "nowhere", "cur/7:2,F": filepath.Join(elsewhere, "cur/9:2,S"),
	} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Skipf("no symbolic links: %v", err)
		}
	}
	s := open(t, root)
	if got, want := folders(t, s), []string{". = INBOX (1)", ".Again = Again"}; !slices.Equal(got, want) {
		t.Errorf("folders: got %q, want %q", got, want)
	}
	got := copies(t, s)
	if len(got) != 3 || got[".|7"] == nil || got[".|7"].Flags != migrate.Flagged || got[".Again|9"] == nil {
		t.Errorf("copies: got %v, want .|1, .|7 and .Again|9", got)
	}
}

func TestNotMaildir(t *testing.T) {
	t.Parallel()
	root := plantIn(t, filepath.Join(t.TempDir(), "docs"), "a/b.txt", ".git/cur.txt", "tmp/x/cur/1")
	if IsMaildir(root) || IsMaildir(filepath.Join(root, "a", "b.txt")) || IsMaildir(filepath.Join(root, "nowhere")) {
		t.Error("IsMaildir: got true for what is none")
	}
	if _, err := Open(root); !errors.Is(err, errNone) {
		t.Errorf("Open: got %v, want %v", err, errNone)
	}
	if _, err := Open(filepath.Join(root, "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open: got %v, want %v", err, os.ErrNotExist)
	}
}

func TestCopies(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/1220863087.a,S=5:2,FS", "cur/b!2,Rab", "cur/.gitkeep", "cur/sub/x", "cur/desktop.ini", "new/c", "new/d:2,S", "tmp/e",
		"cur/trashed:2,ST", "cur/1220863088.short,S=999:2,", "f:2,S")
	words := "0 $Label1\n1 Lavoro\nnonsense\n99 x\n3 bad word\n"
	if err := os.WriteFile(filepath.Join(root, keywordsFile), []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, root)
	got := copies(t, s)
	want := map[string]migrate.Copy{
		".|1220863087.a,S=5":       {Flags: migrate.Flagged | migrate.Seen, Received: time.Unix(1220863087, 0)},
		".|b":                      {Flags: migrate.Answered, Keywords: []string{"$Label1", "Lavoro"}},
		".|c":                      {},
		".|d":                      {Flags: migrate.Seen},
		".|trashed":                {Flags: migrate.Seen, Expunged: true},
		".|1220863088.short,S=999": {Received: time.Unix(1220863088, 0), Flaw: "truncated: 45 of 999 bytes"},
	}
	for key, w := range want {
		g := got[key]
		if g == nil {
			t.Errorf("%s: missing", key)
			continue
		}
		if g.Flags != w.Flags || g.Expunged != w.Expunged || !slices.Equal(g.Keywords, w.Keywords) || !g.Received.Equal(w.Received) || g.Flaw != w.Flaw {
			t.Errorf("%s: got %+v, want %+v", key, g, w)
		}
		if g.Folder.Role != migrate.RoleInbox || g.Size == 0 || g.ModTime.IsZero() || g.StatusFields {
			t.Errorf("%s: got %+v, want folder, size and time, no status fields", key, g)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d copies, want %d", len(got), len(want))
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/1:2,S", "18:2,S", "17:2,", "notes.txt", ".hidden:2,S")
	for p := range open(t, root).Parts(t.Context()) {
		for _, err := range p.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		got := p.(migrate.Remarker).Remarks()
		if len(got) != 1 || !strings.HasPrefix(got[0], "files named like messages beside cur and new in ") {
			t.Errorf("got %q, want a remark on 2 files", got)
		}
	}
}

func TestPartThatCannotBeRead(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("everything can be read by root")
	}
	root := plant(t, "cur/1:2,S", ".Bad/cur/2", ".Good/cur/3", "Locked/cur/")
	for _, dir := range []string{".Bad/cur", "Locked"} {
		if err := os.Chmod(filepath.Join(root, dir), 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(filepath.Join(root, dir), 0o700) }) //nolint:errcheck // only to clean up
	}
	var good, bad []string
	for p, err := range open(t, root).Parts(t.Context()) {
		if err == nil {
			good = append(good, p.Info().Name)
			continue
		}
		if !errors.Is(err, os.ErrPermission) {
			t.Errorf("got %v, want %v", err, os.ErrPermission)
		}
		bad = append(bad, p.Info().Name)
	}
	if want := []string{".", ".Good"}; !slices.Equal(good, want) {
		t.Errorf("readable: got %q, want %q", good, want)
	}
	if want := []string{".Bad", "Locked"}; !slices.Equal(bad, want) {
		t.Errorf("unreadable: got %q, want %q", bad, want)
	}
}

func TestPartEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := open(t, plant(t, "cur/1", "cur/2", ".A/cur/"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for p, err := range s.Parts(ctx) {
		if err != nil {
			if !errors.Is(err, context.Canceled) || p != nil {
				t.Errorf("got %v, %v, want no part and the context's error", p, err)
			}
			continue
		}
		cancel()
		for c, err := range p.Copies(ctx) {
			if c != nil || !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, %v, want the context's error", c, err)
			}
		}
	}
	if _, err := s.Open(ctx, ".", "1"); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: got %v, want %v", err, context.Canceled)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	if got, want := open(t, plant(t, "cur/")).Describe(), "Maildir, 1 folder"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := open(t, plant(t, "cur/", ".A/cur/")).Describe(), "Maildir, 2 folders"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	root := plant(t, "cur/1220863087.a:2,FS", "cur/b!2,R", "new/c", "cur/a:2,S", "cur/a:2,", ".Sent.2023/cur/d:2,S", ".Empty/cur/", "Nested/Città/new/e")
	if err := os.WriteFile(filepath.Join(root, "cur", "z:2,Z"), zipped(t, "Subject: z\n\nz\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer migratetest.Unchanged(t, root)()
	migratetest.TestSource(t, func(tb testing.TB) migrate.Source { return open(tb, root) })
}
