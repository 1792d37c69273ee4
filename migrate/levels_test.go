package migrate

import (
	"strings"
	"testing"

	"unpop/state"
)

// placed names folders, all of one source but those after "2:", on a server.
func placed(survey Survey, on []MailboxInfo, allows func(string) bool, folders []string) (mailboxes []string, why []Renaming) {
	n := newNaming(survey, on, func(string) bool { return false }, allows, &Options{})
	all := make([]state.Folder, len(folders))
	for i, text := range folders {
		text, second := strings.CutPrefix(text, "2:")
		all[i] = folder(1, text)
		if second {
			all[i].Source = 2
		}
	}
	n.learn(all)
	for _, f := range all {
		mailboxes = append(mailboxes, n.of(f).mailbox)
		why = append(why, n.why)
	}
	return mailboxes, why
}

func TestNamesOnOddServers(t *testing.T) {
	t.Parallel()
	slashes, dots, backslashes := Survey{Delimiter: '/'}, Survey{Delimiter: '.', Prefix: "INBOX."}, Survey{Delimiter: '\\'}
	gmail := Survey{Delimiter: '/', Labels: true}
	gmailBoxes := []MailboxInfo{
		{Name: "INBOX", Role: RoleInbox},
		{Name: "[Gmail]/Tutti i messaggi", Role: RoleArchive},
		{Name: "[Gmail]/Posta inviata", Role: RoleSent},
		{Name: "[Gmail]/Bozze", Role: RoleDrafts},
		{Name: "[Gmail]/Cestino", Role: RoleTrash},
		{Name: "[Gmail]/Spam", Role: RoleJunk},
	}
	files := []MailboxInfo{{Name: "INBOX", Role: RoleInbox}, {Name: "Clienti", Childless: true}, {Name: "Sent", Role: RoleSent, Childless: true}}
	const ch, ca, le = RenamedCharacters, RenamedCase, RenamedLevels
	for _, tt := range []struct {
		what    string
		survey  Survey
		on      []MailboxInfo
		folders []string
		want    []string
		why     []Renaming
	}{
		{
			"a parent in another case", slashes,
			[]MailboxInfo{{Name: "Work/b"}},
			[]string{"work/a", "work/B", "work"},
			[]string{"Work/a", "Work/b", "Work"},
			[]Renaming{ca, ca, ca},
		},
		{
			"two trees that differ by case", slashes, nil,
			[]string{"Work", "Work/a", "work", "work/a", "2:work/b"},
			[]string{"Work", "Work/a", "work (2)", "work (2)/a", "Work/b"},
			[]Renaming{"", "", ca, ca, ca},
		},
		{
			"a server that tells them apart", slashes,
			[]MailboxInfo{{Name: "Work"}, {Name: "work"}},
			[]string{"Work", "work", "work/x"},
			[]string{"Work", "work", "work/x"},
			nil,
		},
		{"accents taken apart", slashes, []MailboxInfo{{Name: "Citta\u0300"}}, []string{"Citt\u00e0"}, []string{"Citta\u0300"}, nil},
		{"below an inbox in any case", slashes, nil, []string{"x|INBOX/a", "y|inbox/b"}, []string{"INBOX/a", "INBOX/b"}, nil},
		{"backslashes", backslashes, nil, []string{`a\b/c`}, []string{`a＼b\c`}, []Renaming{ch}},
		{"flat", Survey{}, nil, []string{"a/b"}, []string{"a-b"}, nil},
		{
			"Gmail", gmail, gmailBoxes,
			[]string{"Sent", "Drafts", "Trash", "Junk", "Archives", "Archives/2019", "Sent/2019", "[Gmail]/Sent Mail", "[Gmail]/All Mail", "Clienti/ACME", "Inbox"},
			[]string{
				"[Gmail]/Posta inviata", "[Gmail]/Bozze", "[Gmail]/Cestino", "[Gmail]/Spam", "[Gmail]/Tutti i messaggi", "Archive/2019",
				"Posta inviata/2019", "[Gmail]/Posta inviata", "[Gmail]/Tutti i messaggi", "Clienti/ACME", "INBOX",
			},
			nil,
		},
		{
			"Gmail without SPECIAL-USE", gmail,
			[]MailboxInfo{{Name: "[Gmail]/Sent Mail"}, {Name: "[Gmail]/Trash"}},
			[]string{"Sent", "Cestino"},
			[]string{"[Gmail]/Sent Mail", "[Gmail]/Trash"},
			nil,
		},
		{
			"mailboxes that are files", slashes, files,
			[]string{"Clienti", "Clienti/ACME/2019", "Neu/x", "Neu", "Sent/2019", "Bozze/old"},
			[]string{"Clienti", "Clienti - ACME - 2019", "Neu/x", "Neu (mail)", "Sent - 2019", "Drafts - old"},
			[]Renaming{"", le, "", le, le, le},
		},
		{
			"an INBOX without children", slashes,
			[]MailboxInfo{{Name: "INBOX", Role: RoleInbox, Childless: true}},
			[]string{"Inbox/Forum", "a", "a/b"},
			[]string{"Forum", "a", "a/b"},
			nil,
		},
		{
			"roles below INBOX without a prefix", slashes,
			[]MailboxInfo{{Name: "INBOX/Sent"}, {Name: "INBOX/Cestino"}, {Name: "Trash"}},
			[]string{"Posta inviata", "Papierkorb"},
			[]string{"INBOX/Sent", "Trash"},
			nil,
		},
		{
			"the best known of several", dots,
			[]MailboxInfo{{Name: "INBOX.Enviados"}, {Name: "INBOX.Sent Messages"}, {Name: "INBOX.Sent"}, {Name: "INBOX.sent-mail"}},
			[]string{"Gesendet"},
			[]string{"INBOX.Sent"},
			nil,
		},
	} {
		got, why := placed(tt.survey, tt.on, allowsAll, tt.folders)
		for i := range tt.folders {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %s goes to %q, want %q", tt.what, tt.folders[i], got[i], tt.want[i])
			}
			if tt.why != nil && why[i] != tt.why[i] {
				t.Errorf("%s: %s to %q: got reason %q, want %q", tt.what, tt.folders[i], got[i], why[i], tt.why[i])
			}
		}
	}
}

func TestNamesThatAreTooLong(t *testing.T) {
	t.Parallel()
	limited := func(mailbox string) bool { return len(mailbox) <= 200 }
	long := strings.Repeat("very ", 50) + "long"
	got, why := placed(Survey{Delimiter: '/'}, nil, limited, []string{"a/" + long + " one", "a/" + long + " two", "a/" + long[:120]})
	if got[0] == got[1] || len(got[0]) > 200 || !strings.HasPrefix(got[0], "a/very very ") || why[0] != RenamedLength {
		t.Errorf("got %q and %q (%s), want two short names", got[0], got[1], why[0])
	}
	if got[2] != "a/"+long[:119]+"␠" && got[2] != "a/"+long[:120] || why[2] == RenamedLength {
		t.Errorf("got %q (%s), want it as it is", got[2], why[2])
	}
}

func TestFoldersThatAreGmails(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"[Gmail]/All Mail": 4, "[Gmail]/Sent Mail": 1, "[Google Mail]/Papierkorb": 6, "[Gmail]/Sent Mail/2019": 0, "[Gmail]": 0, "[Gmail]/x": 0} {
		if got := place(folder(1, text)); got != want {
			t.Errorf("%s: got rank %d, want %d", text, got, want)
		}
	}
}
