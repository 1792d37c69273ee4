//go:build unix

package batch

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// diskOf names the disk that a path lies on; what can't be asked counts as one.
func diskOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprint(stat.Dev)
	}
	return ""
}

// freeOn is how many bytes a user may still write to the disk of a directory.
func freeOn(dir string) (int64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(min(uint64(stat.Bavail), 1<<62/uint64(max(stat.Bsize, 1)))) * int64(stat.Bsize), nil
}
