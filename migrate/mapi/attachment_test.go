package mapi

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// attachmentTests are attachments of all kinds, and what becomes of them.
var attachmentTests = []struct {
	name string
	file file
	want string // media type, file name, content
}{
	{
		"by value",
		file{
			idAttachMethod:   1,
			idAttachName:     "Bericht.pdf",
			idAttachMIMEType: "application/PDF",
			idAttachData:     []byte("%PDF"),
		},
		"application/pdf Bericht.pdf %PDF",
	},
	{
		"no method",
		file{idAttachShortName: "A.TXT", idAttachData: []byte("x\ny")},
		"text/plain A.TXT x\ny",
	},
	{
		"by its name",
		file{idAttachMethod: 1, idAttachName: "a.docx", idAttachData: []byte("PK")},
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document a.docx PK",
	},
	{
		"no name",
		file{idAttachMethod: 1, idAttachData: []byte("\x00\xff")},
		"application/octet-stream attachment \x00\xff",
	},
	{
		"a type that is none",
		file{
			idAttachMethod:   1,
			idAttachName:     "a.gif",
			idAttachMIMEType: "image/\r\nX: y",
			idAttachData:     []byte("GIF"),
		},
		"image/gif a.gif GIF",
	},
	{
		"its charset",
		file{
			idAttachMethod:   1,
			idAttachName:     "a.txt",
			idAttachMIMEType: "text/plain",
			idAttachCharset:  "koi8-r",
			idAttachData:     []byte("\xf0"),
		},
		"text/plain a.txt П",
	},
	{
		"a name that isn't ASCII",
		file{idAttachMethod: 1, idAttachName: "Größe 日本.txt", idAttachData: []byte("x")},
		"text/plain Größe 日本.txt x",
	},
	{
		"a path",
		file{idAttachMethod: 1, idAttachName: `C:\x\..\..\etc/passwd`, idAttachData: []byte("x")},
		"application/octet-stream passwd x",
	},
	{
		"a name with tricks",
		file{
			idAttachMethod: 1,
			idAttachName:   "a\u202egpj.exe\r\nX: \"y\"",
			idAttachData:   []byte("x"),
		},
		"application/octet-stream agpj.exe  X_ _y_ x",
	},
	{
		"extension apart",
		file{
			idAttachMethod:    1,
			idDisplayName:     "Photo",
			idAttachExtension: ".jpg",
			idAttachData:      []byte("x"),
		},
		"image/jpeg Photo.jpg x",
	},
	{
		"empty",
		file{idAttachMethod: 1, idAttachName: "a.bin", idAttachData: []byte{}},
		"application/octet-stream a.bin ",
	},
	{
		"winmail.dat stays",
		file{
			idAttachMethod:   1,
			idAttachName:     "winmail.dat",
			idAttachMIMEType: "application/ms-tnef",
			idAttachData:     []byte("x"),
		},
		"application/ms-tnef winmail.dat x",
	},
	{
		"by reference",
		file{
			idAttachMethod:   2,
			idAttachName:     "plan.doc",
			idAttachLongPath: `\\server\share\plan.doc`,
		},
		"text/plain plan.doc.txt [This file was not attached but referred to: \\\\server\\share\\plan.doc]\r\n",
	},
	{
		"on the web",
		file{
			idAttachMethod:   7,
			idAttachName:     "plan.doc",
			idAttachLongPath: `https://example.com/ü`,
		},
		"text/plain plan.doc.txt [This file was not attached but referred to: https://example.com/ü]\r\n",
	},
	{
		"OLE",
		file{
			idAttachMethod: 6,
			idDisplayName:  "Chart",
			idAttachData:   Value{TypeObject, []byte("\xd0\xcf\x11\xe0storage")},
		},
		"application/x-ole-storage Chart.ole \xd0\xcf\x11\xe0storage",
	},
	{
		"a multipart as a file",
		file{
			idAttachMethod:   1,
			idAttachName:     "x.mht",
			idAttachMIMEType: "multipart/related",
			idAttachData:     []byte("x"),
		},
		"application/octet-stream x.mht x",
	},
	{
		"a message as a file",
		file{
			idAttachMethod: 1,
			idAttachName:   "x.eml",
			idAttachData:   []byte("From: a@b.example\nSubject: ü\n\nx\n"),
		},
		"message/rfc822 x.eml From: a@b.example\r\nSubject: ü\r\n\r\nx\r\n",
	},
	{
		"a message that can't travel",
		file{
			idAttachMethod: 1,
			idAttachName:   "x.eml",
			idAttachData:   []byte(strings.Repeat("x", 1000)),
		},
		"application/octet-stream x.eml " + strings.Repeat("x", 1000),
	},
	{
		"a file that is only called like a message",
		file{
			idAttachMethod: 1,
			idAttachName:   "x.eml",
			idAttachData:   []byte("F\x00r\x00o\x00m\x00:\x00"),
		},
		"application/octet-stream x.eml F\x00r\x00o\x00m\x00:\x00",
	},
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	for _, c := range attachmentTests {
		m := object(properties{idBody: "text"}).with(c.file)
		var b strings.Builder
		if _, err := Convert(&b, m, Options{}); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		checkLines(t, b.String(), c.name == "a message as a file")
		p := checkStructure(t, b.String())
		if got := fmt.Sprintf("%s %s %s", p[1].mediaType, p[1].fileName(), p[1].text); got != c.want || p[1].path != "mixed/" {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAttachmentFields(t *testing.T) {
	t.Parallel()
	name := "Протокол заседания комитета по вопросам.pdf"
	m := object(properties{idBody: "text"}).with(file{
		idAttachMethod: 1,
		idAttachName:   name,
		idAttachData:   []byte("x"),
		idCreationTime: sent,
		idLastModified: sent.Add(time.Hour),
	})
	text, _ := convert(t, m, Options{})
	p := checkStructure(t, text)[1]
	if got := p.fileName(); got != name {
		t.Errorf("got file name %q, want %q", got, name)
	}
	disposition := p.header.Get("Content-Disposition")
	for _, want := range []string{
		"filename*0*=utf-8''%D0%9F",
		"filename*1*=",
		`creation-date="Sat, 14 Mar 2009 15:09:26 +0000"`,
		`modification-date="Sat, 14 Mar 2009 16:09:26 +0000"`,
	} {
		if !strings.Contains(disposition, want) {
			t.Errorf("got %s, want %s in it", disposition, want)
		}
	}
	if kind := p.header.Get("Content-Type"); !strings.Contains(kind, `name="=?utf-8?B?`) {
		t.Errorf("got %s, want an encoded name for old programs", kind)
	}
}

func TestAttachmentAlone(t *testing.T) {
	t.Parallel()
	text, _ := convert(t, object(properties{}).with(file{
		idAttachMethod: 1,
		idAttachName:   "a.pdf",
		idAttachData:   []byte("x"),
	}), Options{})
	if got := shape(t, text); got != "application/pdf=x" {
		t.Errorf("got %s, want the file and nothing around it", got)
	}
}

func TestInlineImages(t *testing.T) {
	t.Parallel()
	image := func(name, cid, location string) file {
		return file{
			idAttachMethod:    1,
			idAttachName:      name,
			idAttachData:      []byte(name),
			idAttachContentID: cid,
			idAttachLocation:  location,
		}
	}
	html := `<img src="cid:One@x"><img src=CID:two%40x> <img src='cid:t&amp;3'> <img src="pics/four.gif">`
	m := object(properties{idBody: "text", idHTML: []byte(html)}).with(
		image("1.gif", "<one@x>", ""), image("2.gif", "two@x", ""), image("3.gif", "t&3", ""), image("4.gif", "", "pics/four.gif"),
		image("5.gif", "five@x", ""), image("6.gif", "", "pics/six.gif"))
	text, _ := convert(t, m, Options{})
	python(t, text)
	want := "mixed/alternative/text/plain=text mixed/alternative/related/text/html=" + html[:60] +
		" mixed/alternative/related/image/gif=1.gif mixed/alternative/related/image/gif=2.gif mixed/alternative/related/image/gif=3.gif" +
		" mixed/alternative/related/image/gif=4.gif mixed/image/gif=5.gif mixed/image/gif=6.gif"
	if got := shape(t, text); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	parts := checkStructure(t, text)
	for i, want := range map[int]string{2: "inline", 6: "attachment"} {
		if got := parts[i].header.Get("Content-Disposition"); !strings.HasPrefix(got, want+";") {
			t.Errorf("got disposition %s, want %s", got, want)
		}
	}
	if got := parts[2].header.Get("Content-Id"); got != "<one@x>" {
		t.Errorf("got Content-ID %s", got)
	}
	if got := parts[5].header.Get("Content-Location"); got != "pics/four.gif" {
		t.Errorf("got Content-Location %s", got)
	}
}

func TestRelatedOnlyWhereReferred(t *testing.T) {
	t.Parallel()
	m := object(properties{idHTML: []byte("<p>acid: no</p>")}).with(file{
		idAttachMethod:    1,
		idAttachName:      "a.gif",
		idAttachContentID: "no",
		idAttachData:      []byte("x"),
	})
	text, _ := convert(t, m, Options{})
	if got := shape(t, text); got != "mixed/text/html=<p>acid: no</p> mixed/image/gif=x" {
		t.Errorf("got %s", got)
	}
}

func TestEmbeddedMessages(t *testing.T) {
	t.Parallel()
	m := object(properties{idBody: "level 30", idSubject: "level 30"})
	for level := 29; level >= 0; level-- {
		m = object(properties{
			idBody:             fmt.Sprintf("level %d", level),
			idSubject:          fmt.Sprintf("level %d", level),
			idClientSubmitTime: sent,
		}).with(m)
	}
	text, info := convert(t, m, Options{Depth: 3})
	python(t, text)
	want := "mixed/text/plain=level 0 mixed/message/rfc822= mixed/message/mixed/text/plain=level 1 mixed/message/mixed/message/rfc822=" +
		" mixed/message/mixed/message/mixed/text/plain=level 2 mixed/message/mixed/message/mixed/message/rfc822=" +
		" mixed/message/mixed/message/mixed/message/mixed/text/plain=level 3" +
		" mixed/message/mixed/message/mixed/message/mixed/text/plain=[A message that was too deep within messages was left out.]"
	if got := shape(t, text); got != want || len(info.Warnings) != 1 {
		t.Errorf("got\n%s, want\n%s; warnings %q", got, want, info.Warnings)
	}
	if text, info = convert(t, m, Options{}); !strings.Contains(text, "level 20") || strings.Contains(text, "level 21") || len(info.Warnings) != 1 {
		t.Errorf("got no 20 levels; warnings %q", info.Warnings)
	}
	if p := checkStructure(t, text); p[1].fileName() != "level 1.eml" {
		t.Errorf("got name %q", p[1].fileName())
	}
}

// TestBoundaryIsUnique holds that a boundary that lies in what can't be changed is not taken.
func TestBoundaryIsUnique(t *testing.T) {
	t.Parallel()
	m := func(hidden string) *memory {
		return object(properties{
			idBody:      "text",
			idMessageID: "<1@x>",
		}).with(file{
			idAttachMethod: 1,
			idAttachName:   "x.eml",
			idAttachData:   []byte("From: a@b.example\r\n\r\n" + hidden + "\r\nx\r\n"),
		})
	}
	first, _ := convert(t, m("nothing"), Options{})
	boundary := checkBoundary(t, first)
	second, _ := convert(t, m("--"+boundary), Options{})
	if got := checkBoundary(t, second); got == boundary {
		t.Errorf("got boundary %s again, want another", got)
	}
}

func checkBoundary(t *testing.T, text string) string {
	t.Helper()
	_, rest, _ := strings.Cut(text, `boundary="`)
	boundary, _, _ := strings.Cut(rest, `"`)
	if n := strings.Count(text, "\r\n--"+boundary+"\r\n"); n != 2 {
		t.Errorf("got boundary %s %d times, want twice", boundary, n)
	}
	return boundary
}
