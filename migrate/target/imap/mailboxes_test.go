package imap_test

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"unpop/migrate"
	"unpop/migrate/target/imap"
)

// A dialogue is what both sides said.
type dialogue struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (d *dialogue) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.said.Write(p)
}

func (d *dialogue) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.ReplaceAll(d.said.String(), "\r", "")
}

// talk dials a script and returns the session and what was said.
func talk(t *testing.T, s script, version string) (migrate.Session, *dialogue) {
	t.Helper()
	said := &dialogue{}
	opts := script{}.with(s).start(t)
	opts.Debug, opts.Version = said, version
	session, err := imap.New(opts).Dial(t.Context())
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session, said
}

func capable(more string) string {
	return strings.Replace(scriptCaps, "UIDPLUS NAMESPACE", "UIDPLUS "+more, 1)
}

// TestScriptOddNames lists names that are no modified UTF-7: none is lost, and each is named as the server named it.
func TestScriptOddNames(t *testing.T) {
	t.Parallel()
	session, said := talk(t, script{
		"CAPABILITY": capable(""),
		"LIST": "* LIST () \"/\" INBOX\n* LIST () \"/\" \"Rossi & C.\"\n* LIST () \"/\" Universit\xe0\n* LIST () \"/\" {8}\nlit&eral\n" +
			"* LIST () \"/\" {3}\nok1 (\"OLDNAME\" (x))\n* LIST () \"/\" {4}\na\r\nb\n* LIST () \"\" nolevels\n* LIST () \"/\" &Jjo-\n%T OK done",
		"STATUS": "* STATUS \"Rossi & C.\" (UIDVALIDITY 5)\n%T OK done",
		"SELECT": "* OK [UIDVALIDITY 5] x\n* OK [UIDNEXT 3] x\n%T OK done",
		"APPEND": "%T OK [APPENDUID 5 3] x",
	}, "")
	infos, err := session.(migrate.Arranger).Mailboxes(t.Context())
	want := []string{"INBOX", "Rossi \uef26 C.", "Universit\uefe0", "lit\uef26eral", "ok1", "nolevels", "☺"}
	if got := namesOf(infos); err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
	for _, name := range want[1:4] {
		if _, err := session.Select(t.Context(), name); err != nil {
			t.Errorf("Select(%q): %v", name, err)
		}
		if kinds, err := appendAll(t, session, outgoing("one", 100)); err != nil || kinds[0] != -1 {
			t.Errorf("Append to %q: got %v and %v, want it stored", name, kinds, err)
		}
	}
	validities, err := session.(migrate.Peeker).UIDValidities(t.Context(), []string{want[1]})
	if err != nil || validities[want[1]] != 5 {
		t.Errorf("got %v, %v, want the UIDVALIDITY of %q", validities, err, want[1])
	}
	for _, command := range []string{`SELECT "Rossi & C."`, "SELECT \"Universit\xe0\"", `APPEND "Rossi & C."`, `SELECT "lit&eral"`, `STATUS "Rossi & C."`} {
		if !strings.Contains(said.String(), command) {
			t.Errorf("got %q, want %s in it", said, command)
		}
	}
}

func namesOf(infos []migrate.MailboxInfo) []string {
	var names []string
	for _, info := range infos {
		names = append(names, info.Name)
	}
	return names
}

func TestScriptID(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"v1.2.3": `ID ("name" "unpop" "version" "v1.2.3")`, "": `ID ("name" "unpop")`, "a\r\nb": `ID ("name" "unpop")`} {
		session, said := talk(t, script{"CAPABILITY": capable("ID"), "ID": "* ID (\"name\" \"Dovecot\")\n%T BAD what"}, version)
		if _, err := session.Select(t.Context(), "INBOX"); kindOf(err) == int(migrate.Broken) {
			t.Errorf("after ID: %v", err)
		}
		if n := strings.Count(said.String(), ` ID ("name" "unpop"`); n != 1 || !strings.Contains(said.String(), want) {
			t.Errorf("got %q, want %s once", said, want)
		}
	}
	_, said := talk(t, script{"CAPABILITY": capable("")}, "v1")
	if strings.Contains(said.String(), " ID ") {
		t.Errorf("got %q, want no ID where it is not offered", said)
	}
}

func TestScriptNamespaces(t *testing.T) {
	t.Parallel()
	for what, tt := range map[string]struct {
		script    script
		delimiter rune
		prefix    string
	}{
		"all below INBOX": {script{
			"CAPABILITY": capable(""), "LIST": "* LIST () \".\" INBOX\n* LIST () \".\" INBOX.Sent\n* LIST (\\Noselect) \".\" INBOX.x\n%T OK done",
		}, '.', "INBOX."},
		"some below INBOX": {script{
			"CAPABILITY": capable(""), "LIST": "* LIST () \".\" INBOX\n* LIST () \".\" INBOX.Sent\n* LIST () \".\" Trash\n%T OK done",
		}, '.', ""},
		"only INBOX": {script{"CAPABILITY": capable(""), "LIST": "* LIST () \"/\" INBOX\n%T OK done"}, '/', ""},
		"told": {script{
			"LIST": "* LIST (\\Noselect) \".\" \"\"\n%T OK done", "NAMESPACE": "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\n%T OK done",
		}, '.', "INBOX."},
		"a backslash": {script{"CAPABILITY": capable(""), "LIST": "* LIST (\\Noselect) \"\\\\\" \"\"\n%T OK done"}, '\\', ""},
		"flat":        {script{"CAPABILITY": capable(""), "LIST": "* LIST () NIL INBOX\n* LIST () NIL a\n%T OK done"}, 0, ""},
	} {
		session, _ := talk(t, tt.script, "")
		survey, err := session.(migrate.Arranger).Survey(t.Context())
		if err != nil || survey.Delimiter != tt.delimiter || survey.Prefix != tt.prefix {
			t.Errorf("%s: got %+v, %v, want delimiter %q and prefix %q", what, survey, err, tt.delimiter, tt.prefix)
		}
	}
}

func TestScriptGmail(t *testing.T) {
	t.Parallel()
	session, _ := talk(t, script{
		"greeting": "* OK Gimap ready for requests from 192.0.2.1 x12", "CAPABILITY": capable("SPECIAL-USE X-GM-EXT-1"),
		"LIST": "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\n* LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"\n" +
			"* LIST (\\All \\HasNoChildren) \"/\" \"[Gmail]/Tutti i messaggi\"\n* LIST (\\Sent \\HasNoChildren) \"/\" \"[Gmail]/Posta inviata\"\n%T OK done",
	}, "")
	survey, err := session.(migrate.Arranger).Survey(t.Context())
	if err != nil || survey.DailyBytes != 500_000_000 || survey.DailySource == "" || !survey.Labels || survey.Connections != 15 {
		t.Errorf("got %+v, %v, want Gmail's limits", survey, err)
	}
	infos, err := session.(migrate.Arranger).Mailboxes(t.Context())
	want := []migrate.MailboxInfo{
		{Name: "INBOX", Role: migrate.RoleInbox},
		{Name: "[Gmail]/Tutti i messaggi", Role: migrate.RoleArchive},
		{Name: "[Gmail]/Posta inviata", Role: migrate.RoleSent},
	}
	if err != nil || !slices.Equal(infos, want) {
		t.Errorf("got %+v, %v, want %+v", infos, err, want)
	}
	if ok, err := session.(migrate.Prober).Allows(t.Context(), "a^b"); ok || err != nil {
		t.Errorf("Allows: got %v, %v, want ^ refused", ok, err)
	}
}

// TestScriptCreate: the special use goes along where the server takes one, and not where it doesn't.
func TestScriptCreateWithUse(t *testing.T) {
	t.Parallel()
	for caps, want := range map[string]string{"CREATE-SPECIAL-USE": `CREATE "Gesendet" (USE (\Sent))`, "": "CREATE \"Gesendet\"\n"} {
		session, said := talk(t, script{"CAPABILITY": capable(caps)}, "")
		if made, err := session.(migrate.Arranger).Create(t.Context(), "Gesendet", migrate.RoleSent); !made || err != nil {
			t.Errorf("%s: got %v, %v, want it made", caps, made, err)
		}
		if got := said.String(); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q in it", caps, got, want)
		}
	}
	parent := script{"CREATE": "%T OK done", "LIST": "* LIST (\\Noselect) \"/\" a\n* LIST (\\NoInferiors) \"/\" b\n%T OK done"}
	session, _ := talk(t, parent, "")
	if made, err := session.(migrate.Arranger).Create(t.Context(), "a", migrate.RoleNone); !made || err != nil {
		t.Errorf("a level that is no mailbox: got %v, %v, want it made one", made, err)
	}
	infos, err := session.(migrate.Arranger).Mailboxes(t.Context())
	if want := []migrate.MailboxInfo{{Name: "b", Childless: true}}; err != nil || !slices.Equal(infos, want) {
		t.Errorf("got %+v, %v, want %+v", infos, err, want)
	}
}

func TestAllowsNoLongNames(t *testing.T) {
	t.Parallel()
	session, _ := talk(t, script{"greeting": "* OK Courier-IMAP ready."}, "")
	for name, want := range map[string]bool{strings.Repeat("n", 200): true, strings.Repeat("n", 300): false, strings.Repeat("è", 100): false} {
		if got, err := session.(migrate.Prober).Allows(t.Context(), name); got != want || err != nil {
			t.Errorf("%d octets: got %v, %v, want %v", len(name), got, err, want)
		}
	}
}
