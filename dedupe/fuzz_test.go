package dedupe

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// checkIdentity holds that cleaning is stable, that line ends and client fields make no difference, and that one
// message is always equal to itself.
func checkIdentity(tb testing.TB, raw []byte) {
	tb.Helper()
	checkCleaning(tb, raw)
	checkInMemory(tb, raw)
	text, _ := clean(tb, string(raw))
	want := identify(tb, text)
	for name, variant := range variants(text) {
		got := identify(tb, variant)
		if got.Exact != want.Exact || got.Key != want.Key || got.Size != want.Size {
			tb.Errorf("%s of %.300q: got %x, %d bytes, want %x, %d bytes", name, text, got.Exact, got.Size, want.Exact, want.Size)
		}
	}
	slow, err := Identify(iotest.HalfReader(strings.NewReader(text)))
	if err != nil || !reflect.DeepEqual(slow, want) {
		tb.Errorf("half reads of %.300q: got %+v, %v, want %+v", text, slow, err, want)
	}
	content(tb, string(raw))
}

// variants are other forms of a clean message that clean to the same bytes.
func variants(text string) map[string]string {
	all := map[string]string{}
	lf := strings.ReplaceAll(text, "\r\n", "\n")
	if strings.Contains(lf, "\n") && !strings.Contains(text, "\r\r\n") {
		all["LF"] = lf
	}
	if name, _ := fieldName([]byte(text)); name != nil {
		const status = "X-Mozilla-Status: 0001\r\nx-mozilla-keys: a\r\n  b\r\n"
		all["client fields"] = status + text
		all["separator"] = "\xef\xbb\xbf\r\n>From x\r\n" + status + text
		if i := strings.Index(text, "\r\n\r\n"); i >= 0 && len(text) < window/2 {
			all["client fields last"] = text[:i+2] + status + text[i+2:]
		}
	}
	return all
}

func FuzzIdentity(f *testing.F) {
	for _, c := range cleanCases {
		f.Add([]byte(c.raw))
	}
	f.Add([]byte("Subject: =?utf-8?Q?a?=\r\nMessage-ID: <a@b>\r\n c\r\nDate: 1 Jan 2003 1:2:3\r\n\r\nb\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) { checkIdentity(t, raw) })
}

// encodings are one text in each transfer encoding.
func encodings(tb testing.TB, text string) map[string]string {
	tb.Helper()
	var quoted bytes.Buffer
	w := quotedprintable.NewWriter(&quoted)
	_, err := w.Write([]byte(text))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		tb.Fatalf("encode %q: got %v, want no error", text, err)
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(text))
	var folded strings.Builder
	for len(encoded) > 0 {
		n := min(76, len(encoded))
		folded.WriteString(encoded[:n] + "\r\n")
		encoded = encoded[n:]
	}
	return map[string]string{"8bit": text, "quoted-printable": quoted.String(), "base64": folded.String()}
}

func FuzzContent(f *testing.F) {
	for _, text := range []string{"Grüße\n\nan alle  \n", "", "\x00a\r\rb", "--b\n--b--\n", "=\n= \n=41", "\xff\xfe", " \t\n x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		head := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n"
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
		want := content(t, fmt.Sprintf(head, "8bit")+text)
		for name, body := range encodings(t, text) {
			part := fmt.Sprintf(head, name) + body
			if got := content(t, part); got != want {
				t.Errorf("%s of %q: got another content, want that of 8bit", name, text)
			}
			multi := "Content-Type: multipart/mixed; boundary=\"no such line\"\r\n\r\n--no such line\r\n" + part + "\r\n--no such line--\r\n"
			if got := content(t, multi); got != want && !strings.Contains(text, "--no such line") {
				t.Errorf("multipart with %s of %q: got another content, want that of 8bit", name, text)
			}
		}
		if other := content(t, fmt.Sprintf(head, "8bit")+text+"\r\n."); other == want {
			t.Errorf("%q and a footer: got the same content, want another", text)
		}
		content(t, text)
	})
}

func FuzzDecodeSubject(f *testing.F) {
	for _, raw := range []string{"=?utf-8?Q?Gr=C3=BC?= x", "=?gbk?b?xOO6ww?=", "\xff\r\n a", "=?=?="} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := DecodeSubject(raw)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\t\x00") || got != strings.TrimSpace(got) {
			t.Errorf("subject %q: got %q, want one trimmed line of UTF-8", raw, got)
		}
	})
}
