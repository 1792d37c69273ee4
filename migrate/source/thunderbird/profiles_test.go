package thunderbird

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mail is an mbox file as Thunderbird writes it.
func mail(subjects ...string) string {
	var text strings.Builder
	for _, s := range subjects {
		text.WriteString("From - Mon Jan 15 10:00:00 2024\nX-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n" +
			"Message-ID: <" + s + "@example.com>\nFrom: a@example.com\nSubject: " + s + "\n\nbody\n\n")
	}
	return text.String()
}

// index is an .msf file.
func index(name string, flags int) string {
	return morkHead + "<(B1=" + escapeMork(name) + ")>{1:^9F {(k^A0:c)(s=9u)} [1(^B1^B1)(^88=" + fmt.Sprintf("%x", flags) + ")]}\n"
}

func plant(tb testing.TB, root string, files map[string]string) string {
	tb.Helper()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		dir := filepath.Dir(file)
		if strings.HasSuffix(name, "/") {
			dir = file
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			tb.Fatal(err)
		}
		if dir == file {
			continue
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return root
}

// anna is the profile of an Italian user: a POP3 account, local folders, an account with a Maildir store, an IMAP account,
// feeds, and an account that was removed.
var anna = map[string]string{
	"prefs.js": `// Mozilla User Preferences
user_pref("mail.accountmanager.accounts", "account1,account2,account3,account4,account5,account6,account7");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account2.server", "server2");
user_pref("mail.account.account3.server", "server3");
user_pref("mail.account.account4.server", "server4");
user_pref("mail.account.account5.server", "server5");
user_pref("mail.account.account6.server", "server6");
user_pref("mail.account.account7.server", "server7");
user_pref("mail.server.server1.type", "none");
user_pref("mail.server.server1.name", "Cartelle locali");
user_pref("mail.server.server1.hostname", "Local Folders");
user_pref("mail.server.server1.userName", "nobody");
user_pref("mail.server.server1.directory-rel", "[ProfD]Mail/Local Folders");
user_pref("mail.server.server2.type", "pop3");
user_pref("mail.server.server2.hostname", "pop.example.com");
user_pref("mail.server.server2.userName", "anna@example.com");
user_pref("mail.server.server2.name", "anna@example.com");
user_pref("mail.server.server2.directory", "C:\\Users\\Anna\\AppData\\Roaming\\Thunderbird\\Profiles\\x.default\\Mail\\pop.example.com");
user_pref("mail.server.server2.spamActionTargetFolder", "mailbox://anna%40example.com@pop.example.com/Spazzatura");
user_pref("mail.server.server3.type", "imap");
user_pref("mail.server.server3.hostname", "imap.example.org");
user_pref("mail.server.server3.directory-rel", "[ProfD]ImapMail/imap.example.org");
user_pref("mail.server.server4.type", "pop3");
user_pref("mail.server.server4.hostname", "mail.example.net");
user_pref("mail.server.server4.storeContractID", "@mozilla.org/msgstore/maildirstore;1");
user_pref("mail.server.server4.directory-rel", "[ProfD]Mail/mail.example.net");
user_pref("mail.server.server5.type", "rss");
user_pref("mail.server.server5.hostname", "Feeds");
user_pref("mail.server.server5.directory-rel", "[ProfD]Mail/Feeds");
user_pref("mail.server.server6.type", "none");
user_pref("mail.server.server6.hostname", "smart mailboxes");
user_pref("mail.server.server6.directory-rel", "[ProfD]Mail/smart mailboxes");
user_pref("mail.server.server7.type", "pop3");
user_pref("mail.server.server7.hostname", "gone.example.com");
user_pref("mail.server.server7.directory-rel", "[ProfD]Mail/gone.example.com");
user_pref("mail.server.server8.type", "imap");
user_pref("mail.server.server8.hostname", "removed.example.com");
user_pref("mail.identity.id1.fcc_folder", "mailbox://anna%40example.com@pop.example.com/Spedite%20da%20me");
user_pref("mail.identity.id1.draft_folder", "mailbox://nobody@Local%20Folders/In%20lavoro");
user_pref("mail.identity.id1.archive_folder", "mailbox://anna%40example.com@pop.example.com/Inbox");
`,
	"Mail/pop.example.com/Inbox":                        mail("a", "b"),
	"Mail/pop.example.com/Inbox.msf":                    index("Posta in arrivo", 0x1004),
	"Mail/pop.example.com/Spedite da me":                mail("c"),
	"Mail/pop.example.com/Spazzatura":                   mail("j"),
	"Mail/pop.example.com/Trash":                        "",
	"Mail/pop.example.com/popstate.dat":                 "x",
	"Mail/pop.example.com/msgFilterRules.dat":           "version=\"9\"",
	"Mail/pop.example.com/filterlog.html":               "<html>",
	"Mail/pop.example.com/Unsent Messages":              "",
	"Mail/pop.example.com/Ricerca.msf":                  index("Ricerca", 0x24),
	"Mail/pop.example.com/nstmp":                        mail("t"),
	"Mail/pop.example.com/nstmp.msf":                    index("nstmp", 4),
	"Mail/pop.example.com/.compact-temp/Inbox.original": mail("a", "b"),
	"Mail/Local Folders/Clienti":                        "",
	"Mail/Local Folders/Clienti.sbd/ACME":               mail("d"),
	"Mail/Local Folders/Clienti.sbd/ACME.sbd/2023":      mail("e"),
	"Mail/Local Folders/Clienti.sbd/test 88225a5f":      mail("f"),
	"Mail/Local Folders/Clienti.sbd/test 88225a5f.msf":  index("test τ", 4),
	"Mail/Local Folders/In lavoro":                      mail("g"),
	"Mail/Local Folders/Posta inviata":                  mail("h"),
	"Mail/Local Folders/Sent.sbd/2022":                  mail("h2"),
	"Mail/Local Folders/Perché%3F 100%":                 mail("i"),
	"Mail/Local Folders/report.json":                    mail("r"),
	"Mail/Local Folders/report.json.msf":                index("report.json", 4),
	"Mail/Local Folders/virtualFolders.dat":             "version=1",
	"Mail/Local Folders/notes.json":                     "{}",
	"Mail/Local Folders/readme":                         "no mail",
	"Mail/mail.example.net/Inbox/cur/1612345678.eml":    "X-Mozilla-Status: 0001\nSubject: k\n\nk\n",
	"Mail/mail.example.net/Inbox/cur/1612345679.M1P2Q3": "Subject: l\n\nl\n",
	"Mail/mail.example.net/Inbox/tmp/":                  "",
	"Mail/mail.example.net/Inbox.msf":                   index("Inbox", 0x1004),
	"Mail/mail.example.net/Inbox.sbd/Sub/cur/1":         "Subject: m\n\nm\n",
	"Mail/old.example.com/Inbox":                        mail("n"),
	"Mail/Feeds/Blog":                                   mail("o"),
	"Mail/Feeds/Blog.msf":                               index("Blog", 4),
	"Mail/smart mailboxes/Inbox":                        "",
	"ImapMail/imap.example.org/INBOX":                   mail("p"),
	"ImapMail/imap.example.org/INBOX.msf":               index("Inbox", 0x1004),
	"ImapMail/imap.example.org.msf":                     "",
	"global-messages-db.sqlite":                         "SQLite",
}

var annasFolders = []string{
	"Mail/Local Folders/Clienti = Cartelle locali/Clienti (0) 0",
	"Mail/Local Folders/Clienti.sbd/ACME = Cartelle locali/Clienti/ACME (0) 1",
	"Mail/Local Folders/Clienti.sbd/ACME.sbd/2023 = Cartelle locali/Clienti/ACME/2023 (0) 1",
	"Mail/Local Folders/Clienti.sbd/test 88225a5f = Cartelle locali/Clienti/test τ (0) 1",
	"Mail/Local Folders/In lavoro = Cartelle locali/In lavoro (3) 1",
	"Mail/Local Folders/Perché%3F 100% = Cartelle locali/Perché? 100% (0) 1",
	"Mail/Local Folders/Posta inviata = Cartelle locali/Posta inviata (2) 1",
	"Mail/Local Folders/Sent.sbd/2022 = Cartelle locali/Sent/2022 (2) 1",
	"Mail/Local Folders/report.json = Cartelle locali/report.json (0) 1",
	"Mail/pop.example.com/Inbox = pop.example.com/Inbox (1) 2",
	"Mail/pop.example.com/Spazzatura = pop.example.com/Spazzatura (5) 1",
	"Mail/pop.example.com/Spedite da me = pop.example.com/Spedite da me (2) 1",
	"Mail/pop.example.com/Trash = pop.example.com/Trash (4) 0",
	"Mail/pop.example.com/Unsent Messages = pop.example.com/Unsent Messages (0) 0",
	"Mail/mail.example.net/Inbox = mail.example.net/Inbox (1) 2",
	"Mail/mail.example.net/Inbox.sbd/Sub = mail.example.net/Inbox/Sub (1) 1",
	"Mail/old.example.com/Inbox = old.example.com/Inbox (1) 1",
}
