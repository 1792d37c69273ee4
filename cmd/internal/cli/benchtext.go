package cli

import (
	"fmt"
	"slices"
	"time"

	"unpop/cmd/internal/bench"
	"unpop/cmd/internal/progress"
	"unpop/migrate/target/imap"
)

// choice says in some sentences how a migration will send, why, and how long it takes.
func choice(r *bench.Result) string {
	text := fmt.Sprintf("A migration sends %s: %s.\n", r.Ways[0], why(r))
	best := chosen(r)
	if best == nil || best.Average.Messages == 0 {
		return text
	}
	const messages = 10_000
	return text + fmt.Sprintf("With %s, %s messages of 75 kB (%s) take about %s.\n", counted(int64(best.Connections), "connection"),
		progress.Count(messages), progress.Bytes(messages*bench.Average), took(time.Duration(messages/best.Average.Rate()*float64(time.Second))))
}

// why gives the reason for the first of the ways.
func why(r *bench.Result) string {
	long := slices.Contains(r.Capabilities, "LITERAL+")
	switch {
	case r.Ways[0] == imap.Multi && long:
		return "the server takes several with one command\n(MULTIAPPEND), and without being asked (LITERAL+)"
	case r.Ways[0] == imap.Pipelined && long:
		return "the server takes a message without\nbeing asked (LITERAL+), but only one with a command (no MULTIAPPEND)"
	case r.Ways[0] == imap.Synchronizing:
		return "the server\nwants to be asked before each (neither LITERAL+ nor LITERAL-)"
	default:
		return "the server takes messages up to 4 kB\nwithout being asked (LITERAL-), and wants to be asked before larger ones"
	}
}

// chosen is the row of the way that a migration takes, over the number of connections that carried most; nil where there is none.
func chosen(r *bench.Result) (best *bench.Row) {
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Way == r.Ways[0] && (best == nil || row.Average.Rate() > best.Average.Rate()) {
			best = row
		}
	}
	return best
}

// benchReport is a measurement as scripts read it. Names are a contract.
type benchReport struct {
	Server       string     `json:"server"`
	RoundTrip    float64    `json:"round_trip_ms"`
	Capabilities []string   `json:"capabilities"`
	Chosen       string     `json:"chosen"`
	Granted      int        `json:"connections_granted,omitempty"` // fewer than were asked for
	NotSent      string     `json:"not_sent,omitempty"`            // why
	Results      []benchRow `json:"results"`
	Messages     int        `json:"messages"`
	Bytes        int64      `json:"bytes"`
	Leftovers    int        `json:"leftovers_removed"`
	Left         []string   `json:"left"` // mailboxes that could not be removed
}

type benchRow struct {
	Way         string  `json:"way"`
	Connections int     `json:"connections"`
	Size        int     `json:"size"`
	Messages    int     `json:"messages"`
	Seconds     float64 `json:"seconds"`
	Rate        float64 `json:"messages_per_second"`
	Speed       float64 `json:"bytes_per_second"`
}

// wayNames are those of the report.
var wayNames = map[imap.Way]string{
	imap.Synchronizing: "synchronizing", imap.Waiting: "waiting", imap.Pipelined: "pipelined", imap.Multi: "multiappend",
}

func benchObject(r *bench.Result) benchReport {
	report := benchReport{
		Server: r.Server, RoundTrip: float64(r.RoundTrip.Microseconds()) / 1000, Capabilities: r.Capabilities, Chosen: wayNames[r.Ways[0]],
		Granted: r.Granted, NotSent: r.Unsafe, Results: []benchRow{}, Messages: r.Messages, Bytes: r.Bytes, Leftovers: r.Leftovers, Left: []string{},
	}
	report.Left = append(report.Left, r.Left...)
	for _, row := range r.Rows {
		for _, f := range []struct {
			size   int
			figure bench.Figure
		}{{bench.Small, row.Small}, {bench.Average, row.Average}} {
			report.Results = append(report.Results, benchRow{
				Way: wayNames[row.Way], Connections: row.Connections, Size: f.size, Messages: f.figure.Messages,
				Seconds: f.figure.Elapsed.Seconds(), Rate: f.figure.Rate(), Speed: f.figure.Speed(),
			})
		}
	}
	return report
}
