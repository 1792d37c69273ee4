package migrate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/target/imap/imaptest"
	"unpop/migrate/target/imap/memserver"
)

// trees are servers by how they name and keep mailboxes.
var trees = map[string]func(testing.TB) *imaptest.Server{
	"memserver":                   func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb) },
	"memserver without NAMESPACE": func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb, untoldPrefix) },
	"Dovecot Maildir++":           func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{Dots: true}) },
	"Dovecot sdbox": func(tb testing.TB) *imaptest.Server {
		return imaptest.Dovecot(tb, imaptest.DovecotOptions{Format: "sdbox"})
	},
	"Dovecot mbox": func(tb testing.TB) *imaptest.Server {
		return imaptest.Dovecot(tb, imaptest.DovecotOptions{Format: "mbox"})
	},
	"Cyrus":             imaptest.Cyrus,
	"Cyrus with INBOX.": imaptest.DottedCyrus,
	"Courier":           imaptest.Courier,
}

// untoldPrefix makes a server that wants all below INBOX and does not say so before it is asked to make a mailbox.
func untoldPrefix(o *memserver.Options) {
	o.Delimiter, o.Prefix, o.Hide = '.', "INBOX.", []string{"NAMESPACE", "SPECIAL-USE", "CREATE-SPECIAL-USE"}
}

// TestMailboxTrees brings folders whose names are hard to have to all kinds of servers: every message arrives once, in a mailbox of its
// own, and the next run finds all of them there.
func TestMailboxTrees(t *testing.T) {
	t.Parallel()
	for name, start := range trees {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, start(t))
			k.opts.Settle = 200 * time.Millisecond
			long := strings.Repeat("Corrispondenza ", 11)
			for i, folder := range []string{
				"Inbox", "Posta inviata", "Clienti", "Clienti.sbd/ACME", "Clienti.sbd/ACME.sbd/2019", "Università & C.", "work", "Work",
				long + "1", long + "2", strings.Repeat("è", 70),
			} {
				id := string(rune('a' + i))
				k.mbox("pc/"+folder, mail(id, "subject "+id, "text"))
			}
			r := k.run()
			if r.Uploaded != 11 || r.Verified != 11 {
				t.Errorf("got %+v, want 11 uploaded and verified", r)
			}
			before := k.subjects()
			if len(before) != 11 {
				t.Errorf("got %d mailboxes with mail, want one for each folder: %q", len(before), before)
			}
			for mailbox, subjects := range before {
				if len(subjects) != 1 {
					t.Errorf("%s: got %q, want one message", mailbox, subjects)
				}
			}
			if r := k.run(); r.Uploaded != 0 || r.Present != 11 {
				t.Errorf("second run: got %+v, want nothing sent", r)
			}
			k.holds(before)
			k.mbox("pc2/Clienti", mail("x", "subject x", "text"))
			k.mbox("pc2/Clienti.sbd/ACME", mail("y", "subject y", "text"))
			if r := k.run(); r.Uploaded != 2 {
				t.Errorf("third run: got %+v, want 2 sent", r)
			}
			for mailbox, subjects := range k.subjects() {
				if slices.Contains(subjects, "subject x") && !slices.Contains(subjects, "subject c") || slices.Contains(subjects, "subject y") && !slices.Contains(subjects, "subject d") {
					t.Errorf("%s: got %q, want the later mail beside that of the folder's name", mailbox, subjects)
				}
			}
		})
	}
}

// TestMailFilesAndFolders is a server where a mailbox is a file or a folder of the disk, and not both.
func TestMailFilesAndFolders(t *testing.T) {
	t.Parallel()
	k := newKit(t, imaptest.Dovecot(t, imaptest.DovecotOptions{Format: "mbox"}))
	k.opts.Settle = 200 * time.Millisecond
	k.mbox("pc/Clienti", mail("1", "one", strings.Repeat("larger, and yet not the first ", 100)))
	k.mbox("pc/Clienti.sbd/ACME", mail("2", "two", "text"))
	k.mbox("pc/Sent.sbd/2019", mail("3", "three", "text"))
	k.mbox("pc/Sent", mail("4", "four", "text"))
	r := k.run()
	want := map[string][]string{"Clienti (mail)": {"one"}, "Clienti/ACME": {"two"}, "Sent - 2019": {"three"}, "Sent": {"four"}}
	k.holds(want)
	for _, b := range r.Renamed {
		if b.Planned == "" || b.Made == "" || b.Why == "" {
			t.Errorf("got %+v, want both names and the server's words", b)
		}
	}
	k.mbox("pc2/Clienti.sbd/ACME.sbd/Old", mail("5", "five", "text"))
	k.run()
	want["Clienti/ACME - Old"] = []string{"five"}
	k.holds(want)
}

// TestRolesWithoutSpecialUse takes the mailboxes that a server has by their names, and makes no second one of a kind.
func TestRolesWithoutSpecialUse(t *testing.T) {
	t.Parallel()
	for name, hide := range map[string][]string{"with": nil, "without": {"SPECIAL-USE", "CREATE-SPECIAL-USE"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t, func(o *memserver.Options) {
				o.Hide = hide
				o.Mailboxes = []migrate.MailboxInfo{{Name: "Elementi inviati"}, {Name: "Papierkorb", Role: migrate.RoleTrash}, {Name: "Trash"}}
			})
			k.mbox("pc/Sent", mail("1", "one", "text"))
			k.mbox("pc/Cestino", mail("2", "two", "text"))
			k.mbox("pc/Bozze", mail("3", "three", "text"))
			k.run()
			want := map[string][]string{"Elementi inviati": {"one"}, "Papierkorb": {"two"}, "Drafts": {"three"}}
			if hide != nil { // the name that most programs know, where nothing else tells
				want = map[string][]string{"Elementi inviati": {"one"}, "Trash": {"two"}, "Drafts": {"three"}}
			}
			k.holds(want)
		})
	}
}
