package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"unpop/examples"
	"unpop/migrate/migratetest"
)

// TestMain lets the scripts call this test's binary as unpop.
func TestMain(m *testing.M) {
	testscript.Main(migratetest.Overlap(m), map[string]func(){
		"unpop": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			context.AfterFunc(ctx, stop)
			os.Exit(Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// TestScripts runs the user stories.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Files:         stories(t),
		UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			tb, ok := env.T().(testing.TB)
			if !ok {
				return errors.New("testscript: no testing.TB")
			}
			w := &world{tb: tb}
			env.Values[worldKey{}] = w
			env.Defer(func() { w.hold.Store(0) })
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"anna":        cmdAnna,
			"exits":       cmdExits,
			"interrupt":   cmdInterrupt,
			"imapserver":  cmdServer,
			"dump":        cmdDump,
			"appends":     cmdAppends,
			"arrived":     cmdArrived,
			"expunge":     cmdExpunge,
			"plaintext":   cmdPlainText,
			"awaken":      cmdAwaken,
			"hold":        cmdHold,
			"bigmail":     cmdBigMail,
			"throttle":    cmdThrottle,
			"full":        cmdFull,
			"during":      cmdDuring,
			"mailboxes":   cmdMailboxes,
			"outlook":     cmdOutlook,
			"pop3server":  cmdPOP3,
			"popseen":     cmdPOPSeen,
			"popholds":    cmdPOPHolds,
			"popcopy":     cmdPOPCopy,
			"popoftarget": cmdPOPOfTarget,
			"deliver":     cmdDeliver,
			"expand":      cmdExpand,
			"letters":     cmdLetters,
		},
	})
}

// stories are the scripts of this package, and the session that the README shows.
func stories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	return append(files, filepath.Join("..", "..", "..", "examples", "session.txtar"))
}

// cmdAnna unpacks Anna's two PCs.
func cmdAnna(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(examples.Unpack(ts.MkAbs(".")))
}

// cmdBigMail writes an mbox with a small message and one of so many bytes: bigmail FILE BYTES
func cmdBigMail(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	large := strings.Replace(oneMessage, "Subject: s", "Subject: large", 1) + strings.Repeat("more text\n", size/10)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(oneMessage+"\n"+large), 0o600))
}

// cmdExits runs a command that must end with a status: exits 4 unpop …
func cmdExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	if got := statusOfProcess(err); got != want {
		ts.Fatalf("got exit status %d, want %d (%v)", got, want, err)
	}
}

func statusOfProcess(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	default:
		return -1
	}
}

// cmdInterrupt runs a command and interrupts it when the server has seen so many APPENDs: interrupt 20 unpop …
// It must end without waiting for the server, with status 130.
func cmdInterrupt(ts *testscript.TestScript, _ bool, args []string) {
	after, err := strconv.Atoi(args[0])
	ts.Check(err)
	w := worldOf(ts)
	command := start(ts, args[1:])
	if err := w.await(int64(after)); err != nil {
		_ = command.Process.Kill()
		_ = command.Wait()
		ts.Fatalf("%v", err)
	}
	began := time.Now()
	ts.Check(command.Process.Signal(os.Interrupt))
	err = command.Wait()
	if got := statusOfProcess(err); got != exitStopped {
		ts.Fatalf("interrupted: got exit status %d, want %d (%v)", got, exitStopped, err)
	}
	if took := time.Since(began); took > 10*time.Second {
		ts.Fatalf("interrupted: took %s", took)
	}
}

// cmdPlainText checks that files hold no control characters but line ends: plaintext FILE…
func cmdPlainText(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		for i, c := range []byte(ts.ReadFile(name)) {
			if c < ' ' && c != '\n' || c == 0x7F {
				ts.Fatalf("%s: control character %#x at byte %d", name, c, i)
			}
		}
	}
}

// await waits until the server has seen so many APPENDs.
func (w *world) await(appends int64) error {
	for deadline := time.Now().Add(time.Minute); w.appends.Load() < appends; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("server: got %d appends in a minute, want %d", w.appends.Load(), appends)
		}
	}
	return nil
}
