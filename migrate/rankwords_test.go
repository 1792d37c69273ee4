package migrate

import (
	"encoding/json"
	"testing"

	"unpop/state"
)

func TestRankOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role  Role
		path  []string
		words string
	}{
		{RoleNone, []string{"Clienti"}, "filed by hand"},
		{RoleInbox, []string{"Inbox", "Clienti"}, "filed by hand"},
		{RoleSent, []string{"Sent"}, "sent"},
		{RoleDrafts, []string{"Drafts"}, "drafted"},
		{RoleInbox, []string{"Inbox"}, "in the inbox"},
		{RoleArchive, []string{"Archive"}, "archived"},
		{RoleJunk, []string{"Junk"}, "junk"},
		{RoleTrash, []string{"Trash"}, "in the trash"},
	} {
		f := state.Folder{Role: int(c.role), Path: c.path}
		if rank, words := RankOf(f); words != c.words || rank != place(f) {
			t.Errorf("%v: got %d, %q, want %d, %q", c.path, rank, words, place(f), c.words)
		}
	}
}

func TestDateFrom(t *testing.T) {
	t.Parallel()
	for rank, want := range map[int]string{
		0: "when it was received", 2: "what its Date field says", 3: "the file's time", rankDoubtful: "a doubtful date, for want of a better one",
		rankNone: "when it was read, as it has no date", -1: "when it was read, as it has no date",
	} {
		if got := DateFrom(rank); got != want {
			t.Errorf("%d: got %q, want %q", rank, got, want)
		}
	}
}

// TestVerificationJSON: what the ledger keeps of a verification has the names of a migration's record.
func TestVerificationJSON(t *testing.T) {
	t.Parallel()
	v := Verification{VerifyCounts: VerifyCounts{Verified: 5, Missing: 1, Altered: 2, Different: 3}, Repaired: 4}
	var got Fields
	if err := json.Unmarshal([]byte(v.JSON(VerifyOptions{Deep: true})), &got); err != nil {
		t.Fatal(err)
	}
	if got != (Fields{Verified: 5, Missing: 1, Altered: 2, Different: 3}) {
		t.Errorf("got %+v", got)
	}
	if server := (Report{Server: "Dovecot"}).Fields().Server; server != "Dovecot" {
		t.Errorf("server: got %q, want Dovecot", server)
	}
}
