package batch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/source"
)

func TestExpand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.mbox", "b.mbox", "[Gmail].mbox", "c.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for spec, want := range map[string][]string{
		at("a.mbox"):              {at("a.mbox")},
		at("none"):                {at("none")}, // opening it says what is wrong
		at("?.mbox"):              {at("a.mbox"), at("b.mbox")},
		"mbox:" + at("[ab].mbox"): {"mbox:" + at("a.mbox"), "mbox:" + at("b.mbox")},
		at("[Gmail].mbox"):        {at("[Gmail].mbox")},
		"pst:" + at("a.mbox"):     {"pst:" + at("a.mbox")},
	} {
		if got, err := expand(spec); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %q, %v, want %q", spec, got, err, want)
		}
	}
	for spec, want := range map[string]error{at("*.pst"): os.ErrNotExist, at("[a"): filepath.ErrBadPattern} {
		if got, err := expand(spec); !errors.Is(err, want) {
			t.Errorf("%s: got %q, %v, want %v", spec, got, err, want)
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		if got, err := expand("mbox:~/x"); err != nil || got[0] != "mbox:"+filepath.Join(home, "x") {
			t.Errorf("got %q, %v, want the home directory filled in", got, err)
		}
	}
}

// TestLiveSources holds that a POP3 account is refused for its own account, unless somebody can open it.
func TestLiveSources(t *testing.T) {
	t.Parallel()
	a := &Account{Sources: []string{"pop3s://a@h", "pop3:pop3://b@h"}}
	o := Options{}.withDefaults()
	var wrong *SourceError
	if _, err := o.openSources(t.Context(), a); !errors.Is(err, errLive) || !errors.As(err, &wrong) {
		t.Errorf("got %v, want it refused", err)
	}
	var opened []string
	o.Open = func(_ context.Context, _ *Account, spec string) (migrate.Source, source.Found, error) {
		opened = append(opened, spec)
		return source.Open(t.TempDir())
	}
	_, _ = o.openSources(t.Context(), a)
	if len(opened) != 1 || opened[0] != "pop3s://a@h" { // an empty directory is no source
		t.Errorf("got %q opened", opened)
	}
}

func TestQuarantineFiles(t *testing.T) {
	t.Parallel()
	if QuarantineFile("", "imap://a@h:143") != "" {
		t.Error("got a file without a directory")
	}
	seen := map[string]bool{}
	for _, target := range []string{
		"imaps://anna%40example.org@h:993", "imap://anna%40example.org@h:993", "imaps://ANNA%40example.org@h:993", "imaps://..%2F..%2Fx@h:993",
		"imaps://" + strings.Repeat("x", 300) + "@h:993", "imaps://" + strings.Repeat("x", 300) + "y@h:993", "imaps://a%3Cb%3A%22%7C%3F*@[::1]:993",
	} {
		name := QuarantineFile("dir", target)
		if base := filepath.Base(name); filepath.Dir(name) != "dir" || len(base) > 160 || strings.ContainsAny(base, `/\:*?"<>|%`) || seen[strings.ToLower(name)] {
			t.Errorf("%s: got %s", target, name)
		}
		seen[strings.ToLower(name)] = true
	}
}
