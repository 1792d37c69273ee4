package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/secret"
	"unpop/migrate"
	"unpop/state"
)

// The exit statuses. They are a contract; a status that is not among them is a failure.
const (
	exitDone     = 0
	exitError    = 1
	exitUsage    = 2
	exitRejected = 3
	exitDenied   = 4
	exitFull     = 5
	exitLocked   = 6
	exitStopped  = 130
)

// statusText says what the statuses mean.
var statusText = map[int]string{
	exitDone:     "all done",
	exitError:    "could not go on",
	exitUsage:    "the command line is wrong",
	exitRejected: "done, but some messages were rejected or could not be read",
	exitDenied:   "sign-in refused",
	exitFull:     "target full",
	exitLocked:   "ledger in use by another process",
	exitStopped:  "stopped; run it again",
}

// errRejected ends a run that is done but for some messages. The account has named them already.
var errRejected = errors.New("some messages were rejected")

// A failure is an error with what the command line adds to it.
type failure struct {
	err    error
	status int    // 0: follows from err
	hint   string // the next thing to do; empty: follows from err
	usage  string // the usage line, for a wrong command line
}

// Error implements error.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.err }

// hinted adds a hint.
func (f *failure) hinted(hint string) *failure {
	f.hint = hint
	return f
}

// usagef is the error of a wrong command line.
func usagef(cmd *cobra.Command, format string, args ...any) *failure {
	return &failure{err: fmt.Errorf(format, args...), status: exitUsage, usage: cmd.UseLine()}
}

// hinted adds a hint to an error, whose status follows from it.
func hinted(err error, hint string) error { return &failure{err: err, hint: hint} }

// finish tells how the command ended, once, and returns the status.
func (a *app) finish(ctx context.Context, err error) int {
	if err == nil {
		err = a.ui.broken
	}
	status := statusOf(ctx, err)
	switch status {
	case exitDone:
	case exitRejected: // the account has told
	case exitStopped:
		a.ui.stopped(a.begun)
	default:
		a.ui.fail(err, status)
	}
	return status
}

// statusOf is the one place where errors become exit statuses.
func statusOf(ctx context.Context, err error) int {
	var (
		fail   *failure
		locked *state.LockedError
		target *migrate.TargetError
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &fail) && fail.status != 0:
		return fail.status
	case ctx.Err() != nil, errors.Is(err, secret.ErrInterrupted), errors.Is(err, context.Canceled):
		return exitStopped
	case errors.As(err, &locked):
		return exitLocked
	case errors.As(err, &target) && target.Kind == migrate.Denied:
		return exitDenied
	case target != nil && target.Kind == migrate.Full:
		return exitFull
	case errors.Is(err, errRejected):
		return exitRejected
	default:
		return exitError
	}
}

// hintOf is the remedy for an error, where one is known.
func hintOf(err error) string {
	var (
		fail   *failure
		locked *state.LockedError
		target *migrate.TargetError
	)
	switch {
	case errors.As(err, &fail) && fail.hint != "":
		return fail.hint
	case errors.As(err, &locked):
		return "wait until it has ended; unpop status --state " + shellQuote(locked.Path) + " shows how far it is"
	case errors.As(err, &target):
		return targetHint(target)
	case errors.Is(err, state.ErrDamaged):
		return "take the ledger from a backup; a new one would not know what is on the server, and send it again"
	case errors.Is(err, state.ErrNoRoom):
		return "make room there (the temporary files are in " + state.SpoolDir() + "), then run the same command again: it goes on where it stopped"
	case errors.Is(err, state.ErrReadOnly):
		return "copy it to where you may write, and name the copy with --state FILE"
	case errors.Is(err, state.ErrForeign):
		return "name another file with --state; this one is left as it is"
	case errors.Is(err, state.ErrNewer):
		return "use that newer version of unpop, or another ledger with --state FILE"
	case errors.Is(err, migrate.ErrMissing):
		return "somebody may have moved or deleted them there; unpop verify --repair sends them again"
	case errors.Is(err, migrate.ErrOneMailbox):
		return "leave --delete-after out; unpop verify --repair sends the message again"
	case errors.Is(err, migrate.ErrIncomplete):
		return "run the same command again, it goes on where it stopped"
	default:
		return ""
	}
}

func targetHint(err *migrate.TargetError) string {
	switch {
	case err.Hint != "":
		return err.Hint
	case err.Kind == migrate.Denied:
		return "check the user name and the password; some providers want an app password here"
	case err.Kind == migrate.Full:
		return "make room in the account, then run the same command again"
	case err.Kind == migrate.Broken, err.Kind == migrate.Busy, err.Kind == migrate.Crowded:
		return "when the server can be reached, run the same command again: it goes on where it stopped"
	default:
		return ""
	}
}
