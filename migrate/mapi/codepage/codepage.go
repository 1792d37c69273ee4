// Package codepage knows Windows code pages by their numbers: how to decode them and what MIME calls them.
package codepage

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Code pages that are treated in a way of their own.
const (
	UTF16   = 1200
	UTF16BE = 1201
	Western = 1252
	ASCII   = 20127
	UTF7    = 65000
	UTF8    = 65001
)

// A Charset is a code page.
type Charset struct {
	Encoding encoding.Encoding
	// Name is what MIME calls it, empty where a mail program can't be expected to know it: text must then become UTF-8.
	Name string
}

var charsets = map[int]*Charset{
	37: {charmap.CodePage037, ""}, 437: {charmap.CodePage437, ""}, 850: {charmap.CodePage850, ""}, 852: {charmap.CodePage852, ""},
	855: {charmap.CodePage855, ""}, 858: {charmap.CodePage858, ""}, 860: {charmap.CodePage860, ""}, 862: {charmap.CodePage862, ""},
	863: {charmap.CodePage863, ""}, 865: {charmap.CodePage865, ""}, 866: {charmap.CodePage866, "ibm866"}, 874: {charmap.Windows874, "windows-874"},
	932: {japanese.ShiftJIS, "shift_jis"}, 936: {simplifiedchinese.GBK, "gbk"}, 949: {korean.EUCKR, "euc-kr"}, 950: {traditionalchinese.Big5, "big5"},
	1047: {charmap.CodePage1047, ""}, 1140: {charmap.CodePage1140, ""},
	UTF16: {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), ""}, UTF16BE: {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), ""},
	1250: {charmap.Windows1250, "windows-1250"}, 1251: {charmap.Windows1251, "windows-1251"}, Western: {charmap.Windows1252, "windows-1252"},
	1253: {charmap.Windows1253, "windows-1253"}, 1254: {charmap.Windows1254, "windows-1254"}, 1255: {charmap.Windows1255, "windows-1255"},
	1256: {charmap.Windows1256, "windows-1256"}, 1257: {charmap.Windows1257, "windows-1257"}, 1258: {charmap.Windows1258, "windows-1258"},
	10000: {charmap.Macintosh, "macintosh"}, 10007: {charmap.MacintoshCyrillic, "x-mac-cyrillic"},
	ASCII: {charmap.Windows1252, "windows-1252"}, 20866: {charmap.KOI8R, "koi8-r"}, 21866: {charmap.KOI8U, "koi8-u"},
	20932: {japanese.EUCJP, "euc-jp"}, 20936: {simplifiedchinese.GBK, "gb2312"}, 20949: {korean.EUCKR, "euc-kr"},
	28591: {charmap.ISO8859_1, "iso-8859-1"}, 28592: {charmap.ISO8859_2, "iso-8859-2"}, 28593: {charmap.ISO8859_3, "iso-8859-3"},
	28594: {charmap.ISO8859_4, "iso-8859-4"}, 28595: {charmap.ISO8859_5, "iso-8859-5"}, 28596: {charmap.ISO8859_6, "iso-8859-6"},
	28597: {charmap.ISO8859_7, "iso-8859-7"}, 28598: {charmap.ISO8859_8, "iso-8859-8"}, 28599: {charmap.Windows1254, "iso-8859-9"},
	28600: {charmap.ISO8859_10, "iso-8859-10"}, 28603: {charmap.ISO8859_13, "iso-8859-13"}, 28604: {charmap.ISO8859_14, "iso-8859-14"},
	28605: {charmap.ISO8859_15, "iso-8859-15"}, 28606: {charmap.ISO8859_16, "iso-8859-16"}, 38598: {charmap.ISO8859_8I, "iso-8859-8-i"},
	50220: {japanese.ISO2022JP, "iso-2022-jp"}, 50221: {japanese.ISO2022JP, "iso-2022-jp"}, 50222: {japanese.ISO2022JP, "iso-2022-jp"},
	51932: {japanese.EUCJP, "euc-jp"}, 51936: {simplifiedchinese.GBK, "gb2312"}, 51949: {korean.EUCKR, "euc-kr"},
	52936: {simplifiedchinese.HZGB2312, "hz-gb-2312"}, 54936: {simplifiedchinese.GB18030, "gb18030"},
	UTF7: {utf7{}, ""}, UTF8: {unicode.UTF8, "utf-8"},
}

// Lookup returns a code page, or nil for an unknown one.
func Lookup(page int) *Charset { return charsets[page] }

// Decode makes text in a code page UTF-8; what can't be decoded becomes U+FFFD. An unknown code page is taken for UTF-8 where
// the text is, else for windows-1252.
func Decode(b []byte, page int) string {
	cs := Lookup(page)
	if cs == nil {
		if utf8.Valid(b) {
			return string(b)
		}
		cs = Lookup(Western)
	}
	text, err := cs.Encoding.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return strings.ToValidUTF8(string(text), "\ufffd")
}

// DecodeUTF16 makes little-endian UTF-16 UTF-8. Half a pair becomes U+FFFD; half a unit at the end is left out.
func DecodeUTF16(b []byte) string {
	if text, ok := asciiOfUTF16(b); ok {
		return text
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// asciiOfUTF16 decodes what is mostly there: names, addresses and headers of ASCII.
func asciiOfUTF16(b []byte) (string, bool) {
	text := make([]byte, len(b)/2)
	for i := range text {
		if b[2*i] >= utf8.RuneSelf || b[2*i+1] != 0 {
			return "", false
		}
		text[i] = b[2*i]
	}
	return string(text), true
}
