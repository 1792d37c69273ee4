//go:build !windows

package secret

import (
	"context"
	"os/exec"
)

func shell(ctx context.Context, text string) *exec.Cmd { return exec.CommandContext(ctx, "/bin/sh", "-c", text) }
