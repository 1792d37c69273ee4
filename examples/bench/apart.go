package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// cores are processors that something may run on, as taskset writes them.
type cores string

// halves parts the processors: some for the server, the others for what sends and the line between.
func halves() (server, others cores, err error) {
	n := runtime.NumCPU()
	if n < 2 {
		return "", "", fmt.Errorf("-apart: needs two cores, here is %d", n)
	}
	return cores(fmt.Sprintf("0-%d", n/2-1)), cores(fmt.Sprintf("%d-%d", n/2, n-1)), nil
}

// keep holds this process, and what it starts from now on, to the cores.
func (c cores) keep(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "taskset", "-a", "-c", "-p", string(c), strconv.Itoa(os.Getpid())).CombinedOutput()
	if err != nil {
		return fmt.Errorf("-apart: %w: %s", err, strings.TrimSpace(string(out)))
	}
	runtime.GOMAXPROCS(runtime.NumCPU() - runtime.NumCPU()/2)
	return nil
}

// command runs a program on the cores; on any if they are empty.
func (c cores) command(name string, args ...string) *exec.Cmd {
	if c == "" {
		return exec.Command(name, args...)
	}
	return exec.Command("taskset", append([]string{"-c", string(c), name}, args...)...)
}
