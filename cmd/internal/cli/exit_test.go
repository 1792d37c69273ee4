package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/secret"
	"unpop/migrate"
	"unpop/state"
)

func target(kind migrate.Kind) error {
	return fmt.Errorf("mailbox %q: %w", "INBOX", &migrate.TargetError{Kind: kind, Text: "no"})
}

func TestStatusOf(t *testing.T) {
	t.Parallel()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	live := t.Context()
	cmd := &cobra.Command{Use: "migrate"}
	tests := []struct {
		name string
		ctx  context.Context
		err  error
		want int
	}{
		{"nothing", live, nil, 0},
		{"finished though stopped", stopped, nil, 0},
		{"any", live, errors.New("disk is gone"), 1},
		{"usage", live, usagef(cmd, "unknown flag"), 2},
		{"usage beside another", live, errors.Join(usagef(cmd, "unknown flag"), errors.New("close")), 2},
		{"rejected", live, errRejected, 3},
		{"rejected, and the ledger would not close", live, errors.Join(errRejected), 3},
		{"denied", live, target(migrate.Denied), 4},
		{"denied with a hint", live, hinted(target(migrate.Denied), "look"), 4},
		{"full", live, target(migrate.Full), 5},
		{"refused", live, target(migrate.Refused), 1},
		{"broken", live, target(migrate.Broken), 1},
		{"locked", live, fmt.Errorf("x: %w", &state.LockedError{Path: "l.db", Holder: "process 1"}), 6},
		{"stopped", stopped, context.Canceled, 130},
		{"stopped, the connection broke over it", stopped, target(migrate.Broken), 130},
		{"stopped half-way of the demo", live, fmt.Errorf("upload: %w", context.Canceled), 130},
		{"stopped at the password", live, secret.ErrInterrupted, 130},
		{"incomplete", live, fmt.Errorf("%w: 3", migrate.ErrIncomplete), 1},
		{"missing", live, migrate.ErrMissing, 1},
	}
	for _, tt := range tests {
		if got := statusOf(tt.ctx, tt.err); got != tt.want {
			t.Errorf("%s: got %d, want %d (%v)", tt.name, got, tt.want, tt.err)
		}
	}
}

func TestEveryStatusHasText(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, 1, 2, 3, 4, 5, 6, 130} {
		if statusText[status] == "" {
			t.Errorf("status %d: got no text", status)
		}
	}
	if got := len(statusText); got != 8 {
		t.Errorf("statuses: got %d, want 8", got)
	}
}

func TestHintOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want string
	}{
		{&migrate.TargetError{Kind: migrate.Denied, Hint: "the password has expired"}, "the password has expired"},
		{target(migrate.Denied), "app password"},
		{target(migrate.Full), "make room"},
		{target(migrate.Broken), "goes on where it stopped"},
		{&state.LockedError{Path: "/tmp/my ledger.db"}, "unpop status --state '/tmp/my ledger.db'"},
		{fmt.Errorf("x: %w", state.ErrForeign), "--state"},
		{fmt.Errorf("x: %w", state.ErrNoRoom), state.SpoolDir()},
		{fmt.Errorf("x: %w", state.ErrNewer), "newer version"},
		{fmt.Errorf("%w: 2", migrate.ErrIncomplete), "same command again"},
		{hinted(target(migrate.Denied), "mine"), "mine"},
	}
	for _, tt := range tests {
		if got := hintOf(tt.err); !strings.Contains(got, tt.want) {
			t.Errorf("hint of %v: got %q, want it to hold %q", tt.err, got, tt.want)
		}
	}
	if got := hintOf(errors.New("any")); got != "" {
		t.Errorf("hint of an unknown error: got %q, want none", got)
	}
}

func TestFailPrintsOnceAndPlainly(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	a := &app{ui: ui{out: &out, err: &errs}}
	err := errors.Join(&migrate.TargetError{Kind: migrate.Refused, Text: "\x1b[31mno\nway"}, errors.New("second"))
	if got := a.finish(t.Context(), err); got != exitError {
		t.Errorf("finish: got %d, want %d", got, exitError)
	}
	if got, want := errs.String(), "unpop: error: server: ?[31mno; way; second\n"; got != want {
		t.Errorf("standard error: got %q, want %q", got, want)
	}
	if out.Len() > 0 {
		t.Errorf("standard output: got %q, want nothing", out.String())
	}
}

// TestHelp holds every help text to its form: 80 columns, two examples, statuses, no flag twice.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"scan", "-h"}, {"plan", "-h"}, {"migrate", "-h"}, {"status", "-h"}, {"verify", "-h"}, {"demo", "-h"}} {
		var out, errs bytes.Buffer
		if got := Main(t.Context(), args, &out, &errs); got != exitDone {
			t.Fatalf("%v: got status %d (%s)", args, got, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if w := width(strings.TrimSuffix(line, "\n")); w > columns {
				t.Errorf("%v: got %d columns, want at most %d: %q", args, w, columns, line)
			}
		}
		if len(args) == 0 {
			continue
		}
		for _, want := range []string{"Usage:\n  unpop " + args[0], "Examples:\n  unpop " + args[0], "Exit status:\n    0  all done\n"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: got %q, want it to hold %q", args, out.String(), want)
			}
		}
	}
}

func TestCommandsAreListedAsNeeded(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	Main(t.Context(), nil, &out, &out)
	last := 0
	for _, name := range order {
		at := strings.Index(out.String(), "\n  "+name+" ")
		if at < last {
			t.Errorf("overview: got %s at %d, want it after %d", name, at, last)
		}
		last = at
	}
	root := (&app{}).root()
	for _, c := range root.Commands() {
		if !slices.Contains(order, c.Name()) {
			t.Errorf("command %s has no place in the order", c.Name())
		}
	}
}

// full is an output that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatIsCutIsAFailure(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	if got := Main(t.Context(), []string{"status", "--state", ledgerWith(t, "imaps://anna@h:993")}, full{}, &errs); got != exitError {
		t.Errorf("got status %d, want %d", got, exitError)
	}
	if want := "unpop: error: output: no space left on device\n"; errs.String() != want {
		t.Errorf("got %q, want %q", errs.String(), want)
	}
}
