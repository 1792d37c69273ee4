package dedupe

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func content(tb testing.TB, raw string) Digest {
	tb.Helper()
	d, err := Content(NewCleaner(strings.NewReader(raw)))
	if err != nil {
		tb.Fatalf("content %.80q: got error %v, want none", raw, err)
	}
	slow, err := Content(iotest.OneByteReader(NewCleaner(strings.NewReader(raw))))
	if err != nil || slow != d {
		tb.Errorf("content %.80q by single bytes: got %x, %v, want %x", raw, slow, err, d)
	}
	return d
}

const plainText = "Subject: s\n\nGrüße\n\nan alle\n"

var sameContent = map[string]string{
	"blanks":           "X: y\n\nGrüße  \n \t\nan alle\n\n \n",
	"no last newline":  "Subject: s\n\nGrüße\n\nan alle",
	"byte order mark":  "A: b\n\n\xef\xbb\xbfGrüße\n\nan alle\n",
	"8bit":             "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n\nan alle\n",
	"quoted-printable": "Content-Type: text/plain; charset=\"UTF-8\"\nContent-Transfer-Encoding: Quoted-Printable\n\nGr=C3=bc=C3=9F=  \ne\n\nan=20alle=\n",
	"base64":           "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOf\nZQoKYW4gYWxsZQo\n",
	"base64, CRLF":     "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64 (x)\n\n" + base64.StdEncoding.EncodeToString([]byte("Grüße\r\n\r\nan alle")) + "\n",
	"latin 1":          "Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe\n\nan alle\n",
	"no charset":       "Content-Type: text/plain\n\nGr\xfc\xdfe\n\nan alle\n",
	"wrong charset":    "Content-Type: text/plain; charset=us-ascii\n\nGrüße\n\nan alle\n",
	"unknown charset":  "Content-Type: text; charset=nonsense\n\nGrüße\n\nan alle\n",
	"other text type":  "Content-Type: TEXT/HTML; charset=utf-8; charset=x\n\nGrüße\n\nan alle\n",
	"one part":         "Content-Type: multipart/mixed;\n boundary=\"b b\"\n\npreamble\n--b b  \n\nGrüße\n\nan alle\n--b b--\nepilogue\n",
	"nested": "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=bb\n\n--bb\n" +
		"Content-Type: text/plain; charset=iso-8859-15\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe\n\nan alle\n--bb--\n\n--b--\n",
	"attached message": "Content-Type: message/rfc822\n\nSubject: inner\n\nGrüße\n\nan alle\n",
	"digest":           "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: inner\n\nGrüße\n\nan alle\n--b--\n",
}

func TestContentSame(t *testing.T) {
	t.Parallel()
	want := content(t, plainText)
	for name, raw := range sameContent {
		if got := content(t, raw); got != want {
			t.Errorf("%s: content of %q: got another, want that of %q", name, raw, plainText)
		}
	}
}

var otherContent = map[string]string{
	"footer":            plainText + "-- \nfooter\n",
	"leading blank":     "A: b\n\n Grüße\n\nan alle\n",
	"inner blank":       "A: b\n\nGrüße\n\nan  alle\n",
	"one line less":     "A: b\n\nGrüße\nan alle\n",
	"letter":            "A: b\n\nGrüsse\n\nan alle\n",
	"not text":          "Content-Type: application/x; charset=utf-8\n\nGrüße\n\nan alle\n",
	"two parts":         "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nGrüße\n--b\n\n\nan alle\n--b--\n",
	"no boundary":       "Content-Type: multipart/mixed\n\nGrüße\n\nan alle\n",
	"no delimiter":      "Content-Type: multipart/mixed; boundary=b\n\nGrüße\n\nan alle\n",
	"no close":          "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nGrüße\n\nan alle\n",
	"inner not closed":  "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nGrüße\n\nan alle\n--b--\n",
	"junk in a part":    "Content-Type: multipart/mixed; boundary=b\n\n--b\nGrüße\n\nan alle\n--b--\n",
	"part after close":  "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nGrüße\n\nan alle\n--b--\n--b\n\nmore\n--b--\n",
	"text after base64": "Content-Transfer-Encoding: base64\n\nR3LDvMOfZQoKYW4gYWxsZQo=\n_____\nfooter\n",
	"half a group":      "Content-Transfer-Encoding: base64\n\nR3LDvMOfZQoKYW4gYWxsZQo=\nA\n",
	"no header":         "Hello you\nGrüße\n\nan alle\n",
	"lost blank line":   "A: b\nGrüße\n\nan alle\n",
	"lying charset":     "Content-Type: text/plain; charset=euc-jp\n\nGr\xfc\xdf\n",
}

func TestContentOther(t *testing.T) {
	t.Parallel()
	plain := content(t, plainText)
	for name, raw := range otherContent {
		if content(t, raw) == plain {
			t.Errorf("%s: content of %q: got that of %q, want another", name, raw, plainText)
		}
		if content(t, raw) == content(t, raw+"\nmore\n") != strings.HasSuffix(raw, "--b--\n") && !slices.Contains([]string{"inner not closed", "part after close", "junk in a part"}, name) {
			t.Errorf("%s: one line more: got equal %v, want it only after the close delimiter", name, content(t, raw) == content(t, raw+"\nmore\n"))
		}
	}
}

// TestContentLoss holds that text which can't be decoded still counts byte for byte.
func TestContentLoss(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"utf-8", "euc-jp", "shift_jis", "big5", "gbk", "iso-2022-jp", "iso-2022-kr", "windows-1253", "utf-16", "x-user-defined", "utf-7"} {
		seen := map[Digest]byte{}
		for c := 0x81; c < 0x100; c++ {
			d := content(t, "Content-Type: text/plain; charset="+label+"\n\nabc "+string([]byte{byte(c)})+" \xff.\n")
			if other, twice := seen[d]; twice {
				t.Errorf("%s: bytes %#x and %#x: got the same content, want different", label, c, other)
			}
			seen[d] = byte(c)
		}
	}
}

func TestContentLeafOrder(t *testing.T) {
	t.Parallel()
	part := func(texts ...string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + strings.Join(texts, "\n--b\n\n") + "\n--b--\n"
	}
	if content(t, part("a", "b")) == content(t, part("b", "a")) {
		t.Error("two parts changed over: got the same content, want different")
	}
	if content(t, part("a", "b")) == content(t, part("a\nb")) {
		t.Error("two parts and one: got the same content, want different")
	}
	bytesPart := func(text string) string { return "Content-Type: image/x\n\n" + text }
	if content(t, bytesPart("a \nb\n")) == content(t, bytesPart("a\nb\n")) {
		t.Error("a blank in a part that isn't text: got the same content, want different")
	}
	if content(t, bytesPart("a\nb\n")) != content(t, bytesPart("a\nb")) {
		t.Error("the line end before the end: got different content, want the same")
	}
}

func TestContentLongLines(t *testing.T) {
	t.Parallel()
	for n := maxPiece - 3; n <= maxPiece+3; n++ {
		text := strings.Repeat("x", n)
		quoted := "Content-Transfer-Encoding: quoted-printable\n\n"
		want := content(t, "A: b\n\n"+text+"=\r\n.")
		for _, raw := range []string{quoted + text + "=3D\n.", quoted + text + "=3d=\n\n.", "A: b\n\n" + text + "=   \n."} {
			if content(t, raw) != want {
				t.Errorf("line of %d bytes: content of %.60q…: got another, want the same", n, raw)
			}
		}
	}
}

// TestContentLimits holds that structure which never ends costs no more than it is long.
func TestContentLimits(t *testing.T) {
	t.Parallel()
	var deep strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	parts := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", maxParts+1) + "--b--\n"
	messages := strings.Repeat("Content-Type: message/rfc822\n\n", maxDepth+1)
	for name, raw := range map[string]string{"deep": deep.String(), "parts": parts, "messages": messages} {
		p := newParser(true)
		for line := range strings.Lines(raw) {
			p.line([]byte(strings.TrimSuffix(line, "\n")), true)
		}
		if p.digest(); !p.bad || len(p.stack) > maxDepth+1 || len(p.sum) > maxParts+1 {
			t.Errorf("%s: got bad %v, %d levels, %d parts, want bad within the limits", name, p.bad, len(p.stack), len(p.sum))
		}
		if content(t, raw) == content(t, raw+"y\n") {
			t.Errorf("%s: one line more: got the same content, want different", name)
		}
	}
}

func TestUTF8Check(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"": true, "abc": true, "Grüße 日本語 😀": true, "a\xff": false, "a\xc3": false, "\xe6\x97": false, "\xf0\x9f\x98\x80\x80": false, "ü\xfc": false,
	} {
		for size := 1; size <= max(1, len(text)); size++ {
			var check utf8Check
			for r := strings.NewReader(text); r.Len() > 0; {
				piece := make([]byte, size)
				n, _ := io.ReadFull(r, piece)
				check.write(piece[:n])
			}
			if got := check.valid(); got != want {
				t.Errorf("%q by %d bytes: got %v, want %v", text, size, got, want)
			}
		}
	}
}

// TestContentReceipt: a program that reads the fields of a receipt and writes them anew ends them with an empty line.
func TestContentReceipt(t *testing.T) {
	t.Parallel()
	receipt := func(fields string) string {
		return "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b\n" +
			"Content-Type: message/disposition-notification\n\n" + fields + "\n--b--\n"
	}
	displayed := "Final-Recipient: rfc822;a@b\nDisposition: manual-action/MDN-sent-manually; displayed\n"
	if content(t, receipt(displayed)) != content(t, receipt(displayed+"\n")) {
		t.Error("an empty line at the end: got another content, want the same")
	}
	if content(t, receipt(displayed)) == content(t, receipt(strings.Replace(displayed, "displayed", "deleted", 1))) {
		t.Error("another disposition: got the same content, want another")
	}
}

// TestContentQuotedFrom: an mbox that a message went through may have quoted its lines, in any encoding that it has now.
func TestContentQuotedFrom(t *testing.T) {
	t.Parallel()
	want := content(t, "A: b\n\nHello\n\nFrom here on.\n")
	for _, raw := range []string{
		"A: b\n\nHello\n\n>From here on.\n", "A: b\n\nHello\n\n>>From here on.\n",
		"Content-Transfer-Encoding: quoted-printable\n\nHello\n\n=46rom here=\n on.\n",
		"Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("Hello\n\n>From here on.\n")) + "\n",
	} {
		if content(t, raw) != want {
			t.Errorf("content of %q: got another, want the same without quotes", raw)
		}
	}
	if content(t, "A: b\n\nHello\n\n> From here on.\n") == want {
		t.Error("a line that somebody quoted: got the same content, want another")
	}
}
