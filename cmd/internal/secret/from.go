package secret

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// longest is more than any server takes for a password.
const longest = 4096

// Options say where a password comes from: File or Env, or neither to ask for it.
type Options struct {
	// File is the path of a file whose first line is the password.
	File string
	// Env is the name of an environment variable that holds the password.
	Env string
	// Prompt is what the terminal shows when it asks ("Password for anna@imap.example.it: ").
	Prompt string
}

// ErrNoTerminal says that there is nobody to ask.
var ErrNoTerminal = errors.New("password: no terminal to ask on; use --password-file FILE or --password-env NAME")

// ErrInterrupted says that the person at the terminal stopped instead of answering.
var ErrInterrupted = errors.New("password: interrupted")

// From gets a password. The warning, if there is one, is a line to show: others may read the file. Errors never hold the password.
func From(ctx context.Context, opts Options) (v Value, warning string, err error) {
	switch {
	case opts.File != "" && opts.Env != "":
		return Value{}, "", errors.New("password: --password-file and --password-env exclude each other")
	case opts.File != "":
		return fromFile(opts.File)
	case opts.Env != "":
		v, err = fromEnv(opts.Env)
		return v, "", err
	default:
		v, err = ask(ctx, opts.Prompt)
		return v, "", err
	}
}

func fromFile(name string) (v Value, warning string, err error) {
	file, err := os.Open(name)
	if err != nil {
		return Value{}, "", fmt.Errorf("password file: %w", err)
	}
	defer file.Close()
	line, err := firstLine(file)
	if err != nil {
		return Value{}, "", fmt.Errorf("password file %s: %w", name, err)
	}
	v, err = checked(line)
	if err != nil {
		return Value{}, "", fmt.Errorf("password file %s: %w", name, err)
	}
	return v, exposure(file), nil
}

// firstLine returns the first line without its end, and without the byte order mark that Notepad writes.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReaderSize(io.LimitReader(r, longest+8), longest+8).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	line = strings.TrimPrefix(line, "\ufeff")
	line = strings.TrimSuffix(line, "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

// exposure warns of a file that others may read. Windows has no such bits, and a pipe is nobody else's.
func exposure(file *os.File) string {
	info, err := file.Stat()
	if err != nil || runtime.GOOS == "windows" || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 == 0 {
		return ""
	}
	return fmt.Sprintf("password file %s: others may read it (mode %04o); chmod 600 mends that", file.Name(), info.Mode().Perm())
}

func fromEnv(name string) (Value, error) {
	text, ok := os.LookupEnv(name)
	if !ok {
		return Value{}, fmt.Errorf("password: environment variable %s is not set", name)
	}
	v, err := checked(text)
	if err != nil {
		return Value{}, fmt.Errorf("password: environment variable %s: %w", name, err)
	}
	return v, nil
}

// checked refuses what can't be a password: no server takes line ends or NUL in one, and one within a command
// line of a protocol would be a command of its own.
func checked(text string) (Value, error) {
	switch {
	case text == "":
		return Value{}, errors.New("empty")
	case len(text) > longest:
		return Value{}, fmt.Errorf("longer than %d bytes", longest)
	case strings.ContainsAny(text, "\r\n\x00"):
		return Value{}, errors.New("holds a line end or NUL")
	default:
		return Value{text}, nil
	}
}
