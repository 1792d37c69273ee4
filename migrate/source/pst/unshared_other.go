//go:build !windows

package pst

// unshared reports whether a file can't be opened or read because another program has it: elsewhere a reader is never kept out.
func unshared(error) bool { return false }
