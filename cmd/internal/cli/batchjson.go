package cli

import (
	"time"

	"unpop/migrate/batch"
	"unpop/state"
)

// turnNames are the states of accounts as scripts read them. They are a contract.
var turnNames = map[state.Turn]string{
	state.TurnWaiting: "waiting", state.TurnWorking: "working", state.TurnDone: "done", state.TurnPartly: "partly", state.TurnPerson: "person",
}

// batchAccount is an account of a batch as scripts read it. Names are a contract: add, never rename.
type batchAccount struct {
	Account   string     `json:"account"`
	Target    string     `json:"target"`
	Line      int        `json:"line"`
	State     string     `json:"state"` // waiting, working, done, partly, person
	Cause     string     `json:"cause"` // sign-in, password, source, full, server, messages, missing, busy, failed
	Reason    string     `json:"reason"`
	NotBefore *time.Time `json:"not_before"` // when there is another try
	Uploaded  int64      `json:"uploaded"`   // in this call
	Bytes     int64      `json:"bytes"`
	Seconds   float64    `json:"seconds"`
}

func newBatchAccount(r *batch.Result) batchAccount {
	b := batchAccount{
		Account: r.Name, Target: r.Target, Line: r.Line, State: turnNames[r.Turn], Cause: r.Cause, Reason: r.Reason,
		Uploaded: r.Uploaded, Bytes: r.BytesUploaded, Seconds: float64(r.Elapsed.Milliseconds()) / 1000,
	}
	if !r.NotBefore.IsZero() {
		b.NotBefore = &r.NotBefore
	}
	return b
}

// batchCounts count accounts for scripts.
type batchCounts struct {
	Accounts int `json:"accounts"`
	Done     int `json:"done"`
	Partly   int `json:"partly"`
	Person   int `json:"person"`
	Working  int `json:"working"`
	Waiting  int `json:"waiting"`
}

func newBatchCounts(c batch.Counts) batchCounts { return batchCounts(c) }

// batchResult is what batch --json prints. Names are a contract: add, never rename.
type batchResult struct {
	batchCounts
	Messages int64          `json:"messages"`
	Bytes    int64          `json:"bytes"`
	Seconds  float64        `json:"seconds"`
	BadLines []badLine      `json:"bad_lines"`
	Results  []batchAccount `json:"results"`
}

type badLine struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

func batchObject(m *batch.Manifest, sum *batch.Summary) batchResult {
	r := batchResult{
		batchCounts: newBatchCounts(sum.Counts), Messages: sum.Messages, Bytes: sum.Bytes, Seconds: float64(sum.Elapsed.Milliseconds()) / 1000,
		BadLines: badLines(m), Results: make([]batchAccount, len(sum.Results)),
	}
	for i := range sum.Results {
		r.Results[i] = newBatchAccount(&sum.Results[i])
	}
	return r
}

func badLines(m *batch.Manifest) []badLine {
	all := make([]badLine, len(m.Bad))
	for i, bad := range m.Bad {
		all[i] = badLine{bad.Line, bad.Err.Error()}
	}
	return all
}
