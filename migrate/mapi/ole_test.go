package mapi

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"unpop/migrate/mapi/cfb/cfbtest"
)

// packed is a package of OLE 1.
func packed(name, data string) string {
	temp := `C:\TEMP\` + name + "\x00"
	body := "\x02\x00" + name + "\x00" + `C:\` + name + "\x00\x00\x00\x03\x00"
	body += string(binary.LittleEndian.AppendUint32(nil, uint32(len(temp)))) + temp
	body += string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data + "trailing"
	return string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
}

// storageOf is a storage with one stream that matters.
func storageOf(name, data string) string {
	return string(cfbtest.Build(map[string]string{"\x01Ole": "x", name: data}, "\x01Ole", name))
}

var (
	largePDF   = "%PDF-1.4 " + strings.Repeat("x", 20_000)
	wordFile   = storageOf("WordDocument", "text")
	oddStorage = storageOf("Other", "x")
	leadsAway  = func() string {
		b := []byte(storageOf("\x01Ole10Native", packed("plan.pdf", largePDF)))
		copy(b[len(b)-512+12:], "\xff\xff\xff\x00") // a sector's successor is nowhere
		return string(b)
	}()
)

// oleTests are OLE objects, and the files in them.
var oleTests = []struct {
	name, storage string
	want          string // media type, file name
	data          string
}{
	{
		"a package",
		storageOf("\x01Ole10Native", packed("plan.pdf", largePDF)),
		"application/pdf plan.pdf",
		largePDF,
	},
	{
		"a package without an extension",
		storageOf("\x01Ole10Native", packed("plan", "x")),
		"application/octet-stream plan.bin",
		"x",
	},
	{"an empty package", storageOf("\x01Ole10Native", packed("a.txt", "")), "text/plain a.txt", ""},
	{
		"a path in a package",
		storageOf("\x01Ole10Native", packed(`..\..\a.txt`, "x")),
		"text/plain a.txt",
		"x",
	},
	{"a document of its own", wordFile, "application/msword Chart.doc", wordFile},
	{
		"a packed document",
		storageOf("Package", "PK\x03\x04....word/document.xml"),
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document Chart.docx",
		"PK\x03\x04....word/document.xml",
	},
	{
		"a packed archive",
		storageOf("Package", "PK\x03\x04...."),
		"application/zip Chart.zip",
		"PK\x03\x04....",
	},
	{"a picture", storageOf("CONTENTS", "BM123"), "image/bmp Chart.bmp", "BM123"},
	{
		"contents of an unknown kind",
		storageOf("CONTENTS", "?"),
		"application/x-ole-storage Chart.ole",
		storageOf("CONTENTS", "?"),
	},
	{"nothing known", oddStorage, "application/x-ole-storage Chart.ole", oddStorage},
	{"no storage", "text", "application/x-ole-storage Chart.ole", "text"},
	{
		"a package cut off",
		storageOf("\x01Ole10Native", "\x00\x00\x00\x00\x02\x00abc"),
		"application/x-ole-storage Chart.ole",
		storageOf("\x01Ole10Native", "\x00\x00\x00\x00\x02\x00abc"),
	},
	{
		"a chain that leads nowhere",
		leadsAway,
		"application/x-ole-storage plan.pdf.ole",
		leadsAway,
	},
	{"a storage cut off", wordFile[:700], "application/x-ole-storage Chart.ole", wordFile[:700]},
}

func TestOLE(t *testing.T) {
	t.Parallel()
	for _, c := range oleTests {
		m := object(properties{idBody: "text"}).with(file{
			idAttachMethod: methodOLE,
			idDisplayName:  "Chart",
			idAttachData:   Value{TypeObject, []byte(c.storage)},
		})
		text, _ := convert(t, m, Options{})
		p := checkStructure(t, text)
		if got := fmt.Sprintf("%s %s", p[1].mediaType, p[1].fileName()); got != c.want || p[1].text != c.data {
			t.Errorf("%s: got %s with %d bytes, want %s with %d", c.name, got, len(p[1].text), c.want, len(c.data))
		}
	}
}

// FuzzOLE: whatever a package says of itself, no more comes out than is in it.
func FuzzOLE(f *testing.F) {
	f.Add([]byte(packed("a.txt", "data")))
	f.Fuzz(func(t *testing.T, native []byte) {
		storage := cfbtest.Build(map[string]string{"\x01Ole10Native": string(native)}, "\x01Ole10Native")
		m := object(properties{idBody: "text"}).with(file{
			idAttachMethod: methodOLE,
			idAttachData:   Value{TypeObject, storage},
		})
		text, _ := convert(t, m, Options{})
		p := checkStructure(t, text)
		if len(p[1].text) > len(storage) {
			t.Errorf("got %d bytes of %d", len(p[1].text), len(storage))
		}
	})
}
