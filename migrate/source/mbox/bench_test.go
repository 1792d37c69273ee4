package mbox

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"unpop/migrate"
)

// benchFile makes a file of n bytes or a little more, of messages of the sizes that mailboxes have:
// most of some KB, some with attachments.
func benchFile(b *testing.B, n int64) string {
	b.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	header := strings.Repeat("Received: from a.example.com by b.example.com; Mon, 1 Jan 2024 10:00:00 +0000\n", 20) + mail("")
	text := strings.Repeat("A line of a message, as long as these lines are.\n> And a quoted one\n", 2000)
	path := b.TempDir() + "/Inbox"
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	for size := int64(0); size < n; {
		length := 500 + random.IntN(8000)
		if random.IntN(10) == 0 {
			length = random.IntN(len(text))
		}
		m := from1 + header + text[:length] + "\n\n"
		if _, err := f.WriteString(m); err != nil {
			b.Fatal(err)
		}
		size += int64(len(m))
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkSplit lists 256 MB; BenchmarkIndex is what looking for "\nFrom" alone costs, reading included.
func BenchmarkSplit(b *testing.B) {
	path := benchFile(b, 256<<20)
	part := NewPart(path, migrate.PartInfo{Name: "Inbox"})
	b.SetBytes(part.Info().Bytes)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range part.Copies(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64(n), "messages")
	}
}

func BenchmarkIndex(b *testing.B) {
	path := benchFile(b, 256<<20)
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	fi, _ := f.Stat()
	b.SetBytes(fi.Size())
	buf := make([]byte, windowSize)
	for b.Loop() {
		n := 0
		for off := int64(0); off < fi.Size(); off += windowSize {
			got, err := f.ReadAt(buf, off)
			if err != nil && err != io.EOF {
				b.Fatal(err)
			}
			for text := buf[:got]; ; n++ {
				i := bytes.Index(text, []byte("\nFrom"))
				if i < 0 {
					break
				}
				text = text[i+1:]
			}
		}
	}
}

// BenchmarkOpen reads every message of 32 MB.
func BenchmarkOpen(b *testing.B) {
	path := benchFile(b, 32<<20)
	var refs []string
	for c, err := range NewPart(path, migrate.PartInfo{}).Copies(context.Background()) {
		if err != nil {
			b.Fatal(err)
		}
		refs = append(refs, c.Ref)
	}
	b.SetBytes(32 << 20)
	b.ReportAllocs()
	for b.Loop() {
		for _, ref := range refs {
			r, err := OpenAt(path, ref)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				b.Fatal(err)
			}
			r.Close()
		}
	}
}
