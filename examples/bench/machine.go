package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

// describeMachine tells where figures come from: processor, system, versions.
func describeMachine(ctx context.Context, b *bench) string {
	system := runtime.GOOS
	if out, err := exec.CommandContext(ctx, "uname", "-sr").Output(); err == nil {
		system = strings.TrimSpace(string(out))
	}
	apart := ""
	if b.opts.apart {
		apart = ", half of them for the server alone"
	}
	return fmt.Sprintf("%d × %s%s, %s, %s; Dovecot %s (%s, mail_fsync=%s), go-imap %s; median of %d runs.\n", runtime.NumCPU(), processor("/proc/cpuinfo"),
		apart, system, runtime.Version(), b.server.version, b.opts.format, b.opts.fsync, moduleVersion("github.com/emersion/go-imap/v2"), b.opts.runs)
}

// processor reads the model's name.
func processor(cpuinfo string) string {
	file, err := os.Open(cpuinfo)
	if err != nil {
		return runtime.GOARCH
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == path {
			return module.Version
		}
	}
	return ""
}
