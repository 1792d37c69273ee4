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

func TestOLE(t *testing.T) {
	t.Parallel()
	large := "%PDF-1.4 " + strings.Repeat("x", 20_000)
	one := func(name, data string) string {
		return string(cfbtest.Build(map[string]string{"\x01Ole": "x", name: data}, "\x01Ole", name))
	}
	word := one("WordDocument", "text")
	odd := one("Other", "x")
	broken := []byte(one("\x01Ole10Native", packed("plan.pdf", large)))
	copy(broken[len(broken)-512+12:], "\xff\xff\xff\x00") // a sector's successor is nowhere
	for _, c := range []struct {
		name, storage string
		want          string // media type, file name
		data          string
	}{
		{
			"a package",
			one("\x01Ole10Native", packed("plan.pdf", large)),
			"application/pdf plan.pdf",
			large,
		},
		{
			"a package without an extension",
			one("\x01Ole10Native", packed("plan", "x")),
			"application/octet-stream plan.bin",
			"x",
		},
		{"an empty package", one("\x01Ole10Native", packed("a.txt", "")), "text/plain a.txt", ""},
		{
			"a path in a package",
			one("\x01Ole10Native", packed(`..\..\a.txt`, "x")),
			"text/plain a.txt",
			"x",
		},
		{"a document of its own", word, "application/msword Chart.doc", word},
		{
			"a packed document",
			one("Package", "PK\x03\x04....word/document.xml"),
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document Chart.docx",
			"PK\x03\x04....word/document.xml",
		},
		{
			"a packed archive",
			one("Package", "PK\x03\x04...."),
			"application/zip Chart.zip",
			"PK\x03\x04....",
		},
		{"a picture", one("CONTENTS", "BM123"), "image/bmp Chart.bmp", "BM123"},
		{
			"contents of an unknown kind",
			one("CONTENTS", "?"),
			"application/x-ole-storage Chart.ole",
			one("CONTENTS", "?"),
		},
		{"nothing known", odd, "application/x-ole-storage Chart.ole", odd},
		{"no storage", "text", "application/x-ole-storage Chart.ole", "text"},
		{
			"a package cut off",
			one("\x01Ole10Native", "\x00\x00\x00\x00\x02\x00abc"),
			"application/x-ole-storage Chart.ole",
			one("\x01Ole10Native", "\x00\x00\x00\x00\x02\x00abc"),
		},
		{
			"a chain that leads nowhere",
			string(broken),
			"application/x-ole-storage plan.pdf.ole",
			string(broken),
		},
		{"a storage cut off", word[:700], "application/x-ole-storage Chart.ole", word[:700]},
	} {
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
