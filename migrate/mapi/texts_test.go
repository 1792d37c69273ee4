package mapi

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
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

// TestForms holds which of the forms that an item keeps become parts of the message.
func TestForms(t *testing.T) {
	t.Parallel()
	html := []byte("<p>html</p>")
	for _, c := range []struct {
		name string
		p    properties
		want string
	}{
		{"text alone", properties{idBody: "text"}, "text/plain=text"},
		{"HTML alone", properties{idHTML: html}, "text/html=<p>html</p>"},
		{
			"both",
			properties{idBody: "text", idHTML: html},
			"alternative/text/plain=text alternative/text/html=<p>html</p>",
		},
		{"nothing", properties{}, "text/plain="},
		{"blank text and HTML", properties{idBody: " \r\n", idHTML: html}, "text/html=<p>html</p>"},
		{"text that is the original", properties{idBody: "text", idHTML: html, idNativeBody: 1}, "text/plain=text"},
		{
			"HTML that is the original",
			properties{idBody: "text", idHTML: html, idNativeBody: 3},
			"alternative/text/plain=text alternative/text/html=<p>html</p>",
		},
		{
			"it travelled as text",
			properties{idBody: "text", idHTML: html, idTransportHeaders: "Content-Type: TEXT/Plain; charset=x\r\n"},
			"text/plain=text",
		},
		{
			"it travelled as text and became HTML",
			properties{
				idBody:             "text",
				idHTML:             html,
				idNativeBody:       3,
				idTransportHeaders: "Content-Type: text/plain\r\n",
			},
			"alternative/text/plain=text alternative/text/html=<p>html</p>",
		},
		{
			"it travelled as HTML",
			properties{idBody: "text", idHTML: html, idTransportHeaders: "Content-Type: text/html; charset=\"x\"\r\n"},
			"text/html=<p>html</p>",
		},
		{
			"it travelled as HTML and became text",
			properties{
				idBody:             "text",
				idHTML:             html,
				idNativeBody:       1,
				idTransportHeaders: "Content-Type: text/html\r\n",
			},
			"alternative/text/plain=text alternative/text/html=<p>html</p>",
		},
		{
			"it travelled as both",
			properties{
				idBody:             "text",
				idHTML:             html,
				idTransportHeaders: "Content-Type: multipart/alternative; boundary=x\r\n",
			},
			"alternative/text/plain=text alternative/text/html=<p>html</p>",
		},
		{"wrapped HTML", properties{idRTFCompressed: mela(wrappedHTML)}, "text/html=<p>from RTF</p>"},
		{
			"wrapped HTML and HTML",
			properties{idRTFCompressed: mela(wrappedHTML), idHTML: html},
			"text/html=<p>html</p>",
		},
		{"wrapped text", properties{idRTFCompressed: mela(wrappedText)}, "text/plain=wrapped"},
		{"wrapped text and text", properties{idRTFCompressed: mela(wrappedText), idBody: "text"}, "text/plain=text"},
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
		{"rich text that is none", properties{idRTFCompressed: mela(plainRTF)}, "text/plain=not formatted"},
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
		{"not RTF", properties{idRTFCompressed: []byte("rubbish rubbish rubbish"), idBody: "text"}, "text/plain=text"},
		{"RTF cut off", properties{idRTFCompressed: mela(wrappedHTML)[:50]}, "text/html=<"},
	} {
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

// TestCodePages holds that text in any code page comes through, as text and as HTML.
func TestCodePages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page int
		enc  encoding.Encoding
		text string
	}{
		{1252, charmap.Windows1252, "Grüße – €"},
		{1250, charmap.Windows1250, "žluťoučký"},
		{1251, charmap.Windows1251, "Привет"},
		{1253, charmap.Windows1253, "Γειά"},
		{1254, charmap.Windows1254, "ışık"},
		{1255, charmap.Windows1255, "שלום"},
		{1256, charmap.Windows1256, "مرحبا"},
		{1257, charmap.Windows1257, "ąčę"},
		{1258, charmap.Windows1258, "ư"},
		{874, charmap.Windows874, "สวัสดี"},
		{932, japanese.ShiftJIS, "日本語カナ"},
		{936, simplifiedchinese.GBK, "你好"},
		{949, korean.EUCKR, "안녕"},
		{950, traditionalchinese.Big5, "你好"},
		{20932, japanese.EUCJP, "日本語"},
		{51932, japanese.EUCJP, "日本語"},
		{50220, japanese.ISO2022JP, "日本語"},
		{50221, japanese.ISO2022JP, "日本語"},
		{50222, japanese.ISO2022JP, "日本語"},
		{51949, korean.EUCKR, "안녕"},
		{54936, simplifiedchinese.GB18030, "你好𠀀"},
		{20866, charmap.KOI8R, "Привет"},
		{21866, charmap.KOI8U, "Привіт"},
		{28592, charmap.ISO8859_2, "žluť"},
		{28605, charmap.ISO8859_15, "€"},
		{437, charmap.CodePage437, "é½"},
		{850, charmap.CodePage850, "é"},
		{866, charmap.CodePage866, "Привет"},
		{10000, charmap.Macintosh, "é"},
		{65001, encoding.Nop, "日本é"},
	} {
		raw, err := c.enc.NewEncoder().String(c.text)
		if err != nil {
			t.Fatalf("%d: %v", c.page, err)
		}
		m := object(properties{
			idMessageCodepage:  c.page,
			idInternetCodepage: c.page,
			idBody:             string8(raw + "\x00"),
			idHTML:             []byte("<p>" + raw + "</p>"),
			idSubject:          string8(raw),
		})
		text, info := convert(t, m, Options{})
		want := "alternative/text/plain=" + c.text + " alternative/text/html=<p>" + c.text + "</p>"
		if got := shape(t, text); got != want || len(info.Warnings) > 1 {
			t.Errorf("%d: got %s, want %s; warnings %q", c.page, got, want, info.Warnings)
		}
		wantFields(t, text, "Subject: "+encodeText(c.text))
	}
}

func TestOddCodePages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		p    properties
		opts Options
		want string
	}{
		{
			"UTF-7",
			properties{idInternetCodepage: 65000, idHTML: []byte("<p>+ZeVnLIqe- 1 +- 1</p>")},
			Options{},
			"text/html=<p>日本語 1 + 1</p>",
		},
		{"UTF-16", properties{idInternetCodepage: 1200, idHTML: wide("<p>日本語</p>")}, Options{}, "text/html=<p>日本語</p>"},
		{
			"UTF-16 by its mark",
			properties{idInternetCodepage: 1252, idHTML: append([]byte("\xff\xfe"), wide("<p>日本語</p>")...)},
			Options{},
			"text/html=\ufeff<p>日本語</p>",
		},
		{
			"UTF-8 by its mark",
			properties{idInternetCodepage: 1252, idHTML: []byte("\xef\xbb\xbf<p>é</p>")},
			Options{},
			"text/html=\ufeff<p>é</p>",
		},
		{
			"UTF-8 that says so",
			properties{idInternetCodepage: 1252, idHTML: []byte(`<meta charset=utf-8>é`)},
			Options{},
			"text/html=<meta charset=utf-8>é",
		},
		{"none, but UTF-8", properties{idHTML: []byte("<p>é</p>")}, Options{}, "text/html=<p>é</p>"},
		{
			"none, but it says",
			properties{idHTML: []byte("<meta charset='koi8-r'>\xf0")},
			Options{},
			"text/html=<meta charset='koi8-r'>П",
		},
		{
			"unknown",
			properties{idInternetCodepage: 99999, idHTML: []byte("<p>\xe9\x80</p>")},
			Options{},
			"text/html=<p>é€</p>",
		},
		{
			"unknown, a string",
			properties{idMessageCodepage: 99999, idBody: string8("\xe9\x80")},
			Options{},
			"text/plain=é€",
		},
		{"the store's", properties{idBody: string8("\xcf")}, Options{CodePage: 1251}, "text/plain=П"},
		{"the store's, unknown, but UTF-8", properties{idBody: string8("é")}, Options{CodePage: 99999}, "text/plain=é"},
		{
			"half a character",
			properties{idBody: Value{TypeString, []byte{'a', 0, 0x3D, 0xD8}}},
			Options{},
			"text/plain=a\ufffd",
		},
		{"half a unit", properties{idBody: Value{TypeString, []byte{'a', 0, 'b'}}}, Options{}, "text/plain=a\ufffd"},
	} {
		text, _ := convert(t, object(c.p), c.opts)
		if got := shape(t, text); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestMeta holds that HTML doesn't say it is in another charset than it is in.
func TestMeta(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, html, want, charset string }{
		{
			"it can go back",
			`<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">é`,
			`<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">é`,
			"windows-1252",
		},
		{
			"it can't",
			`<META content="text/html; charset=iso-8859-1">日`,
			`<META content="text/html; charset=utf-8">日`,
			"utf-8",
		},
		{"a charset that nobody knows", `<meta charset="klingon">é`, `<meta charset="utf-8">é`, "utf-8"},
		{"UTF-16", `<meta charset=utf-16>é`, `<meta charset=utf-8>é`, "utf-8"},
		{
			"far behind",
			strings.Repeat(" ", 5000) + `<meta charset=koi8-r>é`,
			strings.Repeat(" ", 5000) + `<meta charset=koi8-r>é`,
			"utf-8",
		},
		{"none", "é", "é", "utf-8"},
	} {
		text, _ := convert(t, object(properties{idHTML: c.html}), Options{})
		p := checkStructure(t, text)
		if got := strings.TrimSuffix(p[0].text, "\r\n"); got != c.want || p[0].params["charset"] != c.charset {
			t.Errorf("%s: got %q in %s, want %q in %s", c.name, got, p[0].params["charset"], c.want, c.charset)
		}
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
