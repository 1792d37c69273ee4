package secret

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// shell hands the text to cmd as it is: it has rules of its own for quotes.
func shell(ctx context.Context, text string) *exec.Cmd {
	name := os.Getenv("COMSPEC")
	if name == "" {
		name = filepath.Join(os.Getenv("SystemRoot"), "System32", "cmd.exe")
	}
	command := exec.CommandContext(ctx, name)
	command.SysProcAttr = &syscall.SysProcAttr{CmdLine: `"` + name + `" /S /C "` + text + `"`}
	return command
}
