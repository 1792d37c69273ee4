package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// LockedError says that another process has the ledger open for writing.
type LockedError struct {
	Path   string // of the ledger
	Holder string // who, in words: "process 4711 on pc1 since 2026-11-21 10:04"; empty where it did not say
}

// Error names the holder.
func (e *LockedError) Error() string {
	if e.Holder == "" {
		return "ledger " + e.Path + ": in use by another process"
	}
	return "ledger " + e.Path + ": in use by " + e.Holder
}

// acquire takes the lock beside the ledger. The operating system drops it when the process ends, however it ends;
// the note of who holds it lies in a file of its own, because Windows lets nobody read a locked one.
func acquire(path string) (*flock.Flock, error) {
	lock := flock.New(lockFile(path))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("ledger lock: %w", err)
	}
	if !ok {
		holder, _ := os.ReadFile(holderFile(path)) // a courtesy
		return nil, &LockedError{Path: path, Holder: strings.TrimSpace(string(holder))}
	}
	host, _ := os.Hostname()
	note := fmt.Sprintf("process %d on %s since %s\n", os.Getpid(), host, time.Now().Format("2006-01-02 15:04"))
	if err := os.WriteFile(holderFile(path), []byte(note), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("ledger lock: %w", err), lock.Unlock())
	}
	return lock, nil
}

func release(path string, lock *flock.Flock) error {
	_ = os.Remove(holderFile(path)) // a leftover misleads nobody: it is read only while the lock is held
	return lock.Unlock()
}

func lockFile(path string) string { return resolved(path) + ".lock" }

func holderFile(path string) string { return resolved(path) + ".holder" }

// resolved follows symbolic links: one ledger has one lock, whatever it is called.
func resolved(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// Holder tells who has the ledger at path open for writing; empty if nobody has.
func Holder(path string) string {
	lock := flock.New(lockFile(path))
	if _, err := os.Stat(lock.Path()); err != nil {
		return ""
	}
	if ok, err := lock.TryRLock(); ok || err != nil {
		_ = lock.Unlock()
		return ""
	}
	holder, _ := os.ReadFile(holderFile(path))
	if len(holder) == 0 {
		return "another process"
	}
	return strings.TrimSpace(string(holder))
}
