package dedupe

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

// clean returns the clean message and what was removed.
func clean(tb testing.TB, raw string) (string, []Field) {
	tb.Helper()
	c := NewCleaner(strings.NewReader(raw))
	text, err := io.ReadAll(c)
	if err != nil {
		tb.Fatalf("clean %.80q: got error %v, want none", raw, err)
	}
	return string(text), c.Removed()
}

var cleanCases = []struct{ name, raw, want string }{
	{"empty", "", ""},
	{"LF", "A: 1\n\nb\nc\n", "A: 1\r\n\r\nb\r\nc\r\n"},
	{"CRLF", "A: 1\r\n\r\nb\r\n", "A: 1\r\n\r\nb\r\n"},
	{"mixed", "A: 1\r\nB: 2\n\nb\n\r\nc", "A: 1\r\nB: 2\r\n\r\nb\r\n\r\nc"},
	{"no newline at the end", "A: 1\n\nb", "A: 1\r\n\r\nb"},
	{"newlines at the end", "A: 1\n\nb\n\n\n", "A: 1\r\n\r\nb\r\n\r\n\r\n"},
	{"bare CR is text", "A: 1\n\na\rb\n", "A: 1\r\n\r\na\rb\r\n"},
	{"CR CR LF", "A: 1\r\n\r\na\r\r\n", "A: 1\r\n\r\na\r\r\n"},
	{"CR only", "A: 1\rStatus: R\rB: 2\r\ra\r\rb\r", "A: 1\r\nB: 2\r\n\r\na\r\n\r\nb\r\n"},
	{"CR only begins with client field", "Status: R\rA: 1\r\rb", "A: 1\r\n\r\nb"},
	{"LF goes with the only LF line", "Status: R\na\rb", "a\r\nb"},
	{"NUL and 8 bit stay", "A: \xe9\n\n\x00\xff\n", "A: \xe9\r\n\r\n\x00\xff\r\n"},
	{"byte order mark", "\xef\xbb\xbfA: 1\n\nb", "A: 1\r\n\r\nb"},
	{"blank lines first", "\n\r\n\nA: 1\n\nb", "A: 1\r\n\r\nb"},
	{"separator", "From x@y Tue Mar 19 09:13:51 2019\nA: 1\n\nb", "A: 1\r\n\r\nb"},
	{"bare separator", "From \nA: 1\n\nb", "A: 1\r\n\r\nb"},
	{"quoted separator", ">From x\nA: 1\n>From y z\nB: 2\n\n>From c\n", "A: 1\r\nB: 2\r\n\r\n>From c\r\n"},
	{"From with a blank is a field", "From : x@y\nA: 1\n\n", "From : x@y\r\nA: 1\r\n\r\n"},
	{"separator line of the body", "A: 1\n\nFrom here\n", "A: 1\r\n\r\nFrom here\r\n"},
	{"folded client field", "A: 1\nX-Mozilla-Keys: a\n  b\n\tc\nB: 2\n d\n\nX", "A: 1\r\nB: 2\r\n d\r\n\r\nX"},
	{"case and blank", "sTaTuS : R\nx-kmail-mdn-sent: 1\nA: 1\n\n", "A: 1\r\n\r\n"},
	{"not in the body", "A: 1\n\nStatus: R\nLines: 2\n", "A: 1\r\n\r\nStatus: R\r\nLines: 2\r\n"},
	{"look alike", "X-Statuses: 1\nX-KMail: 1\nStatus-X: 2\nX-Mozilla-Altered: y\n\n", "X-Statuses: 1\r\nX-KMail: 1\r\nStatus-X: 2\r\nX-Mozilla-Altered: y\r\n\r\n"},
	{"field ends the file", "A: 1\nStatus: R", "A: 1\r\n"},
	{"only client fields", "Status: R\n\nbody\n", "\r\nbody\r\n"},
	{"junk in the header", "A: 1\nwhat is this\nStatus: R\nB: 2\n\nb", "A: 1\r\nwhat is this\r\nB: 2\r\n\r\nb"},
	{"no header", "Hello you\nthere\nStatus: fine\n", "Hello you\r\nthere\r\nStatus: fine\r\n"},
	{"no header, begins with From", "From here on\nall is well\nLines: 3\n", "From here on\r\nall is well\r\nLines: 3\r\n"},
	{"no header, blank line first", "\nHello you\n", "\r\nHello you\r\n"},
	{"header without end", "A: 1\nB: 2", "A: 1\r\nB: 2"},
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range cleanCases {
		got, _ := clean(t, c.raw)
		if got != c.want {
			t.Errorf("%s: clean %q: got %q, want %q", c.name, c.raw, got, c.want)
		}
		checkCleaning(t, []byte(c.raw))
	}
}

// checkCleaning holds that cleaning again changes nothing and that the size of reads doesn't matter.
func checkCleaning(tb testing.TB, raw []byte) {
	tb.Helper()
	want, removed := clean(tb, string(raw))
	again, more := clean(tb, want)
	if again != want || len(more) > 0 {
		tb.Errorf("clean twice %.200q: got %.200q without %v, want %.200q without nothing", raw, again, more, want)
	}
	readers := map[string]io.Reader{
		"one byte": iotest.OneByteReader(bytes.NewReader(raw)),
		"half":     iotest.HalfReader(bytes.NewReader(raw)),
		"with EOF": iotest.DataErrReader(bytes.NewReader(raw)),
	}
	for name, r := range readers {
		c := NewCleaner(r)
		got, err := io.ReadAll(iotest.OneByteReader(c))
		if err != nil || string(got) != want || !reflect.DeepEqual(c.Removed(), removed) {
			tb.Errorf("%s reader, %.200q: got %.200q, %v, error %v, want %.200q, %v", name, raw, got, c.Removed(), err, want, removed)
		}
	}
}

func TestRemoved(t *testing.T) {
	t.Parallel()
	raw := "X-Mozilla-Status: 0001\nSubject: s\nX-Mozilla-Keys:  $label1 \n  work   \nSTATUS : RO\n\nStatus: body\n"
	want := []Field{{"X-Mozilla-Status", "0001"}, {"X-Mozilla-Keys", "$label1   work"}, {"STATUS", "RO"}}
	if _, got := clean(t, raw); !reflect.DeepEqual(got, want) {
		t.Errorf("removed from %q: got %q, want %q", raw, got, want)
	}
	_, many := clean(t, strings.Repeat("X-UIDL: "+strings.Repeat("u", 9000)+"\n", 200)+"A: 1\n\n")
	if len(many) != maxRemoved || len(many[0].Value) != maxValue-1 {
		t.Errorf("200 fields of 9000 bytes: got %d, the first of %d bytes, want %d of %d", len(many), len(many[0].Value), maxRemoved, maxValue-1)
	}
}

func TestClientFields(t *testing.T) {
	t.Parallel()
	for _, name := range clientFields {
		if name != strings.ToLower(name) {
			t.Errorf("client field %q: got upper case, want lower", name)
		}
		name = strings.ReplaceAll(name, "*", "Any")
		if !isClientField([]byte(strings.ToUpper(name))) {
			t.Errorf("client field %q: got false, want true", name)
		}
	}
	for _, name := range []string{"Subject", "X-Mozilla-Altered", "UIDL", "Received", "X-Evolutionary", "", "X-Mailer", "X-Label"} {
		if isClientField([]byte(name)) {
			t.Errorf("client field %q: got true, want false", name)
		}
	}
}

func TestCleanReadError(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk gone")
	c := NewCleaner(io.MultiReader(strings.NewReader("A: 1\nStatus: R\n\nb\n"), iotest.ErrReader(broken)))
	got, err := io.ReadAll(c)
	if string(got) != "A: 1\r\n\r\nb\r\n" || !errors.Is(err, broken) {
		t.Errorf("broken source: got %q, %v, want the bytes before it and %v", got, err, broken)
	}
	if _, err = c.Read(make([]byte, 1)); !errors.Is(err, broken) {
		t.Errorf("read after the error: got %v, want %v", err, broken)
	}
}

func TestCleanLineEndWindow(t *testing.T) {
	t.Parallel()
	for shift := -3; shift <= 3; shift++ {
		head := "A: \r" + strings.Repeat("x", window+shift-5)
		for _, end := range []string{"\n\nb\n", "\r\n\r\nb\n", "\r\rb", "\r"} {
			checkCleaning(t, []byte(head+end))
		}
		checkCleaning(t, []byte("Status: "+strings.Repeat("x", bufSize+shift)+"\rA: 1\r\rb\n"))
		checkCleaning(t, []byte("A: 1\r"+strings.Repeat("x", bufSize+shift-6)+"\r\nB: 2\r\rb\n"))
	}
}
