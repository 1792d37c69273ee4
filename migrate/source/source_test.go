package source

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/mapi/cfb/cfbtest"
	"unpop/migrate/migratetest"
	"unpop/migrate/source/pst/psttest"
)

const message = "From a@example.com Mon Jan 15 10:00:00 2024\nFrom: a@example.com\nSubject: x\n\nbody\n"

// plant writes files and returns their directory.
func plant(tb testing.TB, files map[string]string) string {
	tb.Helper()
	root := tb.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return root
}

// dataFile is a file of Outlook's with one message.
func dataFile(tb testing.TB) string {
	tb.Helper()
	x := &psttest.Message{Properties: []psttest.Property{psttest.Text(0x0037, "x"), psttest.Text(0x1000, "body")}}
	image, err := (&psttest.File{Folders: []*psttest.Folder{{Name: "Inbox", Messages: []*psttest.Message{x}}}}).Image()
	if err != nil {
		tb.Fatal(err)
	}
	return string(image.Bytes())
}

// savedMessage is a message that Outlook saved to a file.
func savedMessage() string {
	return string(cfbtest.BuildTree(map[string]string{
		"__properties_version1.0": strings.Repeat("\x00", 32), "__substg1.0_0037001E": "x", "__substg1.0_1000001E": "body",
	}))
}

func planted(tb testing.TB) string {
	tb.Helper()
	outlook := dataFile(tb)
	return plant(tb, map[string]string{
		"saved/a.msg": savedMessage(), "pair/a.msg": savedMessage(), "pair/a.pst": outlook, "Outlook Files/a.pst": outlook, "b.pst": outlook, "both/Inbox": message, "both/old/a.pst": outlook,
		"one.mbox": message, "tree/Inbox": message, "tree/Work/ACME": message, "Maildir/cur/1:2,S": message,
		"mail.txt": "hello", "docs/a.txt": "hello", "a:b/cur/2": message, "mixed/cur/1:2,S": message, "mixed/old.mbox": message,
		"usb/Portable/Data/profile/prefs.js": "user_pref(\"mail.server.server1.type\", \"pop3\");\n", "usb/Portable/Data/profile/Mail/pop/Inbox": message,
		"disk/Portable/Data/profile/prefs.js": "user_pref(\"mail.server.server1.type\", \"pop3\");\n", "disk/old.mbox": message, "disk/M/cur/1": message, "disk/a.txt": "hello",
		"Mail/pop/Inbox": message, "Mail/pop/Inbox.msf": "", "Mail/old": message,
		".thunderbird/x.default/prefs.js":       "user_pref(\"mail.server.server1.type\", \"pop3\");\n",
		".thunderbird/x.default/Mail/pop/Inbox": message, ".thunderbird/x.default/Mail/pop/Inbox.msf": "",
	})
}

func TestOpenFindsTheKind(t *testing.T) {
	t.Parallel()
	root := planted(t)
	for spec, want := range map[string]string{
		"one.mbox": "mbox", "tree": "mbox", "Maildir": "maildir", "a:b": "maildir",
		".thunderbird": "thunderbird", ".thunderbird/x.default": "thunderbird", ".thunderbird/x.default/Mail/pop": "thunderbird", "usb": "thunderbird",
		".thunderbird/x.default/Mail/pop/Inbox": "mbox", "Maildir/../tree/": "mbox", "Outlook Files": "pst", "b.pst": "pst", "saved": "msg", "saved/a.msg": "msg",
	} {
		file := filepath.Join(root, filepath.FromSlash(spec))
		s, found, err := Open(root + "/" + spec)
		if err != nil || found.Kind != want || found.Path != file {
			t.Errorf("Open(%s): got %+v, %v, want %s at %s", spec, found, err, want, file)
			continue
		}
		if text := firstMessage(t, s); !strings.Contains(text, "Subject: x") {
			t.Errorf("Open(%s): got the message %q", spec, text)
		}
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
}

// Whoever fetches all mail leaves an empty file on the server; with hundreds of accounts some are always like that.
func TestEmptySpool(t *testing.T) {
	t.Parallel()
	root := plant(t, map[string]string{"spool/anna.rossi": "", "spool/a.pst": ""})
	s, found, err := Open(root + "/spool/anna.rossi")
	if err != nil || found.Kind != "mbox" || firstMessage(t, s) != "" {
		t.Errorf("got %+v, %v, want an mbox without messages", found, err)
	}
	if _, _, err := Open(root + "/spool/a.pst"); !errors.Is(err, ErrUnknown) {
		t.Errorf("an empty data file: got %v, want %v", err, ErrUnknown)
	}
}

// firstMessage reads the first message of a source.
func firstMessage(t *testing.T, s migrate.Source) string {
	t.Helper()
	for p, err := range s.Parts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for c, err := range p.Copies(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Open(t.Context(), p.Info().Name, c.Ref)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	return ""
}

func TestOpenTakesTheKindGiven(t *testing.T) {
	t.Parallel()
	root := planted(t)
	for spec, want := range map[string]string{
		"mbox:one.mbox": "mbox", "MAILDIR:Maildir": "maildir", "thunderbird:.thunderbird/x.default": "thunderbird",
		"mbox:.thunderbird/x.default/Mail/pop": "mbox", "mbox:mail.txt": "mbox", "mbox:mixed": "mbox", "maildir:mixed": "maildir",
		"mbox:both": "mbox", "pst:both": "pst", "PST:b.pst": "pst",
	} {
		kind, rest, _ := strings.Cut(spec, ":")
		s, found, err := Open(kind + ":" + filepath.Join(root, rest))
		if err != nil || found.Kind != want {
			t.Errorf("Open(%s): got %+v, %v, want %s", spec, found, err, want)
			continue
		}
		s.Close()
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	root := planted(t)
	for spec, want := range map[string]error{
		root + "/docs":              ErrUnknown,
		root + "/mail.txt":          ErrUnknown,
		root + "/mixed":             ErrMixed,
		root + "/both":              ErrMixed,
		root + "/pair":              ErrMixed,
		root + "/disk":              ErrMixed,
		root + "/nowhere":           os.ErrNotExist,
		"mbox:" + root + "/nowhere": os.ErrNotExist,
		"maildri:" + root:           os.ErrNotExist,
		`C:\Users\Anna\Mail`:        os.ErrNotExist,
		"imaps://anna@example.it":   ErrAddress,
		t.TempDir():                 ErrUnknown,
		"":                          os.ErrNotExist,
		"mbox:":                     os.ErrNotExist,
	} {
		s, found, err := Open(spec)
		if !errors.Is(err, want) || s != nil || found != (Found{}) {
			t.Errorf("Open(%q): got %v, %+v, %v, want %v", spec, s, found, err, want)
		}
	}
	for _, kind := range []string{"maildir:", "thunderbird:", "pst:", "msg:"} {
		if s, _, err := Open(kind + root + "/docs"); err == nil || s != nil {
			t.Errorf("Open(%s…/docs): got %v, %v, want an error and no source", kind, s, err)
		}
	}
}

func TestOpenOfWhatMayNotBeRead(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(closed, 0o000); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(closed); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v, want %v", err, os.ErrPermission)
	}
}

func TestErrorsHelp(t *testing.T) {
	t.Parallel()
	root := planted(t)
	for spec, want := range map[string]string{
		root + "/docs":  "what is this: no Outlook message file, Outlook data file, mbox, Maildir or Thunderbird profile at " + root + "/docs",
		"maildri:x":     "kinds are thunderbird, maildir, mbox, pst, msg",
		root + "/mixed": "name each: maildir:" + root + "/mixed and mbox:" + root + "/mixed",
		root + "/disk":  "name each: thunderbird:" + root + "/disk and " + root + "/disk/M and " + root + "/disk/old.mbox",
		root + "/Mail":  "name each: thunderbird:" + root + "/Mail and " + root + "/Mail/old",
		root + "/both":  "name each: mbox:" + root + "/both and pst:" + root + "/both",
	} {
		if _, _, err := Open(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q): got %v, want %q", spec, err, want)
		}
	}
}

func TestHome(t *testing.T) {
	root := planted(t)
	t.Setenv("HOME", root)
	t.Setenv("USERPROFILE", root)
	for _, spec := range []string{"~/Maildir", "maildir:~/Maildir"} {
		s, found, err := Open(spec)
		if err != nil || found.Path != filepath.Join(root, "Maildir") {
			t.Errorf("Open(%s): got %+v, %v, want the path in the home directory", spec, found, err)
			continue
		}
		s.Close()
	}
}

func TestRelativePath(t *testing.T) {
	root := planted(t)
	t.Chdir(root)
	s, found, err := Open("Maildir")
	if err != nil || !filepath.IsAbs(found.Path) || filepath.Base(found.Path) != "Maildir" {
		t.Fatalf("got %+v, %v, want an absolute path", found, err)
	}
	s.Close()
}

func TestCorpora(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{
		"maildir/djcb+mu/testdata/testdir":                     "maildir",
		"maildir/rc0+mairix/maildir":                           "maildir",
		"maildir/KDE+kdepim-runtime/maildir/autotests/maildir": "maildir",
	} {
		s, found, err := Open(migratetest.Corpora(t, dir))
		if err != nil || found.Kind != want {
			t.Errorf("%s: got %+v, %v, want %s", dir, found, err, want)
			continue
		}
		s.Close()
	}
}
