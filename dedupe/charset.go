package dedupe

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

// charsetAliases are labels that programs write and no registry knows.
var charsetAliases = map[string]string{
	"cp932": "shift_jis", "windows-932": "shift_jis", "cp936": "gbk", "windows-936": "gbk", "cp949": "euc-kr", "windows-949": "euc-kr",
	"cp950": "big5", "windows-950": "big5", "x-gbk": "gbk", "latin-1": "iso-8859-1",
}

// charset returns the decoder for a label, or nil if the text is to be taken for UTF-8, or windows-1252 where it
// isn't: that is so for UTF-8, US-ASCII, no label and an unknown one.
func charset(label string) encoding.Encoding {
	label = strings.ToLower(strings.Trim(label, " \t\"'"))
	if alias, ok := charsetAliases[label]; ok {
		label = alias
	}
	switch label {
	case "", "us-ascii", "ascii", "utf-8", "utf8":
		return nil
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	if enc, err := htmlindex.Get(label); err == nil {
		if enc == encoding.Replacement || enc == unicode.UTF8 || enc == charmap.XUserDefined {
			return nil
		}
		return enc
	}
	if enc, err := ianaindex.MIME.Encoding(label); err == nil && enc != nil && enc != encoding.Replacement {
		return enc
	}
	return nil
}

// toUTF8 decodes a short text for people; what can't be decoded becomes U+FFFD.
func toUTF8(b []byte, label string) string {
	enc := charset(label)
	if enc == nil {
		if utf8.Valid(b) {
			return string(b)
		}
		enc = charmap.Windows1252
	}
	text, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(text)
}
