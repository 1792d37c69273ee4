package pst

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// folderLine writes a folder as the tests compare it: "Sent/2019 sent".
func folderLine(f folder) string {
	text := strings.Join(f.path, "/")
	if f.role != migrate.RoleNone {
		text += " " + f.role.String()
	}
	switch f.kind {
	case aside:
		text += " aside"
	case lostFolder:
		text += " lost"
	}
	return text
}

// shape gives each folder its path, from "node up name" lines.
func shape(tops []ndb.NID, roles map[ndb.NID]migrate.Role, lines ...string) []string {
	p := places{map[ndb.NID]*folder{}, map[ndb.NID]bool{}, roles}
	for _, line := range lines {
		f := &folder{}
		if _, err := fmt.Sscanf(line, "%x %x %s", &f.node, &f.parent, &f.name); err != nil {
			panic(line)
		}
		p.known[f.node] = f
	}
	for _, top := range tops {
		p.tops[top] = true
	}
	p.set()
	var got []string
	for _, id := range slices.Sorted(maps.Keys(p.known)) {
		got = append(got, folderLine(*p.known[id]))
	}
	return got
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		got, want []string
	}{
		"usual": {
			shape([]ndb.NID{0x8022}, map[ndb.NID]migrate.Role{0x8042: migrate.RoleTrash, 0x80a2: outbox},
				"122 122 root", "8022 122 Top", "8042 8022 Weg", "8062 8042 Alt", "8082 122 Views", "80a2 8022 Sent", "80c2 8022 Drafts"),
			[]string{"root aside", "Top", "Weg trash", "Weg/Alt trash", "Views aside", "Sent", "Drafts drafts"},
		},
		"no top": {
			shape(nil, nil, "122 122 root", "8022 122 Inbox", "8042 8022 Deep"),
			[]string{"root", "Inbox inbox", "Inbox/Deep inbox"},
		},
		"two tops": {
			shape([]ndb.NID{0x2142, 0x2022}, nil, "122 122 root", "2002 122 Public", "2022 2002 IPM", "20a2 122 Mailbox", "2142 20a2 IPM", "2162 2142 A", "2182 2022 B"),
			[]string{"root aside", "Public aside", "IPM", "Mailbox aside", "IPM", "A", "B"},
		},
		"lost": {
			shape([]ndb.NID{0x8022}, nil, "122 122 root", "8022 122 Top", "8042 9992 Orphan", "8062 8042 Child", "8082 80a2 Ring", "80a2 8082 Gnir"),
			[]string{
				"root aside", "Top", "Recovered/Orphan lost", "Recovered/Orphan/Child lost",
				"Recovered" + strings.Repeat("/Gnir/Ring", maxNesting/2) + " lost", "Recovered" + strings.Repeat("/Ring/Gnir", maxNesting/2) + " lost",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !slices.Equal(test.got, test.want) {
				t.Errorf("got %q, want %q", test.got, test.want)
			}
		})
	}
}

func TestTops(t *testing.T) {
	t.Parallel()
	tree := func(names ...string) map[ndb.NID]*folder {
		known := map[ndb.NID]*folder{0x122: {node: 0x122, parent: 0x122}}
		for _, line := range names {
			f := &folder{}
			text, name, _ := strings.Cut(line, " ")
			if _, err := fmt.Sscanf(text, "%x/%x", &f.node, &f.parent); err != nil {
				panic(line)
			}
			f.name = name
			known[f.node] = f
		}
		return known
	}
	for name, test := range map[string]struct {
		known map[ndb.NID]*folder
		want  []ndb.NID
	}{
		"by name":       {tree("8042/122 Search Root", "8062/122 Top of Personal Folders"), []ndb.NID{0x8062}},
		"OST":           {tree("20a2/122 Root - Mailbox", "2142/20a2 IPM_SUBTREE", "2002/122 Root - Public", "2022/2002 IPM_SUBTREE", "8022/2142 Top of it"), []ndb.NID{0x2022, 0x2142}},
		"usual node":    {tree("8022/122 何か", "8042/122 Views"), []ndb.NID{0x8022}},
		"nothing known": {tree("8042/122 Mail"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := slices.Sorted(maps.Keys((&store{}).tops(test.known))); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// entryIDOf is the entry id of a folder in a PST.
func entryIDOf(id ndb.NID) []byte {
	return append(make([]byte, 20), byte(id), byte(id>>8), byte(id>>16), byte(id>>24))
}

// serverID is the entry id of a folder on a server, and number what the folder has of it.
func serverID(n byte) (id, number []byte) {
	id = make([]byte, 46)
	id[43] = n
	return id, []byte{1, 0, 0, 0, 0, 0, 0, n}
}

// The entry ids of the store and of the inbox tell what folders are for, whatever these are called.
func TestRoles(t *testing.T) {
	t.Parallel()
	junkID, junkNumber := serverID(7)
	s := opened(t, &psttest.File{
		Store: []psttest.Property{psttest.Binary(0x35E2, entryIDOf(0x9002)), psttest.Binary(0x35E4, entryIDOf(0x9022))},
		Folders: []*psttest.Folder{
			{NID: 0x9002, Name: "Sent"},
			{NID: 0x9022, Name: "Hinaus"},
			{NID: 0x9042, Name: "Herein", Properties: []psttest.Property{
				psttest.Binary(0x36D7, entryIDOf(0x9062)), psttest.Binary(0x35FF, entryIDOf(0x7777772)),
				psttest.Many(0x36D8, psttest.Binary(0, nil), psttest.Binary(0, nil), psttest.Binary(0, nil), psttest.Binary(0, nil), psttest.Binary(0, junkID)),
			}},
			{NID: 0x9062, Name: "Halb"},
			{NID: 0x9082, Name: "Müll", Properties: []psttest.Property{{ID: 0x67F4, Type: 0x14, Value: junkNumber}}, Folders: []*psttest.Folder{{Name: "Inbox"}}},
			{NID: 0x90A2, Name: "Archives"},
		},
	})
	var got []string
	for _, f := range s.files[0].loadTree().folders {
		if f.kind == mailFolder && f.role != migrate.RoleNone {
			got = append(got, folderLine(f))
		}
	}
	want := []string{"Archives archive", "Deleted Items trash", "Halb drafts", "Herein inbox", "Hinaus sent", "Müll junk", "Müll/Inbox junk"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Folders of the same name, and with names that are no path, are parts of their own.
func TestPartNames(t *testing.T) {
	t.Parallel()
	one := func(n int, name string) *psttest.Folder {
		return &psttest.Folder{Name: name, Messages: []*psttest.Message{psttest.Mail(n)}}
	}
	s := opened(t, &psttest.File{Folders: []*psttest.Folder{one(1, "a/b"), one(2, "Mail"), one(3, "Mail"), one(4, ".."), one(5, ""), one(6, " x ")}})
	var got []string
	for part := range s.Parts(t.Context()) {
		got = append(got, part.Info().Name)
	}
	want := []string{"a.pst/.._", "a.pst/Folder 0x8122", "a.pst/Mail", "a.pst/Mail (0x80e2)", "a.pst/a／b", "a.pst/x", "a.pst"}
	for i, name := range want {
		if i >= len(got) || got[i] != name && !strings.Contains(name, "0x") {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	if l := list(t, s); len(l.copies) != 6 || len(l.errors) != 0 {
		t.Errorf("got %q, errors %q, want 6 copies", l.copies, l.errors)
	}
}

// A store that has lost its description, its names and its root still gives its mail.
func TestBareStore(t *testing.T) {
	t.Parallel()
	image, err := psttest.Sample(ndb.Unicode, ndb.None).Image()
	if err != nil {
		t.Fatal(err)
	}
	file, err := ndb.Open(image, image.Size())
	if err != nil {
		t.Fatal(err)
	}
	s := &store{file: file}
	tree := s.loadTree()
	if len(tree.messages) != 6 || tree.damages != 0 {
		t.Errorf("got %d messages and %d damages, want 6 and none", len(tree.messages), tree.damages)
	}
}
