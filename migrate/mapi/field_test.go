package mapi

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEncodeText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":        "plain",
		"a  b":         "a  b",
		"é":            "=?utf-8?B?w6k=?=",
		"=?x?":         "=?utf-8?B?PT94Pw==?=",
		"日本語":          "=?utf-8?B?5pel5pys6Kqe?=",
		"Grüße, Anna!": "=?utf-8?Q?Gr=C3=BC=C3=9Fe=2C_Anna!?=",
	} {
		if got := encodeText(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 90)
	for _, c := range []struct{ name, in, want string }{
		{"short", "Subject: a", "Subject: a"},
		{
			"at a blank",
			"To: " + strings.Repeat("a@example.com, ", 6) + "z",
			"To: " + strings.Repeat("a@example.com, ", 3) + "a@example.com,\r\n" + strings.Repeat(" a@example.com,", 2) + " z",
		},
		{"a word too long for a line", "S: " + long + " b", "S:\r\n " + long + "\r\n b"},
		{
			"blanks stay",
			"S: " + strings.Repeat("y", 70) + "   bcdef",
			"S: " + strings.Repeat("y", 70) + "\r\n   bcdef",
		},
		{
			"not in quotes",
			"D: attachment; filename=" + strings.Repeat("a", 30) + `; date="Mon, 06 Feb 2017 15:42"`,
			"D: attachment; filename=" + strings.Repeat("a", 30) + ";\r\n" + ` date="Mon, 06 Feb 2017 15:42"`,
		},
		{
			"a quote that is none",
			`S: 5" disk ` + strings.Repeat("word ", 20),
			`S: 5" disk ` + strings.Repeat("word ", 13) + "\r\n word word word word word word word ",
		},
	} {
		got := fold(c.in)
		if c.name == "a quote that is none" {
			if strings.ReplaceAll(got, "\r\n", "") != c.in {
				t.Errorf("%s: got %q", c.name, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzText: a field gives back its text, in lines that are not too long.
func FuzzText(f *testing.F) {
	f.Add("plain text that is long enough to be folded somewhere after the seventy-sixth column of the line, isn't it")
	f.Add("Grüße aus Köln, " + strings.Repeat("日本語", 40))
	f.Add(strings.Repeat("x", 1200))
	f.Add("=?utf-8?Q?a?= \x01\x02 \" \\ ( <a@b>")
	f.Fuzz(func(t *testing.T, in string) {
		var h header
		h.addText("Subject", in)
		want := oneLine(in)
		if want == "" {
			return
		}
		got, _ := h.get("subject")
		for line := range strings.SplitSeq(h[0], "\r\n") {
			if len(line) > hardLine || !isASCII(line) || line != "" && strings.Trim(line, " ") == "" {
				t.Errorf("%q: got line %q", in, line)
			}
		}
		decoded, err := new(mime.WordDecoder).DecodeHeader(got)
		if err != nil || decoded != want && utf8.ValidString(in) {
			t.Errorf("%q: got %q, %v, want %q", in, decoded, err, want)
		}
	})
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, addr, want string }{
		{"", "a@example.com", "a@example.com"},
		{"Anna", "a@example.com", "Anna <a@example.com>"},
		{"A@example.com", "a@example.com", "a@example.com"},
		{"'a@example.com'", "a@example.com", "a@example.com"},
		{"Müller, Anna", "a@example.com", "=?utf-8?Q?M=C3=BCller=2C_Anna?= <a@example.com>"},
		{`The "Boss" \ here`, "a@example.com", `"The \"Boss\" \\ here" <a@example.com>`},
		{"Anna\r\nBcc: x@evil.example", "a@example.com", `"Anna  Bcc: x@evil.example" <a@example.com>`},
		{
			strings.Repeat("n", 600),
			"a@b.c",
			strings.Join(encodedWords(strings.Repeat("n", 600)), " ") + " <a@b.c>",
		},
	} {
		if got := (address{name: c.name, addr: c.addr}).String(); got != c.want {
			t.Errorf("%q %q: got %q, want %q", c.name, c.addr, got, c.want)
		}
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a@example.com": "a@example.com", " <a.b+c@example.com> ": "a.b+c@example.com", "mailto:a@example.com": "a@example.com",
		"'a@example.com'": "a@example.com", "a b@example.com": `"a b"@example.com`, "a..b@example.com": `"a..b"@example.com`,
		"a@[127.0.0.1]": "a@[127.0.0.1]", "a@host_1": "a@host_1",
		"a@": "", "@b": "", "a": "", "/O=ACME/OU=X/CN=ANNA": "", "/o=acme/cn=anna@acme": "", "ä@example.com": "", "a@exämple.com": "a@xn--exmple-cua.com",
		"\u202aa@example.com\u202c": "a@example.com", "a@example.com\u200b": "a@example.com", "Anna B. <a@example.com>": "a@example.com", "<a@b>, <c@d>": "",
		"a@b..c": "", "a@b>,<c@d": "", "a@[x y]": "", "a\r\nb@c": "", "a@b@c": "",
	} {
		if got := mailbox(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestStandIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, addr, want string }{
		{"EX", "/O=ACME/OU=FIRST/CN=RECIPIENTS/CN=Anna Müller", "anna-mller@x500.invalid"},
		{"SMTP", "/O=ENRON/OU=NA/CN=RECIPIENTS/CN=RSLINGE", "rslinge@x500.invalid"},
		{"FAX", "+49 30 123", "+49-30-123@fax.invalid"},
		{"MAPIPDL", "Unknown", "unknown@mapipdl.invalid"},
		{"", "???", "unknown@address.invalid"},
		{"a b", "x..y.", "x.y@address.invalid"},
	} {
		got := standIn(c.kind, c.addr)
		if got != c.want || mailbox(got) == "" {
			t.Errorf("%q %q: got %q, want %q", c.kind, c.addr, got, c.want)
		}
	}
}
