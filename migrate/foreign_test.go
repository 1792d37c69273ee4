package migrate_test

import (
	"bytes"
	"testing"

	"unpop/migrate"
	"unpop/migrate/target/imap/memserver"
)

// sharing is an account that sees a mailbox of all.
func sharing(t *testing.T) *kit {
	t.Helper()
	return inMemory(t, func(o *memserver.Options) {
		o.Alter = func(out []byte) []byte {
			return bytes.ReplaceAll(out, []byte(`(("" "/")) NIL NIL`), []byte(`(("" "/")) NIL (("Public/" "/"))`))
		}
		o.Mailboxes = []migrate.MailboxInfo{{Name: "Public/team"}}
	})
}

// TestMailOfOthers: what others hold is not in the account, and stays where it is.
func TestMailOfOthers(t *testing.T) {
	t.Parallel()
	k := sharing(t)
	one, two := mail("1", "one", "text"), mail("2", "two", "text")
	k.mbox("pc/Clienti", one)
	k.store("INBOX", two)
	k.store("Public/team", one, two, two)
	if r := k.run(); r.Uploaded != 1 || r.Present != 0 {
		t.Errorf("got %+v, want one message uploaded", r.Tally)
	}
	if r, err := k.cleaned(migrate.CleanOptions{}); err != nil || r.Messages != 0 {
		t.Errorf("clean: got %+v, %v, want no duplicates", r, err)
	}
	k.holds(map[string][]string{"INBOX": {"two"}, "Clienti": {"one"}, "Public/team": {"one", "two", "two"}})
}

// TestMailForOthers: where the user sends mail to what others have too, it is looked at before.
func TestMailForOthers(t *testing.T) {
	t.Parallel()
	k := sharing(t)
	one, two := mail("1", "one", "text"), mail("2", "two", "text")
	k.mbox("pc/Clienti", one, two)
	k.store("Public/team", one)
	k.opts.Map = []migrate.Mapping{{Folder: "Clienti", Mailbox: "Public/team"}}
	if r := k.run(); r.Uploaded != 1 || r.Present != 1 {
		t.Errorf("got %+v, want one message uploaded and one present", r.Tally)
	}
	k.holds(map[string][]string{"Public/team": {"one", "two"}})
}
