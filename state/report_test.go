package state

import (
	"iter"
	"slices"
	"testing"
)

func all2[T any](t *testing.T, rows iter.Seq2[T, error]) []T {
	t.Helper()
	var all []T
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

// told is a ledger with three messages of five copies, one of which is expunged: the first two are on the target.
func told(t *testing.T) *fixture {
	t.Helper()
	f := fill(t)
	one, two, three := f.row("<one@x>", "1"), f.row("<two@x>", "2"), f.row("<three@x>", "3")
	one.Subject, two.Subject, three.Subject = "Ärger mit ΟΔΟΣ", "100% of it", "plain"
	again, gone := one, three
	again.Ref, gone.Ref, gone.State = "4", "5", Expunged
	three.Date, three.DateRank = 86400*365*20, 9
	f.scan(one, two, three, again, gone)
	b := f.Batch()
	if err := b.SetMessage(t.Context(), 4, 1); err != nil {
		t.Fatal(err)
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	b = f.Batch()
	for m, err := range f.Members(t.Context(), []int64{f.source}) {
		if err != nil {
			t.Fatal(err)
		}
		if m.Message != m.ID {
			continue
		}
		err := b.AddMessage(t.Context(), Message{
			ID: m.ID, Copy: m.ID, Mailbox: f.mailbox, Size: m.Size, Exact: m.Exact, Key: m.Key, HasID: true, Date: m.Date, MessageID: m.MessageID, Subject: m.Subject,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Claim(t.Context(), []int64{1, 2}, 7, 1); err != nil {
		t.Fatal(err)
	}
	err := f.Settle(t.Context(), f.run, []Outcome{
		{Message: 1, State: Done, How: Appended, UIDValidity: 7, UID: 11}, {Message: 2, State: Done, How: Moved, UIDValidity: 7, UID: 12},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTotals(t *testing.T) {
	t.Parallel()
	f := told(t)
	got, err := f.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Totals{
		Tally:  Tally{Seen: 5, Uploaded: 1, Moved: 1, Duplicate: 1, Expunged: 1, Pending: 1, BytesUploaded: 1, BytesPending: 1},
		Stored: 2, Bytes: 2,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	// The other way of counting comes to the same.
	tally, err := f.Tally(t.Context(), []int64{f.source}, f.run)
	if tally.BytesLargest, tally.BytesThere = 0, 0; err != nil || tally != want.Tally {
		t.Errorf("tally: got %+v, %v, want %+v", tally, err, want.Tally)
	}
	// What is in no source any more is on the target all the same.
	if err := f.dropPart(t.Context(), f.part.ID); err != nil {
		t.Fatal(err)
	}
	if got, err = f.Totals(t.Context()); err != nil || got.Seen != 0 || got.Orphans != 2 || got.Stored != 2 || got.Balance() != 0 {
		t.Errorf("without sources: got %+v, %v, want 2 orphans", got, err)
	}
}

// TestTotalsOfOthers: an account counts nothing of another one in the same ledger.
func TestTotalsOfOthers(t *testing.T) {
	t.Parallel()
	f := told(t)
	other, err := f.l.Account(t.Context(), "imap://other")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Totals(t.Context()); err != nil || got != (Totals{}) {
		t.Errorf("got %+v, %v, want nothing", got, err)
	}
	years, err := other.Years(t.Context())
	if err != nil || len(years) != 0 {
		t.Errorf("years: got %v, %v, want none", years, err)
	}
	for name, rows := range map[string]iter.Seq2[int64, error]{
		"id": other.FindMessageID(t.Context(), "one@x"), "subject": other.FindSubject(t.Context(), "plain"), "folder": other.FindFolder(t.Context(), "Inbox"),
	} {
		if got := all2(t, rows); len(got) != 0 {
			t.Errorf("find by %s: got %v, want nothing", name, got)
		}
	}
}

func TestFlowsAndYears(t *testing.T) {
	t.Parallel()
	f := told(t)
	if got := all2(t, f.Flows(t.Context(), f.source)); len(got) != 1 || got[0] != (Flow{f.folder, f.mailbox, 4, 3, 3}) {
		t.Errorf("flows: got %+v, want 4 copies, 3 of which stand for their messages", got)
	}
	years, err := f.Years(t.Context())
	want := []Year{{0, 1, 1, 0}, {2001, 3, 2, 2}}
	if err != nil || !slices.Equal(years, want) {
		t.Errorf("years: got %+v, %v, want %+v", years, err, want)
	}
	boxes, err := f.MailboxTotals(t.Context())
	if err != nil || len(boxes) != 1 || boxes[0].Uploaded != 1 || boxes[0].Moved != 1 || boxes[0].Pending != 1 || boxes[0].Bytes != 2 || boxes[0].Stored() != 2 {
		t.Errorf("mailboxes: got %+v, %v", boxes, err)
	}
}

// What takes no part is told of nowhere.
func TestShelvedIsNotTold(t *testing.T) {
	t.Parallel()
	f := told(t)
	if _, err := f.l.write.Exec("UPDATE message SET doubted = 1 WHERE state = 0"); err != nil {
		t.Fatal(err)
	}
	if err := f.Shelve(t.Context(), []int64{-1}); err != nil { // of another source
		t.Fatal(err)
	}
	if all, pending := all2(t, f.Tell(t.Context(), WhichAll, -1)), all2(t, f.Tell(t.Context(), WhichPending, -1)); len(all) != 2 || len(pending) != 0 {
		t.Errorf("got %d messages and %d pending, want 2 and none", len(all), len(pending))
	}
	if boxes, err := f.MailboxTotals(t.Context()); err != nil || len(boxes) != 1 || boxes[0].Pending != 0 {
		t.Errorf("mailboxes: got %+v, %v, want nothing pending", boxes, err)
	}
	if totals, err := f.Totals(t.Context()); err != nil || totals.Pending != 0 {
		t.Errorf("totals: got %+v, %v, want nothing pending", totals, err)
	}
}

func TestTell(t *testing.T) {
	t.Parallel()
	f := told(t)
	for which, want := range map[Which]int{WhichAll: 3, WhichUploaded: 1, WhichMoved: 1, WhichPending: 1, WhichRejected: 0, WhichPresent: 0, WhichVariant: 0, WhichRepaired: 0, WhichMissing: 0} {
		if got := all2(t, f.Tell(t.Context(), which, -1)); len(got) != want {
			t.Errorf("%s: got %d messages, want %d", which, len(got), want)
		}
	}
	if got := all2(t, f.Tell(t.Context(), WhichAll, 2)); len(got) != 2 {
		t.Errorf("limit: got %d, want 2", len(got))
	}
	one, err := f.TellOne(t.Context(), 1)
	if err != nil || one == nil || one.Copies != 2 || one.MailboxName != "INBOX" || one.Run != f.run || one.UID != 11 || one.SourcePath != "/mail" {
		t.Errorf("one: got %+v, %v", one, err)
	}
	if none, err := f.TellOne(t.Context(), 99); err != nil || none != nil {
		t.Errorf("none: got %+v, %v", none, err)
	}
	copies := all2(t, f.CopiesOf(t.Context(), 1))
	if len(copies) != 2 || copies[0].ID != 1 || copies[1].ID != 4 || copies[0].FolderName != "pop/Inbox" || copies[0].PlannedFor != "INBOX" {
		t.Errorf("copies: got %+v", copies)
	}
	if gone := all2(t, f.Unbrought(t.Context(), UnbroughtExpunged, -1)); len(gone) != 1 || gone[0].ID != 5 {
		t.Errorf("expunged: got %+v", gone)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	f := told(t)
	for _, c := range []struct {
		name string
		got  iter.Seq2[int64, error]
		want []int64
	}{
		{"id", f.FindMessageID(t.Context(), "one@x"), []int64{1}},
		{"id in brackets", f.FindMessageID(t.Context(), " <two@x> "), []int64{2}},
		{"id of a deleted copy", f.FindMessageID(t.Context(), "three@x"), []int64{3, 5}},
		{"id in part", f.FindMessageID(t.Context(), "one"), nil},
		{"subject", f.FindSubject(t.Context(), "äRGER"), []int64{1}},
		{"decomposed subject", f.FindSubject(t.Context(), "A\u0308rger"), []int64{1}},
		{"subject in Greek", f.FindSubject(t.Context(), "οδος"), []int64{1}},
		{"subject with a wildcard", f.FindSubject(t.Context(), "100%"), []int64{2}},
		{"no subject", f.FindSubject(t.Context(), "%"), []int64{2}},
		{"folder", f.FindFolder(t.Context(), "pop/Inbox"), []int64{1, 2, 3, 5}},
		{"end of a folder", f.FindFolder(t.Context(), "/inbox/"), []int64{1, 2, 3, 5}},
		{"part of a folder", f.FindFolder(t.Context(), "box"), nil},
		{"file", f.FindFile(t.Context(), f.source, "Inbox"), []int64{1, 2, 3, 5}},
		{"message's file", f.FindFile(t.Context(), f.source, "Inbox/cur/2:2,S"), []int64{2}},
		{"other file", f.FindFile(t.Context(), f.source, "Inbo"), nil},
		{"source", f.FindFile(t.Context(), f.source, "."), []int64{1, 2, 3, 5}},
	} {
		got := all2(t, c.got)
		slices.Sort(got)
		if got = slices.Compact(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// TestLaterTables reads tables of newer ledgers, where there are some, and says nothing where there are none.
func TestLaterTables(t *testing.T) {
	t.Parallel()
	f := told(t)
	if from, err := f.MovedFrom(t.Context(), 2); err != nil || from != "" {
		t.Errorf("moved: got %q, %v, want nothing", from, err)
	}
	if turn, ok, err := f.BatchTurn(t.Context()); err != nil || ok {
		t.Errorf("turn: got %+v, %v, want none", turn, err)
	}
	other, err := f.Mailbox(t.Context(), "Archive", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"CREATE TABLE IF NOT EXISTS move (id INTEGER PRIMARY KEY, account INTEGER, message INTEGER, mailbox INTEGER)",
		"CREATE TABLE IF NOT EXISTS queue (account INTEGER PRIMARY KEY, name TEXT, state INTEGER, reason TEXT)",
	} {
		if err := f.exec(t.Context(), query); err != nil {
			t.Skip("the ledger has these tables in another form:", err)
		}
	}
	if err := f.exec(t.Context(), "INSERT INTO move (account, message, mailbox) VALUES (?, 2, ?)", f.id, other); err != nil {
		t.Skip(err)
	}
	if err := f.exec(t.Context(), "INSERT INTO queue VALUES (?, 'Anna', 4, 'sign-in refused')", f.id); err != nil {
		t.Skip(err)
	}
	if from, err := f.MovedFrom(t.Context(), 2); err != nil || from != "Archive" {
		t.Errorf("moved: got %q, %v, want Archive", from, err)
	}
	if turn, ok, err := f.BatchTurn(t.Context()); err != nil || !ok || turn != (BatchTurn{"Anna", true, "sign-in refused"}) {
		t.Errorf("turn: got %+v, %v, %v", turn, ok, err)
	}
}

func TestRunsAndSources(t *testing.T) {
	t.Parallel()
	f := told(t)
	if err := f.EndRun(t.Context(), f.run, "done", "{}"); err != nil {
		t.Fatal(err)
	}
	second, err := f.StartRun(t.Context(), "verify", "v2")
	if err != nil {
		t.Fatal(err)
	}
	runs := all2(t, f.Runs(t.Context()))
	if len(runs) != 2 || runs[0].Ended.IsZero() || runs[1].ID != second || !runs[1].Ended.IsZero() || runs[1].Version != "v2" {
		t.Errorf("runs: got %+v", runs)
	}
	for run, want := range map[int64]int64{0: 2, f.run: 0} {
		if n, err := f.SettledAfter(t.Context(), run); err != nil || n != want {
			t.Errorf("settled after run %d: got %d, %v, want %d", run, n, err, want)
		}
	}
	sources, err := f.ListedSources(t.Context())
	if err != nil || len(sources) != 1 || sources[0] != (ListedSource{f.source, "mbox", "/mail", 1, 0}) {
		t.Errorf("sources: got %+v, %v", sources, err)
	}
	if parts := all2(t, f.Remarks(t.Context(), f.source)); len(parts) != 1 || parts[0].Remarks[0] != "a remark" {
		t.Errorf("remarks: got %+v", parts)
	}
}

// TestSnapshot: what is written after it does not show, also where rows are asked for within rows; and it can't be written.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	f := told(t)
	reading, err := OpenReadOnly(t.Context(), f.l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	then, err := reading.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer then.Close()
	if err := f.Settle(t.Context(), f.run, []Outcome{{Message: 3, State: Rejected, Reason: "no"}}); err != nil {
		t.Fatal(err)
	}
	accounts, err := then.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, err := accounts[0].Totals(t.Context())
	if err != nil || before.Pending != 1 || before.Refused != 0 {
		t.Errorf("snapshot: got %+v, %v, want it as it was", before, err)
	}
	var copies int
	for m, err := range accounts[0].Tell(t.Context(), WhichAll, -1) {
		if err != nil {
			t.Fatal(err)
		}
		copies += len(all2(t, accounts[0].CopiesOf(t.Context(), m.ID)))
	}
	if copies != 4 {
		t.Errorf("copies within messages: got %d, want 4", copies)
	}
	if now, err := f.Totals(t.Context()); err != nil || now.Refused != 1 {
		t.Errorf("now: got %+v, %v, want one refused", now, err)
	}
	if _, err := then.Account(t.Context(), "imap://new"); err == nil {
		t.Error("snapshot: was written")
	}
	if _, err := then.Snapshot(t.Context()); err == nil {
		t.Error("snapshot of a snapshot: got none, want an error")
	}
}
