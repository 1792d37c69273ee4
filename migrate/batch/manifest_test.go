package batch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// loadOptions take references that begin with "ref:", and anything else for a password.
var loadOptions = LoadOptions{Reference: func(text string) (bool, error) {
	if strings.HasPrefix(text, "bad:") {
		return false, errors.New("want ref:NAME")
	}
	return !strings.HasPrefix(text, "ref:"), nil
}}

func parse(t *testing.T, text string, yaml bool) *Manifest {
	t.Helper()
	m, err := Parse(strings.NewReader(text), yaml, loadOptions)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return m
}

// told writes a manifest so that it can be compared.
func told(m *Manifest) string {
	var b strings.Builder
	for _, a := range m.Accounts {
		fmt.Fprintf(&b, "%d %s|%s|%s|%q|%v|%q|%q|%s|%s|%s\n", a.Line, a.Name, a.Target(), a.Password, a.Sources, a.Map, a.Include, a.Exclude, a.Prefix, a.Existing, a.FromPassword)
	}
	for _, bad := range m.Bad {
		fmt.Fprintf(&b, "%v\n", bad)
	}
	return b.String()
}

const annaTold = `2 anna@example.org|imaps://anna%40example.org@mail.example.org:993|ref:ANNA|["/mail/anna" "~/old"]|[]|[]|[]|||` + "\n"

func TestTables(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"commas":           "to,password,source\nimaps://anna@example.org@mail.example.org,ref:ANNA,/mail/anna|~/old\n",
		"semicolons":       "to;password;source\nimaps://anna@example.org@mail.example.org;ref:ANNA;/mail/anna|~/old",
		"tabs, CRLF":       "to\tpassword\tsource\r\nimaps://anna@example.org@mail.example.org\tref:ANNA\t/mail/anna|~/old\r\n",
		"old Macs":         "to,password,source\rimaps://anna@example.org@mail.example.org,ref:ANNA,/mail/anna|~/old\r",
		"byte order mark":  "\ufeffto;password;source\nimaps://anna@example.org@mail.example.org;ref:ANNA;/mail/anna|~/old\n",
		"order, case":      "SOURCE ; To;Password\n /mail/anna | ~/old ;imaps://anna%40example.org@MAIL.example.org:993;ref:ANNA\n",
		"quotes":           "\"to\",\"password\",\"source\"\n\"imaps://anna@example.org@mail.example.org\",\"ref:ANNA\",\"/mail/anna|~/old\" \n",
		"short and empty":  "to;password;source;name;prefix\nimaps://anna@example.org@mail.example.org;ref:ANNA;/mail/anna|~/old\n;;;;\n\n\"\";;\n",
		"trailing columns": "to;password;source;;\nimaps://anna@example.org@mail.example.org;ref:ANNA;/mail/anna||~/old|;;\n",
	} {
		if got := told(parse(t, text, false)); got != annaTold {
			t.Errorf("%s: got %s, want %s", name, got, annaTold)
		}
	}
	if got := told(parse(t, "sep=,\nto,password,source\nimaps://anna@example.org@mail.example.org,ref:ANNA,/mail/anna|~/old", false)); got != "3"+annaTold[1:] {
		t.Errorf("sep=: got %s", got)
	}
}

func TestTableInUTF16(t *testing.T) {
	t.Parallel()
	for _, order := range []unicode.Endianness{unicode.LittleEndian, unicode.BigEndian} {
		text, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String("to\tpassword\tsource\tname\nimaps://a@h\tref:A\t/m\tPerché\n")
		if err != nil {
			t.Fatal(err)
		}
		if m := parse(t, text, false); len(m.Accounts) != 1 || m.Accounts[0].Name != "Perché" {
			t.Errorf("got %s", told(m))
		}
	}
}

func TestTableWithAllColumns(t *testing.T) {
	t.Parallel()
	got := told(parse(t, "name,to,password,source,map,include,exclude,prefix,existing,from_password\n"+
		`"Anna ""the"" first, of two",imap://a@h:1143,ref:A,"C:\mail, old\x",Inbox=Old/In|Sent=Sent,Local Folders/**,Spam|Junk,Old PC,KEEP,ref:B`+"\n", false))
	want := `2 Anna "the" first, of two|imap://a@h:1143|ref:A|["C:\\mail, old\\x"]|[{Inbox Old/In} {Sent Sent}]|["Local Folders/**"]|["Spam" "Junk"]|Old PC|keep|ref:B` + "\n"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestBadLines holds that what is wrong with a line is told with its number, and stops no other.
func TestBadLines(t *testing.T) {
	t.Parallel()
	const good = "imaps://good@h;ref:G;/mail/good;;"
	for line, want := range map[string]string{
		"mailto:a@h;ref:A;/m;;":              "to: address: want imaps://",
		"imaps://a:hunter2@h;ref:A;/m;;":     "to: address: a password does not belong there",
		"imaps://a@h;;/m;;":                  "password: empty",
		"imaps://a@h;bad:hunter2;/m;;":       "password: want ref:NAME",
		"imaps://a@h;ref:A; | ;;":            "source: empty",
		"imaps://a@h;ref:A;/m;Inbox;":        "map: \"Inbox\": no =",
		"imaps://a@h;ref:A;/m;;[z-a]":        "pattern",
		"imaps://a@h;ref:A;\"/m;;":           "a quote is not closed",
		"imaps://a@h;ref:A;\"/m\"x;;":        "text follows a closing quote",
		"imaps://a@h;ref:A;/m;;;;hunter2":    "7 cells, but the header has 5 columns",
		"imaps://a@h;ref:A;/perch\xe9;;":     "not UTF-8",
		"imaps://a@h;ref:A;/m\x1b[2J;;":      "control character U+001B",
		"imaps://GOOD@H;ref:A;/m;;":          "",
		"imaps://good@H:993;ref:A;/mail/2;;": "to: the same account as in line 3",
	} {
		m := parse(t, "to;password;source;map;include\n\n"+good+"\n"+line+"\nimaps://other@h;ref:O;/mail/o;;\n", false)
		if want == "" {
			if len(m.Bad) != 0 || len(m.Accounts) != 3 {
				t.Errorf("%q: got %s, want three accounts", line, told(m))
			}
			continue
		}
		if len(m.Bad) != 1 || len(m.Accounts) != 2 || m.Bad[0].Line != 4 || !strings.Contains(m.Bad[0].Error(), "line 4: "+want) {
			t.Errorf("%q: got %s, want line 4: %s", line, told(m), want)
		} else if strings.Contains(m.Bad[0].Error(), "hunter2") {
			t.Errorf("%q: the error repeats a password: %v", line, m.Bad[0])
		}
		if err := m.Err(); err == nil || !strings.Contains(err.Error(), "line 4") {
			t.Errorf("%q: got %v, want the line named", line, err)
		}
	}
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                   "empty",
		"\n;;\n":                             "empty",
		"to;password;source\n":               "names no account",
		"to;password\nx;y\n":                 `line 1: no column "source"`,
		"to;pasword;source\nx;y;z\n":         `line 1: unknown column "pasword"; there are name, to,`,
		"to;password;source;user\nx;y;z;u\n": `line 1: unknown column "user"`,
		"to;to;password;source\n":            `line 1: column "to" is there twice`,
		"\"to;password;source\n":             "line 1: a quote",
	} {
		if m, err := Parse(strings.NewReader(text), false, loadOptions); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %q", text, m, err, want)
		}
	}
	for text, want := range map[string]string{
		"":               "want a list",
		"to: x\n":        "line 1: want a list",
		"accounts: x\n":  "want a list",
		"- [a\n":         "line ",
		"accounts: []\n": "names no account",
		"&a [*a, *a]":    "", // no more than bad lines
		"- {to: &x imaps://a@h, name: *x, password: ref:A, source: /m}": "",
	} {
		m, err := Parse(strings.NewReader(text), true, loadOptions)
		if want == "" {
			if err == nil && (len(m.Accounts) != 0 || len(m.Bad) == 0) {
				t.Errorf("%q: got %s, want bad lines", text, told(m))
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "nowhere.csv"), loadOptions); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want that there is no file", err)
	}
}

func TestYAML(t *testing.T) {
	t.Parallel()
	got := told(parse(t, `
accounts:
  - to: imaps://anna@example.org@mail.example.org
    password: ref:ANNA
    source: [/mail/anna, "/mail/with | bar"]
    map: [Inbox=Old/In]
    exclude: Spam
    existing: upload
  - server: mail.example.org
    user: bob@example.org
    password: ref:BOB
    source:
      - /mail/bob
    name: Bob
    prefix: ~
  - {server: "imap://mail.example.org:1143", user: c, password: ref:C, source: /mail/c}
  - to: imaps://d@h
    password: ref:D
    sauce: /mail/d
  - just text
  - {to: imaps://bob%40example.org@mail.example.org, user: bob, password: ref:B, source: /m}
  - {to: imaps://e@h, password: ref:D, source: {a: b}}
  - {to: imaps://anna%40example.org@mail.example.org:993, password: ref:E, source: /m}
`, true))
	want := `3 anna@example.org|imaps://anna%40example.org@mail.example.org:993|ref:ANNA|["/mail/anna" "/mail/with | bar"]|[{Inbox Old/In}]|[]|["Spam"]||upload|
9 Bob|imaps://bob%40example.org@mail.example.org:993|ref:BOB|["/mail/bob"]|[]|[]|[]|||
16 c@mail.example.org|imap://c@mail.example.org:1143|ref:C|["/mail/c"]|[]|[]|[]|||
line 17: unknown column "sauce"; there are name, to, password, source, map, include, exclude, prefix, existing, from_password
line 20: want name: value for each column
line 21: want either to, or server and user
line 22: source: want a text
line 23: to: the same account as in line 3; put all its sources there, separated by |
`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestPasswordsDontPrint holds that a password in the file shows up nowhere.
func TestPasswordsDontPrint(t *testing.T) {
	t.Parallel()
	m := parse(t, "to;password;source\nimaps://a@h;hunter2;/m\nimaps://b@h;ref:B;/m\n", false)
	a := m.Accounts[0]
	if a.Password.Text() != "hunter2" {
		t.Errorf("got %q, want the password", a.Password.Text())
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, a.Password) + fmt.Sprintf(verb, *a); strings.Contains(text, "hunter2") && verb != "%#v" {
			t.Errorf("%s prints %s", verb, text)
		}
	}
	if _, err := Parse(strings.NewReader("- {to: imaps://a@h, password: *hunter2, source: /m}"), true, loadOptions); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want an error without the password", err)
	}
	before := string(a.digest())
	a.Password = Reference{"hunter3", true}
	if string(a.digest()) != before {
		t.Error("the digest of a line depends on the password in it: it could be guessed from the ledger")
	}
	b := m.Accounts[1]
	before = string(b.digest())
	b.Password.text = "ref:C"
	if string(b.digest()) == before {
		t.Error("another reference makes no other line")
	}
}

// printed writes a manifest as a table that is read back to the same.
func printed(m *Manifest) string {
	var b strings.Builder
	b.WriteString("name;to;password;source;map;include;exclude;prefix;existing;from_password\n")
	for _, a := range m.Accounts {
		var maps []string
		for _, m := range a.Map {
			maps = append(maps, m.Folder+"="+m.Mailbox)
		}
		list := func(all []string) string { return strings.Join(all, "|") }
		for i, cell := range []string{
			a.Name, a.Target(), a.Password.Text(), list(a.Sources), list(maps), list(a.Include), list(a.Exclude), a.Prefix, a.Existing, a.FromPassword.Text(),
		} {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// FuzzTable holds that what is read prints back to the same, and that every line of the file is an account, bad or blank.
func FuzzTable(f *testing.F) {
	f.Add("to;password;source\nimaps://a@h;ref:A;/m|/n\n")
	f.Add("\ufeffname,to,password,source,map,include,exclude,prefix,existing,from_password\r\n\"a \"\"b\"\"\",imap://a@h,ref:A,/m,A=b|c=d,x*,y?,p,keep,q\r\n")
	f.Add("to\tpassword\tsource\n\"imaps://a@h\tx\nimaps://b@h\tp\t\"m\"\"\"\n;;;\n")
	f.Add("sep=|\nto|password|source\nimaps://a@[::1]:993|x|/m\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(strings.NewReader(text), false, loadOptions)
		if err != nil {
			return
		}
		if len(m.Accounts)+len(m.Bad) > len(text) {
			t.Fatalf("%q: got %d accounts and %d bad lines", text, len(m.Accounts), len(m.Bad))
		}
		if len(m.Accounts) == 0 {
			return
		}
		again, err := Parse(strings.NewReader(printed(m)), false, loadOptions)
		if err != nil || len(again.Bad) > 0 {
			t.Fatalf("%q: printed as %q, which reads as %v, %v", text, printed(m), again, err)
		}
		for i, a := range m.Accounts {
			again.Accounts[i].Line = a.Line
		}
		m.Bad = nil
		if told(again) != told(m) {
			t.Fatalf("%q: got %s, printed and read again %s", text, told(m), told(again))
		}
	})
}

// FuzzYAML holds that a list of accounts prints back to the same as a table, unless a value holds what separates values there.
func FuzzYAML(f *testing.F) {
	f.Add("- {to: imaps://a@h, password: ref:A, source: [/m, /n]}\n")
	f.Add("accounts:\n- server: h\n  user: a\n  password: ref:A\n  source: /m\n  map: A=b\n")
	f.Add("- &a {to: imaps://a@h, <<: *a}\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse(strings.NewReader(text), true, loadOptions)
		if err != nil || len(m.Accounts) == 0 || strings.Contains(text, "|") || strings.Contains(text, "x7c") || strings.Contains(text, "x7C") ||
			strings.Contains(text, "u007") || strings.Contains(text, "U0000007") {
			return
		}
		again, err := Parse(strings.NewReader(printed(m)), false, loadOptions)
		if err != nil || len(again.Bad) > 0 {
			t.Fatalf("%q: printed as %q, which reads as %v, %v", text, printed(m), again, err)
		}
		for i, a := range m.Accounts {
			again.Accounts[i].Line = a.Line
		}
		m.Bad = nil
		if told(again) != told(m) {
			t.Fatalf("%q: got %s, printed and read again %s", text, told(m), told(again))
		}
	})
}
