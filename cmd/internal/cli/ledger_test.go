package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"unpop/migrate/target/imap"
	"unpop/state"
)

func TestLedgerDirOn(t *testing.T) {
	t.Parallel()
	abs := t.TempDir()
	home := filepath.Join(abs, "home")
	tests := []struct {
		name, system string
		env          map[string]string
		want         string
	}{
		{"linux", "linux", nil, filepath.Join(home, ".local", "state", "unpop")},
		{"macOS", "darwin", nil, filepath.Join(home, ".local", "state", "unpop")},
		{"XDG", "linux", map[string]string{"XDG_STATE_HOME": abs}, filepath.Join(abs, "unpop")},
		{"XDG on macOS", "darwin", map[string]string{"XDG_STATE_HOME": abs}, filepath.Join(abs, "unpop")},
		{"relative XDG is ignored", "linux", map[string]string{"XDG_STATE_HOME": "state"}, filepath.Join(home, ".local", "state", "unpop")},
		{"Windows", "windows", map[string]string{"LOCALAPPDATA": filepath.Join(abs, "Local")}, filepath.Join(abs, "Local", "unpop")},
		{"Windows without LOCALAPPDATA", "windows", nil, filepath.Join(home, "AppData", "Local", "unpop")},
		{"LOCALAPPDATA elsewhere", "linux", map[string]string{"LOCALAPPDATA": abs}, filepath.Join(home, ".local", "state", "unpop")},
	}
	for _, tt := range tests {
		got, err := ledgerDirOn(tt.system, func(name string) string { return tt.env[name] }, func() (string, error) { return home, nil })
		if err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	_, err := ledgerDirOn("linux", func(string) string { return "" }, func() (string, error) { return "", errors.New("no HOME") })
	if err == nil || !strings.Contains(hintOf(err), "--state") {
		t.Errorf("no home: got %v, hint %q, want an error that names --state", err, hintOf(err))
	}
}

func TestLedgerName(t *testing.T) {
	t.Parallel()
	tests := []struct{ url, want string }{
		{"imaps://anna@imap.example.it", "anna@imap.example.it_993.db"},
		{"imap://anna@IMAP.example.it:1143", "anna@imap.example.it_1143.db"},
		{"imaps://anna@example.it@mail.example.it", "anna@example.it@mail.example.it_993.db"},
		{"imaps://a%2Fb%5Cc%3A*@mail.example.it", "a%2Fb%5Cc%3A%2A@mail.example.it_993.db"},
		{"imaps://zo%C3%AB@[::1]:993", "zo%C3%AB@%3A%3A1_993.db"},
	}
	for _, tt := range tests {
		opts, err := imap.ParseURL(tt.url)
		if err != nil {
			t.Fatalf("%s: %v", tt.url, err)
		}
		if got := ledgerName(opts); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.url, got, tt.want)
		}
	}
}

func TestLongLedgerNamesStayApart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 300)
	one, two := ledgerName(imap.Options{User: long + "1", Host: "h"}), ledgerName(imap.Options{User: long + "2", Host: "h"})
	if one == two || len(one) > 220 {
		t.Errorf("long names: got %q (%d bytes) and %q, want two short ones", one, len(one), two)
	}
}

func TestQuarantineFor(t *testing.T) {
	t.Parallel()
	for ledger, want := range map[string]string{
		"x/anna@h_993.db": "x/anna@h_993.quarantine.mbox",
		"x/ledger":        "x/ledger.quarantine.mbox",
	} {
		if got := quarantineFor(ledger); got != want {
			t.Errorf("quarantine of %q: got %q, want %q", ledger, got, want)
		}
	}
}

func TestOnlyLedger(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	if runtime.GOOS == "windows" {
		t.Setenv("LOCALAPPDATA", dir)
	}
	if _, err := onlyLedger("--to"); statusOf(t.Context(), err) != exitError {
		t.Errorf("no ledger: got %v, want an error of status 1", err)
	}
	write := func(name string) {
		if err := os.MkdirAll(filepath.Join(dir, "unpop"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "unpop", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a@h_993.db")
	write("a@h_993.db.lock")
	write("a@h_993.quarantine.mbox")
	if got, err := onlyLedger("--to"); err != nil || filepath.Base(got) != "a@h_993.db" {
		t.Errorf("one ledger: got %q, %v, want a@h_993.db", got, err)
	}
	write("b@h_993.db")
	if _, err := onlyLedger("--to"); statusOf(t.Context(), err) != exitUsage {
		t.Errorf("two ledgers: got %v, want an error of status 2", err)
	}
}

func TestLedgerThatCanNotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Dir(file), filepath.Join(file, "l.db")} {
		if _, err := openLedger(t.Context(), path); !strings.Contains(hintOf(err), "--state FILE") {
			t.Errorf("%s: got %v with hint %q, want one that tells of --state", path, err, hintOf(err))
		}
	}
	if hint := hintOf(fmt.Errorf("ledger: %w", state.ErrReadOnly)); !strings.Contains(hint, "--state FILE") {
		t.Errorf("read-only: got hint %q, want one that tells of --state", hint)
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n          int64
		noun, want string
	}{
		{1, "message", "1 message"},
		{0, "message", "0 messages"},
		{1204, "copy", "1,204 copies"},
		{2, "mailbox", "2 mailboxes"},
		{1, "copy", "1 copy"},
	}
	for _, tt := range tests {
		if got := counted(tt.n, tt.noun); got != tt.want {
			t.Errorf("counted(%d, %q): got %q, want %q", tt.n, tt.noun, got, tt.want)
		}
	}
}

func TestShellQuote(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"/home/anna/l.db": "/home/anna/l.db", "": "''", "my ledger": "'my ledger'", "it's": `'it'\''s'`, "$(x)": "'$(x)'",
		"anna@h_993.db": "anna@h_993.db", "a%2F": "'a%2F'",
	} {
		if got := shellQuoteOn("linux", word); got != want {
			t.Errorf("shellQuote(%q): got %s, want %s", word, got, want)
		}
	}
	if got, want := shellQuoteOn("windows", `C:\Anna Rossi\l.db`), `"C:\Anna Rossi\l.db"`; got != want {
		t.Errorf("on Windows: got %s, want %s", got, want)
	}
}
