//go:build linux || darwin

package migrate_test

import (
	"os/signal"
	"syscall"
)

// limit lets files grow no larger than the job says, as if the disk were full.
func (j soakJob) limit() error {
	if j.Options.Limit == 0 {
		return nil
	}
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: j.Options.Limit, Max: j.Options.Limit})
}
