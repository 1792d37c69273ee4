package cli

import (
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"unpop/migrate/target/imap/memserver"
)

// cmdThrottle makes the next sign-ins be answered as Microsoft 365 does when it has enough: throttle TIMES MILLISECONDS
func cmdThrottle(ts *testscript.TestScript, _ bool, args []string) {
	times, err := strconv.Atoi(args[0])
	ts.Check(err)
	for range times {
		worldOf(ts).server.Mem.FailLogins(memserver.Answer{Kind: "NO", Text: "Request is throttled. Suggested Backoff Time: " + args[1] + " milliseconds"})
	}
}

// cmdFull makes the server take so many more messages and no more: full 20, and full never
func cmdFull(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if args[0] == "never" {
		w.full.Store(0)
		return
	}
	n, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	w.full.Store(w.appends.Load() + n)
}

// cmdDuring runs a command that must succeed, and when the server has seen so many APPENDs, does something to it:
// during 20 restart 1s unpop …, or lid (the program sleeps), or dead (the line to a server begun with "line" carries nothing)
func cmdDuring(ts *testscript.TestScript, _ bool, args []string) {
	after, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	pause, err := time.ParseDuration(args[2])
	ts.Check(err)
	w := worldOf(ts)
	command := start(ts, args[3:])
	if err := w.await(after); err != nil {
		_ = command.Process.Kill()
		_ = command.Wait()
		ts.Fatalf("%v", err)
	}
	switch args[1] {
	case "restart":
		w.server.Mem.Restart(pause)
	case "lid":
		ts.Check(suspend(command.Process))
		w.server.Mem.Restart(0) // a server doesn't wait for laptops
		time.Sleep(pause)
		ts.Check(resume(command.Process))
	case "dead":
		w.line.alive.Lock()
		time.Sleep(pause)
		w.line.alive.Unlock()
	default:
		ts.Fatalf("during: what is %s?", args[1])
	}
	ts.Check(command.Wait())
}

// start begins a command of the script in the background.
func start(ts *testscript.TestScript, args []string) *exec.Cmd {
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	command := exec.Command(path, args[1:]...)
	command.Dir = ts.MkAbs(".")
	command.Env = append(os.Environ(), "XDG_STATE_HOME="+ts.Getenv("XDG_STATE_HOME"))
	command.Stdout, command.Stderr = ts.Stdout(), ts.Stderr()
	ts.Check(command.Start())
	return command
}
