package msg

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unpop/migrate/mapi"
	"unpop/migrate/mapi/cfb"
	"unpop/migrate/mapi/cfb/cfbtest"
	"unpop/migrate/source/pst"
	"unpop/migrate/source/pst/psttest"
)

// itemOf reads a message that was made.
func itemOf(tb testing.TB, f tree) *item {
	tb.Helper()
	data := cfbtest.BuildTree(f)
	file, err := cfb.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		tb.Fatal(err)
	}
	m, err := openItem(file)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestGet(t *testing.T) {
	t.Parallel()
	m := itemOf(t, within(headOfFile).text(0x0037, "Grüße").fixed(0x0E07, 0x03, 0xFFFFFFFF00000019).fixed(0x0029, 0x0B, 1).fixed(0x0017, 0x02, 0x70002).
		fixed(0x0039, 0x40, 0x0102030405060708).stream(0x1003, 0x1003, "\x01\x00\x00\x00\x02\x00\x00\x00").stream(0x300B, 0x102, "key").
		stream(0x1013, 0x102, strings.Repeat("x", maxProperty+1)))
	for id, want := range map[mapi.ID]mapi.Value{
		0x0E07: {Type: mapi.TypeInt32, Data: []byte{0x19, 0, 0, 0}},
		0x0029: {Type: mapi.TypeBool, Data: []byte{1}},
		0x0017: {Type: mapi.TypeInt16, Data: []byte{2, 0}},
		0x0039: {Type: mapi.TypeTime, Data: []byte{8, 7, 6, 5, 4, 3, 2, 1}},
		0x0037: {Type: mapi.TypeString, Data: []byte("G\x00r\x00\xfc\x00\xdf\x00e\x00")},
		0x1003: {Type: mapi.TypeMulti | mapi.TypeInt32, Data: []byte{1, 0, 0, 0, 2, 0, 0, 0}},
		0x300B: {Type: mapi.TypeBinary, Data: []byte("key")},
	} {
		got, ok := m.Get(id)
		if !ok || got.Type != want.Type || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("%04x: got %v, %v, want %v", id, got, ok, want)
		}
	}
	for _, id := range []mapi.ID{0x1013, 0x4444} { // too large, and not there
		if got, ok := m.Get(id); ok {
			t.Errorf("%04x: got %d bytes, want none", id, len(got.Data))
		}
	}
	s, ok := m.Open(0x1013)
	if !ok || s.Size != maxProperty+1 || s.Type != mapi.TypeBinary {
		t.Fatalf("got %+v, %v, want the large value", s, ok)
	}
	data, err := io.ReadAll(io.NewSectionReader(s.Data, 0, s.Size))
	if err != nil || len(data) != maxProperty+1 {
		t.Errorf("got %d bytes, %v, want %d", len(data), err, maxProperty+1)
	}
	for _, id := range []mapi.ID{0x0E07, 0x1003, 0x4444} { // a number, several, not there
		if _, ok := m.Open(id); ok {
			t.Errorf("Open(%04x): got a stream, want none", id)
		}
	}
}

// Values of several end where one of them is missing.
func TestSeveral(t *testing.T) {
	t.Parallel()
	m := itemOf(t, within(headOfFile).stream(0x8000, 0x101E, "").stream(0x8001, 0x1102, ""))
	for id, want := range map[mapi.ID]string{0x8000: "\x00\x00\x00\x00", 0x8001: "\x00\x00\x00\x00"} {
		if got, ok := m.Get(id); !ok || string(got.Data) != want {
			t.Errorf("%04x: got %q, %v, want %q", id, got.Data, ok, want)
		}
	}
	f := within(headOfFile)
	f["__substg1.0_8002101E-00000000"], f["__substg1.0_8002101E-00000001"], f["__substg1.0_8002101E-00000003"] = "one", "two", "four"
	got, ok := itemOf(t, f).Get(0x8002)
	if want := "\x02\x00\x00\x00\x0c\x00\x00\x00\x0f\x00\x00\x00onetwo"; !ok || string(got.Data) != want {
		t.Errorf("got %q, %v, want %q", got.Data, ok, want)
	}
}

// Names that are not those of properties mean nothing.
func TestOddNames(t *testing.T) {
	t.Parallel()
	f := within(headOfFile)
	for _, name := range []string{"__substg1.0_", "__substg1.0_00", "__substg1.0_GGGGGGGG", "__substg1.0_0037001F0", "0037001F", "__substg1.0_0037101F-XYZ"} {
		f[name] = "odd"
	}
	m := itemOf(t, f)
	if got, ok := m.Get(0x0037); ok && len(got.Data) > 4 {
		t.Errorf("got %q, want nothing", got.Data)
	}
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	f := letter(1, headOfFile)
	for _, n := range []string{"0000000A", "00000002", "00000001"} {
		f.put(attachPrefix+n, within(headOfOthers).text(0x3707, n))
	}
	f[attachPrefix+"00000003/stray"] = "without properties"
	var got []string
	failed := 0
	for a, err := range itemOf(t, f).Attachments() {
		if err != nil {
			if !errors.Is(err, mapi.ErrDamaged) {
				t.Errorf("got %v, want damage", err)
			}
			failed++
			continue
		}
		got = append(got, mapi.Text(a, 0x3707, 0))
		if _, err := a.Message(); !errors.Is(err, mapi.ErrDamaged) {
			t.Errorf("message of a file: got %v, want damage", err)
		}
	}
	if strings.Join(got, " ") != "00000001 00000002 0000000A" || failed != 1 {
		t.Errorf("got %q and %d failures, want them in order and one", got, failed)
	}
}

func TestWithoutProperties(t *testing.T) {
	t.Parallel()
	data := cfbtest.BuildTree(tree{"WordDocument": "text"})
	file, err := cfb.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := openItem(file); !errors.Is(err, mapi.ErrDamaged) {
		t.Errorf("got %v, %v, want damage", m, err)
	}
}

// A message that lies in a data file and was saved to a file of its own is the same bytes from both.
func TestSameAsPST(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stored := &psttest.Message{
		Properties: []psttest.Property{
			psttest.Text(0x001A, "IPM.Note"), psttest.Text(0x0037, "Letter 1"), psttest.Text(0x1000, "This is letter 1.\r\n"), psttest.Text(0x0C1A, "Anna"),
			psttest.Text(0x0C1E, "SMTP"), psttest.Text(0x0C1F, "anna@example.org"), psttest.Text(0x1035, "<letter.1@example.org>"),
			psttest.Int32(0x0E07, 1), psttest.Time(0x0039, day), psttest.Time(0x0E06, day),
		},
		Recipients: [][]psttest.Property{
			{psttest.Int32(0x0C15, 1), psttest.Text(0x3001, "Bert"), psttest.Text(0x3002, "SMTP"), psttest.Text(0x3003, "bert@example.org")},
		},
		Attachments: []*psttest.Attachment{{Properties: []psttest.Property{
			psttest.Text(0x3707, "grüße.bin"), psttest.Binary(0x3701, []byte("data\x00")), psttest.Int32(0x3705, 1),
		}}},
	}
	image, err := (&psttest.File{Folders: []*psttest.Folder{{Name: "Inbox", Messages: []*psttest.Message{stored}}}}).Image()
	if err != nil {
		t.Fatal(err)
	}
	saved := letter(1, headOfFile).put(recipPrefix+"00000000", recipient(1, "Bert")).
		put(attachPrefix+"00000000", within(headOfOthers).text(0x3707, "grüße.bin").stream(0x3701, 0x102, "data\x00").fixed(0x3705, 3, 1))
	for name, data := range map[string][]byte{"a.pst": image.Bytes(), "a.msg": cfbtest.BuildTree(saved)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store, err := pst.Open(filepath.Join(dir, "a.pst"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	got := read(t, open(t, filepath.Join(dir, "a.msg")), ".", "a.msg")
	for part := range store.Parts(t.Context()) {
		for c := range part.Copies(t.Context()) {
			if want := read(t, store, part.Info().Name, c.Ref); got != want || !strings.Contains(got, "Letter 1") {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
}

// A message to thousands has tens of thousands of streams, nearly all of them small.
func TestManyRecipients(t *testing.T) {
	t.Parallel()
	const count = 2500
	f := letter(1, headOfFile)
	for i := range count {
		f.put(fmt.Sprintf("%s%08X", recipPrefix, i), recipient(1, fmt.Sprint("Bert", i)))
	}
	f.put(attachPrefix+"00000000", within(headOfOthers).text(0x3707, "last.bin").stream(0x3701, 0x102, "data").fixed(0x3705, 3, 1))
	m := itemOf(t, f)
	got := 0
	for r, err := range m.Recipients() {
		if want := fmt.Sprint("Bert", got); err != nil || mapi.Text(r, 0x3001, 0) != want {
			t.Fatalf("got %q, %v, want %s", mapi.Text(r, 0x3001, 0), err, want)
		}
		got++
	}
	for a, err := range m.Attachments() {
		if err == nil && mapi.Text(a, 0x3707, 0) == "last.bin" {
			got++
		}
	}
	if got != count+1 {
		t.Errorf("got %d recipients and attachments, want %d", got, count+1)
	}
}

// An OLE object is a storage in the file. What is packed in it comes out; else it is a file of its own.
func TestObjects(t *testing.T) {
	t.Parallel()
	f := letter(1, headOfFile)
	object := func(n, name string, streams tree) {
		streams = tree{}.put(valuePrefix+"3701000D", streams)
		f.put(attachPrefix+n, within(headOfOthers).text(0x3001, name).fixed(0x3705, 3, 6)).put(attachPrefix+n, streams)
	}
	object("00000000", "Paper", tree{"CONTENTS": "%PDF-1.4 text", "\x01Ole": "x"})
	object("00000001", "Table", tree{"Workbook": strings.Repeat("cells ", 2000), "deep/x": "y"})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.msg"), cfbtest.BuildTree(f), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(read(t, open(t, filepath.Join(dir, "a.msg")), ".", "a.msg")))
	if err != nil {
		t.Fatal(err)
	}
	_, params, _ := mime.ParseMediaType(m.Header.Get("Content-Type"))
	parts := multipart.NewReader(m.Body, params["boundary"])
	got := map[string][]byte{}
	for p, err := parts.NextPart(); err == nil; p, err = parts.NextPart() {
		got[p.FileName()], _ = io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
	}
	if string(got["Paper.pdf"]) != "%PDF-1.4 text" {
		t.Errorf("got %q, want the file that is packed", got["Paper.pdf"])
	}
	table := got["Table.xls"]
	file, err := cfb.Open(bytes.NewReader(table), int64(len(table)))
	if err != nil {
		t.Fatalf("%d parts, Table.xls of %d bytes: %v", len(got), len(table), err)
	}
	if streams, storages := file.Root().List(); len(streams) != 1 || streams[0].Size != 12000 || len(storages) != 1 {
		t.Errorf("got %v, %v, want the object", streams, storages)
	}
}
