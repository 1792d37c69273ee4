package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// References gets the passwords that a file of accounts points to. Its methods may be called by several goroutines at once.
//
//	env:NAME               the environment variable
//	file:PATH              the first line of the file
//	cmd:COMMAND            the first line that the command prints; sh -c runs it, on Windows cmd /C
//	age:FILE#KEY           the value of KEY=VALUE, a line of a file that age encrypted; AGE_IDENTITY says with which identity it opens
//	keyring:SERVICE/USER   the entry in the keyring of the desktop
type References struct {
	// AllowPlain takes what is no reference for the password itself.
	AllowPlain bool

	mu      sync.Mutex
	exposed []string
	age     map[string]*ageFile
}

// schemes are the kinds of references.
var schemes = map[string]struct {
	// want is how one is written.
	want string
	get  func(*References, context.Context, string) (Value, error)
}{
	"env":     {"env:NAME", (*References).fromEnv},
	"file":    {"file:PATH", (*References).fromFile},
	"cmd":     {"cmd:COMMAND", (*References).fromCommand},
	"age":     {"age:FILE#KEY", (*References).fromAge},
	"keyring": {"keyring:SERVICE/USER", (*References).fromKeyring},
}

// errPlain does not repeat what it is about.
var errPlain = errors.New("no reference: want env:NAME, file:PATH, cmd:COMMAND, age:FILE#KEY or keyring:SERVICE/USER " +
	"(--allow-plain-passwords takes the password itself)")

// Check tells whether a text has the form of a reference, or is a password itself. Nothing is looked up, and errors never hold the text.
func (r *References) Check(text string) (plain bool, err error) {
	name, rest, ok := strings.Cut(text, ":")
	scheme, known := schemes[name]
	switch {
	case !ok || !known:
		if !r.AllowPlain {
			return true, errPlain
		}
		_, err := checked(text)
		return true, err
	case rest == "":
		return false, fmt.Errorf("want %s", scheme.want)
	case name == "age" && !hasBoth(rest, "#"), name == "keyring" && !hasBoth(rest, "/"):
		return false, fmt.Errorf("want %s", scheme.want)
	default:
		return false, nil
	}
}

// hasBoth reports whether there is something before and after the last separator.
func hasBoth(text, separator string) bool {
	i := strings.LastIndex(text, separator)
	return i > 0 && i < len(text)-1
}

// Resolve gets the password that a reference stands for. Errors name the reference, but no command, and hold no password.
func (r *References) Resolve(ctx context.Context, text string) (Value, error) {
	plain, err := r.Check(text)
	if err != nil {
		return Value{}, err
	}
	if plain {
		return checked(text)
	}
	name, rest, _ := strings.Cut(text, ":")
	v, err := schemes[name].get(r, ctx, rest)
	switch {
	case err == nil:
		return v, nil
	case name == "cmd": // it may hold a secret
		return Value{}, err
	default:
		return Value{}, fmt.Errorf("%s: %w", text, err)
	}
}

// Exposed lists password files that others may read, as far as some were read.
func (r *References) Exposed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.exposed
}

func (r *References) fromEnv(_ context.Context, name string) (Value, error) {
	text, ok := os.LookupEnv(name)
	if !ok {
		return Value{}, errors.New("the environment variable is not set")
	}
	return checked(text)
}

func (r *References) fromFile(_ context.Context, name string) (Value, error) {
	name, err := inHome(name)
	if err != nil {
		return Value{}, err
	}
	file, err := os.Open(name)
	if err != nil {
		return Value{}, bare(err)
	}
	defer file.Close()
	line, err := firstLine(file)
	if err != nil {
		return Value{}, bare(err)
	}
	if exposure(file) != "" {
		r.mu.Lock()
		r.exposed = append(r.exposed, name)
		r.mu.Unlock()
	}
	return checked(line)
}

// bare takes the path out of an error that stands behind it already.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// inHome fills in the home directory.
func inHome(name string) (string, error) {
	rest, ok := strings.CutPrefix(filepath.ToSlash(name), "~/")
	if !ok {
		return name, nil
	}
	dir, err := os.UserHomeDir()
	return filepath.Join(dir, filepath.FromSlash(rest)), err
}
