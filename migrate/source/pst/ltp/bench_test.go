package ltp

import (
	"bytes"
	"io"
	"testing"

	"unpop/migrate/migratetest"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// BenchmarkOpen opens a real file.
func BenchmarkOpen(b *testing.B) {
	data := realFile(b, migratetest.Corpora(b, "pst", "apache+tika", "tika-app", "src", "test", "resources", "test-data", "testPST.pst"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ndb.Open(bytes.NewReader(data), int64(len(data))); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead reads all properties, tables and attachments of real files; bytes are those of the file.
func BenchmarkRead(b *testing.B) {
	for name, path := range map[string]string{
		"ansi":    "simiden+pst2john/samples/97_outlook_pass12345.pst",
		"unicode": "dmmd+OPF_Hack/src/test/resources/org/opf/enron_pst/slinger-r.pst",
		"high":    "simiden+pst2john/samples/2003_high-encryption_quickquick.pst",
		"4k":      "npm-pst-extractor-1.12.0/pstextractortest@outlook.com.ost",
	} {
		b.Run(name, func(b *testing.B) {
			data := realFile(b, migratetest.Corpora(b, "pst")+"/"+path)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				f, err := ndb.Open(bytes.NewReader(data), int64(len(data)))
				if err != nil {
					b.Fatal(err)
				}
				if got := walkFile(f); len(got.errors) > 0 {
					b.Fatal(got.errors[0])
				}
			}
		})
	}
}

// BenchmarkAttachment reads an attachment of 64 MB as a stream.
func BenchmarkAttachment(b *testing.B) {
	const size = 64 << 20
	m := &psttest.Message{NID: testNID, Properties: []psttest.Property{psttest.Binary(0x3701, make([]byte, size))}}
	n := node(b, &psttest.File{Encryption: ndb.Permute, Folders: []*psttest.Folder{{Messages: []*psttest.Message{m}}}})
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		c, err := OpenContext(n)
		if err != nil {
			b.Fatal(err)
		}
		s, err := c.Open(0x3701)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, io.NewSectionReader(s, 0, s.Size())); err != nil {
			b.Fatal(err)
		}
	}
}
