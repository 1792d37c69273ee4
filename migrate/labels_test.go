package migrate_test

import (
	"bytes"
	"testing"

	"unpop/migrate"
	"unpop/migrate/target/imap/memserver"
)

// TestLabels brings mail to an account whose mailboxes are labels, and where one shows all that there is. It imitates Gmail as far as its
// documentation goes.
func TestLabels(t *testing.T) {
	t.Parallel()
	const whole = "[Gmail]/Tutti i messaggi"
	k := inMemory(t, func(o *memserver.Options) {
		o.Alter = func(out []byte) []byte {
			return bytes.ReplaceAll(out, []byte(" SPECIAL-USE "), []byte(" SPECIAL-USE X-GM-EXT-1 "))
		}
		o.Mailboxes = []migrate.MailboxInfo{{Name: whole, Role: migrate.RoleArchive}}
	})
	one, two, three := mail("1", "one", "text"), mail("2", "two", "text"), mail("3", "three", "text")
	k.mbox("pc/Clienti", one, two)
	k.mbox("pc/Inbox", three)
	k.store("INBOX", two, three)
	k.store(whole, one, two, three)
	before := k.content()
	r := k.run()
	if r.Uploaded != 0 || r.Moved != 2 || r.Present != 1 {
		t.Errorf("got %+v, want one labelled, one moved, one present", r.Tally)
	}
	k.holds(map[string][]string{whole: {"one", "two", "three"}, "Clienti": {"one", "two"}, "INBOX": {"three"}})
	if again := k.run(); again.Uploaded+again.Moved != 0 || again.Present != 3 {
		t.Errorf("second run: got %+v, want nothing to do", again.Tally)
	}
	k.undone()
	k.unchanged(before)
}
