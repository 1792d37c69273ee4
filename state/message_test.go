package state

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// fixture is a ledger with one source, one part, one folder and its mailbox.
type fixture struct {
	*Account
	t                            *testing.T
	run, source, folder, mailbox int64
	part                         Part
}

func fill(t *testing.T) *fixture {
	t.Helper()
	_, a := open(t)
	f := &fixture{Account: a, t: t}
	var err error
	if f.run, err = a.StartRun(t.Context(), "test", ""); err != nil {
		t.Fatal(err)
	}
	if f.source, err = a.Source(t.Context(), "mbox", "/mail"); err != nil {
		t.Fatal(err)
	}
	if f.part, err = a.Part(t.Context(), f.source, f.run, "Inbox"); err != nil {
		t.Fatal(err)
	}
	if f.folder, err = a.Folder(t.Context(), Folder{Source: f.source, Name: "pop/Inbox", Account: "pop", Path: []string{"Inbox"}, Role: 1}); err != nil {
		t.Fatal(err)
	}
	if f.mailbox, err = a.Mailbox(t.Context(), "INBOX", 1); err != nil {
		t.Fatal(err)
	}
	if err = a.Assign(t.Context(), f.folder, f.mailbox, false); err != nil {
		t.Fatal(err)
	}
	return f
}

// row is a live copy with the given Message-ID and body.
func (f *fixture) row(id, body string) Copy {
	exact, key := sha256.Sum256([]byte(id+body)), sha256.Sum256([]byte(id))
	return Copy{Folder: f.folder, Ref: body, Size: int64(len(body)), Exact: exact[:], Key: key[:16], HasID: true, Date: 1e9, MessageID: id}
}

func (f *fixture) scan(copies ...Copy) {
	f.t.Helper()
	w, err := f.ScanPart(f.t.Context(), f.part.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range copies {
		if err := w.Add(f.t.Context(), c); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := w.Finish(f.t.Context(), "stamp", []string{"a remark"}, ""); err != nil {
		f.t.Fatal(err)
	}
}

// plan makes a message of every copy.
func (f *fixture) plan() (ids []int64) {
	f.t.Helper()
	b := f.Batch()
	for m, err := range f.Members(f.t.Context(), []int64{f.source}) {
		if err != nil {
			f.t.Fatal(err)
		}
		ids = append(ids, m.ID)
		msg := Message{ID: m.ID, Copy: m.ID, Mailbox: f.mailbox, Size: m.Size, Exact: m.Exact, Key: m.Key, HasID: true, Keywords: []string{"a", "b"}, MessageID: m.MessageID}
		if err := b.AddMessage(f.t.Context(), msg); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := b.Flush(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	return ids
}

func (f *fixture) tally() Tally {
	f.t.Helper()
	tally, err := f.Tally(f.t.Context(), []int64{f.source}, f.run)
	if err != nil {
		f.t.Fatal(err)
	}
	return tally
}

func TestPartsAreRemembered(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"))
	p, err := f.Part(t.Context(), f.source, f.run+1, "Inbox")
	if err != nil || p.Stamp != "stamp" || len(p.Remarks) != 1 {
		t.Fatalf("got %+v, %v, want the stamp and a remark", p, err)
	}
	gone, err := f.DropParts(t.Context(), f.source, f.run+2)
	if err != nil || len(gone) != 1 || gone[0] != "Inbox" {
		t.Fatalf("got %v, %v, want Inbox dropped", gone, err)
	}
	if tally := f.tally(); tally.Seen != 0 {
		t.Errorf("got %d copies of a dropped part, want 0", tally.Seen)
	}
}

func TestAbandonedScanLeavesNoStamp(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"))
	w, err := f.ScanPart(t.Context(), f.part.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(t.Context(), f.row("2", "two")); err != nil {
		t.Fatal(err)
	}
	w.Abandon()
	if p, err := f.Part(t.Context(), f.source, f.run, "Inbox"); err != nil || p.Stamp != "" {
		t.Errorf("got stamp %q, %v, want none: the part was not read to its end", p.Stamp, err)
	}
}

func TestNumbersAreNotGivenTwice(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"))
	first := f.plan()
	f.settle(first[1], Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 1})
	f.scan(f.row("3", "three"))
	if second := f.plan(); len(second) != 1 || second[0] <= first[1] {
		t.Errorf("got numbers %v after %v: a copy has the number of a message that is done", second, first)
	}
}

// settle claims a message and settles it.
func (f *fixture) settle(id int64, o Outcome) {
	f.t.Helper()
	if err := f.Claim(f.t.Context(), []int64{id}, 1, 1); err != nil {
		f.t.Fatal(err)
	}
	o.Message = id
	if err := f.Settle(f.t.Context(), f.run, []Outcome{o}); err != nil {
		f.t.Fatal(err)
	}
}

func TestClaimIsAllOrNothing(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"), f.row("3", "three"))
	ids := f.plan()
	if err := f.Claim(t.Context(), ids[:1], 7, 11); err != nil {
		t.Fatal(err)
	}
	if err := f.Claim(t.Context(), ids, 7, 12); err == nil {
		t.Fatal("a message was claimed twice")
	}
	next, err := f.Next(t.Context(), f.mailbox, 0, 10)
	if err != nil || len(next) != 2 {
		t.Fatalf("got %d planned, %v, want the 2 that were not claimed", len(next), err)
	}
	for msg, err := range f.InDoubt(t.Context(), f.mailbox) {
		if err != nil || msg.ID != ids[0] || msg.Floor != 11 || msg.UIDValidity != 7 || msg.Ref != "one" || len(msg.Keywords) != 2 {
			t.Errorf("got %+v, %v, want message %d in doubt from UID 11 on", msg, err, ids[0])
		}
	}
}

func TestTwoMessagesCantHaveOneUID(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"))
	ids := f.plan()
	f.settle(ids[0], Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 5})
	if err := f.Claim(t.Context(), ids[1:], 1, 1); err != nil {
		t.Fatal(err)
	}
	if err := f.Settle(t.Context(), f.run, []Outcome{{Message: ids[1], State: Done, How: Adopted, UIDValidity: 1, UID: 5}}); err == nil {
		t.Error("two messages were settled with one UID")
	}
	if taken, err := f.Taken(t.Context(), f.mailbox, 1, 5); err != nil || !taken {
		t.Errorf("taken: got %v, %v", taken, err)
	}
	if taken, err := f.Taken(t.Context(), f.mailbox, 2, 5); err != nil || taken {
		t.Errorf("taken under another UIDVALIDITY: got %v, %v", taken, err)
	}
}

func TestWhatIsDoneStaysDone(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"))
	id := f.plan()[0]
	f.settle(id, Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 5})
	late := []Outcome{{Message: id, State: Rejected, Reason: "late"}, {Message: id, State: Planned}}
	if err := f.Settle(t.Context(), f.run, late); err != nil {
		t.Fatal(err)
	}
	if err := f.ResetPlan(t.Context(), []int64{f.source}); err != nil {
		t.Fatal(err)
	}
	if tally := f.tally(); tally.Uploaded != 1 || tally.Balance() != 0 {
		t.Errorf("got %+v, want 1 uploaded", tally)
	}
}

func TestTallyCloses(t *testing.T) {
	t.Parallel()
	f := fill(t)
	expunged, bad, twin := f.row("4", "four"), f.row("5", "five"), f.row("1", "one again")
	expunged.State, bad.State, bad.Flaw = Expunged, Unreadable, "cut"
	f.scan(f.row("1", "one"), f.row("2", "two"), f.row("3", "three"), expunged, bad, twin)
	b := f.Batch()
	if err := b.SetMessage(t.Context(), 6, 1); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	b = f.Batch()
	for _, id := range []int64{1, 2, 3} {
		if err := b.AddMessage(t.Context(), Message{ID: id, Copy: id, Mailbox: f.mailbox, Size: 10, Exact: []byte{1}, Key: []byte{byte(id)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.settle(1, Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 1})
	f.settle(2, Outcome{State: Rejected, Reason: "no"})
	want := Tally{Seen: 6, Uploaded: 1, Duplicate: 1, Expunged: 1, Unreadable: 1, Refused: 1, Pending: 1, BytesUploaded: 10, BytesPending: 10, BytesLargest: 10}
	if got := f.tally(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	f.settle(3, Outcome{State: Done, How: Present, UIDValidity: 1, UID: 2})
	if got := f.tally(); got.Balance() != 0 || got.Present != 1 {
		t.Errorf("got %+v, want accounts that close", got)
	}
	f.run++
	if got := f.tally(); got.Present != 2 || got.Uploaded != 0 || got.BytesUploaded != 0 {
		t.Errorf("next run: got %+v, want what was uploaded to be present", got)
	}
}

func TestExcludedFoldersAreCounted(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"))
	if err := f.Assign(t.Context(), f.folder, f.mailbox, true); err != nil {
		t.Fatal(err)
	}
	if got := f.tally(); got.Excluded != 2 || got.Balance() != 0 {
		t.Errorf("got %+v, want 2 excluded", got)
	}
}

func TestRejectedGetAnotherTry(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"))
	id := f.plan()[0]
	f.settle(id, Outcome{State: Rejected, Reason: "too big"})
	if err := f.RetryRejected(t.Context(), []int64{f.source + 1}); err != nil {
		t.Fatal(err)
	}
	if got := f.tally(); got.Refused != 1 {
		t.Errorf("another source's retry: got %+v, want it still rejected", got)
	}
	if err := f.RetryRejected(t.Context(), []int64{f.source}); err != nil {
		t.Fatal(err)
	}
	if got := f.tally(); got.Pending != 1 {
		t.Errorf("got %+v, want it planned", got)
	}
}

func TestQuarantineOnce(t *testing.T) {
	t.Parallel()
	f := fill(t)
	for i, want := range []bool{false, true} {
		if kept, err := f.Quarantined(t.Context(), []byte("digest")); err != nil || kept != want {
			t.Errorf("time %d: got %v, %v, want %v", i+1, kept, err, want)
		}
		if err := f.Quarantine(t.Context(), []byte("digest")); err != nil {
			t.Error(err)
		}
	}
}

// Of copies that are alone only those are looked at of which an earlier plan said something else.
func TestCandidatesAlone(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("a", "x"), f.row("b", "x"), f.row("c", "x"), f.row("d", "x"), f.row("d", "y"))
	batch := f.Batch()
	err := errors.Join(batch.SetVariant(t.Context(), Candidate{ID: 1, Message: 1}, true), batch.SetMessage(t.Context(), 3, 2), batch.Flush(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for c, err := range f.Candidates(t.Context(), []int64{f.source}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.ID)
	}
	slices.Sort(got)
	if want := []int64{1, 3, 4, 5}; !slices.Equal(got, want) {
		t.Errorf("got %d, want %d", got, want)
	}
}

func TestCandidatesAreSorted(t *testing.T) {
	t.Parallel()
	f := fill(t)
	partial := f.row("a", "header")
	partial.Partial = true
	f.scan(f.row("b", "x"), partial, f.row("a", "y"), f.row("b", "x"), f.row("a", "z"))
	var got []string
	for c, err := range f.Candidates(t.Context(), []int64{f.source}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(c.ID))
	}
	order := strings.Join(got, " ")
	if !strings.Contains(order, "1 4") {
		t.Errorf("got %s, want the equal copies 1 and 4 together", order)
	}
	if a := strings.Index(order, "2"); a < strings.Index(order, "3") || a < strings.Index(order, "5") {
		t.Errorf("got %s, want the partial copy 2 after the complete ones", order)
	}
	var undecided int
	for c, err := range f.Undecided(t.Context(), []int64{f.source}) {
		if err != nil || c.ID != 3 && c.ID != 5 {
			t.Errorf("got %+v, %v, want copies 3 and 5 only", c, err)
		}
		undecided++
	}
	if undecided != 2 {
		t.Errorf("got %d undecided, want 2", undecided)
	}
}

func BenchmarkAdd(b *testing.B) {
	l, err := Open(b.Context(), b.TempDir()+"/ledger.db")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	a, err := l.Account(b.Context(), "imap://x@y")
	if err != nil {
		b.Fatal(err)
	}
	source, _ := a.Source(b.Context(), "mbox", "/m")
	part, _ := a.Part(b.Context(), source, 1, "Inbox")
	folder, _ := a.Folder(b.Context(), Folder{Source: source, Name: "Inbox", Path: []string{"Inbox"}})
	w, err := a.ScanPart(b.Context(), part.ID)
	if err != nil {
		b.Fatal(err)
	}
	exact := sha256.Sum256(nil)
	n := 0
	for b.Loop() {
		n++
		c := Copy{Folder: folder, Ref: fmt.Sprint(n), Size: 3000, Exact: exact[:], Key: exact[:16], HasID: true, MessageID: "<a@b>", Subject: "a subject of usual length, more or less"}
		if err := w.Add(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Finish(b.Context(), "s", nil, ""); err != nil {
		b.Fatal(err)
	}
}

func TestUnreadables(t *testing.T) {
	t.Parallel()
	f := fill(t)
	bad := f.row("1", "one")
	bad.State, bad.Flaw = Unreadable, "cut within its header"
	f.scan(f.row("2", "two"), bad)
	for u, err := range f.Unreadables(t.Context(), []int64{f.source}) {
		if want := (UnreadableCopy{Folder: "pop/Inbox", Part: "Inbox", Ref: "one", Size: 3, Reason: "cut within its header"}); err != nil || u != want {
			t.Errorf("got %+v, %v, want %+v", u, err, want)
		}
	}
}

func TestDoubtIsRemembered(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"))
	ids := f.plan()
	if err := f.Claim(t.Context(), ids, 7, 11); err != nil {
		t.Fatal(err)
	}
	lost := []Outcome{{Message: ids[0], State: Planned, Doubted: true}, {Message: ids[1], State: Planned}}
	if err := f.Settle(t.Context(), f.run, lost); err != nil {
		t.Fatal(err)
	}
	if err := f.ResetPlan(t.Context(), []int64{f.source}); err != nil {
		t.Fatal(err)
	}
	next, err := f.Next(t.Context(), f.mailbox, 0, 10)
	if err != nil || len(next) != 1 || next[0].ID != ids[0] {
		t.Fatalf("got %+v, %v, want the message in doubt to outlive the plan", next, err)
	}
	if err := f.Claim(t.Context(), ids[:1], 7, 20); err != nil {
		t.Fatal(err)
	}
	for msg, err := range f.InDoubt(t.Context(), f.mailbox) {
		if err != nil || msg.Floor != 11 {
			t.Errorf("got floor %d, %v, want 11: its first copy may still turn up there", msg.Floor, err)
		}
	}
}

func TestServerThatWentBackInTime(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"), f.row("2", "two"))
	ids := f.plan()
	f.settle(ids[0], Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 5})
	f.settle(ids[1], Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 5}) // the same UID again
	for msg, err := range f.Stored(t.Context(), f.mailbox) {
		if err != nil || (msg.ID == ids[0]) != msg.Missing || (msg.ID == ids[1]) != (msg.UID == 5 && msg.UIDValidity == 1) {
			t.Errorf("got %+v, %v, want the UID with the newer message and the older one missing", msg, err)
		}
	}
}

// A server that gives all mailboxes one UIDVALIDITY has them under the same UIDs too.
func TestRenamedToADeletedOne(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"))
	was := f.plan()[0]
	f.settle(was, Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 5})
	gone := f.mailbox
	var err error
	if f.mailbox, err = f.Mailbox(t.Context(), "Old", 0); err != nil {
		t.Fatal(err)
	}
	f.scan(f.row("2", "two"))
	renamed := slices.Max(f.plan())
	f.settle(renamed, Outcome{State: Done, How: Appended, UIDValidity: 1, UID: 5})
	if err := f.Renamed(t.Context(), f.mailbox, gone, 1); err != nil {
		t.Fatal(err)
	}
	n := 0
	for msg, err := range f.Stored(t.Context(), gone) {
		if n++; err != nil || (msg.ID == was) != msg.Missing || (msg.ID == renamed) != (msg.UID == 5 && msg.UIDValidity == 1) {
			t.Errorf("got %+v, %v, want the UID with the renamed mailbox's message and the deleted one's missing", msg, err)
		}
	}
	if n != 2 {
		t.Errorf("got %d messages, want both", n)
	}
}

func TestHopelessGetAFreshStart(t *testing.T) {
	t.Parallel()
	f := fill(t)
	f.scan(f.row("1", "one"))
	id := f.plan()[0]
	for range 3 {
		f.settle(id, Outcome{State: Planned})
	}
	f.settle(id, Outcome{State: Rejected, Reason: "breaks"})
	if err := f.RetryRejected(t.Context(), []int64{f.source}); err != nil {
		t.Fatal(err)
	}
	if next, err := f.Next(t.Context(), f.mailbox, 0, 1); err != nil || len(next) != 1 || next[0].Tries != 0 {
		t.Errorf("got %+v, %v, want no tries counted", next, err)
	}
}

func TestReadOnlyLedgerTakesNoAccount(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	look, err := OpenReadOnly(t.Context(), l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer look.Close()
	if _, err := look.Account(t.Context(), "imap://x@y"); !errors.Is(err, errReadOnly) {
		t.Errorf("got %v, want %v", err, errReadOnly)
	}
}

func TestWaitingAfterTheClockWasSet(t *testing.T) {
	t.Parallel()
	f := fill(t)
	if err := f.SetWaiting(t.Context(), 10*time.Minute, "later"); err != nil {
		t.Fatal(err)
	}
	for shift, want := range map[string]time.Duration{"+0": 10 * time.Minute, "+31536000": 10 * time.Minute, "-31536000": 0} {
		if err := f.exec(t.Context(), "UPDATE account SET waiting = unixepoch() + 600 "+shift); err != nil { // as if the clock had been set
			t.Fatal(err)
		}
		if left, reason, err := f.Waiting(t.Context()); err != nil || reason != "later" || left > want || left < want-2*time.Second {
			t.Errorf("%s s: got %s, %q, %v, want %s", shift, left, reason, err, want)
		}
	}
	if err := f.Waited(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, _, err := f.Waiting(t.Context()); err != nil || left != 0 {
		t.Errorf("after it: got %s, %v", left, err)
	}
}
