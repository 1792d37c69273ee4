package migrate_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/source"
	"unpop/state"
)

// many puts messages into some folders and returns where they belong.
func (k *kit) many(folders, each int) map[string][]string {
	k.t.Helper()
	want := map[string][]string{}
	for f := range folders {
		var messages []string
		for i := range each {
			name := fmt.Sprintf("m%d-%03d", f, i)
			messages = append(messages, mail(name, name, strings.Repeat("text\n", i%7)))
			want[fmt.Sprint("Box", f)] = append(want[fmt.Sprint("Box", f)], name)
		}
		k.mbox(fmt.Sprint("pc/Box", f), messages...)
	}
	return want
}

// open is try for a ledger that may be unusable.
func (k *kit) open(ctx context.Context) error {
	k.t.Helper()
	ledger, err := state.Open(ctx, k.ledger)
	if err != nil {
		return err
	}
	defer ledger.Close()
	account, err := ledger.Account(ctx, "imap://test")
	if err != nil {
		return err
	}
	var inputs []migrate.Input
	for _, spec := range k.specs {
		s, found, err := source.Open(spec)
		if err != nil {
			return err
		}
		defer s.Close()
		inputs = append(inputs, migrate.Input{Kind: found.Kind, Path: found.Path, Source: s})
	}
	_, err = migrate.New(account, inputs, k.target, k.opts).Run(ctx)
	return err
}

// onServer counts the messages on the server, and fails the test if one is there twice.
func (k *kit) onServer() int {
	k.t.Helper()
	seen := map[string]bool{}
	for _, subjects := range k.subjects() {
		for _, s := range subjects {
			if seen[s] {
				k.t.Errorf("%q is there twice", s)
			}
			seen[s] = true
		}
	}
	return len(seen)
}

// claimed counts the messages that the ledger says are on the server, or may be.
func (k *kit) claimed() (n int) {
	k.t.Helper()
	ledger, err := state.Open(k.t.Context(), k.ledger)
	if err != nil {
		k.t.Fatal(err)
	}
	defer ledger.Close()
	account, err := ledger.Account(k.t.Context(), "imap://test")
	if err != nil {
		k.t.Fatal(err)
	}
	names, err := account.MailboxNames(k.t.Context())
	if err != nil {
		k.t.Fatal(err)
	}
	for id := range names {
		for range account.InDoubt(k.t.Context(), id) {
			n++
		}
		for range account.Stored(k.t.Context(), id) {
			n++
		}
	}
	return n
}

// sparser makes the steps of a series longer where each takes long.
func sparser(step int) int {
	if migratetest.Racing {
		return 2 * step
	}
	return step
}

// narrowing tries one limit after the other until one is enough, and then those just below it, where a run gets far before it is
// stopped. try reports whether the limit was enough, and how many messages had been sent. Some runs must stop half-way.
func narrowing(t *testing.T, from, step int, try func(limit int) (enough bool, sent int)) {
	t.Helper()
	half, limit := 0, from
	once := func(limit int) bool {
		enough, sent := try(limit)
		if !enough && sent > 0 {
			half++
		}
		return enough
	}
	for ; !once(limit); limit += step {
		if limit > 20<<20 {
			t.Fatal("no limit was enough")
		}
	}
	for below := limit - step/12; below > limit-step; below -= step / 12 {
		once(below)
	}
	if half == 0 {
		t.Error("got no run that stopped half-way, want some")
	}
	t.Logf("%d runs stopped half-way", half)
}

// TestLedgerCannotGrow lets the files of a run grow so far and no further. Wherever that stops it, nothing is sent that is not claimed,
// and with room the same run goes on.
func TestLedgerCannotGrow(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no limit for files here")
	}
	narrowing(t, 40<<10, sparser(120<<10), func(limit int) (bool, int) {
		k := inMemory(t, plainText)
		want := k.many(25, 40)
		k.planAlone()
		job := k.job(k.server.Addr, 5*time.Second)
		job.Options.Limit = uint64(limit)
		out, err := job.command(t).CombinedOutput()
		text := string(out)
		if strings.Contains(text, "panic") || strings.Contains(text, "SIG") {
			t.Fatalf("limit %d: %s", limit, text)
		}
		if err != nil && !strings.Contains(text, "disk") && !strings.Contains(text, "full") {
			t.Errorf("limit %d: got %s, want an error about the disk", limit, text)
		}
		sent := k.claimsAll(limit)
		k.run()
		k.holds(want)
		return err == nil, sent
	})
}

// claimsAll checks that the ledger knows all that is on the server, and returns how much that is.
func (k *kit) claimsAll(limit int) int {
	k.t.Helper()
	sent := k.onServer()
	if claimed := k.claimed(); sent > claimed {
		k.t.Errorf("limit %d: got %d messages on the server, and %d claimed", limit, sent, claimed)
	}
	return sent
}

// planAlone scans and plans, so that the next run begins with the upload: what that needs of the disk is less than a plan does.
func (k *kit) planAlone() {
	k.t.Helper()
	err := k.with(func(m *migrate.Migration) error {
		if err := m.Scan(k.t.Context()); err != nil {
			return err
		}
		_, err := m.Plan(k.t.Context())
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// leave fills a disk but for so many bytes.
func leave(t *testing.T, filler string, room int64) {
	t.Helper()
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, _ := io.Copy(f, zeros{}) // until there is no room
	if err := f.Truncate(max(size-room, 0)); err != nil {
		t.Fatal(err)
	}
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestLedgerDiskFull puts the ledger on a file system without room, and then makes some.
func TestLedgerDiskFull(t *testing.T) {
	t.Parallel()
	narrowing(t, 40<<10, sparser(120<<10), func(room int) (bool, int) {
		k := inMemory(t)
		disk := t.TempDir()
		if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk).Run(); err != nil {
			t.Skipf("mount: %v", err)
		}
		t.Cleanup(func() { _ = exec.Command("umount", disk).Run() })
		k.ledger = filepath.Join(disk, "ledger.db")
		want := k.many(25, 40)
		k.planAlone()
		filler := filepath.Join(disk, "filler")
		leave(t, filler, int64(room))
		err := k.open(t.Context())
		if err != nil && !strings.Contains(err.Error(), "full") {
			t.Fatalf("room %d: got %v, want that the disk is full", room, err)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		sent := k.claimsAll(room)
		k.run()
		k.holds(want)
		return err == nil, sent
	})
}

// TestLedgerDamaged overwrites pages of a ledger: a run may fail then, and must not send anything a second time.
func TestLedgerDamaged(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	want := k.many(3, 80)
	k.run()
	whole, err := os.ReadFile(k.ledger)
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	damages := 40
	if migratetest.Racing {
		damages = 12
	}
	for n := range damages {
		random := rand.New(rand.NewPCG(uint64(n), 7))
		if damage(t, k, whole, random) != nil {
			failed++
		}
		if got := k.onServer(); got != 240 {
			t.Fatalf("damage %d: got %d messages on the server, want 240", n, got)
		}
	}
	k.holds(want)
	if failed == 0 {
		t.Error("no damage was noticed")
	}
	t.Logf("%d of %d damages were noticed", failed, damages)
}

// damage overwrites pages of the ledger and runs.
func damage(t *testing.T, k *kit, whole []byte, random *rand.Rand) error {
	t.Helper()
	const page = 4096
	broken := append([]byte(nil), whole...)
	for range 1 + random.IntN(3) {
		at := page * (1 + random.IntN(len(broken)/page-1))
		for i := range page {
			broken[at+i] = byte(random.Uint32())
		}
	}
	if random.IntN(4) == 0 {
		broken = broken[:len(broken)/2/page*page]
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(k.ledger + suffix)
	}
	if err := os.WriteFile(k.ledger, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	err := k.open(t.Context())
	if err != nil && !strings.Contains(err.Error(), "malformed") && !strings.Contains(err.Error(), "not a database") && !strings.Contains(err.Error(), "ledger") {
		t.Errorf("got %v, want an error about the ledger", err)
	}
	return err
}
