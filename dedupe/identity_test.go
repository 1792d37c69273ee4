package dedupe

import (
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func identify(tb testing.TB, raw string) Identity {
	tb.Helper()
	id, err := Identify(NewCleaner(strings.NewReader(raw)))
	if err != nil {
		tb.Fatalf("identify %.80q: got error %v, want none", raw, err)
	}
	return id
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	raw := "\xef\xbb\xbf>From junk\nReceived: by a; nonsense\nReceived: from b\n by c (x; y);\n Wed, 2 Jan 2019 03:04:05 +0100 (CET)\n" +
		"no colon here\nMessage-ID: <>\nMessage-ID :\n <a b@C>  \nMessage-ID: <other@x>\nX-UIDL: 7\nSubject: =?utf-8?q?a?=\n b\n" +
		"From: A <A@B.example>\nTo: c@d\nDate: Tue, 1 Jan 19 10:00 GMT\n\nMessage-ID: <body>\n"
	got := identify(t, raw)
	text, _ := clean(t, raw)
	if got.Size != int64(len(text)) || got.Exact != sha256.Sum256([]byte(text)) {
		t.Errorf("identify: got size %d, digest %x, want those of %q", got.Size, got.Exact, text)
	}
	if got.MessageID != "<a b@C>" || !got.HasID || got.Key != IDKey("<ab@C>") {
		t.Errorf("identify: got id %q, %v, key %x, want <a b@C> and the key of <ab@C>", got.MessageID, got.HasID, got.Key)
	}
	if got.Subject != "=?utf-8?q?a?= b" || got.From != "A <A@B.example>" || got.To != "c@d" || !got.Trace {
		t.Errorf("identify: got %+v, want subject, from, to and trace", got.Header)
	}
	if want := time.Date(2019, 1, 1, 10, 0, 0, 0, time.UTC); !got.Date.Equal(want) {
		t.Errorf("identify: got date %v, want %v", got.Date, want)
	}
	if want := time.Date(2019, 1, 2, 2, 4, 5, 0, time.UTC); !got.Received.Equal(want) {
		t.Errorf("identify: got received %v, want %v", got.Received, want)
	}
}

func TestIdentifyWithoutHeader(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "\n", "Hello you\nthere\nMessage-ID: <a@b>\n", "A: 1\n\nMessage-ID: <a@b>\n"} {
		if got := identify(t, raw); got.HasID || got.MessageID != "" || got.Key == (Key{}) {
			t.Errorf("identify %q: got id %q, key %x, want none and a key", raw, got.MessageID, got.Key)
		}
	}
}

func TestIdentifyReadError(t *testing.T) {
	t.Parallel()
	for _, broken := range []error{errors.New("disk gone"), io.ErrUnexpectedEOF} {
		src := func() io.Reader { return io.MultiReader(strings.NewReader("A: 1\n\nb"), iotest.ErrReader(broken)) }
		if _, err := Identify(src()); !errors.Is(err, broken) {
			t.Errorf("identify: got %v, want %v", err, broken)
		}
		if _, err := Content(src()); !errors.Is(err, broken) {
			t.Errorf("content: got %v, want %v", err, broken)
		}
	}
}

func TestIDKey(t *testing.T) {
	t.Parallel()
	same := [][2]string{
		{"<a@b>", " <a@b>\r\n"}, {"<a@b>", "<a\r\n @b>"}, {"<a@b>", "x <a@b> (comment)"}, {"a@b", " a@b "}, {"<a@b", "<a@b "},
	}
	for _, c := range same {
		if IDKey(c[0]) != IDKey(c[1]) {
			t.Errorf("keys of %q and %q: got different, want the same", c[0], c[1])
		}
	}
	for _, c := range [][2]string{{"<a@b>", "<A@b>"}, {"<a@b>", "<a@bc>"}, {"a b", "ab"}, {"<a@b>", "<a@b"}, {"<a@b>", ""}} {
		if IDKey(c[0]) == IDKey(c[1]) {
			t.Errorf("keys of %q and %q: got the same, want different", c[0], c[1])
		}
	}
	for _, none := range []string{"", " ", "<>", "< >", "\r\n", "<" + strings.Repeat("x", maxID) + ">", "<0123abcd@recovered.invalid>"} {
		if got := IDKey(none); got != (Key{}) {
			t.Errorf("key of %.20q: got %x, want zero", none, got)
		}
	}
}

// A Message-ID that was made up doesn't keep a message apart from its copy that has none.
func TestMadeUpID(t *testing.T) {
	t.Parallel()
	rest := "Date: Tue, 1 Jan 2019 10:00:00 +0000\nFrom: a@b\nSubject: s\n\nb"
	got, want := identify(t, "Message-ID: <0a1b@recovered.invalid>\n"+rest), identify(t, rest)
	if got.Key != want.Key || got.HasID || got.MessageID != "" {
		t.Errorf("got key %x, id %q, want %x and none", got.Key, got.MessageID, want.Key)
	}
}

func TestKeyWithoutID(t *testing.T) {
	t.Parallel()
	base := "Date: Tue, 1 Jan 2019 10:00:00 +0000\nFrom: Anna <anna@b.example>\nTo: x@y, Z <z@y>\nSubject: Grüße\n aus Köln\n\nb"
	want := identify(t, base).Key
	for _, same := range []string{
		"Date: 1 Jan 2019 11:00 +0100 (CET)\nTo: Z <Z@y>,x@Y\nFrom: ANNA@b.example (\"Anna, A.\")\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=  aus =?iso-8859-1?Q?K=F6ln?=\n\nother",
		"Status: R\n" + base,
	} {
		if got := identify(t, same); got.Key != want || got.HasID {
			t.Errorf("key of %q: got %x, want that of %q", same, got.Key, base)
		}
	}
	for _, change := range [][2]string{{"10:00", "10:01"}, {"anna@", "anne@"}, {"z@y", "z@w"}, {"aus", "AUS"}} {
		other := strings.Replace(base, change[0], change[1], 1)
		if identify(t, other).Key == want {
			t.Errorf("key of %q: got that of %q, want another", other, base)
		}
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	want := time.Date(2003, 7, 1, 10, 52, 37, 0, time.UTC)
	for _, text := range []string{
		"Tue, 1 Jul 2003 10:52:37 +0000", "1 Jul 03 10:52:37 GMT", "Tue,1 Jul 2003 12:52:37 +0200 (CEST)", "Tue Jul  1 10:52:37 2003",
		"Tue, 01 July 2003 06:52:37 EDT", "1-Jul-2003 10:52:37 +0000", "2003-07-01T10:52:37Z", "2003-07-01 12:52:37 +0200", "Tuesday, 01-Jul-03 10:52:37 UTC",
		"Tue, 1 Jul 2003 10:52:37.123 +0000", "Tue (a (b)) 1 Jul 2003 10:52:37", "Tue, 1 Jul 2003 10:52:37 Ost", "Tue, 1 Jul 103 10:52:37 GMT",
	} {
		if got := parseDate(text); !got.Truncate(time.Second).Equal(want) {
			t.Errorf("date %q: got %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{
		"", "yesterday", "31 Feb 2003 10:00:00 GMT", "1 Jul 2003", "1 Jul 2003 25:00 GMT", "1 Jul 1969 10:00 GMT", "1 Jul 9999 10:00 GMT",
		"Jul 2003 10:00", "0001-01-01T00:00:00Z", "1 Jul 2003 10:99", "1 Jul 2003 -1:00", ":", "+", "99999999999999999999 Jul 2003 1:00",
	} {
		if got := parseDate(text); !got.IsZero() {
			t.Errorf("date %q: got %v, want none", text, got)
		}
	}
}

func TestDecodeSubject(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"plain", "plain"},
		{" a\r\n\tb  c ", "a b c"},
		{"=?utf-8?Q?Gr=C3=BC=C3=9Fe_an?= all", "Grüße an all"},
		{"=?utf-8?B?w?= x", "=?utf-8?B?w?= x"},
		{"=?UTF-8?B?R3LD?= =?UTF-8?B?vMOfZQ==?=", "Grüße"},
		{"=?iso-8859-1*de?q?Gr=FC?=\r\n =?utf-8?q?=C3=9Fe?=", "Grüße"},
		{"=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=", "日本語"},
		{"=?gb2312?B?xOO6ww==?=", "你好"},
		{"Gr\xfc\xdfe", "Grüße"},
		{"Grüße", "Grüße"},
		{"=?nonsense?Q?=FC?=", "ü"},
		{"=?utf-8?Q?a=?b", "=?utf-8?Q?a=?b"},
		{"=?utf-8?Q?=0D=0AX: 1?=", "X: 1"},
		{"a =?us-ascii?q?b?= =?us-ascii?q?c?= d", "a bc d"},
		{"=?utf-8?Q??=", ""},
		{"=?=?=?", "=?=?=?"},
	} {
		if got := DecodeSubject(c[0]); got != c[1] {
			t.Errorf("subject %q: got %q, want %q", c[0], got, c[1])
		}
	}
}

func TestSubjectIsBounded(t *testing.T) {
	t.Parallel()
	got := identify(t, "Subject: "+strings.Repeat("word ", 50_000)+"\nMessage-ID: <a@b>\n\n")
	if len(got.Subject) > maxSubject || got.MessageID != "<a@b>" {
		t.Errorf("long subject: got %d bytes and id %q, want at most %d and <a@b>", len(got.Subject), got.MessageID, maxSubject)
	}
}
