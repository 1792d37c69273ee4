package psttest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"unpop/migrate/source/pst/ltp"
	"unpop/migrate/source/pst/ndb"
)

// variant is a format and an encoding.
type variant struct {
	format     ndb.Format
	encryption ndb.Encryption
}

func (v variant) String() string { return fmt.Sprintf("%v/%v", v.format, v.encryption) }

// variants are all that a file can be.
func variants() []variant {
	var list []variant
	for f := ndb.ANSI; f <= ndb.Unicode4K; f++ {
		for e := ndb.None; e <= ndb.Cyclic; e++ {
			list = append(list, variant{f, e})
		}
	}
	return list
}

// tiny makes every structure as small as it can be, so that each has several levels.
func tiny() Limits {
	return Limits{PageEntries: 3, TreeRecords: 3, HeapBlock: 400, XBlock: 8, SLBlock: 2}
}

// reader reads a file back and compares it with what was written.
type reader struct {
	t    *testing.T
	file *ndb.File
	enc  func(string) []byte
}

// readBack lays a file out and opens it.
func readBack(t *testing.T, f *File) *reader {
	t.Helper()
	image, err := f.Image()
	if err != nil {
		t.Fatal(err)
	}
	file, err := ndb.Open(image, image.Size())
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, file: file}
	if f.Format == ndb.ANSI {
		r.enc = Latin1
	}
	return r
}

// nodesOf finds the nodes of a type.
func (r *reader) nodesOf(typ ndb.NIDType) []ndb.Node {
	r.t.Helper()
	var list []ndb.Node
	for n, err := range r.file.Nodes() {
		if err != nil {
			r.t.Fatal(err)
		}
		if n.ID.Type() == typ {
			list = append(list, n)
		}
	}
	return list
}

// clean checks that nothing was found wrong.
func (r *reader) clean() {
	r.t.Helper()
	if list, n := r.file.Warnings(); n != 0 {
		r.t.Errorf("got %d warnings, the first %v, want none", n, list[0])
	}
}

// properties compares properties.
func (r *reader) properties(n ndb.Node, want []Property) *ltp.Context {
	r.t.Helper()
	c, err := ltp.OpenContext(n)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range want {
		p = p.resolved(r.enc)
		got, ok := c.Property(p.ID)
		if !ok || got.Type != p.Type {
			r.t.Errorf("node %v: got property %04x of type %04x (%v), want type %04x", n.ID, p.ID, got.Type, ok, p.Type)
			continue
		}
		if p.Type == typeObject {
			continue
		}
		s, err := got.Open()
		if err != nil {
			r.t.Fatal(err)
		}
		if b := readStream(r.t, s); !bytes.Equal(b, p.Value) {
			r.t.Errorf("node %v: property %04x: got %d bytes %.40q, want %d bytes %.40q", n.ID, p.ID, len(b), b, len(p.Value), p.Value)
		}
	}
	return c
}

// readStream reads a stream to its end.
func readStream(t *testing.T, s ltp.Stream) []byte {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(s, 0, s.Size()))
	if err != nil || int64(len(b)) != s.Size() {
		t.Fatalf("got %d bytes and %v, want %d bytes", len(b), err, s.Size())
	}
	return b
}

// rows compares the rows of a table, in their order.
func (r *reader) rows(n ndb.Node, want [][]Property) []uint32 {
	r.t.Helper()
	table, err := ltp.OpenTable(n)
	if err != nil {
		r.t.Fatal(err)
	}
	var ids []uint32
	for row, err := range table.Rows() {
		if err != nil {
			r.t.Fatal(err)
		}
		if len(ids) < len(want) {
			r.cells(row, want[len(ids)])
		}
		ids = append(ids, row.ID)
		if found, ok, err := table.Row(row.ID); err != nil || !ok || found.ID != row.ID {
			r.t.Errorf("table %v: looking for row %x: got %x, %v, %v", n.ID, row.ID, found.ID, ok, err)
		}
	}
	if len(ids) != len(want) {
		r.t.Errorf("table %v: got %d rows, want %d", n.ID, len(ids), len(want))
	}
	return ids
}

// cells compares the cells of a row.
func (r *reader) cells(row ltp.Row, want []Property) {
	r.t.Helper()
	for _, p := range want {
		p = p.resolved(r.enc)
		v, ok, err := row.Get(p.ID)
		if err != nil || !ok || v.Type != p.Type || !bytes.Equal(v.Data, p.Value) {
			r.t.Errorf("row %x: cell %04x: got %04x %q (%v, %v), want %04x %q", row.ID, p.ID, v.Type, v.Data, ok, err, p.Type, p.Value)
		}
	}
}

// message compares a message and all that is in it.
func (r *reader) message(n ndb.Node, m *Message) {
	r.t.Helper()
	r.properties(n, m.Properties)
	recipients, err := n.Subnode(ndb.NIDRecipientTable)
	if err != nil {
		r.t.Fatal(err)
	}
	r.rows(recipients, m.Recipients)
	if len(m.Attachments) == 0 {
		return
	}
	table, err := n.Subnode(ndb.NIDAttachmentTable)
	if err != nil {
		r.t.Fatal(err)
	}
	for i, id := range r.rows(table, make([][]Property, len(m.Attachments))) {
		sub, err := n.Subnode(ndb.NID(id))
		if err != nil {
			r.t.Fatal(err)
		}
		r.attachment(sub, m.Attachments[i])
	}
}

// attachment compares an attachment and what is attached.
func (r *reader) attachment(n ndb.Node, a *Attachment) {
	r.t.Helper()
	c := r.properties(n, a.Properties)
	v, _, err := c.Get(propAttachData)
	if a.Message == nil && a.Object == nil {
		return
	}
	id, size, ok := v.Subnode()
	if err != nil || !ok {
		r.t.Fatalf("attachment %v: got %v, %v, want an object", n.ID, v, err)
	}
	if a.Object != nil {
		if s, err := c.Open(propAttachData); err != nil || size != s.Size() || !bytes.Equal(readStream(r.t, s), a.Object) {
			r.t.Errorf("attachment %v: got another object, %v", n.ID, err)
		}
		return
	}
	sub, err := n.Subnode(id)
	if err != nil {
		r.t.Fatal(err)
	}
	r.message(sub, a.Message)
}

// rich is a file in which every structure is used.
func rich(v variant, limits Limits) *File {
	f := Sample(v.format, v.encryption)
	f.Limits = limits
	many := Mail(20)
	for i := range 60 {
		many.Recipients = append(many.Recipients, SampleRecipient(3, fmt.Sprintf("Recipient %d with a name that takes up room", i)))
	}
	many.Properties = append(many.Properties,
		Int16(0x6001, -2), Int64(0x6002, -3), Bool(0x6003, true), GUID(0x6004, [16]byte{9, 8, 7}),
		Many(0x6005, Text(0, "one"), Text(0, ""), Text(0, "three")), Many(0x6006, Int32(0, 1), Int32(0, -2)),
		Text8(0x6007, []byte("\x93\xfa\x96{")), Binary(0x6008, random(100_000)), Binary(0x6009, nil),
	)
	for i := range 12 {
		name := fmt.Sprintf("%d.bin", i)
		many.Attachments = append(many.Attachments, &Attachment{Properties: []Property{Text(propFileName, name), Binary(propAttachData, random(i*999))}})
	}
	f.Folders = append(f.Folders, &Folder{Name: "Many", Messages: []*Message{many}})
	return f
}

// random is n bytes that can't be deflated, always the same.
func random(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for _, v := range variants() {
		for name, limits := range map[string]Limits{"full": {}, "tiny": tiny()} {
			t.Run(v.String()+"/"+name, func(t *testing.T) {
				t.Parallel()
				f := rich(v, limits)
				r := readBack(t, f)
				if r.file.Format() != v.format || r.file.Encryption() != v.encryption || r.file.Missing() != 0 {
					t.Errorf("got %v, %v, %d bytes missing", r.file.Format(), r.file.Encryption(), r.file.Missing())
				}
				r.all(f)
				r.clean()
			})
		}
	}
}

// all compares the messages of a file, which are in the order of their NIDs.
func (r *reader) all(f *File) {
	r.t.Helper()
	var want []*Message
	inbox := f.Folders[0]
	want = append(want, f.Deleted...)
	want = append(want, inbox.Messages[1:]...)
	want = append(want, inbox.Folders[0].Messages...)
	for _, folder := range f.Folders[1:] {
		want = append(want, folder.Messages...)
	}
	want = append(append(want, f.Orphans...), inbox.Messages[0])
	nodes := r.nodesOf(ndb.TypeMessage)
	if len(nodes) != len(want) {
		r.t.Fatalf("got %d messages, want %d", len(nodes), len(want))
	}
	for i, n := range nodes {
		r.message(n, want[i])
	}
	settings := r.nodesOf(ndb.TypeAssocMessage)
	if len(settings) != 1 {
		r.t.Fatalf("got %d associated messages, want 1", len(settings))
	}
	r.message(settings[0], inbox.Folders[0].Associated[0])
}

// A table of many rows has a row matrix in several blocks of a subnode and a row index of several levels.
func TestLargeTable(t *testing.T) {
	t.Parallel()
	for _, v := range variants() {
		t.Run(v.String(), func(t *testing.T) {
			t.Parallel()
			f := &File{Format: v.format, Encryption: v.encryption}
			folder := &Folder{Name: "large"}
			var want [][]Property
			for i := range 1500 {
				props := []Property{Text(propClass, "IPM.Note"), Text(propSubject, fmt.Sprintf("subject %d", i)), Int32(propFlags, int32(i))}
				folder.Messages = append(folder.Messages, &Message{Properties: props})
				want = append(want, props)
			}
			f.Folders = []*Folder{folder}
			r := readBack(t, f)
			table := r.nodesOf(ndb.TypeContentsTable)
			ids := r.rows(table[len(table)-1], want)
			if nodes := r.nodesOf(ndb.TypeMessage); len(nodes) != 1500 || ids[77] != uint32(nodes[77].ID) {
				t.Errorf("got %d messages, want 1500 with the ids of the rows", len(nodes))
			}
			r.clean()
		})
	}
}

// The folders refer to each other by their NIDs and by the rows of the hierarchy tables.
func TestFolders(t *testing.T) {
	t.Parallel()
	f := Sample(ndb.Unicode, ndb.Permute)
	r := readBack(t, f)
	var names []string
	for _, n := range r.nodesOf(ndb.TypeFolder) {
		c, err := ltp.OpenContext(n)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := c.Get(propName)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprintf("%v<%v %s", n.Parent, n.ID, bytes.ReplaceAll(v.Data, []byte{0}, nil)))
	}
	want := "[0x122<0x122  0x122<0x8022 Top of Personal Folders 0x122<0x8042 Search Root 0x8022<0x8062 Deleted Items " +
		"0x8022<0x80a2 Inbox 0x80a2<0x80c2 B\xfchne 0x8022<0x80e2 Empty]"
	if got := fmt.Sprint(names); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTooBig(t *testing.T) {
	t.Parallel()
	twice := []RawNode{{NID: 0x21}}
	if _, err := (&File{Nodes: twice}).Image(); err == nil {
		t.Error("a node written twice: got no error")
	}
	deep := &File{Limits: Limits{XBlock: 2}, Nodes: []RawNode{{NID: 0x5001, Data: make([]byte, 50000)}}}
	if _, err := deep.Image(); err == nil {
		t.Error("a data tree of three levels: got no error")
	}
}
