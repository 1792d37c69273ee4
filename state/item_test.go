package state

import (
	"fmt"
	"path/filepath"
	"testing"
)

// stockKit is a ledger with two mailboxes.
func stockKit(t *testing.T) (a *Account, inbox, other int64) {
	t.Helper()
	l, err := Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if a, err = l.Account(t.Context(), "imap://stock"); err != nil {
		t.Fatal(err)
	}
	for _, b := range []struct {
		name string
		id   *int64
	}{{"INBOX", &inbox}, {"Other", &other}} {
		if *b.id, err = a.Mailbox(t.Context(), b.name, 0); err != nil {
			t.Fatal(err)
		}
	}
	return a, inbox, other
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	a, inbox, other := stockKit(t)
	ctx := t.Context()
	at := func(uid uint32) Item {
		return Item{Mailbox: inbox, Seat: Seat{7, uid}, Size: 10, Date: 1000, Key: []byte{byte(uid)}, Keywords: []string{"a", "b"}}
	}
	check(t, a.StoreItems(ctx, []Item{at(1), at(2), at(3)}))
	again := at(2)
	again.Flags, again.Size = 3, 99 // no message of a UID ever changes its size
	check(t, a.StoreItems(ctx, []Item{again}))
	it, found, err := a.Item(ctx, inbox, Seat{7, 2})
	if err != nil || !found || it.Flags != 3 || it.Size != 10 {
		t.Errorf("got %+v, %t, %v, want flags 3 and size 10", it, found, err)
	}
	if _, found, err := a.Item(ctx, other, Seat{7, 2}); found || err != nil {
		t.Errorf("got %t, %v of another mailbox, want nothing", found, err)
	}
	check(t, a.RemoveItems(ctx, inbox, 7, []uint32{1}))
	if n, err := a.CountItems(ctx, inbox, 7, 1, 4); n != 2 || err != nil {
		t.Errorf("got %d, %v, want 2 left", n, err)
	}
	if uids, err := a.ItemUIDs(ctx, inbox, 7, 2, 10); fmt.Sprint(uids) != "[3]" || err != nil {
		t.Errorf("got %v, %v, want 3", uids, err)
	}
	want := Stock{Mailbox: inbox, UIDValidity: 7, UIDNext: 4, Messages: 2, ModSeq: 5}
	check(t, a.SetStock(ctx, want))
	if all, err := a.Stocks(ctx); all[inbox] != want || len(all) != 1 || err != nil {
		t.Errorf("got %v, %v, want %v", all, err, want)
	}
	check(t, a.ForgetStock(ctx, inbox, 7))
	if all, _ := a.Stocks(ctx); len(all) != 1 {
		t.Errorf("got %v, want it kept", all)
	}
	check(t, a.ForgetStock(ctx, inbox, 0))
	if n, err := a.CountItems(ctx, inbox, 7, 1, 4); n != 0 || err != nil {
		t.Errorf("got %d, %v, want nothing left", n, err)
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	a, inbox, other := stockKit(t)
	ctx := t.Context()
	batch := a.Batch()
	for _, c := range []struct {
		mailbox int64
		uid     uint32
		content byte
	}{{inbox, 1, 1}, {inbox, 2, 1}, {inbox, 3, 2}, {other, 1, 1}} {
		seat := Seat{7, c.uid}
		check(t, a.StoreItems(ctx, []Item{{Mailbox: c.mailbox, Seat: seat, Size: 10, Key: []byte("k")}}))
		check(t, batch.SetDigests(ctx, c.mailbox, seat, Digests{Key: []byte("k"), Exact: []byte{c.content, byte(c.uid)}, Content: []byte{c.content}, Core: []byte{1}}))
	}
	check(t, batch.Flush(ctx))
	check(t, a.FindDuplicates(ctx, 0, map[int64]int{inbox: 2, other: 0}))
	page, err := a.Duplicates(ctx, inbox, Duplicate{}, 10)
	if err != nil || len(page) != 2 || page[0].UID != 1 || page[1].UID != 2 || page[0].Keeper != other || page[1].Kept != (Seat{7, 1}) {
		t.Errorf("got %+v, %v, want UIDs 1 and 2, as the better mailbox has one", page, err)
	}
	if loads, err := a.DuplicateLoads(ctx); err != nil || len(loads) != 1 || loads[0].Messages != 2 || loads[0].Bytes != 20 {
		t.Errorf("got %+v, %v, want 2 in INBOX", loads, err)
	}
}

func TestMoves(t *testing.T) {
	t.Parallel()
	a, inbox, other := stockKit(t)
	ctx := t.Context()
	moves := []Move{{Mailbox: inbox, Seat: Seat{7, 1}, Target: other, Validity: 8, Floor: 5, Size: 10}, {Mailbox: inbox, Seat: Seat{7, 2}, Target: other, Validity: 8, Floor: 5}}
	check(t, a.ClaimMoves(ctx, moves))
	if doubts, err := a.MovesInDoubt(ctx); err != nil || len(doubts) != 2 || doubts[0].Floor != 5 {
		t.Errorf("got %+v, %v, want both in doubt", doubts, err)
	}
	moves[0].There = 6
	check(t, a.Moved(ctx, 1, moves[:1], nil))
	check(t, a.NotMoved(ctx, moves[1:]))
	done, err := a.Moves(ctx, other, inbox, 0, 10)
	if err != nil || len(done) != 1 || done[0].There != 6 || done[0].State != MoveDone {
		t.Errorf("got %+v, %v, want the one that arrived", done, err)
	}
	if taken, err := a.Arrived(ctx, other, Seat{8, 6}); !taken || err != nil {
		t.Errorf("got %t, %v, want its seat taken", taken, err)
	}
	check(t, a.MovingBack(ctx, done))
	check(t, a.MovedBack(ctx, done))
	if doubts, err := a.MovesInDoubt(ctx); err != nil || len(doubts) != 0 {
		t.Errorf("got %+v, %v, want nothing left", doubts, err)
	}
	if err := a.ClaimMoves(ctx, []Move{{Message: 99, Mailbox: inbox, Seat: Seat{7, 3}, Target: other}}); err == nil {
		t.Error("claim of a message that there is not: got no error")
	}
}

func TestGiven(t *testing.T) {
	t.Parallel()
	a, inbox, _ := stockKit(t)
	ctx := t.Context()
	seat := Seat{7, 1}
	check(t, a.Give(ctx, []Given{{inbox, seat, []string{`\Seen`}}}))
	check(t, a.Give(ctx, []Given{{inbox, seat, []string{"work", `\Seen`}}}))
	if flags, err := a.GivenTo(ctx, inbox, seat); fmt.Sprint(flags) != `[\Seen work]` || err != nil {
		t.Errorf("got %v, %v, want both, once", flags, err)
	}
	page, err := a.Given(ctx, inbox, Seat{}, 10)
	if err != nil || len(page) != 1 {
		t.Fatalf("got %v, %v, want one", page, err)
	}
	check(t, a.TakenBack(ctx, page))
	if boxes, err := a.GivenMailboxes(ctx); len(boxes) != 0 || err != nil {
		t.Errorf("got %v, %v, want none", boxes, err)
	}
}
