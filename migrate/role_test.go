package migrate

import (
	"strings"
	"testing"
)

func TestRoleOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Role{
		"INBOX": RoleInbox, "Inbox": RoleInbox, "Posta in arrivo": RoleInbox, "Posteingang": RoleInbox,
		"Boîte de réception": RoleInbox, "Bandeja de entrada": RoleInbox, "Caixa de Entrada": RoleInbox,
		"Postvak IN": RoleInbox, "Odebrane": RoleInbox, "Skrzynka odbiorcza": RoleInbox, "Входящие": RoleInbox,
		"Posta inviata": RoleSent, "Inviata": RoleSent, "Sent": RoleSent, "Sent Items": RoleSent,
		"Sent Messages": RoleSent, "Sent Mail": RoleSent, "Gesendete Elemente": RoleSent, "Gesendete Objekte": RoleSent,
		"Éléments envoyés": RoleSent, "Elementos enviados": RoleSent, "Itens Enviados": RoleSent,
		"Verzonden items": RoleSent, "Elementy wysłane": RoleSent,
		"Bozze": RoleDrafts, "Drafts": RoleDrafts, "Entwürfe": RoleDrafts, "ENTWÜRFE": RoleDrafts, "Brouillons": RoleDrafts,
		"Cestino": RoleTrash, "Posta eliminata": RoleTrash, "Deleted Items": RoleTrash, "Papierkorb": RoleTrash, "Corbeille": RoleTrash,
		"Posta indesiderata": RoleJunk, "Spam": RoleJunk, "Unerwünscht": RoleJunk, "Courrier indésirable": RoleJunk,
		"Archivio": RoleArchive, "Archives": RoleArchive, "Archiv": RoleArchive,
		"Modelli": RoleTemplates, "Vorlagen": RoleTemplates, "Modèles": RoleTemplates,
		"  Sent\t": RoleSent, "Entwu\u0308rfe": RoleDrafts, "E\u0301le\u0301ments envoye\u0301s": RoleSent,
		"": RoleNone, "Clienti": RoleNone, "Sent/2019": RoleNone, "Sent 2019": RoleNone, "Inboxes": RoleNone, "\xff": RoleNone,
	} {
		if got := RoleOf(name); got != want {
			t.Errorf("RoleOf(%q): got %v, want %v", name, got, want)
		}
	}
}

func TestRoleNamesTable(t *testing.T) {
	t.Parallel()
	seen := map[string]Role{}
	for role, names := range namesOfRole {
		for _, name := range names {
			if want := strings.ToLower(strings.TrimSpace(name)); name != want {
				t.Errorf("name %q: got upper case or blanks, want %q", name, want)
			}
			if other, twice := seen[name]; twice {
				t.Errorf("name %q: got it for %v and %v, want it once", name, role, other)
			}
			if got := RoleOf(name); got != role {
				t.Errorf("RoleOf(%q): got %v, want %v (is it composed?)", name, got, role)
			}
			seen[name] = role
		}
	}
	if len(seen) < 300 {
		t.Errorf("got %d names, want the whole table", len(seen))
	}
}

func TestRoleString(t *testing.T) {
	t.Parallel()
	for role, want := range map[Role]string{RoleNone: "none", RoleInbox: "inbox", RoleTemplates: "templates", 99: "unknown"} {
		if got := role.String(); got != want {
			t.Errorf("Role(%d): got %q, want %q", uint8(role), got, want)
		}
	}
}

func FuzzRoleOf(f *testing.F) {
	f.Add("Sent")
	f.Add("Entwu\u0308rfe")
	f.Fuzz(func(t *testing.T, name string) {
		if got, want := RoleOf(" "+name+" "), RoleOf(name); got != want {
			t.Errorf("RoleOf(%q): got %v with blanks around, want %v", name, got, want)
		}
	})
}
