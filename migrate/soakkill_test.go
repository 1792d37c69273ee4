package migrate_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
)

// soakJob is what a process does that is going to be killed.
type soakJob struct {
	childJob // Point, Nth, Ledger, Quarantine, Host, Port, Specs
	Options  migrateOptions
	Timeout  time.Duration
}

type migrateOptions struct {
	Settle, Patience time.Duration
	Connections      int
	Limit            uint64 // of the size of a file in bytes; 0: none
}

// soakPoints are those that a run without refusals passes; the others are in TestKilledAtEachPoint.
var soakPoints = []migrate.Point{
	migrate.PointScanned, migrate.PointGrouped, migrate.PointPlanned, migrate.PointMade, migrate.PointClaimed, migrate.PointAnswered,
	migrate.PointAppended, migrate.PointSettled, migrate.PointLooked, migrate.PointTwins, migrate.PointRemoved, migrate.PointUploaded,
}

const soakEnv = "UNPOP_TEST_SOAK"

// TestSoakChild is no test: it is the process that is killed.
func TestSoakChild(t *testing.T) {
	text := os.Getenv(soakEnv)
	if text == "" {
		t.Skip("not a child")
	}
	var job soakJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		t.Fatal(err)
	}
	if err := job.limit(); err != nil {
		t.Fatal(err)
	}
	k := &kit{t: t, ledger: job.Ledger, specs: job.Specs}
	k.opts = migrate.Options{
		Settle: job.Options.Settle, Patience: job.Options.Patience, Connections: job.Options.Connections,
		Quarantine: job.Quarantine, Reached: job.die(),
	}
	k.target = imap.New(imap.Options{
		Host: job.Host, Port: job.Port, User: imaptest.User, Plaintext: true, Timeout: job.Timeout,
		Password: func(context.Context) (migrate.Secret, error) { return imaptest.Password, nil },
	})
	if _, err := k.try(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// command starts the job in a process of its own.
func (j soakJob) command(t *testing.T) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0], "-test.run=^TestSoakChild$", "-test.timeout=60s")
	command.Env = append(os.Environ(), soakEnv+"="+string(text))
	return command
}

// job is a run of the kit in another process.
func (k *kit) job(addr *net.TCPAddr, timeout time.Duration) soakJob {
	return soakJob{
		childJob: childJob{Ledger: k.ledger, Quarantine: k.opts.Quarantine, Host: addr.IP.String(), Port: addr.Port, Specs: k.specs},
		Options:  migrateOptions{Settle: k.opts.Settle, Patience: k.opts.Patience, Connections: k.opts.Connections}, Timeout: timeout,
	}
}

// killedRun kills a run at a random point, or at a random time.
func (s *soak) killedRun(addr *net.TCPAddr, timeout time.Duration) {
	job := s.job(addr, timeout)
	within, times := 300, 2
	if s.large {
		within, times = 1500, 8
	}
	kind, after := "at a time", time.Duration(s.random.IntN(within))*time.Millisecond
	if s.random.IntN(3) > 0 {
		job.Point, job.Nth = soakPoints[s.random.IntN(len(soakPoints))], 1+s.random.IntN(times)
		kind, after = "at point "+string(job.Point), time.Minute
	}
	command := job.command(s.t)
	if err := command.Start(); err != nil {
		s.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = command.Process.Kill() })
	err := command.Wait()
	if !timer.Stop() && after == time.Minute {
		s.t.Errorf("child hung for %s", after)
	}
	if killed(err) {
		s.total.count("killed "+kind, 1)
	} else {
		s.total.count("not killed in time", 1)
	}
}

func killed(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}
