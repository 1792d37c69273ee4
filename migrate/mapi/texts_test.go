package mapi

import (
	"encoding/binary"
	"strings"
	"testing"
)

// mela wraps RTF without compressing it.
func mela(rtf string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(rtf)+12))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rtf)))
	b = append(append(b, "MELA"...), 0, 0, 0, 0)
	return append(b, rtf...)
}

const (
	wrappedHTML = `{\rtf1\ansi\fromhtml1{\*\htmltag <p>}from RTF{\*\htmltag </p>}}`
	wrappedText = `{\rtf1\ansi\fromtext wrapped\par}`
	richRTF     = `{\rtf1\ansi\b bold\b0  and \pict plain\par}`
	plainRTF    = `{\rtf1\ansi\pard\plain\fs20 not formatted\par}`
)

// shape is what a message consists of: each leaf with the multiparts around it, and its text.
func shape(t testing.TB, text string) string {
	t.Helper()
	var parts []string
	for _, p := range checkStructure(t, text) {
		body := strings.ReplaceAll(p.text, "\r\n", "|")
		parts = append(parts, p.path+p.mediaType+"="+strings.TrimRight(body[:min(len(body), 60)], "|"))
	}
	return strings.Join(parts, " ")
}

var formHTML = []byte("<p>html</p>")

// formTests are items with several forms of their text.
var formTests = []struct {
	name string
	p    properties
	want string
}{
	{"text alone", properties{idBody: "text"}, "text/plain=text"},
	{"HTML alone", properties{idHTML: formHTML}, "text/html=<p>html</p>"},
	{
		"both",
		properties{idBody: "text", idHTML: formHTML},
		"alternative/text/plain=text alternative/text/html=<p>html</p>",
	},
	{"nothing", properties{}, "text/plain="},
	{"blank text and HTML", properties{idBody: " \r\n", idHTML: formHTML}, "text/html=<p>html</p>"},
	{
		"text that is the original",
		properties{idBody: "text", idHTML: formHTML, idNativeBody: 1},
		"text/plain=text",
	},
	{
		"HTML that is the original",
		properties{idBody: "text", idHTML: formHTML, idNativeBody: 3},
		"alternative/text/plain=text alternative/text/html=<p>html</p>",
	},
	{
		"it travelled as text",
		properties{
			idBody:             "text",
			idHTML:             formHTML,
			idTransportHeaders: "Content-Type: TEXT/Plain; charset=x\r\n",
		},
		"text/plain=text",
	},
	{
		"it travelled as text and became HTML",
		properties{
			idBody:             "text",
			idHTML:             formHTML,
			idNativeBody:       3,
			idTransportHeaders: "Content-Type: text/plain\r\n",
		},
		"alternative/text/plain=text alternative/text/html=<p>html</p>",
	},
	{
		"it travelled as HTML",
		properties{
			idBody:             "text",
			idHTML:             formHTML,
			idTransportHeaders: "Content-Type: text/html; charset=\"x\"\r\n",
		},
		"text/html=<p>html</p>",
	},
	{
		"it travelled as HTML and became text",
		properties{
			idBody:             "text",
			idHTML:             formHTML,
			idNativeBody:       1,
			idTransportHeaders: "Content-Type: text/html\r\n",
		},
		"alternative/text/plain=text alternative/text/html=<p>html</p>",
	},
	{
		"it travelled as both",
		properties{
			idBody:             "text",
			idHTML:             formHTML,
			idTransportHeaders: "Content-Type: multipart/alternative; boundary=x\r\n",
		},
		"alternative/text/plain=text alternative/text/html=<p>html</p>",
	},
	{"wrapped HTML", properties{idRTFCompressed: mela(wrappedHTML)}, "text/html=<p>from RTF</p>"},
	{
		"wrapped HTML and HTML",
		properties{idRTFCompressed: mela(wrappedHTML), idHTML: formHTML},
		"text/html=<p>html</p>",
	},
	{"wrapped text", properties{idRTFCompressed: mela(wrappedText)}, "text/plain=wrapped"},
	{
		"wrapped text and text",
		properties{idRTFCompressed: mela(wrappedText), idBody: "text"},
		"text/plain=text",
	},
	{
		"rich text",
		properties{idRTFCompressed: mela(`{\rtf1 \b bold\b0  x}`)},
		"alternative/text/plain=bold x alternative/text/html=" + richHTML,
	},
	{
		"rich text and text",
		properties{idRTFCompressed: mela(`{\rtf1 \b bold\b0  x}`), idBody: "text"},
		"alternative/text/plain=text alternative/text/html=" + richHTML,
	},
	{
		"rich text that is none",
		properties{idRTFCompressed: mela(plainRTF)},
		"text/plain=not formatted",
	},
	{
		"rich text that is none, and text",
		properties{idRTFCompressed: mela(plainRTF), idBody: "text"},
		"text/plain=text",
	},
	{
		"rich text older than the text",
		properties{idRTFCompressed: mela(`{\rtf1 \b x}`), idBody: "text", idRTFInSync: false},
		"text/plain=text",
	},
	{"HTML as a string", properties{idHTML: "<p>日本</p>"}, "text/html=<p>日本</p>"},
	{
		"not RTF",
		properties{idRTFCompressed: []byte("rubbish rubbish rubbish"), idBody: "text"},
		"text/plain=text",
	},
	{"RTF cut off", properties{idRTFCompressed: mela(wrappedHTML)[:50]}, "text/html=<"},
}

// TestForms holds which of the forms that an item keeps become parts of the message.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range formTests {
		text, _ := convert(t, object(c.p), Options{})
		if got := shape(t, text); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

const richHTML = `<html><head><meta http-equiv="Content-Type" content="text/ht`

func TestRichTextThatIsLost(t *testing.T) {
	t.Parallel()
	const rtf = `{\rtf1 see {\pict\wmetafile8 0102} this}`
	text, _ := convert(t, object(properties{idRTFCompressed: mela(rtf)}), Options{})
	python(t, text)
	want := "mixed/alternative/text/plain=see  this mixed/alternative/text/html=" + richHTML + " mixed/application/rtf=" + rtf
	if got := shape(t, text); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRichTextChecksum(t *testing.T) {
	t.Parallel()
	data := []byte("\x1a\x00\x00\x00\x1c\x00\x00\x00LZFu\xe2\xd4KQA\x00\x04 WXYZ\rn}\x01\x0e\xb0")
	data[12]++
	text, info := convert(t, object(properties{idRTFCompressed: data}), Options{})
	if got := shape(t, text); got != "text/plain=WXYZWXYZWXYZWXYZWXYZ" || !info.Damaged || len(info.Warnings) == 0 {
		t.Errorf("got %s, %+v, want the text and a warning", got, info)
	}
}

func TestTransferEncodings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"ASCII", "a\r\nb\r\n", as7bit},
		{"other line ends", "a\nb\rc\r\n\n", as7bit},
		{"a NUL", "a\x00b", as7bit},
		{"mostly ASCII", "Ein Gruß an alle", asQuoted},
		{"hardly ASCII", "日本語", asBase64},
		{"998 octets", strings.Repeat("x", 998) + "\r\n", as7bit},
		{"999 octets", strings.Repeat("x", 999) + "\r\n", asQuoted},
		{"a line like a boundary", "a\r\n--=_0123\r\n", asQuoted},
		{"a signature", "a\r\n-- \r\nAnna\r\n", as7bit},
		{"From at a line's start", "a\r\nFrom b\r\n.\r\n", as7bit},
	} {
		text, _ := convert(t, object(properties{idBody: c.text}), Options{})
		p := checkStructure(t, text)[0]
		want := strings.NewReplacer("\r\n", "\r\n", "\n", "\r\n", "\r", "\r\n", "\x00", "").Replace(c.text)
		if got := p.header.Get("Content-Transfer-Encoding"); got != c.want || strings.TrimRight(p.text, "\r\n") != strings.TrimRight(want, "\r\n") {
			t.Errorf("%s: got %s %q, want %s %q", c.name, got, p.text, c.want, want)
		}
	}
}
