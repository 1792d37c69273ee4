package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"unpop/state"
)

// runStatus is a run of the program, as scripts read it.
type runStatus struct {
	Command string          `json:"command"`
	Version string          `json:"version"`
	Started time.Time       `json:"started"`
	Ended   *time.Time      `json:"ended"` // null: under way, or killed
	Outcome string          `json:"outcome"`
	Tally   json.RawMessage `json:"tally"` // the object that migrate --json prints; null where there is none
}

func newRunStatus(run *state.Run) *runStatus {
	if run == nil {
		return nil
	}
	s := &runStatus{Command: run.Command, Version: run.Version, Started: run.Started, Outcome: run.Outcome}
	if !run.Ended.IsZero() {
		s.Ended = &run.Ended
	}
	if json.Valid([]byte(run.Tally)) {
		s.Tally = json.RawMessage(run.Tally)
	}
	return s
}

// stoppedByHand reports whether a run ended because somebody wanted it to.
func stoppedByHand(outcome string) bool {
	return strings.HasSuffix(outcome, "signal received") || strings.Contains(outcome, context.Canceled.Error())
}

// sentence says how the last run went. holder is who has the ledger open now.
func (s *runStatus) sentence(holder string) string {
	if s == nil {
		return "Nothing was done yet."
	}
	began := fmt.Sprintf("unpop %s, begun %s", s.Command, moment(s.Started))
	switch {
	case s.Ended == nil && holder != "":
		return began + ", is going on: " + holder
	case s.Ended == nil:
		return began + ", was cut off. Run it again: it goes on where it stopped."
	case stoppedByHand(s.Outcome):
		return fmt.Sprintf("%s, stopped %s. Run it again: it goes on where it stopped.", began, moment(*s.Ended))
	case s.Outcome == "done":
		return fmt.Sprintf("%s, ended %s: done.", began, moment(*s.Ended))
	default:
		return fmt.Sprintf("%s, ended %s: %s", began, moment(*s.Ended), s.Outcome)
	}
}
