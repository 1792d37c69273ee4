package cli

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"unpop/cmd/internal/bench"
	"unpop/migrate"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
)

// cmdMailboxes checks which mailboxes the account has: mailboxes INBOX Sent
func cmdMailboxes(ts *testscript.TestScript, _ bool, want []string) {
	w := worldOf(ts)
	got := slices.Sorted(maps.Keys(w.server.Dump(w.tb, imaptest.User)))
	if !slices.Equal(got, want) {
		ts.Fatalf("server: got mailboxes %q, want %q", got, want)
	}
}

func TestDecimals(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{0: "0.00", 0.034: "0.03", 0.96: "1.0", 9.94: "9.9", 9.96: "10", 99.4: "99", 99.6: "100", 1814.8: "1,815"} {
		if got := decimals(x); got != want {
			t.Errorf("%v: got %q, want %q", x, got, want)
		}
	}
}

func TestMilliseconds(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{83 * time.Microsecond: "0.1 ms", 9400 * time.Microsecond: "9.4 ms", 40_600 * time.Microsecond: "41 ms"} {
		if got := milliseconds(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

// measured is a result as of a distant server.
func measured(caps ...string) *bench.Result {
	r := &bench.Result{Survey: migrate.Survey{Server: "Dovecot"}, RoundTrip: 40 * time.Millisecond, Capabilities: caps}
	switch {
	case slices.Contains(caps, "MULTIAPPEND"):
		r.Ways = []imap.Way{imap.Multi, imap.Pipelined, imap.Waiting, imap.Synchronizing}
	case slices.Contains(caps, "LITERAL+"), slices.Contains(caps, "LITERAL-"):
		r.Ways = []imap.Way{imap.Pipelined, imap.Waiting, imap.Synchronizing}
	default:
		r.Ways = []imap.Way{imap.Synchronizing}
	}
	for i, way := range slices.Backward(r.Ways) {
		for _, n := range []int{1, 4} {
			speed := n * (len(r.Ways) - i) * 10
			r.Rows = append(r.Rows, bench.Row{
				Way: way, Connections: n,
				Average: bench.Figure{Messages: speed, Bytes: int64(speed) * bench.Average, Elapsed: time.Second},
			})
		}
	}
	return r
}

func TestChoice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		caps []string
		want []string
	}{
		{[]string{"LITERAL+", "MULTIAPPEND"}, []string{"many in a command", "MULTIAPPEND", "LITERAL+", "With 4 connections, 10,000 messages of 75 kB (750 MB) take about 1 min."}},
		{[]string{"LITERAL+"}, []string{"sends pipelined", "no MULTIAPPEND"}},
		{[]string{"LITERAL-"}, []string{"sends pipelined", "up to 4 kB", "asked before larger"}},
		{[]string{"LITERAL-", "MULTIAPPEND"}, []string{"many in a command", "asked before larger"}},
		{nil, []string{"one by one, asking first", "neither LITERAL+ nor LITERAL-"}},
	} {
		got := choice(measured(c.caps...))
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%v: got %q, want %q in it", c.caps, got, want)
			}
		}
		for line := range strings.Lines(got) {
			if width(line) > columns+1 {
				t.Errorf("%v: got a line of %d columns, want %d: %q", c.caps, width(line)-1, columns, line)
			}
		}
	}
	if got := choice(&bench.Result{Ways: []imap.Way{imap.Synchronizing}}); strings.Contains(got, "10,000") {
		t.Errorf("nothing measured: got %q, want no estimate", got)
	}
}

func TestBenchReport(t *testing.T) {
	t.Parallel()
	report := benchObject(measured("LITERAL+"))
	if len(report.Results) != 12 || report.Chosen != "pipelined" || report.RoundTrip != 40 || report.Left == nil {
		t.Errorf("got %+v, want two sizes of six rows, pipelined", report)
	}
	for _, row := range report.Results {
		if row.Way == "" || row.Size == bench.Average && row.Rate != float64(row.Messages) {
			t.Errorf("got %+v, want its way and its rate", row)
		}
	}
}
