package state

import (
	"fmt"
	"slices"
	"testing"
)

// claimedFixture is one with so many messages, all in one claim from UID 11 on.
func claimedFixture(t *testing.T, n int) (*fixture, []int64) {
	t.Helper()
	f := fill(t)
	var copies []Copy
	for i := range n {
		copies = append(copies, f.row(fmt.Sprint(i), fmt.Sprint("body ", i)))
	}
	f.scan(copies...)
	ids := f.plan()
	if err := f.Claim(t.Context(), ids, 7, 11); err != nil {
		t.Fatal(err)
	}
	return f, ids
}

// rows counts what a query finds.
func (f *fixture) rows(query string, args ...any) (n int) {
	f.t.Helper()
	if err := f.l.read.QueryRowContext(f.t.Context(), "SELECT count(*) FROM "+query, args...).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// TestClaimedIsSeen holds that whoever looks sees the claim, though no message's own row says anything of it.
func TestClaimedIsSeen(t *testing.T) {
	t.Parallel()
	f, ids := claimedFixture(t, 5)
	if got := f.rows("message WHERE state = 1"); got != 0 {
		t.Errorf("got %d rows written for a claim, want none", got)
	}
	if next, err := f.Next(t.Context(), f.mailbox, 0, 2); err != nil || len(next) != 0 {
		t.Errorf("got %d next, %v, want none: all are claimed", len(next), err)
	}
	for state, want := range map[MessageState]int64{Planned: 0, Sending: 5, Done: 0} {
		loads, err := f.Loads(t.Context(), state)
		var got int64
		for _, l := range loads {
			got += l.Messages
		}
		if err != nil || got != want {
			t.Errorf("state %d: got %d messages, %v, want %d", state, got, err, want)
		}
	}
	for told, err := range f.Tell(t.Context(), WhichPending, -1) {
		if err != nil || told.State != Sending {
			t.Errorf("message %d: got state %d, %v, want it in doubt", told.ID, told.State, err)
		}
	}
	if err := f.Settle(t.Context(), f.run, []Outcome{{Message: ids[0], State: Done, How: Appended, UIDValidity: 7, UID: 12}}); err != nil {
		t.Fatal(err)
	}
	if loads, err := f.Loads(t.Context(), Sending); err != nil || len(loads) != 1 || loads[0].Messages != 4 {
		t.Errorf("got %+v, %v, want 4 that have no answer", loads, err)
	}
}

// TestClaimOutlivesTheProcess opens the ledger anew while a claim has answers missing: those messages are in doubt, and no others.
func TestClaimOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	f, ids := claimedFixture(t, 5)
	stored := []Outcome{
		{Message: ids[1], State: Done, How: Appended, UIDValidity: 7, UID: 12},
		{Message: ids[3], State: Done, How: Appended, UIDValidity: 7, UID: 14},
	}
	if err := f.Settle(t.Context(), f.run, stored); err != nil {
		t.Fatal(err)
	}
	path := f.l.Path()
	if err := f.l.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	account, err := again.Account(t.Context(), f.Target)
	if err != nil {
		t.Fatal(err)
	}
	var doubts []int64
	for msg, err := range account.InDoubt(t.Context(), f.mailbox) {
		if err != nil || msg.Floor != 11 || msg.UIDValidity != 7 || msg.Tries != 1 {
			t.Errorf("got %+v, %v, want what the claim says", msg, err)
		}
		doubts = append(doubts, msg.ID)
	}
	if want := []int64{ids[0], ids[2], ids[4]}; !slices.Equal(doubts, want) {
		t.Errorf("got %v in doubt, want %v", doubts, want)
	}
	f.l, f.Account = again, account
	if got := f.rows("claim"); got != 0 {
		t.Errorf("got %d claims left, want none", got)
	}
}

// TestRefusalInAClaim settles one message otherwise than the rest: the others still are what they were.
func TestRefusalInAClaim(t *testing.T) {
	t.Parallel()
	f, ids := claimedFixture(t, 4)
	if err := f.Settle(t.Context(), f.run, []Outcome{{Message: ids[2], State: Rejected, Reason: "virus"}, {Message: ids[3], State: Planned, Unsent: true}}); err != nil {
		t.Fatal(err)
	}
	if err := f.Settle(t.Context(), f.run, []Outcome{{Message: ids[0], State: Done, How: Appended, UIDValidity: 7, UID: 11}}); err != nil {
		t.Fatal(err)
	}
	if next, err := f.Next(t.Context(), f.mailbox, 0, 9); err != nil || len(next) != 1 || next[0].ID != ids[3] || next[0].Tries != 0 {
		t.Errorf("got %+v, %v, want the one that was not sent, as if it had never been claimed", next, err)
	}
	for state, want := range map[int]int{0: 1, 1: 1, 2: 1, 3: 1} {
		if got := f.rows("message WHERE state = ?", state); got != want {
			t.Errorf("state %d: got %d messages, want %d", state, got, want)
		}
	}
	if err := f.Claim(t.Context(), ids[1:2], 7, 30); err == nil {
		t.Error("a message without an answer was claimed a second time")
	}
	if err := f.Claim(t.Context(), ids[3:], 7, 30); err != nil {
		t.Errorf("a message that is planned again: %v", err)
	}
}

// TestAnsweredClaimsGo holds that claims don't pile up.
func TestAnsweredClaimsGo(t *testing.T) {
	t.Parallel()
	f, ids := claimedFixture(t, 30)
	answer := func(ids []int64, from uint32) {
		for i, id := range ids {
			if err := f.Settle(t.Context(), f.run, []Outcome{{Message: id, State: Done, How: Appended, UIDValidity: 7, UID: from + uint32(i)}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	answer(ids, 11)
	for i := range 5 {
		f.scan(f.row(fmt.Sprint("later", i), "body"))
		more := f.plan()
		if err := f.Claim(t.Context(), more, 7, 50); err != nil {
			t.Fatal(err)
		}
		if got := f.rows("claim"); got != 1 {
			t.Fatalf("got %d claims, want the one that is not answered", got)
		}
		answer(more, uint32(50+i))
	}
	if got := f.rows("claim WHERE id <= 5"); got != 0 {
		t.Errorf("got %d claims with the number of an earlier one, want none", got)
	}
	if err := f.EndRun(t.Context(), f.run, "done", ""); err != nil {
		t.Fatal(err)
	}
	if got := f.rows("claim"); got != 0 || len(f.l.claims.of) != 0 {
		t.Errorf("got %d claims and %d messages in them, want none at the end", got, len(f.l.claims.of))
	}
}

// TestSoftCommitIsHardAfterwards holds that what is not waited for does not make the rest soft.
func TestSoftCommitIsHardAfterwards(t *testing.T) {
	t.Parallel()
	f, ids := claimedFixture(t, 1)
	if err := f.Settle(t.Context(), f.run, []Outcome{{Message: ids[0], State: Done, How: Appended, UIDValidity: 7, UID: 11}}); err != nil {
		t.Fatal(err)
	}
	var level int
	if err := f.l.write.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&level); err != nil || level != 2 {
		t.Errorf("got synchronous %d, %v, want 2 (FULL)", level, err)
	}
}
