package pst

import (
	"errors"

	"golang.org/x/sys/windows"
)

// unshared reports whether a file can't be opened or read because another program has it.
func unshared(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}
