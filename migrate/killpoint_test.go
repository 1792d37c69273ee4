package migrate_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/source"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
	"unpop/state"
)

// TestMain lets the test binary be the program that is killed.
func TestMain(m *testing.M) {
	if text := os.Getenv("UNPOP_TEST_CHILD"); text != "" {
		os.Exit(child(text))
	}
	os.Exit(migratetest.Overlap(m).Run())
}

// childJob is what a child process is to do.
type childJob struct {
	Ledger, Quarantine, Host, CA string
	Port                         int
	Specs                        []string
	Point                        migrate.Point // where it dies
	Nth                          int           // the how manieth time it gets there
	Undo                         bool          // take back, in place of bringing over
	Clean                        bool          // or clean
}

// Exit statuses of a child that is not killed.
const (
	childDone   = 0
	childFailed = 9
)

func child(text string) int {
	var job childJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		panic(err)
	}
	if err := job.run(); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		return childFailed
	}
	return childDone
}

func (j childJob) run() error {
	ctx := context.Background()
	ledger, err := state.Open(ctx, j.Ledger)
	if err != nil {
		return err
	}
	defer ledger.Close()
	account, err := ledger.Account(ctx, "imap://test")
	if err != nil {
		return err
	}
	var inputs []migrate.Input
	for _, spec := range j.Specs {
		s, found, err := source.Open(spec)
		if err != nil {
			return err
		}
		defer s.Close()
		inputs = append(inputs, migrate.Input{Kind: found.Kind, Path: found.Path, Source: s})
	}
	opts := migrate.Options{Settle: 30 * time.Millisecond, Patience: 5 * time.Second, Quarantine: j.Quarantine, Connections: 2, Reached: j.die()}
	m := migrate.New(account, inputs, j.target(), opts)
	if j.Clean {
		_, err = m.Clean(ctx, migrate.CleanOptions{})
		return err
	}
	if j.Undo {
		_, err = m.Undo(ctx, migrate.UndoOptions{})
		return err
	}
	_, err = m.Run(ctx)
	return err
}

func (j childJob) target() *imap.Target {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(j.CA))
	return imap.New(imap.Options{
		Host: j.Host, Port: j.Port, User: imaptest.User, RootCAs: pool, Timeout: 10 * time.Second,
		Password: func(context.Context) (migrate.Secret, error) { return imaptest.Password, nil },
	})
}

// die kills the process at the wanted point, without a chance to tidy up.
func (j childJob) die() func(migrate.Point) {
	reached := make(chan int, 1)
	reached <- 0
	return func(p migrate.Point) {
		if p != j.Point {
			return
		}
		n := <-reached + 1
		reached <- n
		if n == j.Nth {
			self, _ := os.FindProcess(os.Getpid())
			_ = self.Kill()
			select {}
		}
	}
}

// needs are the faults without which a run doesn't come to a point.
var needs = map[migrate.Point]func(*memserver.Server){
	migrate.PointLooked:  func(s *memserver.Server) { s.SwallowOK(1) },
	migrate.PointTwins:   func(s *memserver.Server) { s.CutAppend(20) },
	migrate.PointRemoved: func(s *memserver.Server) { s.CutAppend(20) },

	migrate.PointLookedForMoves: func(s *memserver.Server) { _ = s.Plan("MOVE", memserver.Answer{Kind: "CUT", Done: true}) },
}

// ofExisting are the points that are reached only where the target holds something.
var ofExisting = []migrate.Point{
	migrate.PointIndexed, migrate.PointLookedUp, migrate.PointMatched, migrate.PointGiven, migrate.PointMoving, migrate.PointMoved, migrate.PointLookedForMoves,
}

// existingKit is pointKit with mail on the server: some to be moved, one to be looked at, one that stays, one of somebody else.
func existingKit(t *testing.T) (*kit, map[string][]string) {
	t.Helper()
	k, want := pointKit(t)
	k.mbox("pc3/Viaggi", "X-Mozilla-Status: 0004\n"+mail("7", "seven", "text"), mail("8", "eight", "text"), mail("10", "ten", "text"))
	k.mbox("pc3/Inbox", "X-Mozilla-Status: 0001\n"+mail("1", "one", "text"))
	k.store("INBOX", mail("1", "one", "text"), mail("7", "seven", "text"), mail("8", "eight", "text\n\n"), mail("3", "three", "text"), mail("11", "eleven", "text"))
	want["INBOX"] = append(want["INBOX"], "eleven")
	want["Viaggi"] = []string{"seven", "eight", "ten"}
	return k, want
}

func TestKilledAtEachPoint(t *testing.T) {
	t.Parallel()
	for _, point := range migrate.Points() {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			k, want := pointKit(t)
			if slices.Contains(ofExisting, point) {
				k, want = existingKit(t)
			}
			if prepare := needs[point]; prepare != nil {
				prepare(k.server.Mem)
			}
			killed := 0
			for nth := 1; nth <= 3; nth++ {
				if k.child(childJob{Point: point, Nth: nth}) {
					killed++
				}
			}
			if killed == 0 {
				t.Fatalf("point %q was never reached", point)
			}
			r := k.run()
			if r.Rejected() != 1 {
				t.Errorf("got %+v, want the one that no server takes rejected", r.Tally)
			}
			k.holds(want)
			if again := k.run(); again.Uploaded != 0 {
				t.Errorf("a further run sent %d messages", again.Uploaded)
			}
			k.holds(want)
		})
	}
}

func TestUndoKilledAtEachPoint(t *testing.T) {
	t.Parallel()
	for _, point := range migrate.UndoPoints() {
		t.Run(string(point), func(t *testing.T) {
			t.Parallel()
			k, want := existingKit(t)
			before := k.content()
			k.run()
			killed := 0
			for nth := 1; nth <= 2; nth++ {
				if k.child(childJob{Point: point, Nth: nth, Undo: true}) {
					killed++
				}
			}
			if killed == 0 {
				t.Fatalf("point %q was never reached", point)
			}
			err := k.with(func(m *migrate.Migration) error {
				_, err := m.Undo(t.Context(), migrate.UndoOptions{})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			k.unchanged(before)
			k.run()
			k.holds(want)
		})
	}
}

// pointKit has mail that makes a run pass all points: some mailboxes, a message that is taken only once mended, and one
// that is never taken.
func pointKit(t *testing.T) (*kit, map[string][]string) {
	t.Helper()
	k := inMemory(t)
	bare := mail("cr", "bare", "one\rtwo")
	never := mail("never", "never", strings.Repeat("no ", 200))
	noID := strings.Replace(mail("x", "no id", "text"), "Message-ID: <x@test>\n", "", 1)
	k.mbox("pc1/Inbox", mail("1", "one", "text"), mail("2", "two", "text"), bare, never, noID)
	k.mbox("pc1/Clienti", mail("3", "three", "text"), mail("4", "four", "text"))
	k.mbox("pc2/Inbox", mail("1", "one", "text"), mail("3", "three", "text"), mail("5", "five", "text"))
	k.mbox("pc2/Sent", mail("6", "six", "text"))
	sizes := []int64{wireSize(bare), wireSize(never)}
	k.server.Mem.Refuse(func(_ string, size int64) *memserver.Answer {
		if slices.Contains(sizes, size) {
			return &memserver.Answer{Kind: "NO", Code: "CANNOT", Text: "not this one"}
		}
		return nil
	})
	return k, map[string][]string{"INBOX": {"one", "two", "bare", "no id", "five"}, "Clienti": {"three", "four"}, "Sent": {"six"}}
}

// wireSize is the size of a message with CRLF.
func wireSize(message string) int64 {
	return int64(len(message) + strings.Count(message, "\n"))
}

// child runs a migration, or its undoing, in a process that dies at a point, and reports whether it did.
func (k *kit) child(what childJob) (killed bool) {
	k.t.Helper()
	what.Ledger, what.Quarantine, what.Specs = k.ledger, filepath.Join(k.dir, "quarantine.mbox"), k.specs
	what.CA, what.Host, what.Port = string(k.server.CertPEM), k.server.Addr.IP.String(), k.server.Addr.Port
	job, err := json.Marshal(what)
	if err != nil {
		k.t.Fatal(err)
	}
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "UNPOP_TEST_CHILD="+string(job))
	out, err := command.CombinedOutput()
	if code := command.ProcessState.ExitCode(); code == childFailed {
		k.t.Fatalf("child: %v\n%s", err, out)
	}
	return err != nil
}
