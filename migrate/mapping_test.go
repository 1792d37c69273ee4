package migrate_test

import (
	"testing"

	"unpop/migrate"
)

func TestParseMapping(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]migrate.Mapping{
		"Ricette=Casa/Cucina":                          {Folder: "Ricette", Mailbox: "Casa/Cucina"},
		"Local Folders/Vecchia posta=Old mail/from PC": {Folder: "Local Folders/Vecchia posta", Mailbox: "Old mail/from PC"},
		"a=b=c":        {Folder: "a=b", Mailbox: "c"},
		"/Sent/=INBOX": {Folder: "Sent", Mailbox: "INBOX"},
		" lead=x":      {Folder: " lead", Mailbox: "x"},
	} {
		if got, err := migrate.ParseMappings([]string{text}); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%q: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "Ricette", "=x", "x=", " = ", "/=x", "x=/"} {
		if got, err := migrate.ParseMappings([]string{bad}); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, got)
		}
	}
}

func TestParseMappings(t *testing.T) {
	t.Parallel()
	if got, err := migrate.ParseMappings([]string{"A=x", "B=x", "a=x"}); err != nil || len(got) != 3 {
		t.Errorf("the same twice: got %+v, %v, want all three", got, err)
	}
	if got, err := migrate.ParseMappings([]string{"A=x", "a=y"}); err == nil {
		t.Errorf("two mailboxes for one folder: got %+v, want an error", got)
	}
}
