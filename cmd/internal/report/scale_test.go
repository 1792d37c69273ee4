package report

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"unpop/state"
)

// scaleRows is how many copies the ledger gets; UNPOP_BENCH_ROWS makes them more. The figures are logged (go test -v).
func scaleRows(t *testing.T) int64 {
	t.Helper()
	text := os.Getenv("UNPOP_BENCH_ROWS")
	if text == "" {
		return 4000
	}
	return must(strconv.ParseInt(text, 10, 64))(t)
}

// TestReportsAtScale makes all reports of a large ledger. What a page holds must not depend on the number of messages.
func TestReportsAtScale(t *testing.T) {
	k, rows := newKit(t), scaleRows(t)
	k.large(rows)
	now := must(k.ledger.Snapshot(t.Context()))(t)
	defer now.Close()
	accounts := must(now.Accounts(t.Context()))(t)
	opts := k.options()
	opts.Limit = 100
	measure := func(name string, write func(io.Writer) error) int64 {
		runtime.GC()
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
		started, size := time.Now(), new(counter)
		if err := write(size); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Logf("%-5s %9d copies %8s %9d bytes, peak %s", name, rows, time.Since(started).Round(time.Millisecond), size.n, peak())
		return size.n
	}
	page := measure("html", func(w io.Writer) error { return must(Gather(t.Context(), accounts[0], opts))(t).WriteHTML(w) })
	if page > 200_000 {
		t.Errorf("page of %d copies: got %d bytes, want less than 200,000", rows, page)
	}
	measure("csv", func(w io.Writer) error { return WriteCSV(t.Context(), w, accounts) })
	measure("json", func(w io.Writer) error { return WriteJSON(t.Context(), w, accounts, opts) })
	measure("find", func(io.Writer) error {
		for _, err := range accounts[0].FindSubject(t.Context(), "no such thing") {
			return err
		}
		return nil
	})
	if got, want := must(accounts[0].Totals(t.Context()))(t).Tally, must(accounts[0].Tally(t.Context(), []int64{k.source}, k.run))(t); !sameTally(got, want) {
		t.Errorf("totals: got %+v, want %+v", got, want)
	}
}

// sameTally compares what both count.
func sameTally(got, want state.Tally) bool {
	got.BytesLargest, want.BytesLargest = 0, 0
	return got == want && got.Balance() == 0
}

// counter counts bytes.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// peak is the most memory that the process held, where the system tells.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "?"
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(kb)
		}
	}
	return "?"
}
