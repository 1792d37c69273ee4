package outlook

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
	"unpop/migrate/mapi"
)

// thing is an item made of values, with categories as named property 0x8000.
type thing map[mapi.ID]mapi.Value

func (o thing) Get(id mapi.ID) (mapi.Value, bool) { v, ok := o[id]; return v, ok }

func (o thing) Open(mapi.ID) (mapi.Stream, bool) { return mapi.Stream{}, false }

func (o thing) Named(name mapi.Name) (mapi.ID, bool) { return 0x8000, name.Text == "Keywords" }

func (o thing) Recipients() iter.Seq2[mapi.Object, error] {
	return func(func(mapi.Object, error) bool) {}
}

func (o thing) Attachments() iter.Seq2[mapi.Attachment, error] {
	return func(func(mapi.Attachment, error) bool) {}
}

func text(s string) mapi.Value { return mapi.Value{Type: mapi.TypeString8, Data: []byte(s)} }

func number(n uint32) mapi.Value {
	return mapi.Value{Type: mapi.TypeInt32, Data: binary.LittleEndian.AppendUint32(nil, n)}
}

func at(t time.Time) mapi.Value {
	return mapi.Value{Type: mapi.TypeTime, Data: binary.LittleEndian.AppendUint64(nil, uint64(t.Unix()*1e7+116444736000000000))}
}

func TestKind(t *testing.T) {
	t.Parallel()
	for class, want := range map[string][2]bool{
		"IPM.Note": {true, true}, "": {true, true}, "REPORT.IPM.Note.NDR": {true, true}, "IPM.Schedule.Meeting.Request": {true, true},
		"IPM.Contact": {false, true}, "IPM.Appointment": {false, true}, "IPM.Configuration.X": {false, false},
	} {
		if _, mail, user := Kind(thing{0x001A: text(class)}); mail != want[0] || user != want[1] {
			t.Errorf("%q: got mail %v, the user's %v, want %v", class, mail, user, want)
		}
	}
	if _, mail, user := Kind(thing{0x001A: text("IPM.Note"), 0x0E07: number(0x40)}); mail || user {
		t.Errorf("associated: got mail %v, the user's %v, want neither", mail, user)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	came := time.Date(2003, 4, 5, 6, 7, 8, 0, time.UTC)
	c := &migrate.Copy{}
	Describe(c, thing{
		0x0E07: number(1), 0x0E08: number(4711), 0x0E06: at(came), 0x1081: number(104), 0x1090: number(2), 0x0E17: number(8), 0x8000: text("Größe"),
	})
	if c.Flags != migrate.Seen|migrate.Flagged || c.Size != 4711 || !c.Received.Equal(came) || !c.Expunged || !c.Rebuilt || c.Keywords[0] != "$Forwarded" {
		t.Errorf("got %+v", c)
	}
	c = &migrate.Copy{}
	Describe(c, thing{0x0E07: number(8), 0x1081: number(102), 0x8000: text("Red & Blue")})
	if c.Flags != migrate.Draft|migrate.Answered || c.Expunged || !slices.Equal(c.Keywords, []string{"Red &- Blue"}) || !c.Received.IsZero() {
		t.Errorf("got %+v", c)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]string{
		"Hello": "Hello", "\x01\x04Re: Hello": "Re: Hello", "\x01": "\x01", "\x01\x01": "", "  two\r\n lines ": "two lines", "": "",
	} {
		if got := Subject(thing{0x0037: text(stored)}, 0); got != want {
			t.Errorf("Subject(%q): got %q, want %q", stored, got, want)
		}
	}
}

func TestOther(t *testing.T) {
	t.Parallel()
	in := migrate.Folder{Path: []string{"Kontakte"}}
	for class, want := range map[string]string{
		"IPM.Contact": "Anna.vcf contact BEGIN:VCARD", "IPM.DistList": "Anna.vcf distribution list BEGIN:VCARD",
		"IPM.Appointment": "Dentist.ics appointment BEGIN:VCALENDAR", "IPM.StickyNote": "Dentist.ics note BEGIN:VCALENDAR",
	} {
		o := Other(thing{0x001A: text(class), 0x0037: text("Dentist"), 0x3001: text("Anna")}, in, mapi.Options{})
		var b bytes.Buffer
		err := o.Write(&b)
		begin, _, _ := strings.Cut(b.String(), "\r\n")
		if got := o.Name + o.Ext + " " + o.Kind + " " + begin; err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", class, got, err, want)
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	c := Counts{mapi.ClassJournal: 3, mapi.ClassMail: 2, mapi.ClassContact: 1}
	if want := "2 mails, 1 contact, 3 journal entries"; c.String() != want || c.Sum() != 6 || c.Remarks()[0] != want+": not mail (--export writes them to files)" {
		t.Errorf("got %q, %d, %q, want %q", c, c.Sum(), c.Remarks(), want)
	}
	if got := (Counts{}).Remarks(); got != nil {
		t.Errorf("got %q, want nothing", got)
	}
}
