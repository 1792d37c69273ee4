package report

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"unpop/state"
)

// kit is a ledger with an account, made by hand.
type kit struct {
	t       *testing.T
	ledger  *state.Ledger
	account *state.Account
	run     int64
	source  int64
	part    int64
	boxes   map[string]int64
	next    int64 // copy
	uid     uint32
}

func newKit(t *testing.T) *kit {
	t.Helper()
	ledger, err := state.Open(t.Context(), filepath.Join(t.TempDir(), "l.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	k := &kit{t: t, ledger: ledger}
	k.use("imaps://anna@imap.example.it")
	return k
}

// use begins an account.
func (k *kit) use(target string) {
	k.t.Helper()
	k.account = must(k.ledger.Account(k.t.Context(), target))(k.t)
	k.run = must(k.account.StartRun(k.t.Context(), "migrate", "v1.2.3"))(k.t)
	k.source = must(k.account.Source(k.t.Context(), "thunderbird", "/home/anna/.thunderbird"))(k.t)
	k.part = must(k.account.Part(k.t.Context(), k.source, k.run, "Mail/Inbox"))(k.t).ID
	k.boxes = map[string]int64{}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// folder makes a store folder that goes to a mailbox; none means that it is left out.
func (k *kit) folder(name, mailbox string) int64 {
	k.t.Helper()
	folder := must(k.account.Folder(k.t.Context(), state.Folder{Source: k.source, Name: name, Path: []string{name}}))(k.t)
	box := int64(0)
	if mailbox != "" {
		box = must(k.account.Mailbox(k.t.Context(), mailbox, 0))(k.t)
		k.boxes[mailbox] = box
	}
	if err := k.account.Assign(k.t.Context(), folder, box, mailbox == ""); err != nil {
		k.t.Fatal(err)
	}
	return folder
}

// copyOf is a live copy of the message with that number.
func (k *kit) copyOf(n int64, folder int64, subject string, when time.Time) state.Copy {
	k.next++
	text := strconv.FormatInt(n, 10)
	exact, key := sha256.Sum256([]byte("m"+text)), sha256.Sum256([]byte("k"+text))
	return state.Copy{
		Folder: folder, Ref: strconv.FormatInt(k.next, 10), Size: 1000 + n%500, Exact: exact[:], Key: key[:16], HasID: true, Date: when.Unix(),
		MessageID: "<" + text + "@example.org>", Subject: subject, Flags: int(n % 4),
	}
}

// scan stores copies, and tells which is whose: the first of equal bytes leads.
func (k *kit) scan(copies func(yield func(state.Copy) bool), remarks ...string) {
	k.t.Helper()
	k.store(k.part, copies, remarks...)
	k.group()
}

func (k *kit) store(part int64, copies func(yield func(state.Copy) bool), remarks ...string) {
	k.t.Helper()
	ctx := k.t.Context()
	w := must(k.account.ScanPart(ctx, part))(k.t)
	for c := range copies {
		if err := w.Add(ctx, c); err != nil {
			k.t.Fatal(err)
		}
	}
	if err := w.Finish(ctx, "stamp", remarks, ""); err != nil {
		k.t.Fatal(err)
	}
}

// group tells which copy is whose.
func (k *kit) group() {
	k.t.Helper()
	ctx := k.t.Context()
	batch, last := k.account.Batch(), state.Candidate{}
	for c, err := range k.account.Candidates(ctx, []int64{k.source}) {
		switch {
		case err != nil:
			k.t.Fatal(err)
		case c.Exact != last.Exact:
			last = c
		case batch.SetMessage(ctx, c.ID, last.ID) != nil:
			k.t.Fatal("set message")
		}
	}
	if err := batch.Flush(ctx); err != nil {
		k.t.Fatal(err)
	}
}

// plan makes messages of the copies, each for the mailbox of its first copy's folder.
func (k *kit) plan() {
	k.t.Helper()
	ctx := k.t.Context()
	home := map[int64]int64{}
	for _, f := range must(k.account.Folders(ctx, []int64{k.source}))(k.t) {
		home[f.ID] = f.Mailbox
	}
	batch, last := k.account.Batch(), int64(0)
	for m, err := range k.account.Members(ctx, []int64{k.source}) {
		if err != nil {
			k.t.Fatal(err)
		}
		if m.Message == last {
			continue
		}
		last = m.Message
		err := batch.AddMessage(ctx, state.Message{
			ID: m.Message, Copy: m.ID, Mailbox: home[m.Folder], Size: m.Size, Exact: m.Exact, Key: m.Key, HasID: true, Flags: m.Flags, Date: m.Date,
			MessageID: m.MessageID, Subject: m.Subject, Variant: m.Variant,
		})
		if err != nil {
			k.t.Fatal(err)
		}
	}
	if err := batch.Flush(ctx); err != nil {
		k.t.Fatal(err)
	}
}

// settle settles what is planned for a mailbox. fate says how each ends; nil uploads all.
func (k *kit) settle(mailbox string, fate func(state.Message) state.Outcome) {
	k.t.Helper()
	ctx, box := k.t.Context(), k.boxes[mailbox]
	for after := int64(0); ; {
		page := must(k.account.Next(ctx, box, after, 4000))(k.t)
		if len(page) == 0 {
			return
		}
		var ids []int64
		var outcomes []state.Outcome
		for _, m := range page {
			k.uid++
			o := state.Outcome{State: state.Done, How: state.Appended}
			if fate != nil {
				o = fate(m)
			}
			o.Message, o.UIDValidity, o.UID = m.ID, 7, k.uid
			ids, outcomes, after = append(ids, m.ID), append(outcomes, o), m.Copy
		}
		if err := k.account.Claim(ctx, ids, 7, 1); err != nil {
			k.t.Fatal(err)
		}
		if err := k.account.Settle(ctx, k.run, outcomes); err != nil {
			k.t.Fatal(err)
		}
	}
}

// end ends the run with a record.
func (k *kit) end(outcome, tally string) {
	k.t.Helper()
	if err := k.account.EndRun(k.t.Context(), k.run, outcome, tally); err != nil {
		k.t.Fatal(err)
	}
}

// made is when the reports of these tests are made.
var made = time.Date(2026, 3, 14, 15, 9, 0, 0, time.UTC)

func (k *kit) options() Options {
	return Options{Version: "v1.2.3", Made: made, Ledger: "/home/anna/l.db", KeptIn: func(string) string { return "/home/anna/l.quarantine.mbox" }, Location: time.UTC}
}

func (k *kit) gather() *Account {
	k.t.Helper()
	return must(Gather(k.t.Context(), k.account, k.options()))(k.t)
}

func (k *kit) page() string {
	k.t.Helper()
	var b bytes.Buffer
	if err := k.gather().WriteHTML(&b); err != nil {
		k.t.Fatal(err)
	}
	return b.String()
}

// usual fills the ledger with a bit of everything: 9 copies.
func (k *kit) usual() {
	inbox, spam, old := k.folder("Inbox", "INBOX"), k.folder("Spam", ""), k.folder("Old", "Old")
	year := func(y int) time.Time { return time.Date(y, 5, 4, 3, 2, 1, 0, time.UTC) }
	k.scan(func(yield func(state.Copy) bool) {
		expunged, unreadable := k.copyOf(8, inbox, "thrown away", year(2019)), k.copyOf(9, inbox, "", year(2019))
		expunged.State = state.Expunged
		unreadable.State, unreadable.Flaw = state.Unreadable, "ends within its header"
		for _, c := range []state.Copy{
			k.copyOf(1, inbox, "one", year(2017)), k.copyOf(2, inbox, "two", year(2019)), k.copyOf(1, old, "one", year(2017)),
			k.copyOf(3, old, "three", year(2020)), k.copyOf(4, inbox, "four", year(2020)), k.copyOf(5, inbox, "five", year(2021)), expunged, unreadable,
			k.copyOf(6, spam, "you won", year(2021)),
		} {
			if !yield(c) {
				return
			}
		}
	}, "2 contacts, 1 note: not mail (--export writes them to files)", "12 bytes skipped")
	k.plan()
	k.settle("INBOX", func(m state.Message) state.Outcome {
		switch m.ID {
		case 2:
			return state.Outcome{State: state.Done, How: state.Moved}
		case 5:
			return state.Outcome{State: state.Rejected, Reason: "server: [CANNOT] Virus found"}
		case 6:
			return state.Outcome{State: state.Done, How: state.Present}
		default:
			return state.Outcome{State: state.Done, How: state.Appended}
		}
	})
	k.settle("Old", nil)
	if err := k.account.Refused(k.t.Context(), 5, 0, "server: [CANNOT] Virus found"); err != nil {
		k.t.Fatal(err)
	}
	k.end("done", `{"verified":4,"missing":0,"server":"Dovecot","keywords_dropped":2}`)
}

// large fills the ledger with so many copies in fifty folders; of a hundred 60 are messages of their own.
func (k *kit) large(rows int64) {
	const folders = 50
	for i := range int64(folders) {
		name := fmt.Sprintf("folder %d", i)
		folder := k.folder(name, name)
		part := must(k.account.Part(k.t.Context(), k.source, k.run, name))(k.t)
		k.store(part.ID, func(yield func(state.Copy) bool) {
			for n := i * rows / folders; n < (i+1)*rows/folders; n++ {
				of := n - n%100 + n%100%60
				c := k.copyOf(of, folder, fmt.Sprintf("Re: message number %d of many", of), time.Unix(1e9+of*300%600_000_000, 0))
				if n%100 == 99 {
					c.State = state.Expunged
				}
				if !yield(c) {
					return
				}
			}
		})
	}
	k.group()
	k.plan()
	for box := range k.boxes {
		k.settle(box, nil)
	}
	k.end("done", `{"verified":1,"server":"Dovecot"}`)
}
