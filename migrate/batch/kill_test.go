package batch_test

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate/batch"
	"unpop/migrate/target/imap/imaptest"
	"unpop/state"
)

// childJob is what a process does that is going to be killed.
type childJob struct {
	Ledger, File, CA, Dir string
	Port, Jobs            int
	Secure, Implicit      bool
	Check                 bool // and nothing else
}

const childEnv = "UNPOP_TEST_BATCH"

// TestChild is no test: it is the process that is killed.
func TestChild(t *testing.T) {
	text := os.Getenv(childEnv)
	if text == "" {
		t.Skip("not a child")
	}
	var job childJob
	if err := json.Unmarshal([]byte(text), &job); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(job.CA))
	k := newKit(t, &imaptest.Server{Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: job.Port}, Secure: job.Secure, Implicit: job.Implicit, Pool: pool})
	k.ledger, k.file, k.opts.Jobs, k.opts.HostConnections = job.Ledger, job.File, job.Jobs, 2*job.Jobs
	k.opts.Quarantine = filepath.Join(job.Dir, "quarantine")
	if job.Check {
		k.check(t.Context())
		return
	}
	if _, err := k.try(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// killed runs the batch in another process, and kills it when so many accounts are done.
func (k *kit) killed(after int) {
	k.t.Helper()
	job, err := json.Marshal(childJob{
		Ledger: k.ledger, File: k.file, CA: string(k.server.CertPEM), Dir: k.dir, Port: k.server.Addr.Port, Jobs: k.opts.Jobs,
		Secure: k.server.Secure, Implicit: k.server.Implicit,
	})
	if err != nil {
		k.t.Fatal(err)
	}
	command := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=400s")
	command.Env = append(os.Environ(), childEnv+"="+string(job))
	if err := command.Start(); err != nil {
		k.t.Fatal(err)
	}
	for deadline := time.Now().Add(300 * time.Second); k.done() < after && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	_ = command.Process.Kill()
	if err := command.Wait(); err == nil {
		k.t.Fatalf("the child came to its end before %d accounts were done", after)
	}
}

// done counts the accounts that the ledger says are done.
func (k *kit) done() (n int) {
	ledger, err := state.OpenReadOnly(k.t.Context(), k.ledger)
	if err != nil {
		return 0
	}
	defer ledger.Close()
	round, err := ledger.Round(k.t.Context())
	if err != nil || round == nil {
		return 0
	}
	queue, _ := ledger.Queue(k.t.Context(), round.ID)
	for _, q := range queue {
		if q.Turn == state.TurnDone {
			n++
		}
	}
	return n
}

// night is a batch with all that goes wrong in one.
type night struct {
	*kit
	users   int
	wrong   []int // passwords
	full    int   // has more mail than room; -1: none
	missing int   // has no source
}

func (n *night) messages(i int) int {
	if i == n.full {
		return 40
	}
	return 6 + i%5
}

// write makes the file: a bad line is among the others.
func (n *night) write() {
	lines := make([]string, 0, n.users+1)
	for i := range n.users {
		line := n.line(i, n.messages(i))
		if i == n.missing {
			line = fmt.Sprintf("u%d;%s;env:GOOD;%s", i, n.to(i), filepath.Join(n.dir, "nowhere"))
		}
		if i == n.full {
			n.fatten(i)
		}
		for _, w := range n.wrong {
			if i == w {
				line = strings.Replace(line, "env:GOOD", "env:WRONG", 1)
			}
		}
		lines = append(lines, line)
		if i == n.users/2 {
			lines = append(lines, `bad;"`+n.to(n.users+1)+";env:GOOD;nowhere")
		}
	}
	n.manifest(lines...)
}

// fatten makes each of an account's messages 50 kB longer.
func (n *night) fatten(i int) {
	path := filepath.Join(n.dir, "mail", userName(i), "Inbox")
	text, err := os.ReadFile(path)
	if err != nil {
		n.t.Fatal(err)
	}
	fat := strings.Repeat(strings.Repeat("x", 70)+"\n", 700)
	n.kit.write(path, strings.ReplaceAll(string(text), "\n\ntext", "\n\n"+fat+"text"))
}

// check runs what is left, and holds the outcome to what can be done.
func (n *night) check() {
	n.t.Helper()
	began := time.Now()
	sum := n.run()
	n.t.Logf("last part of %d accounts: %s", n.users, time.Since(began).Round(time.Millisecond))
	people := len(n.wrong) + 1
	if n.full >= 0 {
		people++
	}
	if sum.Done != n.users-people || sum.Person != people || sum.Waiting != 0 {
		n.t.Fatalf("got %+v, want %d done and %d left to a person", sum.Counts, n.users-people, people)
	}
	n.causes(sum)
	for i := range n.users {
		if r := result(n.t, sum, fmt.Sprintf("u%d", i)); r.Turn == state.TurnDone {
			n.holds(i, n.messages(i))
		} else if i != n.full {
			n.holds(i, 0)
		}
	}
	if again := n.run(); again.Messages != 0 || again.Counts != sum.Counts {
		n.t.Errorf("run again: got %d messages sent, %+v, want nothing to do", again.Messages, again.Counts)
	}
	if m, err := batch.Load(n.file, batch.LoadOptions{}); err != nil || len(m.Bad) != 1 || m.Bad[0].Line != n.users/2+3 {
		n.t.Errorf("got bad lines %v, %v, want line %d", m.Bad, err, n.users/2+3)
	}
}

func (n *night) causes(sum batch.Summary) {
	n.t.Helper()
	want := map[int]string{n.missing: batch.CauseSource}
	for _, w := range n.wrong {
		want[w] = batch.CauseSignIn
	}
	if n.full >= 0 {
		want[n.full] = batch.CauseFull
	}
	for i, cause := range want {
		if r := result(n.t, sum, fmt.Sprintf("u%d", i)); r.Cause != cause || r.Reason == "" {
			n.t.Errorf("u%d: got %+v, want cause %s", i, r, cause)
		}
	}
}

func TestKilledTwice(t *testing.T) {
	t.Parallel()
	n := &night{kit: inMemory(t, 40), users: 40, wrong: []int{3, 17}, full: -1, missing: 21}
	n.opts.Jobs = 4
	n.write()
	n.killed(8)
	n.killed(20)
	n.check()
}

// TestKilledTwiceDovecot is a night of 200 accounts on a real server, 16 at once.
func TestKilledTwiceDovecot(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	server := imaptest.Dovecot(t, imaptest.DovecotOptions{Quota: 1 << 20})
	n := &night{kit: newKit(t, server), users: 200, wrong: []int{13, 57, 140}, full: 77, missing: 101}
	n.opts.Jobs, n.opts.HostConnections = 16, 32
	n.write()
	n.killed(40)
	n.killed(110)
	n.check()
}
