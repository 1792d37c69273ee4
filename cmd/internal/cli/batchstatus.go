package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"unpop/cmd/internal/progress"
	"unpop/migrate/batch"
	"unpop/state"
)

// batchStatus is what the ledger knows of a batch, as scripts read it. Names are a contract: add, never rename.
type batchStatus struct {
	File    string     `json:"file"`
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended"` // null: some accounts have not had their turn
	batchCounts
	Results []batchAccount `json:"results"`
}

// newBatchStatus reads how far the newest batch is; nil where there is none.
func newBatchStatus(ctx context.Context, ledger *state.Ledger, held bool) (*batchStatus, []state.Queued, error) {
	round, err := ledger.Round(ctx)
	if err != nil || round == nil {
		return nil, nil, err
	}
	queue, err := ledger.Queue(ctx, round.ID)
	if err != nil {
		return nil, nil, err
	}
	s := &batchStatus{File: round.File, Started: round.Started, Results: make([]batchAccount, len(queue))}
	if !round.Ended.IsZero() {
		s.Ended = &round.Ended
	}
	var counts batch.Counts
	for i := range queue {
		q := &queue[i]
		if q.Turn == state.TurnWorking && !held { // the process died
			q.Turn = state.TurnWaiting
		}
		counts.Count(q.Turn)
		s.Results[i] = queuedAccount(q)
	}
	s.batchCounts = newBatchCounts(counts)
	return s, queue, nil
}

func queuedAccount(q *state.Queued) batchAccount {
	b := batchAccount{Account: q.Name, Target: q.Target, Line: q.Line, State: turnNames[q.Turn], Cause: q.Cause, Reason: q.Reason}
	if !q.NotBefore.IsZero() {
		b.NotBefore = &q.NotBefore
	}
	return b
}

// showBatchStatus prints how far a batch is: the whole, the accounts at work, and those that wait for something or for somebody.
func (a *app) showBatchStatus(ctx context.Context, s *batchStatus, queue []state.Queued, ledger, holder string) error {
	began := fmt.Sprintf("unpop batch %s, begun %s", printable(s.File), moment(s.Started))
	switch {
	case s.Ended != nil && holder == "":
		a.ui.printf("%s, ended %s.\n", began, moment(*s.Ended))
	case holder != "":
		a.ui.printf("%s, is going on: %s\n", began, printable(holder))
	default:
		a.ui.printf("%s, was stopped. Run it again: it goes on where it stopped.\n", began)
	}
	a.ui.printf("\n%s", batchSums(batch.Counts(s.batchCounts), 0))
	if err := a.showAtWork(ctx, queue); err != nil {
		return err
	}
	a.showTroubled(queue)
	a.ui.printf("\nledger  %s\n", ledger)
	return nil
}

// showAtWork lists the accounts that are worked on just now, with what is sent of each.
func (a *app) showAtWork(ctx context.Context, queue []state.Queued) error {
	t := table{columns: []column{
		{title: "at work", flex: true, sure: true}, {title: "since", sure: true}, {title: "to send", right: true, sure: true}, {title: "done", right: true, sure: true},
	}}
	for i := range queue {
		q := &queue[i]
		if q.Turn != state.TurnWorking {
			continue
		}
		s, err := statusOfAccount(ctx, q.Account)
		if err != nil {
			return err
		}
		var left, done int64
		for _, b := range s.Mailboxes {
			left += b.Planned + b.InDoubt
			done += b.Done
		}
		t.add(q.Name, moment(q.Since), progress.Count(left), progress.Count(done))
	}
	if len(t.rows) > 0 {
		a.ui.printf("\n%s", t.String())
	}
	return nil
}

// showTroubled lists the accounts that wait for something or for somebody, and why.
func (a *app) showTroubled(queue []state.Queued) {
	begun := false
	for i := range queue {
		q := &queue[i]
		if q.Reason == "" || q.Turn == state.TurnWorking || q.Turn == state.TurnDone {
			continue
		}
		if !begun {
			a.ui.printf("\nNot done:\n")
		}
		begun = true
		when := ""
		if q.Turn == state.TurnWaiting && !q.NotBefore.IsZero() {
			when = " (next try " + moment(q.NotBefore) + ")"
		}
		a.ui.printf("  %s: %s%s\n", printable(q.Name), printable(q.Reason), when)
	}
}

// ledgerAtWork is the only ledger in the usual place that somebody works on now; empty if there is none, or more than one.
func ledgerAtWork() string {
	dir, err := ledgerDir()
	if err != nil {
		return ""
	}
	all, _ := filepath.Glob(filepath.Join(dir, "*"+ledgerExt)) // only a pattern can be wrong
	var held []string
	for _, path := range all {
		if state.Holder(path) != "" {
			held = append(held, path)
		}
	}
	if len(held) != 1 {
		return ""
	}
	return held[0]
}
