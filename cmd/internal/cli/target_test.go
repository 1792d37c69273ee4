package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func TestKnock(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer memserver.Answer
		kind   migrate.Kind
		passes bool
	}{
		{"welcome", memserver.Answer{}, 0, true},
		{"busy is the engine's affair", memserver.Answer{Kind: "NO", Code: "UNAVAILABLE", Text: "later"}, 0, true},
		{"so is a crowd", memserver.Answer{Kind: "NO", Text: "Too many simultaneous connections."}, 0, true},
		{"wrong password", memserver.Answer{Kind: "NO", Code: "AUTHENTICATIONFAILED", Text: "no"}, migrate.Denied, false},
		{"no TLS, no entry", memserver.Answer{Kind: "NO", Code: "PRIVACYREQUIRED", Text: "no"}, migrate.Unfit, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := imaptest.Start(t)
			server.Mem.FailLogins(tt.answer)
			err := knock(t.Context(), server.Target(imaptest.User))
			var problem *migrate.TargetError
			switch {
			case tt.passes && err != nil:
				t.Errorf("got %v, want no error", err)
			case !tt.passes && (!errors.As(err, &problem) || problem.Kind != tt.kind):
				t.Errorf("got %v, want an error of kind %d", err, tt.kind)
			}
		})
	}
}

func TestKnockTriesAgain(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	server.Mem.FailLogins(memserver.Answer{Kind: "BYE", Text: "restarting"}, memserver.Answer{Kind: "BYE", Text: "restarting"})
	if err := knock(t.Context(), server.Target(imaptest.User)); err != nil {
		t.Errorf("third try: got %v, want no error", err)
	}
}

// slow is a target that says after a minute that it can't be reached.
type slow struct{ dials int }

func (s *slow) Dial(context.Context) (migrate.Session, error) {
	s.dials++
	time.Sleep(time.Minute)
	return nil, &migrate.TargetError{Kind: migrate.Broken, Text: "silent", Hint: "try another port"}
}

func TestKnockDoesNotWaitForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		target := &slow{}
		if err := knock(t.Context(), target); target.dials != 1 || hintOf(err) != "try another port" {
			t.Errorf("got %v with hint %q after %d tries, want its own hint after one", err, hintOf(err), target.dials)
		}
	})
}

func TestKnockStops(t *testing.T) {
	t.Parallel()
	server := imaptest.Start(t)
	server.Mem.FailLogins(memserver.Answer{Kind: "BYE"}, memserver.Answer{Kind: "BYE"}, memserver.Answer{Kind: "BYE"})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := knock(ctx, server.Target(imaptest.User)); statusOf(ctx, err) != exitStopped {
		t.Errorf("got %v, want status %d", err, exitStopped)
	}
	if took := time.Since(began); took > 900*time.Millisecond {
		t.Errorf("took %s, want the pause to end with the context", took)
	}
}

func TestOptionsFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := imaptest.Start(t)
	good, bad := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "bad.pem")
	writeFile(t, good, string(server.CertPEM))
	writeFile(t, bad, "-----BEGIN NOTHING-----\n")
	cmd := &cobra.Command{Use: "plan"}
	tests := []struct {
		name   string
		flags  signInFlags
		status int
	}{
		{"plain", signInFlags{to: "imaps://anna@h"}, exitDone},
		{"authority", signInFlags{to: "imaps://anna@h", tlsCA: good}, exitDone},
		{"no authority in it", signInFlags{to: "imaps://anna@h", tlsCA: bad}, exitError},
		{"authority that is not there", signInFlags{to: "imaps://anna@h", tlsCA: good + "x"}, exitError},
		{"no address", signInFlags{}, exitUsage},
		{"password in the address", signInFlags{to: "imaps://anna:geheim@h"}, exitUsage},
		{"no user", signInFlags{to: "imaps://h"}, exitUsage},
		{"another protocol", signInFlags{to: "pop3://anna@h"}, exitUsage},
		{"two passwords", signInFlags{to: "imaps://anna@h", passwordFile: "f", passwordEnv: "e"}, exitUsage},
	}
	for _, tt := range tests {
		opts, err := tt.flags.options(cmd)
		if got := statusOf(t.Context(), err); got != tt.status {
			t.Errorf("%s: got status %d (%v), want %d", tt.name, got, err, tt.status)
		}
		if err != nil && strings.Contains(err.Error()+hintOf(err), "geheim") {
			t.Errorf("%s: got the password in %q", tt.name, err)
		}
		if err == nil && (opts.RootCAs != nil) != (tt.flags.tlsCA != "") {
			t.Errorf("%s: got authorities %v", tt.name, opts.RootCAs)
		}
	}
}

func TestWorkOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args   []string
		status int
	}{
		{nil, exitDone},
		{[]string{"--connections", "1"}, exitDone},
		{[]string{"--connections", "0"}, exitUsage},
		{[]string{"--connections", "-1"}, exitUsage},
		{[]string{"--connections", "101"}, exitUsage},
		{[]string{"--prefix", "Old PC"}, exitDone},
		{[]string{"--prefix", ""}, exitUsage},
		{[]string{"--prefix", "/"}, exitUsage},
		{[]string{"--map", "a=b", "--map", "c=d,e"}, exitDone},
		{[]string{"--map", "a"}, exitUsage},
	}
	for _, tt := range tests {
		var flags workFlags
		cmd := &cobra.Command{Use: "plan"}
		flags.add(cmd)
		if err := cmd.ParseFlags(tt.args); err != nil {
			t.Fatalf("%q: %v", tt.args, err)
		}
		opts, err := flags.options(cmd)
		if got := statusOf(t.Context(), err); got != tt.status {
			t.Errorf("%q: got status %d (%v), want %d", tt.args, got, err, tt.status)
		}
		if err == nil && (opts.Command != "plan" || opts.Progress == nil || opts.Connections < 1) {
			t.Errorf("%q: got %+v, want command, progress and connections", tt.args, opts)
		}
	}
}

func TestDefaultConnections(t *testing.T) {
	t.Parallel()
	var flags workFlags
	flags.add(&cobra.Command{Use: "migrate"})
	if flags.connections != 4 {
		t.Errorf("connections: got %d, want 4", flags.connections)
	}
}

func TestOpenSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "Inbox"), oneMessage)
	inputs, err := openSources([]string{file, "mbox:" + file, filepath.Join(dir, ".", "Inbox")})
	if err != nil || len(inputs) != 1 {
		t.Fatalf("one file, three ways: got %d inputs, %v, want 1", len(inputs), err)
	}
	if inputs[0].Kind != "mbox" || inputs[0].Path != file || describe(inputs[0]) == "" {
		t.Errorf("got %+v (%s), want the mbox file %s", inputs[0], describe(inputs[0]), file)
	}
	if err := closeSources(inputs); err != nil {
		t.Error(err)
	}
	if _, err := openSources([]string{file, filepath.Join(dir, "gone")}); !errors.Is(err, os.ErrNotExist) || hintOf(err) == "" {
		t.Errorf("one that is not there: got %v with hint %q, want both", err, hintOf(err))
	}
}
