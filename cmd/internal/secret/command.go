package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

const (
	// commandTime is how long a command may take: it may have to ask a server, and not a person.
	commandTime = 30 * time.Second
	// commandGrace is how long one that was killed may go on holding its output.
	commandGrace = time.Second
)

var errSlow = fmt.Errorf("the command took longer than %v", commandTime)

// fromCommand runs a command by the shell of the system, with nothing to read. What it says on standard error may be a secret and
// is shown to nobody.
func (r *References) fromCommand(ctx context.Context, text string) (Value, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, commandTime, errSlow)
	defer cancel()
	command := shell(ctx, text)
	command.WaitDelay = commandGrace
	var out firstBytes
	command.Stdout, command.Stderr = &out, io.Discard
	err := command.Run()
	if ctx.Err() != nil {
		return Value{}, context.Cause(ctx)
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return Value{}, fmt.Errorf("the command ended with %s", exit.ProcessState)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return Value{}, fmt.Errorf("the command can't be run: %w", err)
	}
	line, err := firstLine(bytes.NewReader(out.kept))
	if err != nil {
		return Value{}, err
	}
	return checked(line)
}

// firstBytes keeps what a password can be made of, and drops the rest.
type firstBytes struct{ kept []byte }

// Write implements [io.Writer].
func (f *firstBytes) Write(b []byte) (int, error) {
	const most = longest + 8
	f.kept = append(f.kept, b[:min(len(b), max(most-len(f.kept), 0))]...)
	return len(b), nil
}
