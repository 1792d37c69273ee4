package pst

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/emersion/go-message"

	"unpop/migrate/migratetest"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

// noise is data that is like no text, the same each time.
func noise(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// heap is how much memory is in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// gauge notes the most memory in use while something is written to it.
type gauge struct {
	io.Writer
	written, most int64
}

func (g *gauge) Write(p []byte) (int, error) {
	if before := g.written >> 22; (g.written+int64(len(p)))>>22 != before {
		g.most = max(g.most, heap())
	}
	g.written += int64(len(p))
	return g.Writer.Write(p)
}

// An attachment passes through a few hundred kilobytes of memory, whatever its size, and arrives whole.
func TestLargeAttachment(t *testing.T) {
	if migratetest.Racing {
		t.Skip("one goroutine, and what is measured is another memory")
	}
	const size = 48 << 20
	data := noise(size)
	want := sha256.Sum256(data)
	m := psttest.Mail(1)
	m.Attachments = []*psttest.Attachment{{Properties: []psttest.Property{psttest.Text(0x3707, "large.bin"), psttest.Binary(0x3701, data)}}}
	name := write(t, t.TempDir(), "a.pst", &psttest.File{
		Format: ndb.Unicode, Encryption: ndb.Permute, Folders: []*psttest.Folder{{Name: "Inbox", Messages: []*psttest.Message{m}}},
	})
	data, m = nil, nil
	s := open(t, name)
	before := heap()
	for part := range s.Parts(t.Context()) {
		for c := range part.Copies(t.Context()) {
			r, err := s.Open(t.Context(), part.Info().Name, c.Ref)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.New()
			g := &gauge{Writer: io.Discard}
			e, err := message.Read(io.TeeReader(r, g))
			if err != nil {
				t.Fatal(err)
			}
			err = walkParts(e, 0, func(kind string, e *message.Entity) error {
				if kind == "text/plain" {
					return nil
				}
				_, err := io.Copy(sum, e.Body)
				return err
			})
			if err != nil || !bytes.Equal(sum.Sum(nil), want[:]) {
				t.Errorf("got digest %s, %v, want %x", hex.EncodeToString(sum.Sum(nil)), err, want)
			}
			if used := g.most - before; used > 8<<20 {
				t.Errorf("got %d MiB of memory in use, want less than 8", used>>20)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// manyMessages writes a file with messages of about 20 KB each.
func manyMessages(b *testing.B, n int) (name string, size int64) {
	b.Helper()
	in := &psttest.Folder{Name: "Inbox"}
	attached := noise(12 << 10)
	for i := range n {
		m := psttest.Mail(i)
		m.Properties = append(m.Properties, psttest.Text(0x007D, fmt.Sprintf("From: Anna <anna@example.org>\r\nReceived: from a by b; Sat, 5 Apr 2003 06:07:00 +0000\r\nTo: bert@example.org\r\n"+
			"Subject: Letter %d\r\nMessage-ID: <%d@example.org>\r\nDate: Sat, 5 Apr 2003 06:07:00 +0000\r\n\r\n", i, i)),
			psttest.Text(0x1000, strings.Repeat("A line of text that is about as long as lines are.\r\n", 60)))
		m.Attachments = []*psttest.Attachment{{Properties: []psttest.Property{psttest.Text(0x3707, "a.bin"), psttest.Binary(0x3701, attached)}}}
		in.Messages = append(in.Messages, m)
	}
	name = write(b, b.TempDir(), "a.pst", &psttest.File{
		Format: ndb.Unicode, Encryption: ndb.Permute, Folders: []*psttest.Folder{in},
		Names: []psttest.Name{{Name: "Keywords"}}, // pffexport refuses a file without any
	})
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	return name, info.Size()
}

// BenchmarkRead converts all messages of a file, one after the other.
func BenchmarkRead(b *testing.B) {
	name, size := manyMessages(b, 500)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		s := open(b, name)
		n := 0
		for part := range s.Parts(b.Context()) {
			for c := range part.Copies(b.Context()) {
				r, err := s.Open(b.Context(), part.Info().Name, c.Ref)
				if err == nil {
					_, err = io.Copy(io.Discard, r)
				}
				if err != nil {
					b.Fatal(err)
				}
				_ = r.Close()
				n++
			}
		}
		if n != 500 {
			b.Fatalf("got %d messages, want 500", n)
		}
	}
}

// BenchmarkList lists the messages of a file.
func BenchmarkList(b *testing.B) {
	name, size := manyMessages(b, 500)
	b.SetBytes(size)
	for b.Loop() {
		s := open(b, name)
		for part := range s.Parts(b.Context()) {
			for _, err := range part.Copies(b.Context()) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
