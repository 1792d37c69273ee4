package imap

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMarkName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw, want string
		utf8      bool
		marked    bool
	}{
		{"Clienti", "Clienti", false, false},
		{"Universit&AOA-", "Universit&AOA-", false, false},
		{"R&-D", "R&-D", false, false},
		{"R&D", "R&7yY-D", false, true},
		{"R&D", "R&-D", true, false},
		{"Universit\xe0", "Universit&7+A-", false, true},
		{"Universit\xe0", "Universit&7+A-", true, true},
		{"&AGE-", "&7yY-AGE-", false, true},             // a letter that needs no shift
		{"&7yY-", "&7yY-7yY-", false, true},             // a name that has a mark by itself
		{"Citt\u00e0", "Citt\u00e0", false, false},      // raw UTF-8
		{"Citt\u00e0", "Citt&AOA-", true, false},        // of a server that has nothing else
		{"a&b&AOA-c", "a&7yY-b&7yY-AOA-c", false, true}, // all or nothing
	} {
		got, marked := markName(test.raw, test.utf8)
		if got != test.want || marked != test.marked {
			t.Errorf("%q: got %q, %v, want %q, %v", test.raw, got, marked, test.want, test.marked)
		}
	}
}

// FuzzMarkName holds that every name that a server can list is one that go-imap reads, and is written as the server wrote it.
func FuzzMarkName(f *testing.F) {
	for _, name := range []string{"", "a", "R&D", "&-", "&AOA-", "&7yY-", "\xff\xfe&", "日本", "&&-&", "a\x01b", "&7yb,Jg-", "\u00e0&"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if strings.ContainsAny(raw, "\r\n\x00") {
			t.Skip()
		}
		name, marked := markName(raw, false)
		if !validUTF7(name) {
			t.Fatalf("%q became %q, which go-imap can't read", raw, name)
		}
		if !marked {
			return // as it was
		}
		decoded := strings.ReplaceAll(decodeShifts(strings.ReplaceAll(name, "&-", "&\x00-")), "&\x00-", "&")
		if !utf8.ValidString(decoded) {
			t.Fatalf("%q became %q", raw, decoded)
		}
		if got := encodeUTF7(decoded); got != raw {
			t.Errorf("%q is read as %q and written as %q", raw, decoded, got)
		}
		if got := string(restoreMarks([]byte(name))); got != raw {
			t.Errorf("%q is written as %q by way of %q", raw, got, name)
		}
	})
}

func TestNameIn(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"* LIST () \"/\" x\r\n":                        "x",
		"* LIST (\\Sent) NIL \"a b\" (CHILDINFO ())\n": `"a b"`,
		"* list () \"\\\\\" \"a\\\"b\"\r\n":            `"a\"b"`,
		"* STATUS x (MESSAGES 1)\r\n":                  "x",
		"* STATUS \"R&D\" ()\r\n":                      `"R&D"`,
		"* LIST () \"/\"\r\n":                          "",
		"* LIST\r\n":                                   "",
		"* LIST () \"/\" \r\n":                         "",
		"* LIST () \"/\" \"open\r\n":                   `"open`,
		string(unnamable):                              "",
	} {
		got := ""
		if start, end := nameIn([]byte(line)); start >= 0 {
			got = line[start:end]
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
