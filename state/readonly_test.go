//go:build unix

package state

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// freeze makes a directory one that nobody can write to, not even root.
func freeze(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	if os.Getuid() != 0 {
		return
	}
	if err := exec.Command("mount", "--bind", "-o", "ro", dir, dir).Run(); err != nil {
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() { _ = exec.Command("umount", dir).Run() })
}

// A ledger may lie on a medium that can't be written, as a backup does.
func TestReadOnlyMedium(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Account(t.Context(), "imap://x@y"); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	freeze(t, filepath.Dir(path))
	look, err := OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer look.Close()
	if accounts, err := look.Accounts(t.Context()); err != nil || len(accounts) != 1 {
		t.Errorf("got %d accounts, %v, want 1", len(accounts), err)
	}
}
