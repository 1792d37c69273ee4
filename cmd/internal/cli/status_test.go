package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"unpop/state"
)

// plannedLedger makes a ledger with so many planned messages, and lists their numbers.
func plannedLedger(t *testing.T, n int) (*state.Ledger, *state.Account, []int64) {
	t.Helper()
	ledger, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "l.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	account, err := ledger.Account(t.Context(), "imaps://anna@imap.example.it")
	if err != nil {
		t.Fatal(err)
	}
	box, err := account.Mailbox(t.Context(), "INBOX", 1)
	if err != nil {
		t.Fatal(err)
	}
	batch := account.Batch()
	numbers := make([]int64, n)
	for i := range numbers {
		numbers[i] = int64(i + 1)
		if err := batch.AddMessage(t.Context(), state.Message{ID: numbers[i], Copy: numbers[i], Mailbox: box, Size: 1, Exact: []byte{1}, Key: []byte{1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return ledger, account, numbers
}

// told is what status --json says of the only mailbox.
func told(t *testing.T, ledger *state.Ledger) mailboxStatus {
	t.Helper()
	var out bytes.Buffer
	a := &app{ui: ui{out: &out, json: true}}
	if err := a.runStatus(t.Context(), ledger.Path(), ""); err != nil {
		t.Fatal(err)
	}
	var s ledgerStatus
	if err := json.Unmarshal(out.Bytes(), &s); err != nil || len(s.Targets) != 1 || len(s.Targets[0].Mailboxes) != 1 {
		t.Fatalf("got %s, %v, want one mailbox", out.Bytes(), err)
	}
	return s.Targets[0].Mailboxes[0]
}

// Messages are claimed and given back all the time; status counts each once, at any instant.
func TestStatusIsOfOneInstant(t *testing.T) {
	t.Parallel()
	ledger, account, numbers := plannedLedger(t, 300)
	outcomes := make([]state.Outcome, len(numbers))
	for i, n := range numbers {
		outcomes[i] = state.Outcome{Message: n, State: state.Planned}
	}
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			err := account.Claim(t.Context(), numbers, 1, 1)
			if err == nil {
				err = account.Settle(t.Context(), 1, outcomes)
			}
			if err != nil {
				stopped <- err
				return
			}
		}
	}()
	for range 15 {
		if s := told(t, ledger); s.Planned+s.InDoubt != int64(len(numbers)) {
			t.Errorf("got %d planned and %d in doubt, want %d together", s.Planned, s.InDoubt, len(numbers))
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// Whether a message is gone from the server is not known while it is removed.
func TestStatusOfHalfUndone(t *testing.T) {
	t.Parallel()
	ledger, account, numbers := plannedLedger(t, 2)
	done := make([]state.Outcome, len(numbers))
	for i, n := range numbers {
		done[i] = state.Outcome{Message: n, State: state.Done, How: state.Appended, UIDValidity: 1, UID: uint32(n)}
	}
	if err := account.Settle(t.Context(), 1, done); err != nil {
		t.Fatal(err)
	}
	if err := account.Undoing(t.Context(), numbers[:1]); err != nil {
		t.Fatal(err)
	}
	if s := told(t, ledger); s.Done != 1 || s.InDoubt != 1 {
		t.Errorf("got %+v, want 1 done and 1 in doubt", s)
	}
}
