package mapi

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

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

// oddPageTests are texts whose code page has to be found out.
var oddPageTests = []struct {
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
	{
		"UTF-16",
		properties{idInternetCodepage: 1200, idHTML: wide("<p>日本語</p>")},
		Options{},
		"text/html=<p>日本語</p>",
	},
	{
		"UTF-16 by its mark",
		properties{
			idInternetCodepage: 1252,
			idHTML:             append([]byte("\xff\xfe"), wide("<p>日本語</p>")...),
		},
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
	{
		"UTF-8 that says so, whatever the code page",
		properties{idInternetCodepage: 20127, idHTML: []byte(`<meta charset=utf-8>é`)},
		Options{},
		"text/html=<meta charset=utf-8>é",
	},
	{
		"no UTF-16, though it is said to be",
		properties{idInternetCodepage: 1200, idMessageCodepage: 1251, idHTML: []byte("<p>\xcf</p>")},
		Options{},
		"text/html=<p>П</p>",
	},
	{
		"no ASCII, though it travelled as such",
		properties{idInternetCodepage: 20127, idHTML: []byte("<meta charset=gbk>\xc4\xe3")},
		Options{},
		"text/html=<meta charset=gbk>你",
	},
	{
		"no ASCII, in the code page of the item",
		properties{idInternetCodepage: 20127, idMessageCodepage: 1251, idHTML: []byte("<p>\xcf</p>")},
		Options{},
		"text/html=<p>П</p>",
	},
	{
		"no UTF-8 that says so",
		properties{idInternetCodepage: 932, idHTML: []byte("<meta charset=utf-8>\x93\xfa")},
		Options{},
		"text/html=<meta charset=utf-8>日",
	},
	{
		"one without octets over 127",
		properties{idInternetCodepage: 50220, idHTML: []byte("<meta charset=utf-8>\x1b$BF|\x1b(B")},
		Options{},
		"text/html=<meta charset=utf-8>日",
	},
	{
		"that of the language",
		properties{idMessageLocale: 0x0419, idBody: string8("\xcf")},
		Options{},
		"text/plain=П",
	},
	{
		"that of the charset in which it travelled",
		properties{idInternetCodepage: 50220, idBody: string8("\x93\xfa")},
		Options{},
		"text/plain=日",
	},
	{
		"the item's, of HTML without one",
		properties{idMessageCodepage: 1251, idHTML: []byte("<p>\xcf</p>")},
		Options{},
		"text/html=<p>П</p>",
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
	{
		"the store's, unknown, but UTF-8",
		properties{idBody: string8("é")},
		Options{CodePage: 99999},
		"text/plain=é",
	},
	{
		"half a character",
		properties{idBody: Value{TypeString, []byte{'a', 0, 0x3D, 0xD8}}},
		Options{},
		"text/plain=a\ufffd",
	},
	{
		"half a unit",
		properties{idBody: Value{TypeString, []byte{'a', 0, 'b'}}},
		Options{},
		"text/plain=a\ufffd",
	},
}

func TestOddCodePages(t *testing.T) {
	t.Parallel()
	for _, c := range oddPageTests {
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
		{
			"a charset that nobody knows",
			`<meta charset="klingon">é`,
			`<meta charset="utf-8">é`,
			"utf-8",
		},
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
