package migrate_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	goimap "github.com/emersion/go-imap/v2"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// verify asks for all that the ledger knows.
func (k *kit) verify(opts migrate.VerifyOptions) (v migrate.Verification, err error) {
	k.t.Helper()
	err = k.with(func(m *migrate.Migration) error {
		v, err = m.Verify(k.t.Context(), opts)
		return err
	})
	return v, err
}

// verified is a verification that must work.
func (k *kit) verified(opts migrate.VerifyOptions) migrate.Verification {
	k.t.Helper()
	v, err := k.verify(opts)
	if err != nil {
		k.t.Fatalf("verify: %v (%+v)", err, v)
	}
	return v
}

// lose deletes messages on the server by their subjects.
func (k *kit) lose(mailbox string, subjects ...string) {
	k.t.Helper()
	var uids []migrate.UID
	for _, m := range k.dump()[mailbox] {
		if slices.Contains(subjects, subject(m.Body)) {
			uids = append(uids, migrate.UID(m.UID))
		}
	}
	if len(uids) != len(subjects) {
		k.t.Fatalf("%s has %d of %q", mailbox, len(uids), subjects)
	}
	s := k.dial()
	defer s.Close()
	if _, err := s.Select(k.t.Context(), mailbox); err != nil {
		k.t.Fatal(err)
	}
	if err := s.(migrate.Remover).Remove(k.t.Context(), uids); err != nil {
		k.t.Fatal(err)
	}
}

func TestVerifyWhereAllIsWell(t *testing.T) {
	t.Parallel()
	for name, start := range servers() {
		for _, deep := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " deep ", deep), func(t *testing.T) {
				t.Parallel()
				k := start(t)
				full(k)
				k.run()
				k.opts.Progress = new(migrate.Progress)
				specs := k.specs
				k.specs = nil // the sources are not needed
				want := migrate.Verification{VerifyCounts: migrate.VerifyCounts{Verified: fullMessages}}
				if v := k.verified(migrate.VerifyOptions{Deep: deep}); fmt.Sprint(v) != fmt.Sprint(want) {
					t.Errorf("got %+v, want %+v", v, want)
				}
				if p := k.opts.Progress; p.Messages.Load() != fullMessages || (p.Bytes.Load() > 0) != deep || p.Bytes.Load() != p.TotalBytes.Load() {
					t.Errorf("progress: got %d messages and %d of %d bytes", p.Messages.Load(), p.Bytes.Load(), p.TotalBytes.Load())
				}
				k.specs = specs
				k.holds(k.subjects())
			})
		}
	}
}

func TestVerifyTellsTheInboxFromTheRest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		inbox, other []string
		only         bool
	}{
		{[]string{"one", "two"}, nil, true},
		{[]string{"one"}, nil, false},
		{[]string{"one", "two"}, []string{"three"}, false},
		{nil, []string{"three", "four"}, false},
	} {
		k := inMemory(t)
		k.mbox("pc/Inbox", mail("1", "one", "text"), mail("2", "two", "text"))
		k.mbox("pc/Altro", mail("3", "three", "text"), mail("4", "four", "text"))
		k.run()
		k.lose("INBOX", tt.inbox...)
		k.lose("Altro", tt.other...)
		v := k.verified(migrate.VerifyOptions{})
		if missing := int64(len(tt.inbox) + len(tt.other)); v.Missing != missing || v.Verified != 4-missing || v.OnlyInbox != tt.only {
			t.Errorf("%v and %v lost: got %+v, want %d missing, only INBOX %t", tt.inbox, tt.other, v, missing, tt.only)
		}
		for _, b := range v.Mailboxes {
			if want := map[string]int{"INBOX": len(tt.inbox), "Altro": len(tt.other)}[b.Name]; b.Missing != int64(want) {
				t.Errorf("%s: got %d missing, want %d", b.Name, b.Missing, want)
			}
		}
	}
}

func TestVerifyCountsChangedFlags(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", "X-Mozilla-Status: 0001\nX-Mozilla-Keys: importante\n"+mail("1", "one", "text"), mail("2", "two", "text"))
	k.run()
	if v := k.verified(migrate.VerifyOptions{}); v.FlagsDiffer != 0 {
		t.Errorf("got %+v, want the flags as they were set", v)
	}
	client := k.client()
	if _, err := client.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	for uid, op := range map[goimap.UID]goimap.StoreFlagsOp{1: goimap.StoreFlagsDel, 2: goimap.StoreFlagsAdd} {
		if err := client.Store(goimap.UIDSetNum(uid), &goimap.StoreFlags{Op: op, Flags: []goimap.Flag{goimap.FlagSeen}}, nil).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if v := k.verified(migrate.VerifyOptions{}); v.FlagsDiffer != 2 || v.Verified != 2 || v.Missing != 0 {
		t.Errorf("got %+v, want two with other flags, and no complaint", v)
	}
}

func TestVerifyAlteredAndDifferent(t *testing.T) {
	t.Parallel()
	text := mail("1", "one", "text")
	crlf := strings.ReplaceAll(text, "\n", "\r\n")
	larger := func(f migrate.Found) migrate.Found { f.Size += 2; return f }
	equal := func(f migrate.Found) migrate.Found { return f }
	for name, tt := range map[string]struct {
		change         func(migrate.Found) migrate.Found
		other          string
		deep, noSource bool
		want           migrate.VerifyCounts
	}{
		"larger":                    {larger, "", false, true, migrate.VerifyCounts{Verified: 1, Altered: 1}},
		"larger, same bytes":        {larger, "", true, true, migrate.VerifyCounts{Verified: 1}},
		"a blank line more":         {larger, crlf + "\r\n", true, false, migrate.VerifyCounts{Verified: 1, Altered: 1}},
		"a blank line, no source":   {larger, crlf + "\r\n", true, true, migrate.VerifyCounts{Verified: 1, Altered: 1}},
		"other text":                {equal, strings.Replace(crlf, "text", "tixt", 1), true, false, migrate.VerifyCounts{Different: 1}},
		"other text, no source":     {equal, strings.Replace(crlf, "text", "tixt", 1), true, true, migrate.VerifyCounts{Verified: 1, Altered: 1}},
		"another message":           {equal, strings.Replace(crlf, "<1@", "<2@", 1), true, true, migrate.VerifyCounts{Different: 1}},
		"another message, not deep": {equal, strings.Replace(crlf, "<1@", "<2@", 1), false, true, migrate.VerifyCounts{Verified: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			k.mbox("pc/Inbox", text)
			k.run()
			k.target = lying{k.target, tt.change, tt.other}
			if tt.noSource {
				k.specs = nil
			}
			if v := k.verified(migrate.VerifyOptions{Deep: tt.deep}); v.VerifyCounts != tt.want {
				t.Errorf("got %+v, want %+v", v.VerifyCounts, tt.want)
			}
		})
	}
}

func TestVerifyRepairSendsWhatIsGone(t *testing.T) {
	t.Parallel()
	for name, start := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t)
			full(k)
			k.run()
			whole := k.subjects()
			k.lose("INBOX", "two", "no id")
			k.lose(k.name("Clienti"), "four")
			v := k.verified(migrate.VerifyOptions{Repair: true, Deep: true})
			if v.Repaired != 3 || v.Sent != 3 || v.Missing != 0 || v.Verified != fullMessages {
				t.Errorf("got %+v, want three sent again", v)
			}
			if got := k.subjects(); fmt.Sprint(got) != fmt.Sprint(whole) {
				t.Errorf("got %v, want %v", got, whole)
			}
			if r := k.run(); r.Uploaded != 0 || r.Verified != fullMessages {
				t.Errorf("migrated again: got %+v, want nothing to do", r.Tally)
			}
		})
	}
}

func TestVerifyRepairDoesNotDouble(t *testing.T) {
	t.Parallel()
	for name, start := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t)
			full(k)
			k.run()
			whole := k.subjects()
			for _, m := range k.dump()["INBOX"] { // as after a move away and back: the same bytes under other UIDs
				if s := subject(m.Body); s == "two" || s == "no id" {
					k.store("INBOX", strings.ReplaceAll(string(m.Body), "\r\n", "\n"))
				}
			}
			k.loseFirst("INBOX", "two", "no id")
			k.specs = nil // nothing is to be read
			v := k.verified(migrate.VerifyOptions{Repair: true})
			if v.Repaired != 2 || v.Sent != 0 || v.Missing != 0 {
				t.Errorf("got %+v, want both found again", v)
			}
			if got := k.subjects(); fmt.Sprint(got) != fmt.Sprint(whole) {
				t.Errorf("got %v, want %v", got, whole)
			}
		})
	}
}

// loseFirst deletes the first message of each subject.
func (k *kit) loseFirst(mailbox string, subjects ...string) {
	k.t.Helper()
	s := k.dial()
	defer s.Close()
	if _, err := s.Select(k.t.Context(), mailbox); err != nil {
		k.t.Fatal(err)
	}
	for _, want := range subjects {
		messages := k.dump()[mailbox]
		i := slices.IndexFunc(messages, func(m imaptest.Message) bool { return subject(m.Body) == want })
		if err := s.(migrate.Remover).Remove(k.t.Context(), []migrate.UID{migrate.UID(messages[i].UID)}); err != nil {
			k.t.Fatal(err)
		}
	}
}

func TestVerifyRepairWithoutTheSource(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"))
	k.mbox("other/Inbox", mail("2", "two", "text"), mail("3", "three", "text"))
	k.run()
	k.lose("INBOX", "one", "two")
	specs := k.specs
	k.specs = nil
	if v, err := k.verify(migrate.VerifyOptions{Repair: true}); err == nil || v.Missing != 2 {
		t.Errorf("got %+v, %v, want an error without any source", v, err)
	}
	k.specs = specs[1:]
	if v := k.verified(migrate.VerifyOptions{Repair: true}); v.Repaired != 1 || v.Missing != 1 {
		t.Errorf("got %+v, want what lies in the source given", v)
	}
	k.holds(map[string][]string{"INBOX": {"two", "three"}})
	k.specs = specs
	if v := k.verified(migrate.VerifyOptions{Repair: true}); v.Repaired != 1 || v.Missing != 0 {
		t.Errorf("got %+v, want the rest", v)
	}
	k.holds(map[string][]string{"INBOX": {"one", "two", "three"}})
}

func TestVerifyRepairUsesAnotherCopy(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"))
	k.mbox("other/Inbox", mail("1", "one", "text"))
	k.run()
	k.lose("INBOX", "one")
	if err := os.RemoveAll(filepath.Join(k.dir, "pc")); err != nil {
		t.Fatal(err)
	}
	k.specs = k.specs[1:]
	if v := k.verified(migrate.VerifyOptions{Repair: true}); v.Repaired != 1 {
		t.Errorf("got %+v, want it sent from the other copy", v)
	}
	k.holds(map[string][]string{"INBOX": {"one"}})
}

func TestVerifyRepairAfterAnUnfinishedMigration(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Inbox", mail("1", "one", "text"))
	k.mbox("other/Altro", mail("2", "two", "text"))
	k.server.Mem.Refuse(func(mailbox string, _ int64) *memserver.Answer {
		if mailbox == "Altro" {
			return &memserver.Answer{Kind: "NO", Code: "OVERQUOTA", Text: "full"}
		}
		return nil
	})
	k.opts.Connections = 1
	if r, err := k.try(t.Context()); err == nil || r.Pending == 0 {
		t.Fatalf("got %+v, %v, want work left", r.Tally, err)
	}
	k.server.Mem.Refuse(nil)
	if len(k.dump()["INBOX"]) == 0 {
		t.Skip("the other mailbox came first")
	}
	k.lose("INBOX", "one")
	specs := k.specs
	k.specs = k.specs[:1]
	if v, err := k.verify(migrate.VerifyOptions{Repair: true}); err == nil || !strings.Contains(err.Error(), "not finished") || v.Missing != 1 {
		t.Errorf("got %+v, %v, want it to wait for the migration", v, err)
	}
	k.specs = specs
	if v := k.verified(migrate.VerifyOptions{Repair: true}); v.Repaired != 1 {
		t.Errorf("got %+v, want it repaired", v)
	}
	k.holds(map[string][]string{"INBOX": {"one"}, "Altro": {"two"}})
}

func TestVerifyDeepOverManyConnections(t *testing.T) {
	t.Parallel()
	var lost atomic.Int64
	k := inMemory(t, func(o *memserver.Options) {
		o.Security = memserver.Plain
		o.Alter = func(out []byte) []byte {
			if lost.Load() > 0 && strings.Contains(string(out), "BODY[]") {
				lost.Add(-1)
				return nil
			}
			return out
		}
	})
	var many []string
	for i := range 500 {
		many = append(many, mail(fmt.Sprint(i), fmt.Sprint("m", i), strings.Repeat("text ", i)))
	}
	k.mbox("pc/Inbox", many...)
	k.run()
	k.opts.Connections = 1 // Alter is called by one goroutine
	lost.Store(3)
	k.opts.Progress = new(migrate.Progress)
	if v := k.verified(migrate.VerifyOptions{Deep: true}); v.Verified != 500 || v.Altered != 0 {
		t.Errorf("got %+v, want all there", v)
	}
	if p := k.opts.Progress; lost.Load() != 0 || p.Messages.Load() != 500 || p.Bytes.Load() != p.TotalBytes.Load() {
		t.Errorf("%d answers not lost; progress: %d messages, %d of %d bytes, want each counted once", lost.Load(), p.Messages.Load(), p.Bytes.Load(), p.TotalBytes.Load())
	}
	k.opts.Connections = 4
	k.server.Mem.FailLogins(memserver.Answer{}, memserver.Answer{Kind: "NO", Code: "LIMIT", Text: "too many connections"}, memserver.Answer{Kind: "NO", Code: "LIMIT", Text: "too many connections"})
	if v := k.verified(migrate.VerifyOptions{Deep: true}); v.Verified != 500 {
		t.Errorf("fewer connections: got %+v, want all there", v)
	}
}

func TestVerifyAfterTheMailboxIsGone(t *testing.T) {
	t.Parallel()
	k := inMemory(t)
	k.mbox("pc/Altro", mail("1", "one", "text"))
	k.run()
	client := k.client()
	if err := client.Delete("Altro").Wait(); err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	r, err := k.try(t.Context())
	if !errors.Is(err, migrate.ErrMissing) || r.Missing != 1 {
		t.Errorf("got %+v, %v, want it missing", r.Verification, err)
	}
	if v := k.verified(migrate.VerifyOptions{Repair: true}); v.Repaired != 1 || v.Sent != 1 {
		t.Errorf("got %+v, want it there again", v)
	}
	k.holds(map[string][]string{"Altro": {"one"}})
}
