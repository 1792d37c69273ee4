package mutf7

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// The first pairs are those of RFC 3501 section 5.1.3 and RFC 9051 appendix A.1.
var pairs = []struct{ text, name string }{
	{"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
	{"Hi Mom ☺!", "Hi Mom &Jjo-!"},
	{"", ""},
	{"INBOX", "INBOX"},
	{"A & B", "A &- B"},
	{"&", "&-"},
	{"&&", "&-&-"},
	{"Entwürfe", "Entw&APw-rfe"},
	{"Éléments envoyés", "&AMk-l&AOk-ments envoy&AOk-s"},
	{"Città", "Citt&AOA-"},
	{"Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-"},
	{"é&è", "&AOk-&-&AOg-"},
	{"😀", "&2D3eAA-"},
	{"tab\there", "tab&AAk-here"},
	{"\uFFFD", "&,,0-"},
}

func TestPairs(t *testing.T) {
	t.Parallel()
	for _, p := range pairs {
		if got := Encode(p.text); got != p.name {
			t.Errorf("Encode(%q): got %q, want %q", p.text, got, p.name)
		}
		if got, err := Decode(p.name); err != nil || got != p.text {
			t.Errorf("Decode(%q): got %q, %v, want %q", p.name, got, err, p.text)
		}
	}
}

func TestEncodeTakesAnyOctets(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a\xffb": "a&,,0-b", "\xc3": "&,,0-", "\xff\xfe": "&,,0-"} {
		if got := Encode(in); got != want {
			t.Errorf("Encode(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestDecodeIsStrict(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]error{
		"&":                errOpen,
		"a&AOk":            errOpen,
		"Citt\xe0":         errOctet,
		"Città":            errOctet,
		"a\tb":             errOctet,
		"&AO/-":            errBase64, // "/" of ordinary BASE64
		"&A-":              errBase64,
		"&AOk=-":           errBase64,
		"&AO\nk-":          errBase64,
		"&AOl-":            errBase64, // bits left over
		"&AA-":             errOdd,
		"&2D0-":            errSurrogate,
		"&3gA-":            errSurrogate,
		"&3gDYPQ-":         errSurrogate,
		"&AGE-":            errPlain,
		"&U,BTFw-&ZeVnLA-": errShift,
	} {
		if got, err := Decode(in); !errors.Is(err, want) {
			t.Errorf("Decode(%q): got %q, %v, want %v", in, got, err, want)
		}
	}
}

func TestErrorNamesTheByte(t *testing.T) {
	t.Parallel()
	if _, err := Decode("abc&AA-"); err == nil || !strings.Contains(err.Error(), "byte 3") {
		t.Errorf("got %v, want an error at byte 3", err)
	}
}

func FuzzEncode(f *testing.F) {
	for _, p := range pairs {
		f.Add(p.text)
	}
	f.Add("a\xffb&\x00")
	f.Fuzz(func(t *testing.T, text string) {
		name := Encode(text)
		got, err := Decode(name)
		if want := strings.ToValidUTF8(text, "\uFFFD"); err != nil || got != want {
			t.Fatalf("Decode(Encode(%q)) = Decode(%q): got %q, %v, want %q", text, name, got, err, want)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, p := range pairs {
		f.Add(p.name)
	}
	f.Add("&2D0-")
	f.Add("&U,BTFw-&ZeVnLA-")
	f.Fuzz(func(t *testing.T, name string) {
		text, err := Decode(name)
		if err != nil {
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("Decode(%q): got %q, want UTF-8", name, text)
		}
		if got := Encode(text); got != name {
			t.Fatalf("Encode(Decode(%q)): got %q, want the same", name, got)
		}
	})
}

// Every character outside printable ASCII needs a shift, alone and in a run, and comes back.
func TestEachPlane(t *testing.T) {
	t.Parallel()
	for _, r := range []rune{0, 0x1f, 0x7f, 0x80, 0xff, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffe, 0x10000, 0x1f600, 0x10ffff} {
		for n := range 5 {
			text := "a" + strings.Repeat(string(r), n+1) + "b"
			name := Encode(text)
			if !strings.HasPrefix(name, "a&") || !strings.HasSuffix(name, "-b") {
				t.Errorf("Encode(%q): got %q, want one shift", text, name)
			}
			if got, err := Decode(name); err != nil || got != text {
				t.Errorf("Decode(%q): got %q, %v, want %q", name, got, err, text)
			}
		}
	}
}
