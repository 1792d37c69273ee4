package batch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/batch"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
	"unpop/state"
)

// TestManyAccounts is a night with what goes wrong in one: all that can be done is done, the rest is named with its cause.
func TestManyAccounts(t *testing.T) {
	t.Parallel()
	const users = 24
	k := inMemory(t, users)
	var lines []string
	for i := range users {
		lines = append(lines, k.line(i, 5+i%3))
	}
	lines[3] = strings.Replace(lines[3], "env:GOOD", "env:WRONG", 1)
	lines[7] = fmt.Sprintf("u7;%s;env:GOOD;%s", k.to(7), filepath.Join(k.dir, "nowhere"))
	lines[9] = strings.Replace(lines[9], "env:GOOD", "env:UNSET", 1)
	k.manifest(lines...)
	sum := k.run()
	if sum.Accounts != users || sum.Done != users-3 || sum.Person != 3 {
		t.Fatalf("got %+v, want 3 of %d left to a person", sum.Counts, users)
	}
	for name, cause := range map[string]string{"u3": batch.CauseSignIn, "u7": batch.CauseSource, "u9": batch.CausePassword} {
		if r := result(t, sum, name); r.Cause != cause || r.Reason == "" || r.Turn != state.TurnPerson {
			t.Errorf("%s: got %+v, want cause %s", name, r, cause)
		}
	}
	var appends atomic.Int64
	k.server.Mem.Refuse(func(string, int64) *memserver.Answer { appends.Add(1); return nil })
	k.mail(7, 6) // put where nothing points to: the line has to change
	lines[7] = fmt.Sprintf("u7;%s;env:GOOD;%s", k.to(7), filepath.Join(k.dir, "mail", userName(7)))
	lines[3] = strings.Replace(lines[3], "env:WRONG", "env:GOOD", 1)
	k.manifest(lines...)
	again := k.run()
	if again.Done != users-1 || again.Messages != 5+6 || appends.Load() != 5+6 {
		t.Errorf("second run: got %+v, %d messages, %d appends, want only what was left", again.Counts, again.Messages, appends.Load())
	}
	for i := range users {
		switch i {
		case 9:
			k.holds(i, 0)
		case 7:
			k.holds(i, 6)
		default:
			k.holds(i, 5+i%3)
		}
	}
}

// TestRefusedPasswordIsLeftAlone holds that nobody's account is locked by trying a refused password night after night.
func TestRefusedPasswordIsLeftAlone(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 1)
	k.manifest(strings.Replace(k.line(0, 2), "env:GOOD", "env:WRONG", 1))
	var dials atomic.Int64
	k.opts.Target = func(o imap.Options) imap.Options { dials.Add(1); return k.address(o) }
	for night := range 3 {
		if r := result(t, k.run(), "u0"); r.Cause != batch.CauseSignIn || r.Turn != state.TurnPerson {
			t.Fatalf("night %d: got %+v, want it left to a person", night, r)
		}
	}
	if dials.Load() != 1 {
		t.Errorf("got %d sign-ins in three nights, want 1", dials.Load())
	}
	k.opts.RetryFailed = true
	k.run()
	if dials.Load() != 2 {
		t.Errorf("--retry-failed: got %d sign-ins, want one more", dials.Load()-1)
	}
	k.opts.RetryFailed = false
	k.opts.Secret = func(context.Context, batch.Reference) (migrate.Secret, error) { return imaptest.Password, nil } // somebody set it right
	if sum := k.run(); sum.Done != 1 {
		t.Errorf("password changed: got %+v, want it done", sum.Counts)
	}
	k.holds(0, 2)
}

// TestFailuresBackOff holds that an account whose server fails has further tries and doesn't hold the others.
func TestFailuresBackOff(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 4)
	k.opts.Jobs = 1
	var lines []string
	for i := range 4 {
		lines = append(lines, k.line(i, 3))
	}
	lines = append(lines, "dead;imap://nobody@127.0.0.1:1;env:GOOD;"+k.mail(90, 1))
	lines[0], lines[4] = lines[4], lines[0] // first in line
	k.manifest(lines...)
	var order []string
	k.opts.Settled = func(r batch.Result) { order = append(order, r.Name) }
	sum := k.run()
	if sum.Done != 4 || sum.Person != 1 {
		t.Fatalf("got %+v, want 4 done and 1 left to a person", sum.Counts)
	}
	if r := result(t, sum, "dead"); !strings.Contains(r.Reason, "tried 5 times") {
		t.Errorf("got %+v, want five tries", r)
	}
	if got := strings.Join(order, " "); !strings.HasPrefix(got, "dead u1 u2 u3 u0 dead dead") {
		t.Errorf("got order %q, want the failing one behind the others", got)
	}
}

func TestServerThatAsksToWait(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 2)
	k.opts.Jobs = 1
	k.manifest(k.line(0, 2), k.line(1, 2))
	k.server.Mem.FailLogins(memserver.Answer{Kind: "NO", Text: "Request is throttled. Suggested Backoff Time: 300 milliseconds"})
	var order []string
	k.opts.Settled = func(r batch.Result) { order = append(order, fmt.Sprint(r.Name, r.Turn.Over())) }
	if sum := k.run(); sum.Done != 2 {
		t.Fatalf("got %+v, want both done", sum.Counts)
	}
	if got := strings.Join(order, " "); got != "u0false u1true u0true" {
		t.Errorf("got %q, want the other one while the first waits", got)
	}
}

func TestStoppedBatchGoesOn(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 12)
	var lines []string
	for i := range 12 {
		lines = append(lines, k.line(i, 4))
	}
	k.manifest(lines...)
	ctx, stop := context.WithCancel(t.Context())
	var settled atomic.Int64
	k.opts.Jobs = 2
	k.opts.Settled = func(batch.Result) {
		if settled.Add(1) == 5 {
			stop()
		}
	}
	sum, err := k.try(ctx)
	if err == nil || sum.Done < 5 || sum.Done == 12 || sum.Waiting != 12-sum.Done {
		t.Fatalf("got %+v, %v, want it stopped half-way", sum.Counts, err)
	}
	done := sum.Done
	settled.Store(100)
	if sum := k.run(); sum.Done != 12 || settled.Load() != int64(100+12-done) {
		t.Errorf("got %+v after %d accounts, want only the other %d", sum.Counts, settled.Load()-100, 12-done)
	}
	for i := range 12 {
		k.holds(i, 4)
	}
	settled.Store(100)
	if sum := k.run(); sum.Done != 12 || sum.Messages != 0 || settled.Load() != 112 {
		t.Errorf("next night: got %+v, %d messages, %d accounts, want all looked at and nothing sent", sum.Counts, sum.Messages, settled.Load()-100)
	}
}

func TestOnlySome(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 5)
	var lines []string
	for i := range 5 {
		lines = append(lines, k.line(i, 2))
	}
	k.manifest(lines...)
	k.opts.Only = []string{"U[12]", userName(4)}
	if sum := k.run(); sum.Done != 3 || sum.Waiting != 2 {
		t.Fatalf("got %+v, want 3 done", sum.Counts)
	}
	for i, n := range []int{0, 2, 2, 0, 2} {
		k.holds(i, n)
	}
	k.opts.Only = []string{"nobody"}
	if _, err := k.try(t.Context()); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("got %v, want the name that there is not", err)
	}
	k.opts.Only = nil
	if sum := k.run(); sum.Done != 5 || sum.Messages != 4 {
		t.Errorf("got %+v, %d messages, want the other two", sum.Counts, sum.Messages)
	}
}

// TestRetryFailedLeavesTheDoneAlone holds what --retry-failed is for: the morning after.
func TestRetryFailedLeavesTheDoneAlone(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 3)
	lines := []string{k.line(0, 2), k.line(1, 2), fmt.Sprintf("u2;%s;env:GOOD;%s", k.to(2), filepath.Join(k.dir, "mail", userName(2)))}
	k.manifest(lines...)
	if sum := k.run(); sum.Done != 2 || sum.Person != 1 {
		t.Fatalf("got %+v", sum.Counts)
	}
	k.mail(2, 3)
	k.opts.RetryFailed = true
	var settled []string
	k.opts.Settled = func(r batch.Result) { settled = append(settled, r.Name) }
	if sum := k.run(); sum.Done != 3 || strings.Join(settled, " ") != "u2" {
		t.Errorf("got %+v and %q worked on, want u2 only", sum.Counts, settled)
	}
}

// TestRejectedMessages holds that a refused message makes an account one for a person, with its bytes in a file of the account.
func TestRejectedMessages(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 2)
	k.manifest(k.line(0, 2), k.line(1, 1))
	k.server.Mem.Refuse(func(string, int64) *memserver.Answer {
		return &memserver.Answer{Kind: "NO", Code: "CANNOT", Text: "Virus found"}
	})
	sum := k.run()
	if sum.Partly != 2 {
		t.Fatalf("got %+v, want both partly done", sum.Counts)
	}
	if r := result(t, sum, "u0"); r.Cause != batch.CauseMessages || !strings.Contains(r.Reason, "2 messages") {
		t.Errorf("got %+v", r)
	}
	for i := range 2 {
		if kept := batch.QuarantineFile(k.opts.Quarantine, k.to(i)); !exists(kept) {
			t.Errorf("nothing at %s", kept)
		}
	}
}

// TestHoursEnd holds that work stops softly when the hours end, and goes on when they begin again.
func TestHoursEnd(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 3)
	k.manifest(k.line(0, 2), k.line(1, 2), k.line(2, 2))
	now := time.Now()
	later := now.Add(3 * time.Hour)
	var err error
	if k.opts.Between, err = batch.ParseWindow(later.Format("15:04") + "-" + later.Add(time.Hour).Format("15:04")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer stop()
	if sum, err := k.try(ctx); err == nil || sum.Done != 0 {
		t.Fatalf("outside: got %+v, %v, want nothing done", sum.Counts, err)
	}
	k.holds(0, 0)
	if k.opts.Between, err = batch.ParseWindow(now.Add(-time.Hour).Format("15:04") + "-" + later.Format("15:04")); err != nil {
		t.Fatal(err)
	}
	if sum := k.run(); sum.Done != 3 {
		t.Errorf("inside: got %+v, want all done", sum.Counts)
	}
}

// TestLedgerKeepsNoSecret holds that neither the ledger nor anything beside it has a password in it, refused or not, in the file or
// elsewhere.
func TestLedgerKeepsNoSecret(t *testing.T) {
	t.Parallel()
	k := inMemory(t, 2)
	k.manifest(strings.Replace(k.line(0, 1), "env:GOOD", "geheim in the file", 1), k.line(1, 1))
	k.opts.Secret = func(_ context.Context, r batch.Reference) (migrate.Secret, error) {
		if r.Text() == "geheim in the file" {
			return migrate.Secret(r.Text()), nil
		}
		return imaptest.Password, nil
	}
	ledger, err := state.Open(t.Context(), k.ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	m, err := batch.Load(k.file, batch.LoadOptions{Reference: func(text string) (bool, error) { return strings.HasPrefix(text, "geheim"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	b, err := batch.New(t.Context(), ledger, m, k.opts)
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := b.Run(t.Context()); err != nil || sum.Done != 1 || sum.Person != 1 {
		t.Fatalf("got %+v, %v", sum, err)
	}
	for _, name := range []string{k.ledger, k.ledger + "-wal", k.ledger + ".holder"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"geheim", imaptest.Password, "s3cret"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds %q", filepath.Base(name), secret)
			}
		}
	}
}
