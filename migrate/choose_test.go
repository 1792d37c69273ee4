package migrate_test

import (
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
)

// sentMail is a message as it was sent, and the last draft of it.
func sentMail() (sent, draft string) {
	_, sent, _ = strings.Cut(mail("s", "offer", "text"), "\n")
	draft = strings.Replace(sent, "03:04:05", "03:01:00", 1)
	return sent, "X-Mozilla-Draft-Info: internal/draft\nX-Status: T\n" + draft
}

// isSent holds that the account has the message once, among the sent mail, and as it was sent.
func (k *kit) isSent() {
	k.t.Helper()
	sent, _ := sentMail()
	got := k.one("Sent")
	if string(got.Body) != strings.ReplaceAll(sent, "\n", "\r\n") || slices.Contains(got.Flags, `\Draft`) {
		k.t.Errorf("got %v %q, want %q and no draft", got.Flags, got.Body, sent)
	}
	if drafts := k.subjects()["Drafts"]; len(drafts) > 0 {
		k.t.Errorf("got %q among the drafts, want nothing", drafts)
	}
}

// An old backup may still have as a draft what was sent meanwhile, under the same Message-ID. In which order they come makes no difference.
func TestSentIsNoDraft(t *testing.T) {
	t.Parallel()
	sent, draft := sentMail()
	for _, order := range [][]string{{"Drafts", "Sent"}, {"Sent", "Drafts"}} {
		k := inMemory(t)
		for _, name := range order {
			k.mbox("of "+name+"/"+name, map[string]string{"Sent": sent, "Drafts": draft}[name])
		}
		if r := k.run(); r.Uploaded != 1 || r.Duplicate != 1 {
			t.Errorf("%v: got %+v, want one message and its duplicate", order, r.Tally)
		}
		k.isSent()
	}
}

// What the account has among its sent mail stays there, and is no draft because a source has one.
func TestSentIsNoDraftThere(t *testing.T) {
	t.Parallel()
	sent, draft := sentMail()
	k := inMemory(t)
	k.store("Sent", sent)
	k.mbox("old/Drafts", draft)
	if r := k.run(); r.Present != 1 || r.Uploaded != 0 {
		t.Errorf("got %+v, want one message that was there", r.Tally)
	}
	k.isSent()
}

// What the account has among its drafts stays one, and doesn't stand for what was sent.
func TestDraftThereStays(t *testing.T) {
	t.Parallel()
	sent, draft := sentMail()
	k := inMemory(t)
	k.store("Drafts", draft)
	k.mbox("new/Sent", sent)
	if r := k.run(); r.Uploaded != 1 {
		t.Errorf("got %+v, want one message sent", r.Tally)
	}
	if again := k.run(); again.Uploaded+again.Moved != 0 {
		t.Errorf("second run: got %+v, want nothing to do", again.Tally)
	}
	k.holds(map[string][]string{"Sent": {"offer"}, "Drafts": {"offer"}})
	if got := k.one("Sent"); string(got.Body) != strings.ReplaceAll(sent, "\n", "\r\n") {
		t.Errorf("got %q, want %q", got.Body, sent)
	}
}

func TestCleanKeepsSent(t *testing.T) {
	t.Parallel()
	sent, draft := sentMail()
	k := inMemory(t)
	k.store("Drafts", draft)
	k.store("Sent", sent)
	s := k.dial()
	defer s.Close()
	if _, err := s.Select(t.Context(), "Drafts"); err != nil {
		t.Fatal(err)
	}
	if err := s.(migrate.Flagger).AddFlags(t.Context(), []migrate.UID{1}, []string{`\Draft`}); err != nil {
		t.Fatal(err)
	}
	if r, err := k.cleaned(migrate.CleanOptions{}); err != nil || r.Messages != 1 {
		t.Errorf("got %+v, %v, want one duplicate", r, err)
	}
	k.isSent()
}
