package mapi

import (
	"runtime"
	"strings"
	"testing"
)

// wholeText is a message with all levels, its boundaries shortened.
var wholeText = crlf(
	"From: Anna <anna@acme.example>",
	"To: Bob <bob@example.com>",
	"Subject: Plan",
	"Date: Sat, 14 Mar 2009 15:09:26 +0000",
	"Message-ID: <plan@acme.example>",
	"MIME-Version: 1.0",
	`Content-Type: multipart/mixed; boundary="A"`,
	"",
	"--A",
	"Content-Type: multipart/alternative;",
	` boundary="B"`,
	"",
	"--B",
	"Content-Type: text/plain; charset=utf-8",
	"Content-Transfer-Encoding: 7bit",
	"",
	"The plan.",
	"",
	"--B",
	`Content-Type: multipart/related; type="text/html";`,
	` boundary="C"`,
	"",
	"--C",
	"Content-Type: text/html; charset=utf-8",
	"Content-Transfer-Encoding: 7bit",
	"",
	"<p>The <b>plan</b>: <img src=cid:1></p>",
	"",
	"--C",
	"Content-Type: image/gif; name=1.gif",
	"Content-Transfer-Encoding: base64",
	"Content-Disposition: inline; filename=1.gif",
	"Content-ID: <1>",
	"",
	"R0lGODlh",
	"--C--",
	"",
	"--B--",
	"",
	"--A",
	"Content-Type: application/pdf; name=plan.pdf",
	"Content-Transfer-Encoding: base64",
	"Content-Disposition: attachment; filename=plan.pdf",
	"",
	"JVBERg==",
	"--A--",
)

// TestWhole holds a message down to the byte.
func TestWhole(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idMessageClass:     "IPM.Note",
		idSubject:          "Plan",
		idSentRepName:      "Anna",
		idSentRepAddress:   "anna@acme.example",
		idMessageID:        "<plan@acme.example>",
		idClientSubmitTime: sent,
		idBody:             "The plan.\r\n",
		idHTML:             []byte("<p>The <b>plan</b>: <img src=cid:1></p>\r\n"),
	}).with(
		row{idRecipientType: 1, idDisplayName: "Bob", idEmailAddress: "bob@example.com"},
		file{
			idAttachMethod:    1,
			idAttachName:      "1.gif",
			idAttachContentID: "1",
			idAttachData:      []byte("GIF89a"),
		},
		file{idAttachMethod: 1, idAttachName: "plan.pdf", idAttachData: []byte("%PDF")},
	)
	text, _ := convert(t, m, Options{})
	python(t, text)
	boundaries := map[string]string{}
	for i, piece := range strings.Split(text, `boundary="`)[1:] {
		name, _, _ := strings.Cut(piece, `"`)
		boundaries[name] = string(rune('A' + i))
		if len(name) != 34 || !strings.HasPrefix(name, "=_") {
			t.Errorf("got boundary %q", name)
		}
	}
	for long, short := range boundaries {
		text = strings.ReplaceAll(text, long, short)
	}
	if text != wholeText {
		t.Errorf("got\n%s\nwant\n%s", text, wholeText)
	}
}

// TestBoundariesDiffer holds that messages, and the multiparts in one, have boundaries of their own.
func TestBoundariesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, id := range []string{"<1@x>", "<2@x>", "<3@x>"} {
		inner := object(properties{idMessageID: "<inner@x>", idBody: "text", idHTML: []byte("<p>x")})
		m := object(properties{
			idMessageID: id,
			idBody:      "text",
			idHTML:      []byte("<p>x"),
		}).with(inner, inner)
		text, _ := convert(t, m, Options{})
		for _, piece := range strings.Split(text, `boundary="`)[1:] {
			name, _, _ := strings.Cut(piece, `"`)
			if seen[name] {
				t.Errorf("got boundary %s twice", name)
			}
			seen[name] = true
		}
	}
	if len(seen) != 12 {
		t.Errorf("got %d boundaries, want 12", len(seen))
	}
}

// endless is a large attachment that takes no memory.
type endless struct{ size int64 }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		p[i] = byte(off + int64(i))
	}
	return len(p), nil
}

type big struct {
	*memory
	size int64
}

func (b big) Open(id ID) (Stream, bool) {
	if id == idAttachData {
		return Stream{TypeBinary, b.size, endless{b.size}}, true
	}
	return b.memory.Open(id)
}

// counter counts what it gets, and the most memory that was in use meanwhile.
type counter struct {
	n    int64
	most uint64
	next int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	if c.n > c.next {
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		c.most = max(c.most, s.HeapAlloc)
		c.next = c.n + 16<<20
	}
	return len(p), nil
}

// TestLargeAttachments holds that memory doesn't grow with what is attached.
func TestLargeAttachments(t *testing.T) {
	const size = 64 << 20
	file := big{object(properties{idAttachMethod: 1, idAttachName: "big.bin"}), size}
	m := holder{object(properties{idBody: "text"}), []Attachment{file, file}, nil}
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c := &counter{}
	if _, err := Convert(c, m, Options{}); err != nil {
		t.Fatal(err)
	}
	if want := int64(2 * size / 3 * 4); c.n < want {
		t.Errorf("got %d bytes, want more than %d", c.n, want)
	}
	if c.most > before.HeapAlloc+size/2 {
		t.Errorf("got %d MB in use, want no more than a few", (c.most-before.HeapAlloc)>>20)
	}
}

func BenchmarkConvert(b *testing.B) {
	m := object(properties{
		idBody:             strings.Repeat("Some lines of text, schön.\r\n", 100),
		idHTML:             []byte(strings.Repeat("<p>Some lines of text</p>\r\n", 100)),
		idTransportHeaders: travelled,
	}).
		with(file{idAttachMethod: 1, idAttachName: "a.bin", idAttachData: make([]byte, 100_000)})
	c := &counter{next: 1 << 62}
	for b.Loop() {
		if _, err := Convert(c, m, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(c.n / int64(b.N))
}
