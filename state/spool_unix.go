//go:build unix

package state

import (
	"os"

	"golang.org/x/sys/unix"
)

// SpoolDir is where SQLite puts what it sorts beside the ledger. It is not always [os.TempDir]: what outlives a restart comes first.
func SpoolDir() string {
	for _, dir := range []string{os.Getenv("SQLITE_TMPDIR"), os.Getenv("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp"} {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() && unix.Access(dir, unix.W_OK|unix.X_OK) == nil {
			return dir
		}
	}
	return "."
}
