package report

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"unpop/state"
)

// History is what was done on an account, and when.
type History struct {
	Runs     []Run // the first and the last ones
	Skipped  int   // between them
	Total    int
	First    time.Time // when the first one began; zero: there was none
	Last     time.Time // when the last one ended; if it goes on or was killed, when it began
	Busy     time.Duration
	Server   string   // what the server called itself last; empty: it was not asked
	Versions []string // of unpop, that took part
	Check    Check
	Dropped  int64 // keywords that the server doesn't keep
	ends     []Run // the last ones so far
}

// Run is one call of the program.
type Run struct {
	state.Run
	Record
}

// Record is what a run writes down at its end, as far as a report tells it. The names are those of migrate.Fields.
type Record struct {
	Uploaded, Pending, Rejected int64
	Verified, Missing, Altered  int64
	Different                   int64
	Server                      string
	Deep                        bool
	BytesUploaded               int64   `json:"bytes_uploaded"`
	KeywordsDropped             int64   `json:"keywords_dropped"`
	VerifySeconds               float64 `json:"verify_seconds"`
}

// Check is the last time that the server was asked for the messages.
type Check struct {
	At                                    time.Time // zero: never
	Deep                                  bool      // every byte was compared
	Verified, Missing, Altered, Different int64
	Since                                 int64 // messages that were brought there after it
	run                                   int64
}

// shownRuns is how many of the first and of the last runs are shown.
const shownRuns = 15

func (a *Account) readHistory(ctx context.Context, account *state.Account) error {
	h := &a.History
	for run, err := range account.Runs(ctx) {
		if err != nil {
			return err
		}
		h.add(run)
	}
	h.Runs = append(h.Runs, h.ends...)
	var err error
	if !h.Check.At.IsZero() {
		h.Check.Since, err = account.SettledAfter(ctx, h.Check.run)
	}
	return err
}

// add takes the next run.
func (h *History) add(run state.Run) {
	r := Run{Run: run}
	_ = json.Unmarshal([]byte(run.Tally), &r.Record) // what an older version wrote otherwise stays unknown
	h.keep(r)
	if h.First.IsZero() {
		h.First = run.Started
	}
	h.Last = run.Started
	if !run.Ended.IsZero() {
		h.Last = run.Ended
		h.Busy += run.Ended.Sub(run.Started)
	}
	if n := len(h.Versions); n == 0 || h.Versions[n-1] != run.Version {
		h.version(run.Version)
	}
	if r.Server != "" {
		h.Server = r.Server
	}
	h.Dropped += r.KeywordsDropped
	if run.Command == "undo" && run.Outcome == "done" { // all begins anew
		h.Dropped = 0
	}
	if r.Verified+r.Missing > 0 && !run.Ended.IsZero() {
		h.Check = Check{At: run.Ended, Deep: r.Deep, Verified: r.Verified, Missing: r.Missing, Altered: r.Altered, Different: r.Different, run: run.ID}
	}
}

// mostVersions bounds the list.
const mostVersions = 8

func (h *History) version(v string) {
	for _, known := range h.Versions {
		if known == v {
			return
		}
	}
	if len(h.Versions) < mostVersions {
		h.Versions = append(h.Versions, v)
	}
}

func (h *History) keep(r Run) {
	h.Total++
	if len(h.Runs) < shownRuns {
		h.Runs = append(h.Runs, r)
		return
	}
	if h.ends = append(h.ends, r); len(h.ends) > shownRuns {
		h.ends = append(h.ends[:0], h.ends[1:]...)
		h.Skipped++
	}
}

// Went says in a word or a sentence how a run ended.
func (r Run) Went() string {
	switch {
	case r.Ended.IsZero():
		return "not ended"
	case strings.HasSuffix(r.Outcome, "signal received") || strings.Contains(r.Outcome, "context canceled"):
		return "stopped by hand"
	default:
		return r.Outcome
	}
}
