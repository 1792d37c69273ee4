package batch

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// diskOf names the volume that a path lies on.
func diskOf(path string) string { return strings.ToUpper(filepath.VolumeName(path)) }

// freeOn is how many bytes a user may still write to the disk of a directory.
func freeOn(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, &os.PathError{Op: "GetDiskFreeSpaceEx", Path: dir, Err: err}
	}
	return int64(min(free, 1<<62)), nil
}
