package migrate

import (
	"strings"
	"testing"
	"unicode/utf8"

	"unpop/state"
)

func TestEncodeName(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		illegal string
		want    string
	}{
		{"Clienti", "/", "Clienti"},
		{"Rossi S.p.A.", "/", "Rossi S.p.A."},
		{"Rossi S.p.A.", ".", "Rossi S．p．A．"},
		{"Entrate/Uscite", "/", "Entrate／Uscite"},
		{"Entrate／Uscite", "/", "Entrate‛／Uscite"},
		{" a b ", "/", "␠a b␠"},
		{"100%", "/", "100％"},
		{"a\tb\x7f", "/", "a␉b␡"},
		{"bad \xff", "/", "bad �"},
	} {
		if got := EncodeName(tt.name, tt.illegal); got != tt.want {
			t.Errorf("EncodeName(%q, %q): got %q, want %q", tt.name, tt.illegal, got, tt.want)
		}
	}
}

func FuzzEncodeName(f *testing.F) {
	for _, name := range []string{"", "Clienti", "a.b/c", "‛", "‛．", "␀", " ", "\x00", "￿x", "(2)"} {
		f.Add(name, false)
		f.Add(name, true)
	}
	f.Fuzz(func(t *testing.T, name string, strict bool) {
		if !utf8.ValidString(name) {
			t.Skip()
		}
		illegal := "/"
		if strict {
			illegal = suspect
		}
		encoded := EncodeName(name, illegal)
		if back := DecodeName(encoded); back != name {
			t.Errorf("%q became %q and came back as %q", name, encoded, back)
		}
		if strings.ContainsAny(encoded, illegal+"*%\x00\r\n\x7f") {
			t.Errorf("%q became %q, which no server takes", name, encoded)
		}
	})
}

// folder makes a state folder of a path such as "pop.example.com|Inbox/Clienti".
func folder(source int64, text string) state.Folder {
	account, path, found := strings.Cut(text, "|")
	if !found {
		account, path = "", text
	}
	names := strings.Split(path, "/")
	f := Folder{Account: account, Path: names, Role: RoleOf(names[0])}
	return state.Folder{Source: source, Name: f.String(), Account: account, Path: names, Role: int(f.Role)}
}

func TestNaming(t *testing.T) {
	t.Parallel()
	hoster := Survey{Delimiter: '.', Prefix: "INBOX."}
	plain := Survey{Delimiter: '/'}
	special := []MailboxInfo{{Name: "INBOX", Role: RoleInbox}, {Name: "Posta inviata"}, {Name: "Papierkorb", Role: RoleTrash}, {Name: "clienti"}}
	for _, tt := range []struct {
		what    string
		survey  Survey
		on      []MailboxInfo
		opts    Options
		folders []string
		want    []string
	}{
		{
			"roles by default", plain, nil,
			Options{},
			[]string{"pop|Inbox", "pop|Sent", "pop|Bozze", "Local|Trash", "pop|Archives/2019"},
			[]string{"INBOX", "Sent", "Drafts", "Trash", "Archive/2019"},
		},
		{
			"roles of the server", plain, special,
			Options{},
			[]string{"pop|Sent", "pop|Cestino", "pop|Sent/2019"},
			[]string{"Posta inviata", "Papierkorb", "Posta inviata/2019"},
		},
		{
			"a hoster's namespace", hoster, nil,
			Options{},
			[]string{"pop|Inbox", "pop|Sent", "Local|Rossi S.p.A./Ordini", "pop|Inbox/Forum"},
			[]string{"INBOX", "INBOX.Sent", "INBOX.Rossi S．p．A．.Ordini", "INBOX.Forum"},
		},
		{"below INBOX", plain, nil, Options{}, []string{"pop|Inbox/Forum"}, []string{"INBOX/Forum"}},
		{
			"a Sent of all", hoster,
			[]MailboxInfo{{Name: "Sent", Foreign: true}, {Name: "INBOX.Posta inviata"}},
			Options{},
			[]string{"Local|Sent"},
			[]string{"INBOX.Posta inviata"},
		},
		{"an existing name in another case", plain, special, Options{}, []string{"Local|Clienti"}, []string{"clienti"}},
		{"two folders that differ by case", plain, nil, Options{}, []string{"Note", "note", "NOTE", "Note"}, []string{"Note", "note (2)", "NOTE (3)", "Note"}},
		{"two accounts with one name", plain, nil, Options{}, []string{"pop|Clienti", "Local|Clienti"}, []string{"Clienti", "Clienti"}},
		{
			"mapped, with what is below", plain, nil,
			Options{Map: []Mapping{{"Local/Clienti", "Kunden"}, {"Clienti/ACME", "X/Acme"}}},
			[]string{"Local|Clienti", "Local|Clienti/Rossi", "Local|Clienti/ACME", "pop|Clienti"},
			[]string{"Kunden", "Kunden/Rossi", "X/Acme", "Clienti"},
		},
		{
			"mapped to INBOX", hoster, nil,
			Options{Map: []Mapping{{"Vecchia", "inbox"}, {"Altra", "INBOX.Old"}}},
			[]string{"Vecchia", "Altra"},
			[]string{"INBOX", "INBOX.Old"},
		},
		{"prefix", hoster, nil, Options{Prefix: "Vecchio PC"}, []string{"pop|Inbox", "pop|Sent"}, []string{"INBOX.Vecchio PC.Inbox", "INBOX.Vecchio PC.Sent"}},
		{"accents that macOS has taken apart", plain, nil, Options{}, []string{"Citta\u0300/E\u0301te\u0301", "pop|Citt\u00E0"}, []string{"Citt\u00E0/\u00C9t\u00E9", "Citt\u00E0"}},
		{
			"and that the server has taken apart, too", plain,
			[]MailboxInfo{{Name: "Citta\u0300"}},
			Options{},
			[]string{"Citta\u0300", "pop|Citt\u00E0/A"},
			[]string{"Citta\u0300", "Citta\u0300/A"},
		},
		{
			"mapped, accents taken apart", plain, nil,
			Options{Map: []Mapping{{"Citt\u00E0", "City"}, {"E\u0301te\u0301", "Summer"}}},
			[]string{"Citta\u0300", "\u00C9t\u00E9"},
			[]string{"City", "Summer"},
		},
		{"a folder that is called INBOX", plain, nil, Options{}, []string{"inbox"}, []string{"INBOX"}},
	} {
		n := newNaming(tt.survey, tt.on, func(string) bool { return false }, allowsAll, &tt.opts)
		for i, f := range tt.folders {
			if got := n.of(folder(1, f)).mailbox; got != tt.want[i] {
				t.Errorf("%s: %s goes to %q, want %q", tt.what, f, got, tt.want[i])
			}
		}
	}
}

func TestNamesAreTheSameInTheNextRun(t *testing.T) {
	t.Parallel()
	folders := []string{"Note", "note", "NOTE"}
	var first []MailboxInfo
	n := newNaming(Survey{Delimiter: '/'}, nil, func(string) bool { return false }, allowsAll, &Options{})
	for _, f := range folders {
		first = append(first, MailboxInfo{Name: n.of(folder(1, f)).mailbox})
	}
	n = newNaming(Survey{Delimiter: '/'}, first, func(string) bool { return true }, allowsAll, &Options{})
	for i, f := range folders {
		if got := n.of(folder(1, f)).mailbox; got != first[i].Name {
			t.Errorf("%s goes to %q, went to %q", f, got, first[i].Name)
		}
	}
}

// TestNamesOfAnEarlierVersion goes on where mailboxes were made with their accents taken apart.
func TestNamesOfAnEarlierVersion(t *testing.T) {
	t.Parallel()
	made := []MailboxInfo{{Name: "Citta\u0300"}}
	n := newNaming(Survey{Delimiter: '/'}, made, func(string) bool { return true }, allowsAll, &Options{})
	if got := n.of(folder(1, "Citta\u0300")).mailbox; got != made[0].Name || n.why != "" {
		t.Errorf("goes to %q (%s), want the mailbox that was made", got, n.why)
	}
}

func allowsAll(string) bool { return true }

func TestNamesThatTheServerRefuses(t *testing.T) {
	t.Parallel()
	noDots := func(mailbox string) bool { return !strings.Contains(mailbox, ".") }
	n := newNaming(Survey{Delimiter: '/'}, nil, func(string) bool { return false }, noDots, &Options{})
	for f, want := range map[string]string{"Rossi S.p.A./A:B": "Rossi S．p．A．/A：B", "A:B": "A:B", "Clienti": "Clienti"} {
		if got := n.of(folder(1, f)).mailbox; got != want {
			t.Errorf("%s goes to %q, want %q", f, got, want)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	for i, folders := range [][]string{{"Clienti", "Inbox/Forum", "Sent/2019"}, {"Sent"}, {"Drafts"}, {"Inbox"}, {"Archives", "Archives/2019"}, {"Junk"}, {"Trash", "Trash/old"}} {
		for _, f := range folders {
			if got := place(folder(1, f)); got != i {
				t.Errorf("%s: got rank %d, want %d", f, got, i)
			}
		}
	}
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		glob, folder string
		want         bool
	}{
		{"Spam", "pop/Spam", true},
		{"spam", "pop/Spam/old", true},
		{"Spam", "pop/Spammers", false},
		{"pop/*", "pop/Inbox", true},
		{"pop/*", "Local Folders/Inbox", false},
		{"Local Folders/**/ACME", "Local Folders/Clienti/ACME", true},
		{"Local Folders/**/ACME", "Local Folders/ACME", true},
		{"**/2019", "pop/Sent/2019", true},
		{"Client?", "x/Clienti", true},
		{"[AB]*", "x/Beta", true},
		{"[!AB]*", "Beta", false},
		{"Università", "Local Folders/università", true},
		{"Citt\u00E0", "Local Folders/Citta\u0300", true},
		{"Citta\u0300", "Local Folders/Citt\u00E0/A", true},
		{"a.b", "axb", false},
		{"C++", "Local/C++", true},
	} {
		c, err := newChooser([]string{tt.glob}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.takes(tt.folder); got != tt.want {
			t.Errorf("%q takes %q: got %v, want %v", tt.glob, tt.folder, got, tt.want)
		}
	}
	if _, err := newChooser(nil, []string{"[z-a]"}); err == nil {
		t.Error("a range that ends before it begins is accepted")
	}
}
