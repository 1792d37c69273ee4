package imap_test

import (
	"slices"
	"testing"

	"unpop/migrate"
)

// TestScriptForeign: the longest prefix says whose a mailbox is (RFC 2342 section 5).
func TestScriptForeign(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spaces, delimiter string
		own, foreign      []string
	}{
		"Dovecot": {`(("" "/")) (("shared/" "/")) (("Public/" "/"))`, "/", []string{"INBOX", "Publicity", "a/Public/b"}, []string{"shared/bob", "Public", "Public/team"}},
		"Cyrus":   {`(("INBOX." ".")) (("user." ".")) (("" "."))`, ".", []string{"INBOX", "INBOX.Sent"}, []string{"user.bob", "Sent"}},
		"Courier": {`(("INBOX." ".")) NIL (("#shared." ".")("shared." "."))`, ".", []string{"INBOX", "INBOX.shared", "odd"}, []string{"#shared.x", "shared.x"}},
		"one":     {`(("" "/")) NIL NIL`, "/", []string{"INBOX", "shared/bob"}, nil},
		"none":    {`NIL NIL NIL`, "/", []string{"INBOX", "shared/bob"}, nil},
	} {
		list := ""
		for _, mailbox := range slices.Concat(c.own, c.foreign) {
			list += "* LIST (\\Sent) \"" + c.delimiter + "\" \"" + mailbox + "\"\n"
		}
		session := script{}.with(script{"NAMESPACE": "* NAMESPACE " + c.spaces + "\n%T OK done", "LIST": list + "%T OK done"}).dial(t)
		infos, err := session.(migrate.Arranger).Mailboxes(t.Context())
		var foreign []string
		for _, info := range infos {
			if info.Foreign {
				foreign = append(foreign, info.Name)
			}
			if info.Foreign != (info.Role == migrate.RoleNone) {
				t.Errorf("%s: %s: got role %v, foreign %v", name, info.Name, info.Role, info.Foreign)
			}
		}
		if err != nil || len(infos) != len(c.own)+len(c.foreign) || !slices.Equal(foreign, c.foreign) {
			t.Errorf("%s: got %q, %v, want %q", name, foreign, err, c.foreign)
		}
	}
	refused := script{}.with(script{"NAMESPACE": "%T NO no", "LIST": "* LIST () \"/\" Public/team\n%T OK done"}).dial(t)
	if infos, err := refused.(migrate.Arranger).Mailboxes(t.Context()); err != nil || len(infos) != 1 || infos[0].Foreign {
		t.Errorf("NAMESPACE refused: got %+v, %v, want one of our own", infos, err)
	}
}
