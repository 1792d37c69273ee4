package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"unpop/migrate"
	"unpop/migrate/source"
)

// A SourceError says which source of an account can't be had.
type SourceError struct{ Err error }

// Error gives the cause, which names the source.
func (e *SourceError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// openSources opens all sources of an account, or none. One that is named twice is opened once.
func (o *Options) openSources(ctx context.Context, a *Account) ([]migrate.Input, error) {
	var inputs []migrate.Input
	seen := map[source.Found]bool{}
	for _, spec := range a.Sources {
		all, err := expand(spec)
		if err != nil {
			return nil, errors.Join(&SourceError{err}, closeSources(inputs))
		}
		for _, one := range all {
			s, found, err := o.Open(ctx, a, one)
			if err != nil {
				return nil, errors.Join(&SourceError{err}, closeSources(inputs))
			}
			if seen[found] {
				_ = s.Close() // nothing was read
				continue
			}
			seen[found] = true
			inputs = append(inputs, migrate.Input{Kind: found.Kind, Path: found.Path, Source: s})
		}
	}
	return inputs, nil
}

func closeSources(inputs []migrate.Input) error {
	var errs []error
	for _, in := range inputs {
		errs = append(errs, in.Source.Close())
	}
	return errors.Join(errs...)
}

// errLive says that a source is not on a disk.
var errLive = errors.New("a live POP3 account can't be a source of a batch")

// isLive reports whether a source is the address of an account.
func isLive(spec string) bool {
	lower := strings.TrimPrefix(strings.ToLower(spec), "pop3:")
	return strings.HasPrefix(lower, "pop3://") || strings.HasPrefix(lower, "pop3s://")
}

// openOnDisk is what opens sources where [Options.Open] says nothing.
func openOnDisk(_ context.Context, _ *Account, spec string) (migrate.Source, source.Found, error) {
	if isLive(spec) {
		return nil, source.Found{}, fmt.Errorf("source %s: %w", spec, errLive)
	}
	return source.Open(spec)
}

// expand replaces a glob by what it fits. What is there as it is written is no glob, and a kind in front of it stays there.
func expand(spec string) ([]string, error) {
	if isLive(spec) {
		return []string{spec}, nil
	}
	kind, path := kindOf(spec)
	path, err := home(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); err == nil || !strings.ContainsAny(path, "*?[") {
		return []string{kind + path}, nil
	}
	all, err := filepath.Glob(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("source %s: %w", spec, err)
	case len(all) == 0:
		return nil, fmt.Errorf("source %s: nothing is there: %w", spec, os.ErrNotExist)
	}
	for i := range all {
		all[i] = kind + all[i]
	}
	return all, nil
}

// kindOf takes "mbox:" off; a drive's letter is part of the path.
func kindOf(spec string) (kind, path string) {
	at := strings.IndexByte(spec, ':')
	if at < 2 || strings.ContainsAny(spec[:at], `/\*?[`) {
		return "", spec
	}
	return spec[:at+1], spec[at+1:]
}

func home(path string) (string, error) {
	rest, ok := strings.CutPrefix(filepath.ToSlash(path), "~/")
	if !ok {
		return path, nil
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("source: %w", err)
	}
	return filepath.Join(dir, filepath.FromSlash(rest)), nil
}
