package thunderbird

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"unpop/migrate/migratetest"
)

const morkHead = `// <!-- <mdb:mork:z v="1.4"/> -->
< <(a=c)> // (f=iso-8859-1)
  (88=flags)(9F=ns:msg:db:row:scope:dbfolderinfo:all)(80=ns:msg:db:row:scope:msgs:all)
  (A0=ns:msg:db:table:kind:dbfolderinfo)(B1
    =folderName)(81=subject)>
`

func TestFolderInfo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want folderInfo
	}{
		"by reference": {"<(B1=Citt$C3$A0)>{1:^9F {(k^A0:c)(s=9u)} [1(^B1^B1)(^88=4)]}", folderInfo{"Città", 4}},
		"literal":      {"{1:^9F {(k^A0:c)(s=9)} [1(^B1=a \\(b\\) \\$5 \\\\)(^88=1004)]}", folderInfo{`a (b) $5 \`, 0x1004}},
		"continuation": {"<(B1=one \\\ntwo)>{1:^9F [1(^B1^B1)]}", folderInfo{"one two", 0}},
		"crlf":         {"<(B1=one \\\r\ntwo)>\r\n{1:^9F [1(^B1^B1)]}\r\n", folderInfo{"one two", 0}},
		"row scope":    {"<(C3=x)>[1:^9F(^B1^C3)]", folderInfo{"x", 0}},
		"changed":      {"<(B1=old)>{1:^9F [1(^B1^B1)]}\n@$${25{@\n<(B2=new)>[1:^9F(^B1^B2)(^88=200)]\n@$$}25}@", folderInfo{"new", 0x200}},
		"id used anew": {"<(B1=old)>{1:^9F [1(^B1^B1)]}\n@$${25{@\n<(B1=something else)>\n@$$}25}@", folderInfo{"old", 0}},
		"message row":  {"<(B1=no)>{1:^80 {(k^96:c)(s=9)} [1(^B1^B1)(^88=1000)]}", folderInfo{}},
		"comment":      {"<(B1=yes)> // (B1=no)\n{1:^9F [1(^B1^B1)]}", folderInfo{"yes", 0}},
		"url in value": {"<(B1=http://x/)(C2=y)>{1:^9F [1(^B1^B1)]}", folderInfo{"http://x/", 0}},
		"latin1":       {"<(B1=Citt$E0)>{1:^9F [1(^B1^B1)]}", folderInfo{"Città", 0}},
		"cut":          {"<(B1=yes)>{1:^9F [1(^B1^B1)(^88=4", folderInfo{"yes", 0}},
		"dollar":       {"<(B1=5$ and $zz)>{1:^9F [1(^B1^B1)]}", folderInfo{"5$ and $zz", 0}},
	} {
		if got, err := readFolderInfo(strings.NewReader(morkHead + test.body)); err != nil || got != test.want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, test.want)
		}
	}
}

func TestFolderInfoOfRealIndexes(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]folderInfo{
		"local/test/unit/data/hashedFolder.msf": {"test τ", 4},
		"base/test/unit/data/frenchInbox.msf":   {"Courrier entrant", 0x1004},
		"base/test/unit/data/frenchDrafts.msf":  {"Brouillons", 0x404},
		"test/data/love.msf":                    {"", 4},
	} {
		f, err := os.Open(migratetest.Corpora(t, "layout", "mozilla+releases-comm-central", file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := readFolderInfo(f)
		f.Close()
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", file, got, err, want)
		}
	}
}

func TestMorkTextIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10*maxMorkText)
	got, err := readFolderInfo(strings.NewReader(morkHead + "<(B1=" + long + ")>{1:^9F [1(^B1^B1)]}"))
	if err != nil || len(got.name) != maxMorkText {
		t.Errorf("got %d bytes, %v, want %d", len(got.name), err, maxMorkText)
	}
}

// escapeMork writes a value as Mork does.
func escapeMork(s string) string {
	var out strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == ')' || c == '\\' || c == '$':
			out.WriteString(`\` + string(rune(c)))
		case c < ' ' || c >= 0x7f:
			out.WriteString("$" + string("0123456789ABCDEF"[c>>4]) + string("0123456789ABCDEF"[c&15]))
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// FuzzMork: whatever stands in an index, reading ends with UTF-8; and a name written as Mork writes it is read back,
// also behind the damage.
func FuzzMork(f *testing.F) {
	f.Add("test τ", "")
	f.Add(`a)b\c$d`, "<(B1=x)")
	f.Add("x", "@$${1{@ {{{[[(")
	f.Fuzz(func(t *testing.T, name, junk string) {
		if got, err := readFolderInfo(strings.NewReader(morkHead + junk)); err != nil || !utf8.ValidString(got.name) {
			t.Fatalf("got %+v, %v, want UTF-8", got, err)
		}
		if !utf8.ValidString(name) || len(name) > maxMorkText {
			return
		}
		got, err := readFolderInfo(strings.NewReader(morkHead + "<(B1=" + escapeMork(name) + ")>{1:^9F [1(^B1^B1)]}" + "@$$}1}@"))
		if err != nil || got.name != name {
			t.Fatalf("got %q, %v, want %q", got.name, err, name)
		}
	})
}
