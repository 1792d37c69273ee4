package pst

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"unpop/migrate/mapi"
	"unpop/migrate/source/pst/ndb"
	"unpop/migrate/source/pst/psttest"
)

var setPublicStrings = mapi.GUID{0x29, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}

// dn is an X.500 name as Exchange has it.
func dn(name string) string {
	return "/O=ACME/OU=EXCHANGE ADMINISTRATIVE GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=" + name
}

// fromExchange is a message whose sender has an X.500 name, and an SMTP address if it is given.
func fromExchange(n int, name, smtp string) *psttest.Message {
	m := psttest.Mail(n)
	kept := m.Properties[:0]
	for _, p := range m.Properties {
		if p.ID != 0x0C1E && p.ID != 0x0C1F && p.ID != 0x0064 && p.ID != 0x0065 {
			kept = append(kept, p)
		}
	}
	m.Properties = append(kept, psttest.Text(0x0064, "EX"), psttest.Text(0x0065, dn(name)), psttest.Text(0x0C1E, "EX"), psttest.Text(0x0C1F, dn(name)))
	if smtp != "" {
		m.Properties = append(m.Properties, psttest.Text(0x5D02, smtp))
	}
	return m
}

// A sender of whom one message knows only the X.500 name has the address that another message has of it, wherever it lies.
func TestResolve(t *testing.T) {
	t.Parallel()
	witness := psttest.Mail(3)
	witness.Recipients = [][]psttest.Property{{
		psttest.Int32(0x0C15, 1), psttest.Text(0x3001, "Bert"), psttest.Text(0x3002, "EX"), psttest.Text(0x3003, dn("BERT")), psttest.Text(0x39FE, "bert@acme.example"),
	}}
	s := opened(t, &psttest.File{Folders: []*psttest.Folder{
		{Name: "A", Messages: []*psttest.Message{fromExchange(1, "Anna", ""), fromExchange(2, "Bert", ""), fromExchange(6, "Nobody", "")}},
		{Name: "B", Messages: []*psttest.Message{witness, fromExchange(4, "ANNA", "anna@acme.example"), fromExchange(5, "anna", "other@acme.example")}},
	}})
	want := map[string]string{
		"Letter 1": "anna@acme.example", "Letter 2": "bert@acme.example", "Letter 4": "anna@acme.example", "Letter 5": "other@acme.example",
		"Letter 6": ".invalid>",
	}
	for part := range s.Parts(t.Context()) {
		for c := range part.Copies(t.Context()) {
			text, err := read(t, s, part.Info().Name, c.Ref)
			if err != nil {
				t.Fatal(err)
			}
			from := headerOf(strings.ReplaceAll(text, "\r\n ", " "), "From")
			if address := want[headerOf(text, "Subject")]; !strings.Contains(from, address) || strings.Contains(strings.ToUpper(from), "/O=") {
				t.Errorf("%s: got %q, want %q in it", headerOf(text, "Subject"), from, address)
			}
		}
	}
}

func TestIsAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"anna@acme.example": true, `"a b"@acme.example`: false, "": false, "@acme.example": false, "anna@": false,
		"/o=ACME/cn=a@b": false, "anna@acme.example\r\nBcc: x@y": false, "<anna@acme.example>": false,
	} {
		if got := isAddress(text); got != want {
			t.Errorf("isAddress(%q): got %v, want %v", text, got, want)
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	own := mapi.GUID{1, 2, 3}
	s := opened(t, &psttest.File{Names: []psttest.Name{
		{Set: setPublicStrings, Name: "Keywords"}, {Set: own, Number: 0x8501}, {Set: own, Name: "X-Größe"}, {Set: setPublicStrings, Name: "Keywords"},
	}}).files[0]
	for name, want := range map[mapi.Name]mapi.ID{
		{Set: setPublicStrings, Text: "Keywords"}: 0x8000, {Set: setPublicStrings, Text: "KEYWORDS"}: 0x8000,
		{Set: own, ID: 0x8501}: 0x8001, {Set: own, Text: "x-größe"}: 0x8002,
		{Set: own, ID: 1}: 0, {Set: setPublicStrings, ID: 0x8501}: 0, {}: 0,
	} {
		if got, ok := s.named(name); got != want || ok != (want != 0) {
			t.Errorf("named(%v): got %v, %v, want %v", name, got, ok, want)
		}
	}
}

// A value of several ends where it says, or is none.
func TestNth(t *testing.T) {
	t.Parallel()
	two := []byte{2, 0, 0, 0, 12, 0, 0, 0, 13, 0, 0, 0, 'a', 'b'}
	for i, want := range map[int]string{0: "a", 1: "b", 2: ""} {
		if got := nth(two, i); string(got) != want {
			t.Errorf("nth(%d): got %q, want %q", i, got, want)
		}
	}
	if got := nth([]byte{9, 0, 0, 0, 1}, 0); got != nil {
		t.Errorf("nth: got %v, want none", got)
	}
}

// shiftJIS encodes strings as a Japanese Windows does.
func shiftJIS(text string) []byte {
	b, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

// An ANSI store doesn't say in which code page its folders' names are; its messages do.
func TestCodePage(t *testing.T) {
	t.Parallel()
	for name, props := range map[string][]psttest.Property{
		"code page":          {psttest.Int32(0x3FFD, 932)},
		"locale":             {psttest.Int32(0x3FF1, 0x0411)},
		"internet code page": {psttest.Int32(0x3FDE, 50220)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := psttest.Mail(1)
			m.Properties = append(m.Properties, props...)
			s := opened(t, &psttest.File{
				Format: ndb.ANSI, Encode: shiftJIS, Folders: []*psttest.Folder{{Name: "受信トレイ", Messages: []*psttest.Message{m}}},
			})
			if got := list(t, s).copies; len(got) != 1 || got[0] != "受信トレイ: Letter 1" {
				t.Errorf("got %q, want it in 受信トレイ", got)
			}
		})
	}
}

// What most messages say counts, and of equals the lower number, so that it is the same in each run.
func TestGuessPage(t *testing.T) {
	t.Parallel()
	var messages []*psttest.Message
	for i, page := range []int32{1251, 1250, 932, 1250, 1251} {
		m := psttest.Mail(i)
		m.Properties = append(m.Properties, psttest.Int32(0x3FFD, page))
		messages = append(messages, m)
	}
	for n, want := range map[int]int{0: 0, 1: 1251, 2: 1250, 4: 1250, 5: 1250} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			s := opened(t, &psttest.File{Format: ndb.ANSI, Folders: []*psttest.Folder{{Name: "A", Messages: messages[:n]}}})
			if got := s.files[0].page; got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		})
	}
}
