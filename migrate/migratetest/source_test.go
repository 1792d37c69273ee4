package migratetest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A recorder is a test that only notes that it failed.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestUnchanged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(dir string) error
		want   int // failures
	}{
		"nothing": {func(string) error { return nil }, 0},
		"read": {func(dir string) error {
			_, err := os.ReadFile(filepath.Join(dir, "sub", "Inbox"))
			return err
		}, 0},
		"new file": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "Inbox.lock"), nil, 0o600)
		}, 2}, // the directory's time too
		"gone": {func(dir string) error {
			return os.Remove(filepath.Join(dir, "sub", "Inbox"))
		}, 2},
		"time": {func(dir string) error {
			return os.Chtimes(filepath.Join(dir, "sub", "Inbox"), time.Time{}, time.Unix(1, 0))
		}, 1},
		"bytes": {func(dir string) error {
			path := filepath.Join(dir, "sub", "Inbox")
			info, err := os.Stat(path)
			if err == nil {
				err = os.WriteFile(path, []byte("yyyy"), 0o600)
			}
			if err == nil {
				err = os.Chtimes(path, time.Time{}, info.ModTime())
			}
			return err
		}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			makeOld(t, dir)
			r := &recorder{TB: t}
			check := Unchanged(r, dir)
			if err := tt.change(dir); err != nil {
				t.Fatal(err)
			}
			check()
			if len(r.failures) != tt.want {
				t.Errorf("got failures %q, want %d", r.failures, tt.want)
			}
		})
	}
}

// makeOld makes sub/Inbox with times long past, so that each change shows.
func makeOld(t *testing.T, dir string) {
	t.Helper()
	sub := filepath.Join(dir, "sub")
	file := filepath.Join(sub, "Inbox")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("xxxx"), 0o600); err != nil {
		t.Fatal(err)
	}
	past := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, path := range []string{file, sub, dir} {
		if err := os.Chtimes(path, past, past); err != nil {
			t.Fatal(err)
		}
	}
}
