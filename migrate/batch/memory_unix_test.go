//go:build unix

package batch_test

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// memoryOf is the most memory that a process had.
func memoryOf(p *os.ProcessState) string {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return ""
	}
	most := int64(usage.Maxrss)
	if runtime.GOOS != "darwin" {
		most *= 1024
	}
	return fmt.Sprintf("%d MB", most/1e6)
}
