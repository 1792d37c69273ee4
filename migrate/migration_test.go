package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

func TestFirstRunAndSecond(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc1/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	k.mbox("pc1/Clienti", mail("3", "three", "text"))
	k.mbox("pc2/Inbox", mail("1", "one", "text"), mail("3", "three", "text"), mail("4", "four", "text"))
	r := k.run()
	if r.Seen != 6 || r.Uploaded != 4 || r.Duplicate != 2 || r.Verified != 4 {
		t.Errorf("got %+v, want 6 seen, 4 uploaded and verified, 2 duplicates", r)
	}
	want := map[string][]string{"INBOX": {"one", "two", "four"}, "Clienti": {"three"}}
	k.holds(want)
	r = k.run()
	if r.Uploaded != 0 || r.Present != 4 || r.BytesUploaded != 0 {
		t.Errorf("second run: got %+v, want 4 present and nothing sent", r)
	}
	k.holds(want)
}

func TestBytesFlagsAndDatesArrive(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", "X-Mozilla-Status: 1005\nX-Mozilla-Keys: $label1 importante  \n"+mail("1", "one", "Dear,\n>From Milano\n>>From deeper\n"))
	k.run()
	m := k.one("INBOX")
	want := strings.ReplaceAll(mail("1", "one", "Dear,\nFrom Milano\n>From deeper\n"), "\n", "\r\n")
	if string(m.Body) != want {
		t.Errorf("got %q, want %q", m.Body, want)
	}
	slices.Sort(m.Flags)
	if got := fmt.Sprint(m.Flags); got != `[$Forwarded $label1 \Flagged \Seen importante]` {
		t.Errorf("flags: got %s", got)
	}
	if want := time.Date(2015, 1, 3, 4, 5, 6, 0, time.UTC); !m.Received.Equal(want) {
		t.Errorf("date: got %s, want that of the Received field, %s", m.Received, want)
	}
}

func TestBestPlaceAndUnionOfFlags(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc1/Inbox", "X-Mozilla-Status: 0001\n"+mail("1", "one", "text"))
	k.mbox("pc1/Trash", mail("1", "one", "text"))
	k.mbox("pc2/Clienti", "X-Mozilla-Status: 0004\n"+mail("1", "one", "text"))
	k.run()
	m := k.one("Clienti")
	slices.Sort(m.Flags)
	if got := fmt.Sprint(m.Flags); got != `[\Flagged \Seen]` {
		t.Errorf("flags: got %s, want the union", got)
	}
}

func TestVariantsAreKept(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc1/Inbox", mail("1", "plain", "text"))
	k.mbox("pc2/Inbox", mail("1", "with footer", "text\n-- \nlist footer"))
	if r := k.run(); r.Uploaded != 2 || r.Variant != 1 || r.Duplicate != 0 {
		t.Errorf("got %+v, want both uploaded and one variant", r)
	}
}

func TestSentAndReceivedAreTwo(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	received := mail("1", "to myself", "text")
	_, sent, _ := strings.Cut(received, "\n")
	k.mbox("pc/Inbox", received)
	k.mbox("pc/Sent", sent)
	k.run()
	k.holds(map[string][]string{"INBOX": {"to myself"}, "Sent": {"to myself"}})
}

func TestReencodedCopyIsTheSame(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	head := "Received: from a by b; Sat, 03 Jan 2015 04:05:06 +0000\nMessage-ID: <1@test>\nSubject: one\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
	k.mbox("pc1/Inbox", head+"8bit\n\nperché no\n")
	k.mbox("pc2/Inbox", head+"base64\n\ncGVyY2jDqSBubwo=\n")
	if r := k.run(); r.Uploaded != 1 || r.Duplicate != 1 || r.Variant != 0 {
		t.Errorf("got %+v, want one message", r)
	}
}

func TestCompleteCopyWinsOverHeaderOnly(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	head, _, _ := strings.Cut(mail("1", "one", ""), "\n\n")
	k.mbox("pc1/Inbox", "X-Mozilla-Status: 0400\n"+head+"\n\n")
	k.mbox("pc2/Inbox", mail("1", "one", "the whole text"))
	if r := k.run(); r.Uploaded != 1 || r.Duplicate != 1 || r.Partial != 0 {
		t.Errorf("got %+v, want one message", r)
	}
	if m := k.one("INBOX"); !strings.Contains(string(m.Body), "the whole text") {
		t.Errorf("got %q, want the complete copy", m.Body)
	}
}

// Headers that a mail program fetched alone are mail, and not all of it.
func TestHeaderOnlyIsTold(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	head, _, _ := strings.Cut(mail("1", "one", ""), "\n\n")
	k.mbox("pc1/Inbox", "X-Mozilla-Status: 0400\n"+head+"\n\n", mail("2", "two", "text"))
	if r := k.run(); r.Uploaded != 2 || r.Partial != 1 {
		t.Errorf("got %+v, want two messages, one of them partial", r)
	}
}

func TestExpungedAndExcluded(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), "X-Mozilla-Status: 0009\n"+mail("2", "deleted", "text"))
	k.mbox("pc/Spam", mail("3", "spam", "text"))
	k.opts.Exclude = []string{"spam"}
	if r := k.run(); r.Uploaded != 1 || r.Expunged != 1 || r.Excluded != 1 {
		t.Errorf("got %+v, want 1 uploaded, 1 expunged, 1 excluded", r)
	}
	k.opts.Exclude = nil
	if r := k.run(); r.Uploaded != 1 || r.Present != 1 || r.Excluded != 0 {
		t.Errorf("without --exclude: got %+v, want one more", r)
	}
	k.holds(map[string][]string{"INBOX": {"one"}, "Junk": {"spam"}})
}

func TestMapAndPrefix(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Clienti", mail("1", "one", "text"))
	k.mbox("pc/Clienti.sbd/ACME", mail("2", "two", "text"))
	k.mbox("pc/Inbox", mail("3", "three", "text"))
	k.opts.Map = []migrate.Mapping{{Folder: "Clienti", Mailbox: "Lavoro/Kunden"}}
	k.run()
	k.holds(map[string][]string{"Lavoro/Kunden": {"one"}, "Lavoro/Kunden/ACME": {"two"}, "INBOX": {"three"}})

	k = inMemory(t)
	k.mbox("pc/Inbox.sbd/Progetti", mail("1", "one", "text"))
	k.mbox("pc/Inbox", mail("3", "three", "text"))
	k.opts.Prefix = "Vecchio PC"
	k.run()
	k.holds(map[string][]string{"Vecchio PC/Inbox": {"three"}, "Vecchio PC/Inbox/Progetti": {"one"}})
}

func TestRefusedMessageGoesToQuarantineOnce(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", strings.Repeat("too big ", 100)), mail("3", "three", "text"))
	k.server.Mem.Refuse(func(_ string, size int64) *memserver.Answer {
		if size > 600 {
			return &memserver.Answer{Kind: "NO", Code: "TOOBIG", Text: "message is too fat"}
		}
		return nil
	})
	for range 2 {
		if r := k.run(); r.Rejected() != 1 {
			t.Errorf("got %+v, want 1 rejected", r)
		}
	}
	k.holds(map[string][]string{"INBOX": {"one", "three"}})
	kept, err := os.ReadFile(k.opts.Quarantine)
	if err != nil || strings.Count(string(kept), "X-Unpop-Rejected: ") != 1 || !strings.Contains(string(kept), "too fat") || !strings.Contains(string(kept), "Subject: two") {
		t.Errorf("quarantine: %v\n%s\nwant message two once, with the server's words", err, kept)
	}
	k.server.Mem.Refuse(nil)
	if r := k.run(); r.Uploaded != 1 || r.Present != 2 {
		t.Errorf("after the limit was lifted: got %+v, want 1 uploaded", r)
	}
}

// What could not be kept when it was refused is kept by the next run that can.
func TestQuarantineCatchesUp(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"))
	k.server.Mem.Refuse(func(string, int64) *memserver.Answer { return &memserver.Answer{Kind: "NO", Text: "no, thanks"} })
	dir := filepath.Join(k.dir, "later")
	k.opts.Quarantine = filepath.Join(dir, "quarantine.mbox")
	if r := k.run(); r.Rejected() != 1 {
		t.Errorf("got %+v, want 1 rejected", r)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		k.run()
		if kept := readFile(t, k.opts.Quarantine); strings.Count(kept, "X-Unpop-Rejected: ") != 1 || !strings.Contains(kept, "Subject: one") {
			t.Errorf("quarantine: %s\nwant the message once", kept)
		}
	}
}

func TestFullAccountStops(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	for i := range 30 {
		k.mbox(fmt.Sprint("pc/Box", i), mail(fmt.Sprint(i), fmt.Sprint("m", i), "text"))
	}
	var taken atomic.Int64
	k.server.Mem.Refuse(func(string, int64) *memserver.Answer {
		if taken.Add(1) <= 10 {
			return nil
		}
		return &memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "no room"}
	})
	_, err := k.try(t.Context())
	var target *migrate.TargetError
	if !errors.As(err, &target) || target.Kind != migrate.Full {
		t.Fatalf("got %v, want the account to be full", err)
	}
	k.server.Mem.Refuse(nil)
	k.run()
}

func TestWrongPasswordStops(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"))
	k.server.Mem.FailLogins(memserver.Answer{Kind: "NO", Code: "AUTHENTICATIONFAILED", Text: "no"})
	_, err := k.try(t.Context())
	var target *migrate.TargetError
	if !errors.As(err, &target) || target.Kind != migrate.Denied {
		t.Fatalf("got %v, want sign-in denied", err)
	}
}

func TestUnchangedPartsAreNotReadAgain(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"))
	k.run()
	path := filepath.Join(k.dir, "pc", "Inbox")
	stat, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(readFile(t, path), "one", "ONE", 1) // same size and time: nobody looks
	if err := os.WriteFile(path, []byte(other), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, stat.ModTime(), stat.ModTime()); err != nil {
		t.Fatal(err)
	}
	if r := k.run(); r.Seen != 1 || r.Present != 1 {
		t.Errorf("got %+v, want the ledger's knowledge", r)
	}
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	if r := k.run(); r.Uploaded != 1 || r.Present != 1 {
		t.Errorf("after a message was appended: got %+v, want 1 uploaded", r)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSourceThatChangesBeforeTheUpload(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", strings.Repeat("long text ", 60000)))
	err := k.with(func(m *migrate.Migration) error {
		if err := m.Scan(t.Context()); err != nil {
			return err
		}
		if _, err := m.Plan(t.Context()); err != nil {
			return err
		}
		k.mbox("pc/Inbox", mail("1", "one", "TEXT"), mail("2", "two", strings.Repeat("long text ", 59999)+"new text!!"))
		_, err := m.Upload(t.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	k.holds(map[string][]string{})
	k.run()
	if r := k.run(); r.Present != 2 {
		t.Errorf("got %+v, want both there after another scan", r)
	}
}

func TestStoppedRunGoesOn(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	var want []string
	for i := range 60 {
		name := fmt.Sprintf("m%03d", i)
		want = append(want, name)
		k.mbox(fmt.Sprintf("pc/Box%03d", i), mail(name, name, "text"))
	}
	stops := 0
	for done := false; !done && stops < 100; {
		ctx, cancel := context.WithCancel(t.Context())
		k.opts.Progress = new(migrate.Progress)
		go stopAfter(k.opts.Progress, 10, cancel)
		_, err := k.try(ctx)
		cancel()
		if done = err == nil; !done {
			stops++
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
	}
	if stops < 2 {
		t.Errorf("stopped %d times, want the test to stop it more often", stops)
	}
	var got []string
	for _, subjects := range k.subjects() {
		got = append(got, subjects...)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %d messages, want %d, each once", len(got), len(want))
	}
}

// stopAfter stops a run after some messages of the upload.
func stopAfter(p *migrate.Progress, messages int64, stop func()) {
	for range 5000 {
		if p.Step() == migrate.StepUpload && p.Messages.Load() >= messages {
			stop()
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestLostAnswerIsFoundAgain(t *testing.T) {
	t.Parallel()
	noID := strings.Replace(mail("x", "no id", "text"), "Message-ID: <x@test>\n", "", 1)
	noID2 := strings.Replace(mail("x", "no ID", "text"), "Message-ID: <x@test>\n", "", 1) // same size
	for name, messages := range map[string][]string{
		"with Message-ID": {mail("1", "one", "text"), mail("2", "two", "text"), mail("3", "three", "text")},
		"without":         {noID, noID2, mail("2", "two", "text")},
		"shared":          {mail("1", "one", "text"), mail("1", "one", "tEXt"), mail("1", "one", "other text")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			k.mbox("pc/Inbox", messages...)
			k.server.Mem.SwallowOK(2)
			r := k.run()
			if r.Uploaded != 3 {
				t.Errorf("got %+v, want 3 uploaded", r)
			}
			if got := len(k.subjects()["INBOX"]); got != 3 {
				t.Errorf("server holds %d messages, want 3", got)
			}
		})
	}
}

func TestCutWithinALiteral(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", strings.Repeat("long ", 4000)), mail("2", "two", "text"))
	k.server.Mem.CutAppend(5000)
	k.run()
	k.holds(map[string][]string{"INBOX": {"one", "two"}})
}

func TestServerWithoutUIDPLUS(t *testing.T) {
	t.Parallel()
	k := inMemory(t, func(o *memserver.Options) { o.Hide = []string{"UIDPLUS"} })
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	if r := k.run(); r.Verified != 2 {
		t.Errorf("got %+v, want 2 verified", r)
	}
	k.holds(map[string][]string{"INBOX": {"one", "two"}})
}

func TestVerifyFindsWhatIsGone(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
	k.run()
	removeFirst(t, k)
	r, err := k.try(t.Context())
	if !errors.Is(err, migrate.ErrMissing) || r.Missing != 1 || r.Verified != 1 {
		t.Errorf("got %+v, %v, want 1 missing", r, err)
	}
}

// removeFirst deletes the first message of INBOX on the server.
func removeFirst(t *testing.T, k *kit) {
	t.Helper()
	s, err := k.target.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Select(t.Context(), "INBOX"); err != nil {
		t.Fatal(err)
	}
	first := k.server.Dump(t, imaptest.User)["INBOX"][0].UID
	if err := s.(migrate.Remover).Remove(t.Context(), []migrate.UID{migrate.UID(first)}); err != nil {
		t.Fatal(err)
	}
}

func TestPlanChangesNothing(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Posta inviata", mail("1", "one", "text"))
	k.mbox("pc/Clienti", mail("2", "two", "text"), mail("2", "two", "text"))
	before := len(k.server.Dump(t, imaptest.User))
	err := k.with(func(m *migrate.Migration) error {
		if err := m.Scan(t.Context()); err != nil {
			return err
		}
		p, err := m.Plan(t.Context())
		if err != nil {
			return err
		}
		if p.Tally.Pending != 2 || p.Tally.Duplicate != 1 || len(p.Mailboxes) != 2 || !p.Mailboxes[0].New {
			t.Errorf("got %+v, want two messages for two new mailboxes", p)
		}
		for _, f := range p.Folders {
			if want := map[string]string{"Posta inviata": "Sent", "Clienti": "Clienti"}[f.Folder.Name]; f.Mailbox != want {
				t.Errorf("%s goes to %s, want %s", f.Folder.Name, f.Mailbox, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := len(k.server.Dump(t, imaptest.User)); after != before {
		t.Errorf("server has %d mailboxes, had %d", after, before)
	}
}

func TestInventory(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("1", "one", "text"), mail("1", "one", "other"), "X-Mozilla-Status: 0008\n"+mail("3", "gone", "text"))
	err := k.with(func(m *migrate.Migration) error {
		if err := m.Scan(t.Context()); err != nil {
			return err
		}
		inv, err := m.Inventory(t.Context())
		if err != nil {
			return err
		}
		if tally := inv.Tally; tally.Seen != 4 || tally.Duplicate != 1 || tally.Variant != 1 || tally.Pending != 2 || tally.Expunged != 1 {
			t.Errorf("got %+v", tally)
		}
		if f := inv.Sources[0].Folders[0]; f.Messages != 3 || f.Expunged != 1 || f.Oldest == 0 {
			t.Errorf("got %+v, want 3 messages and 1 expunged", f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMendedMessageArrives(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	bare := mail("cr", "bare", "one\rtwo\r\x00three")
	k.mbox("pc/Inbox", mail("1", "one", "text"), bare)
	k.server.Mem.Refuse(func(_ string, size int64) *memserver.Answer {
		if size == wireSize(bare) {
			return &memserver.Answer{Kind: "NO", Text: "Message contains NUL characters"}
		}
		return nil
	})
	for range 2 {
		if r := k.run(); r.Rejected() != 0 || r.Verified != 2 {
			t.Errorf("got %+v, want both taken", r)
		}
	}
	for _, m := range k.server.Dump(t, imaptest.User)["INBOX"] {
		if subject(m.Body) == "bare" && !strings.HasSuffix(string(m.Body), "one\r\ntwo\r\nthree\r\n") {
			t.Errorf("got %q, want legal line ends and no NUL", m.Body)
		}
	}
	if kept := readFile(t, k.opts.Quarantine); strings.Count(kept, "X-Unpop-Rejected: server: Message contains NUL") != 1 || !strings.Contains(kept, "one\rtwo\r\x00three") {
		t.Errorf("quarantine holds %q, want the original once, with the server's words", kept)
	}
}

func TestMendedMessageIsFoundAfterALostAnswer(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	bare := mail("cr", "bare", "one\rtwo")
	k.mbox("pc/Inbox", bare)
	k.server.Mem.Refuse(func(_ string, size int64) *memserver.Answer {
		if size == wireSize(bare) {
			k.server.Mem.SwallowOK(1) // of the next try
			return &memserver.Answer{Kind: "NO", Text: "bare newlines"}
		}
		return nil
	})
	if r := k.run(); r.Uploaded != 1 {
		t.Errorf("got %+v, want it found", r)
	}
	k.holds(map[string][]string{"INBOX": {"bare"}})
}

func TestMessageThatBreaksEveryConnection(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	poison := mail("p", "poison", strings.Repeat("bad ", 100))
	k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"), poison, mail("3", "three", "text"))
	k.server.Mem.Refuse(func(_ string, size int64) *memserver.Answer {
		if size == wireSize(poison) {
			return &memserver.Answer{Kind: "BYE", Text: "I am a bug"}
		}
		return nil
	})
	k.opts.Patience = time.Minute
	if r := k.run(); r.Uploaded != 3 || r.Rejected() != 1 {
		t.Errorf("got %+v, want all but one uploaded", r.Tally)
	}
	k.holds(map[string][]string{"INBOX": {"one", "two", "three"}})
}

func TestMailboxThatCantBeMade(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Feste 🎉", mail("1", "one", "text"))
	for range 2 {
		if err := k.server.Mem.Plan("CREATE", memserver.Answer{Kind: "NO", Text: "I don't like it"}); err != nil {
			t.Fatal(err)
		}
		k.run()
		k.holds(map[string][]string{"Feste □": {"one"}})
		k.mbox("pc/Feste 🎉", mail("1", "one", "text"), mail("1", "one", "text")) // plan again
	}
}
