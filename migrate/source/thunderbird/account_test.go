package thunderbird

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"unpop/migrate"
)

func TestServers(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{"Mail/pop.example.com/Inbox": "", "Mail/Local Folders/Trash": ""})
	p := profile{dir: root, prefs: prefs{
		"mail.server.server2.type": "pop3", "mail.server.server2.hostname": "pop.example.com", "mail.server.server2.userName": "anna",
		"mail.server.server2.directory-rel": "[ProfD]Mail/pop.example.com",
		"mail.server.server1.type":          "none", "mail.server.server1.name": "Lokale Ordner", "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
		"mail.server.server3.type": "pop3", "mail.server.server3.hostname": "gone.example.com",
		"mail.server.default.port": "1",
	}}
	want := []server{
		{"server1", "none", "", "", "Lokale Ordner", filepath.Join(root, "Mail", "Local Folders")},
		{"server2", "pop3", "pop.example.com", "anna", "", filepath.Join(root, "Mail", "pop.example.com")},
		{"server3", "pop3", "gone.example.com", "", "", ""},
	}
	got := p.servers()
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for i, label := range []string{"Lokale Ordner", "pop.example.com", "gone.example.com"} {
		if got[i].label() != label {
			t.Errorf("%s: got label %q, want %q", got[i].key, got[i].label(), label)
		}
	}
}

func TestMailDir(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{"Mail/pop/Inbox": "", "Mail/pop-1/Inbox": "", "Mail/imap/Inbox": "", "Other/Inbox": ""})
	other := filepath.Join(root, "Other")
	for _, test := range []struct{ kind, relative, absolute, want string }{
		{"pop3", "[ProfD]Mail/pop", "", "Mail/pop"},
		{"pop3", "[ProfD]Mail/pop", other, "Mail/pop"}, // the relative one counts
		{"pop3", "[ProfD]Mail/nowhere", other, "Other"},
		{"pop3", "", other, "Other"},
		{"pop3", "", `D:\Profile\x.default\Mail\pop-1`, "Mail/pop-1"},
		{"pop3", "", "/home/anna/.thunderbird/x/Mail/pop-1/", "Mail/pop-1"},
		{"pop3", "[ProfD]../y.default/Mail/pop", "", "Mail/pop"},
		{"imap", "", "/home/anna/.thunderbird/x/ImapMail/imap", ""},
		{"pop3", "[ProfD]Mail/nowhere", "/nowhere/at all", ""},
		{"pop3", "", "", ""},
	} {
		want := ""
		if test.want != "" {
			want = filepath.Join(root, filepath.FromSlash(test.want))
		}
		if got := (profile{dir: root}).mailDir(test.kind, test.relative, test.absolute); got != want {
			t.Errorf("%+v: got %q, want %q", test, got, want)
		}
	}
}

// Accounts that share a directory are one; an account without settings is taken too.
func TestAccountsOfOneDirectory(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{"Mail/pop/Inbox": "", "Mail/orphan/Inbox": "", "Mail/Feeds/x": ""})
	p := profile{dir: root, prefs: prefs{
		"mail.server.server1.type": "pop3", "mail.server.server1.directory-rel": "[ProfD]Mail/pop",
		"mail.server.server2.type": "pop3", "mail.server.server2.directory-rel": "[ProfD]Mail/pop",
		"mail.server.server3.type": "rss", "mail.server.server3.hostname": "Feeds", "mail.server.server3.directory-rel": "[ProfD]Mail/Feeds",
	}}
	all, left := p.accounts()
	var labels []string
	for _, a := range all {
		labels = append(labels, a.label)
	}
	if want := []string{"pop", "orphan"}; !slices.Equal(labels, want) {
		t.Errorf("accounts: got %q, want %q", labels, want)
	}
	if len(left) != 1 || !left.holds(filepath.Join(root, "Mail", "Feeds")) {
		t.Errorf("left aside: got %+v, want the feeds", left)
	}
}

func TestRolesOfSettings(t *testing.T) {
	t.Parallel()
	p := profile{prefs: prefs{
		"mail.identity.id1.fcc_folder":                "mailbox://anna@pop/Gesendet%20von%20mir",
		"mail.identity.id2.fcc_folder":                "mailbox://bob@pop/Bobs",
		"mail.identity.id1.draft_folder":              "mailbox://anna@pop/Angefangen",
		"mail.identity.id1.stationery_folder":         "mailbox://anna@pop/Muster",
		"mail.identity.id1.archive_folder":            "mailbox://anna@pop/Ablage",
		"mail.server.server1.spamActionTargetFolder":  "mailbox://anna@pop/M%C3%BCll",
		"mail.server.server1.spamActionTargetAccount": "mailbox://anna@pop",
		"mail.identity.id3.fcc_folder":                "imap://anna@pop/Sent",
		"mail.identity.id4.draft_folder":              "mailbox://anna@pop/Beides",
		"mail.identity.id4.stationery_folder":         "mailbox://anna@pop/Beides",
	}}
	want := map[string]migrate.Role{
		"Gesendet von mir": migrate.RoleSent, "Angefangen": migrate.RoleDrafts, "Muster": migrate.RoleTemplates,
		"Ablage": migrate.RoleArchive, "Müll": migrate.RoleJunk, "Beides": migrate.RoleDrafts,
	}
	for range 10 { // whatever the order of the map
		if got := p.roles(server{host: "pop", user: "anna"}); !maps.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestRole(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), map[string]string{
		"Xyz.msf": index("Xyz", 0x404), "Virtual.msf": index("Virtual", 0x224), "Sent.msf": index("Sent", 0x104), "Plain.msf": index("Plain", 4),
	})
	a := account{dir: root, roles: map[string]migrate.Role{"Mie": migrate.RoleSent, "Inbox": migrate.RoleSent, "Trash": migrate.RoleArchive}}
	for file, want := range map[string]migrate.Role{
		"Mie": migrate.RoleSent, "Inbox": migrate.RoleInbox, "Trash": migrate.RoleArchive, "Sent": migrate.RoleSent, "SENT": migrate.RoleSent,
		"Archives": migrate.RoleArchive, "Templates": migrate.RoleTemplates, "Junk": migrate.RoleJunk, "Drafts": migrate.RoleDrafts,
		"Unsent Messages": migrate.RoleNone, "Xyz": migrate.RoleDrafts, "Virtual": migrate.RoleNone, "Plain": migrate.RoleNone,
		"Posta inviata": migrate.RoleSent, "Clienti": migrate.RoleNone,
	} {
		if got := a.role(file, file); got != want {
			t.Errorf("role(%q): got %v, want %v", file, got, want)
		}
	}
}

func TestFolderFlags(t *testing.T) {
	t.Parallel()
	for flags, want := range map[folderFlags]migrate.Role{
		0x1004: migrate.RoleInbox, 0x204: migrate.RoleSent, 0x404: migrate.RoleDrafts, 0x104: migrate.RoleTrash, 0x40000004: migrate.RoleJunk,
		0x4004: migrate.RoleArchive, 0x400004: migrate.RoleTemplates, 4: migrate.RoleNone, 0x804: migrate.RoleNone, 0x1024: migrate.RoleNone,
	} {
		if got := flags.role(); got != want {
			t.Errorf("flags %x: got %v, want %v", flags, got, want)
		}
	}
}

func TestAside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		left aside
		want string
	}{
		{nil, ""},
		{aside{{kind: "imap", host: "a"}}, "1 IMAP account (a), its mail is on that server"},
		{aside{{kind: "imap", host: "a"}, {kind: "nntp", host: "n"}, {kind: "imap", host: "b"}}, "2 IMAP accounts (a, b), their mail is on those servers; 1 newsgroup account (n), no mail"},
		{aside{{kind: missing, host: "m"}, {kind: "exquilla", host: "e"}}, `1 account (m), its folder is not there; 1 account of type "exquilla" (e)`},
	} {
		if got := test.left.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
