package thunderbird

import "testing"

// A portable Thunderbird on a disk, and a home directory.
func TestDeepProfiles(t *testing.T) {
	t.Parallel()
	account := "user_pref(\"mail.server.server1.type\", \"pop3\");\n"
	root := plant(t, t.TempDir(), map[string]string{
		"Portable/Data/profile/prefs.js": account, "Portable/Data/profile/Mail/pop/Inbox": mail("a"), "Portable/Data/profile/ImapMail/imap/INBOX": mail("i"),
		"home/anna/.thunderbird/x/prefs.js": account, "home/anna/.thunderbird/x/Mail/pop/Inbox": mail("b"),
		"1/2/3/4/5/6/7/8/prefs.js": account, "1/2/3/4/5/6/7/8/Mail/pop/Inbox": mail("c"),
		"M/cur/x/prefs.js": account, "empty/prefs.js": "",
	})
	compare(t, folders(t, open(t, root)), []string{
		"Portable/Data/profile/Mail/pop/Inbox = pop/Inbox (1) 1", "home/anna/.thunderbird/x/Mail/pop/Inbox = pop (x)/Inbox (1) 1",
	})
}
