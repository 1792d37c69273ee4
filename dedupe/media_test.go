package dedupe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseMedia(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, name, param, want string }{
		{"text/plain", "text/plain", "charset", ""},
		{"TEXT/Plain; Charset=UTF-8", "text/plain", "charset", "UTF-8"},
		{"text/plain; charset=\"iso-8859-1\" (comment)", "text/plain", "charset", "iso-8859-1"},
		{"text/plain charset=utf-8", "text/plain charset=utf-8", "charset", ""},
		{"text/plain; charset=utf-8; charset=x", "text/plain", "charset", "utf-8"},
		{"text/plain; charset = utf-8;;", "text/plain", "charset", "utf-8"},
		{"text/plain; format=flowed charset=koi8-r", "text/plain", "charset", "koi8-r"},
		{"multipart/mixed; boundary=\"a;b=c\"", "multipart/mixed", "boundary", "a;b=c"},
		{"multipart/mixed; boundary=a=b", "multipart/mixed", "boundary", "a=b"},
		{"multipart/mixed; boundary=\"a\\\"b\"; boundary=x", "multipart/mixed", "boundary", "a\"b"},
		{"multipart/mixed; boundary*0=\"a\"; boundary*1=\"b\"", "multipart/mixed", "boundary", "ab"},
		{"multipart/mixed; boundary=\"a", "multipart/mixed", "boundary", "a"},
		{"text", "text/plain", "charset", ""},
		{"nonsense", "x/default", "charset", ""},
		{"/plain; charset=x", "x/default", "charset", "x"},
		{"", "x/default", "charset", ""},
	} {
		got := parseMedia(c.value, "x/default")
		if got.name != c.name || got.params[c.param] != c.want {
			t.Errorf("content type %q: got %q with %s %q, want %q with %q", c.value, got.name, c.param, got.params[c.param], c.name, c.want)
		}
	}
}

func TestParseEncoding(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"": "", "base64": "base64", " BASE64 ": "base64", "Base64; x=y": "base64", "quoted-printable (x)": "quoted-printable", "8Bit": "8bit",
	} {
		if got := parseEncoding(value); got != want {
			t.Errorf("encoding %q: got %q, want %q", value, got, want)
		}
	}
}

func TestCharset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ label, text, want string }{
		{"", "Gr\xfc\xdfe", "Grüße"},
		{"", "Grüße", "Grüße"},
		{"US-ASCII", "\x93x\x94", "“x”"},
		{"iso-8859-1", "Gr\xfc\xdfe", "Grüße"},
		{"ISO-8859-2", "\xb9", "š"},
		{"iso-8859-15", "\xa4", "€"},
		{"\"windows-1251\"", "\xcf", "П"},
		{"cp1251", "\xcf", "П"},
		{"koi8-r", "\xf0", "П"},
		{"shift_jis", "\x93\xfa", "日"},
		{"cp932", "\x93\xfa", "日"},
		{"iso-2022-jp", "\x1b$BF|\x1b(B", "日"},
		{"euc-kr", "\xb0\xa1", "가"},
		{"ks_c_5601-1987", "\xb0\xa1", "가"},
		{"big5", "\xa4\xa4", "中"},
		{"gb2312", "\xd6\xd0", "中"},
		{"gb18030", "\xd6\xd0", "中"},
		{"utf-16", "\xfe\xff\x00a", "a"},
		{"utf-16le", "a\x00", "a"},
		{"ibm850", "\x81", "ü"},
		{"iso-2022-kr", "\xfc", "ü"},
		{"x-unknown", "\xfc", "ü"},
	} {
		if got := toUTF8([]byte(c.text), c.label); got != c.want {
			t.Errorf("%q in %s: got %q, want %q", c.text, c.label, got, c.want)
		}
		head := "Content-Type: text/plain; charset=" + strings.Trim(c.label, "\"") + "\nContent-Transfer-Encoding: quoted-printable\n\n"
		var quoted strings.Builder
		for _, b := range []byte(c.text) {
			quoted.WriteString("=" + strings.ToUpper(string("0123456789abcdef"[b>>4])+string("0123456789abcdef"[b&15])))
		}
		if content(t, head+quoted.String()) != content(t, "A: b\n\n"+c.want) {
			t.Errorf("content of %q in %s: got another, want that of %q", c.text, c.label, c.want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"a@b":                            "a@b",
		"Anna <A@B.Example>":             "a@b.example",
		"\"x@y, z\" <a@b>":               "a@b",
		"\"x \\\" @y\" <a@b>, c@d (e@f)": "a@b,c@d",
		"c@d, a@b":                       "a@b,c@d",
		"group: a@b, <c@d>;":             "a@b,c@d",
		"undisclosed-recipients:;":       "undisclosed-recipients:;",
		"Anna  B":                        "anna b",
		"\"open a@b":                     "a@b",
		"":                               "",
		"<a@b> trailing \"quote <c@d>":   "a@b,c@d",
		"a@b\tc@d":                       "a@b,c@d",
	} {
		if got := addresses(field); got != want {
			t.Errorf("addresses of %q: got %q, want %q", field, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"A: b": "A", "A:": "A", "A : b": "A", "A\t :b": "A", "X-Y_z/1: b": "X-Y_z/1", "A b: c": "", ": a": "", "": "", "A": "", "A ": "",
		" A: b": "", "Ä: b": "", "A\x00: b": "", strings.Repeat("n", maxName) + ": x": strings.Repeat("n", maxName),
		strings.Repeat("n", maxName+1) + ": x": "", "A" + strings.Repeat(" ", maxSpace+1) + ": x": "",
	} {
		if got, _ := fieldName([]byte(line)); string(got) != want {
			t.Errorf("field name of %q: got %q, want %q", line, got, want)
		}
	}
	for line, want := range map[string]bool{
		"From x": true, "From ": true, ">From x": true, "From: x": false, "From : x": false, ">From: x": false, "from x": false, ">>From x": false, "From": false,
	} {
		if got := isSeparator([]byte(line)); got != want {
			t.Errorf("separator %q: got %v, want %v", line, got, want)
		}
	}
}

// TestCorporaDuplicates compares messages whose owners made them as duplicates: gluon's pair differs in the boundaries
// and a field that Outlook's synchronizer wrote; the others share a Message-ID and nothing else.
func TestCorporaDuplicates(t *testing.T) {
	t.Parallel()
	read := func(path ...string) string {
		name := filepath.Join(path...)
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Skipf("no such file: %v", err)
		}
		return string(raw)
	}
	dir := filepath.Join(corpora(t, "eml"), "ProtonMail+gluon", "tests", "testdata")
	a, b := read(dir, "original.eml"), read(dir, "duplicate.eml")
	if identify(t, a).Key != identify(t, b).Key || content(t, a) != content(t, b) {
		t.Errorf("original and duplicate: got another key or content, want the same")
	}
	bodies := map[Digest]bool{}
	dir = filepath.Join(corpora(t, "maildir"), "notmuch+notmuch", "corpora", "duplicate")
	names := []string{"msg-3-1:2,", "msg-3-2:2,", "msg-3-3:2,", "msg-3-4:2,", "msg-3-5:2,"}
	for _, name := range names {
		raw := read(dir, name)
		if identify(t, raw).Key != identify(t, read(dir, names[0])).Key {
			t.Errorf("%s: got another key, want that of %s", name, names[0])
		}
		bodies[content(t, raw)] = true
	}
	t.Logf("%d messages of one Message-ID have %d bodies", len(names), len(bodies))
}
