//go:build !windows

package secret

import (
	"context"
	"os/exec"
)

// shell has the shell of the system run a text.
func shell(ctx context.Context, text string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/sh", "-c", text)
}
