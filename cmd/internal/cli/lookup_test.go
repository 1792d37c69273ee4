package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/state"
)

// ledgerWith makes a ledger that knows some accounts and returns its place.
func ledgerWith(t *testing.T, targets ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "l.db")
	l, err := state.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range targets {
		if _, err := l.Account(t.Context(), target); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKnownTarget(t *testing.T) {
	t.Parallel()
	const anna, bruno = "imaps://anna@h:993", "imaps://bruno@h:993"
	tests := []struct {
		name    string
		targets []string
		asked   string
		want    string
		status  int
	}{
		{"the only one", []string{anna}, "", anna, exitDone},
		{"what was only scanned does not count", []string{scanAccount, anna}, "", anna, exitDone},
		{"one of two", []string{anna, bruno}, bruno, bruno, exitDone},
		{"which of two", []string{anna, bruno}, "", "", exitUsage},
		{"none", nil, "", "", exitError},
		{"another", []string{anna}, bruno, "", exitError},
	}
	for _, tt := range tests {
		got, err := knownTarget(t.Context(), ledgerWith(t, tt.targets...), tt.asked)
		if status := statusOf(t.Context(), err); got != tt.want || status != tt.status {
			t.Errorf("%s: got %q, status %d (%v), want %q, %d", tt.name, got, status, err, tt.want, tt.status)
		}
	}
	_, err := knownTarget(t.Context(), filepath.Join(t.TempDir(), "none.db"), anna)
	if !strings.Contains(err.Error(), "there is none") || hintOf(err) == "" {
		t.Errorf("no ledger: got %v with hint %q, want both", err, hintOf(err))
	}
}

func TestStatusOfALedgerThatKnowsNothing(t *testing.T) {
	t.Parallel()
	path := ledgerWith(t, "imaps://anna@h:993")
	var out, errs bytes.Buffer
	if got := Main(t.Context(), []string{"status", "--state", path}, &out, &errs); got != exitDone {
		t.Fatalf("got status %d: %s", got, errs.String())
	}
	if want := "imaps://anna@h:993\nNothing was done yet.\n\nledger  " + path + "\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	out.Reset()
	Main(t.Context(), []string{"status", "--json", "--state", path}, &out, &errs)
	var got ledgerStatus
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := ledgerStatus{Ledger: path, Targets: []targetStatus{{Target: "imaps://anna@h:993", Mailboxes: []mailboxStatus{}, Rejected: []rejectedMessages{}, Unread: []unreadPart{}, Unreadable: []unreadableCopy{}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestForeignFileIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mine.txt")
	writeFile(t, path, strings.Repeat("my own notes\n", 100))
	for _, args := range [][]string{
		{"status", "--state", path}, {"verify", "--state", path}, {"scan", "--state", path, writeFile(t, filepath.Join(t.TempDir(), "Inbox"), oneMessage)},
	} {
		var out, errs bytes.Buffer
		if got := Main(t.Context(), args, &out, &errs); got != exitError || !strings.Contains(errs.String(), "unpop: error: ") {
			t.Errorf("%v: got status %d and %q, want an error", args, got, errs.String())
		}
	}
	if got := readFile(t, path); got != strings.Repeat("my own notes\n", 100) {
		t.Errorf("the file was changed: %q", got)
	}
}

func TestJobEndsItsRun(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{nil, errors.New("disk\nis full")} {
		j := &job{inputs: []migrate.Input{{Kind: "torn", Path: "/torn", Source: tornSource{}}}, opts: migrate.Options{Command: "scan"}}
		if err := j.open(t.Context(), filepath.Join(t.TempDir(), "l.db"), "imap://x@y:1"); err != nil {
			t.Fatal(err)
		}
		if err := j.migration().Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := j.ended(t.Context(), cause); err != nil {
			t.Fatal(err)
		}
		run, err := j.account.LastRun(t.Context())
		want := "done"
		if cause != nil {
			want = "disk; is full"
		}
		if err != nil || run.Ended.IsZero() || run.Outcome != want || run.Command != "scan" {
			t.Errorf("cause %v: got %+v, %v, want an ended run with outcome %q", cause, run, err, want)
		}
		if err := j.close(); err != nil {
			t.Error(err)
		}
	}
}

// TestPlanObject holds the plan's JSON to its names: they are a contract.
func TestPlanObject(t *testing.T) {
	t.Parallel()
	plan := &migrate.Plan{
		Survey: migrate.Survey{HasQuota: true, QuotaUsed: 1, QuotaLimit: 2, AppendMax: 3},
		Folders: []migrate.PlannedFolder{
			{Holding: holding("Sig. Rossi", 2, 30, 1, 0), Mailbox: "INBOX.Sig． Rossi"},
			{Holding: holding("Spam", 1, 10, 0, 0)},
		},
		Mailboxes: []migrate.PlannedMailbox{{Load: load("INBOX.Sig． Rossi", 2, 30), New: true}},
		Tally:     state.Tally{Seen: 4, Pending: 2, Excluded: 1, Expunged: 1, BytesPending: 30, BytesLargest: 20},
	}
	data, err := json.Marshal(planObject(plan, []unreadPart{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"seen":4`, `"pending":2`, `"excluded":1`, `"bytes_pending":30,"bytes_largest":20,"append_limit":3,"quota_used":1,"quota_limit":2`,
		`"mailboxes":[{"name":"INBOX.Sig． Rossi","new":true,"messages":2,"bytes":30}]`,
		`{"name":"Sig. Rossi","mailbox":"INBOX.Sig． Rossi","copies":2,"bytes":30,"expunged":1,"renamed":true}`,
		`{"name":"Spam","mailbox":"","copies":1,"bytes":10,"expunged":0,"renamed":false}`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("plan: got %s, want it to hold %s", data, want)
		}
	}
	data, err = json.Marshal(planObject(&migrate.Plan{}, []unreadPart{}))
	for _, want := range []string{`"quota_used":null,"quota_limit":null,"fits":null`, `"large":[]`, `"mailboxes":[],"folders":[]`} {
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("empty plan: got %s, %v, want it to hold %s", data, err, want)
		}
	}
}

func TestMailboxOrder(t *testing.T) {
	t.Parallel()
	plan := &migrate.Plan{
		Folders: []migrate.PlannedFolder{
			{Holding: holding("b", 1, 1, 0, 0), Mailbox: "beta"},
			{Holding: holding("A", 1, 1, 0, 0), Mailbox: "Alpha"},
			{Holding: holding("in", 1, 1, 0, 0), Mailbox: "INBOX"},
			{Holding: holding("empty", 0, 0, 0, 0), Mailbox: "empty"},
			{Holding: holding("out", 1, 1, 0, 0)},
			{Holding: holding("b2", 1, 1, 0, 0), Mailbox: "beta"},
		},
		Mailboxes: []migrate.PlannedMailbox{{Load: load("Zeta", 1, 1)}},
	}
	if got, want := mailboxOrder(plan), []string{"INBOX", "Alpha", "beta", "Zeta"}; !reflect.DeepEqual(got, want) {
		t.Errorf("order: got %q, want %q", got, want)
	}
}
