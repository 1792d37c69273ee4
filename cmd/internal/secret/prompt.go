package secret

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"golang.org/x/term"
)

// ask opens the terminal, which is there even where standard input is a pipe, and asks.
func ask(ctx context.Context, text string) (Value, error) {
	in, out, err := openTerminal()
	if err != nil {
		if !term.IsTerminal(int(os.Stdin.Fd())) {
			return Value{}, ErrNoTerminal
		}
		return prompt(ctx, os.Stdin, os.Stderr, text)
	}
	defer in.Close()
	defer out.Close()
	return prompt(ctx, in, out, text)
}

// answer is what came from the terminal.
type answer struct {
	text []byte
	err  error
}

// prompt reads a line without echo. An interrupt gives the terminal its echo back first; the read that is then still
// waiting ends with the process.
func prompt(ctx context.Context, in *os.File, out io.Writer, text string) (Value, error) {
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return Value{}, ErrNoTerminal
	}
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	defer signal.Stop(interrupt)

	if _, err := io.WriteString(out, text); err != nil {
		return Value{}, fmt.Errorf("password: %w", err)
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		_, _ = io.WriteString(out, "\n")
		return a.value()
	case <-interrupt:
	case <-ctx.Done():
	}
	_ = term.Restore(fd, before)
	_, _ = io.WriteString(out, "\n")
	return Value{}, ErrInterrupted
}

func (a answer) value() (Value, error) {
	if a.err == io.EOF {
		return Value{}, ErrInterrupted
	}
	if a.err != nil {
		return Value{}, fmt.Errorf("password: %w", a.err)
	}
	v, err := checked(string(a.text))
	if err != nil {
		return Value{}, fmt.Errorf("password: %w", err)
	}
	return v, nil
}
