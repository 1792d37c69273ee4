package pst

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unpop/migrate"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// thing is an item of any class.
func thing(class, name string) *psttest.Message {
	return &psttest.Message{Properties: []psttest.Property{
		psttest.Text(0x001A, class), psttest.Text(0x0037, "\x01\x01"+name), psttest.Text(0x3001, name), psttest.Text(0x1000, "text of "+name),
	}}
}

// household is a file with all that is no mail.
func household() *psttest.File {
	return &psttest.File{Folders: []*psttest.Folder{
		{Name: "Contacts", Class: "IPF.Contact", Messages: []*psttest.Message{thing("IPM.Contact", "Bert"), thing("IPM.DistList", "All"), thing("IPM.Contact", "Carla")}},
		{Name: "Notes", Class: "IPF.StickyNote", Messages: []*psttest.Message{thing("IPM.StickyNote", "milk"), thing("IPM.Note", "a mail")}},
		{Name: "Rest", Messages: []*psttest.Message{
			thing("IPM.Appointment", "dentist"), thing("IPM.Task", "tax"), thing("IPM.Activity", "call"), thing("IPM.Configuration.X", "settings"), thing("ipm.note.custom", "odd"),
		}},
	}}
}

func TestOthers(t *testing.T) {
	t.Parallel()
	s := opened(t, household())
	var got []string
	for o, err := range s.Others(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var text, again bytes.Buffer
		if err := errors.Join(o.Write(&text), o.Write(&again)); err != nil || !bytes.Equal(text.Bytes(), again.Bytes()) {
			t.Errorf("%s: got %q, then %q, %v", o.Name, text.String(), again.String(), err)
		}
		got = append(got, o.Folder.String()+"/"+o.Name+o.Ext+" "+o.Kind)
	}
	want := []string{
		"Contacts/Bert.vcf contact", "Contacts/All.vcf distribution list", "Contacts/Carla.vcf contact", "Notes/milk.ics note",
		"Rest/dentist.ics appointment", "Rest/tax.ics task", "Rest/call.ics journal entry",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	l := list(t, s)
	if want := []string{"Notes: a mail", "Rest: odd"}; !slices.Equal(l.copies, want) {
		t.Errorf("copies: got %q, want %q", l.copies, want)
	}
	if want, got := map[string]int64{"Contacts": 3, "Notes": 1, "Rest": 3}, s.OtherItems(); !maps.Equal(got, want) {
		t.Errorf("other items: got %v, want %v", got, want)
	}
	remarks := []string{
		"a.pst/Contacts: 2 contacts, 1 distribution list: not mail (--export writes them to files)",
		"a.pst/Notes: 1 note: not mail (--export writes them to files)",
		"a.pst/Rest: 1 appointment, 1 task, 1 journal entry: not mail (--export writes them to files)",
	}
	if !slices.Equal(l.remarks, remarks) {
		t.Errorf("remarks: got %q, want %q", l.remarks, remarks)
	}
}

// A folder for contacts is no mail folder, also where there is mail in it.
func TestFoldersShown(t *testing.T) {
	t.Parallel()
	var got []string
	for part := range opened(t, household()).Parts(t.Context()) {
		got = append(got, part.Info().Folder.String())
	}
	if want := []string{"", "", "Rest", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := migrate.Export(t.Context(), dir, opened(t, household()))
	if err != nil || out.Files != 7 || out.Failed != 0 || out.Kinds["contact"] != 2 {
		t.Fatalf("got %+v, %v, want 7 files", out, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "Contacts", "Bert.vcf"))
	if err != nil || !strings.HasPrefix(string(data), "BEGIN:VCARD\r\n") {
		t.Errorf("got %q, %v, want a vCard", data, err)
	}
	data, err = os.ReadFile(filepath.Join(dir, "Rest", "dentist.ics"))
	if err != nil || !strings.HasPrefix(string(data), "BEGIN:VCALENDAR\r\n") {
		t.Errorf("got %q, %v, want a calendar", data, err)
	}
}

// A damaged item costs itself: it is told in Others and in Copies.
func TestDamagedItem(t *testing.T) {
	t.Parallel()
	f := household()
	f.Folders = append(f.Folders, &psttest.Folder{NID: 0xA002, Name: "Broken"})
	f.Nodes = []psttest.RawNode{{NID: 0x300004, Parent: 0xA002, Data: []byte("no heap at all")}, {NID: 0x300024, Parent: 0xA002}}
	s := opened(t, f)
	l := list(t, s)
	if len(l.copies) != 2 || len(l.errors) != 2 || !strings.Contains(l.errors[0], "a.pst/Broken: message 1: ") {
		t.Errorf("got %d copies and errors %q, want 2 and 2", len(l.copies), l.errors)
	}
	items, errs := 0, 0
	for o, err := range s.Others(t.Context()) {
		if err != nil {
			errs++
		} else if o != nil {
			items++
		}
	}
	if items != 7 || errs != 2 {
		t.Errorf("others: got %d and %d errors, want 7 and 2", items, errs)
	}
}

// Of an attachment whose data are lost, the rest of the message is kept, and the loss is told.
func TestDamagedAttachment(t *testing.T) {
	t.Parallel()
	m := psttest.Mail(1)
	m.Properties = append(m.Properties, psttest.Bool(0x0E1B, true))
	m.Attachments = []*psttest.Attachment{
		{Properties: []psttest.Property{psttest.Text(0x3704, "good.txt"), psttest.Binary(0x3701, []byte("good"))}},
		{Properties: []psttest.Property{psttest.Text(0x3704, "bad.bin"), psttest.Binary(0x3701, bytes.Repeat([]byte("DEADBEEF"), 20_000))}},
	}
	name := write(t, t.TempDir(), "a.pst", &psttest.File{Folders: []*psttest.Folder{{Name: "Inbox", Messages: []*psttest.Message{m}}}})
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(data, []byte("DEADBEEFDEADBEEF")) &^ 63
	clear(data[at-16384 : at])
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, name)
	l := list(t, s)
	if len(l.copies) != 1 || len(l.errors) != 0 || len(l.remarks) == 0 || !strings.Contains(l.remarks[0], "(Letter 1) is not whole: ") {
		t.Fatalf("got %q, errors %q, remarks %q, want one message that is not whole", l.copies, l.errors, l.remarks)
	}
	for part := range s.Parts(t.Context()) {
		for c := range part.Copies(t.Context()) {
			text, err := read(t, s, part.Info().Name, c.Ref)
			if err != nil || !strings.Contains(text, "good.txt") || !strings.Contains(text, "Z29vZA==") {
				t.Errorf("got %q, %v, want the good attachment in it", text, err)
			}
		}
	}
}

// What lies outside of the user's folders is named, and left aside.
func TestAside(t *testing.T) {
	t.Parallel()
	f := psttest.Sample(ndb.Unicode, ndb.None)
	f.Nodes = append(f.Nodes, psttest.RawNode{NID: 0xA002, Parent: ndb.NIDRootFolder})
	for _, m := range f.Orphans {
		_ = m
	}
	s := opened(t, f).files[0]
	for i, e := range s.loadTree().messages {
		if e.folder == 0 {
			s.tree.messages[i].folder = 0xA002
		}
	}
	slices.SortFunc(s.tree.messages, entry.compare)
	remarks := (&filePart{file: s}).Remarks()
	if len(remarks) != 2 || !strings.Contains(remarks[1], "1 mail, of use to Outlook alone: left aside") {
		t.Errorf("got %q, want the folder with its mail", remarks)
	}
}
