package mapi

import (
	"strings"
	"testing"

	"unpop/dedupe"
)

// crlf makes a message of lines.
func crlf(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

var travelledLines = []string{
	"Received: from mx.example.com by mail.acme.example; Sat, 14 Mar 2009 16:09:30 +0100",
	"From: Carl <carl@example.com>",
	"To: anna@acme.example",
	"Subject: =?iso-8859-1?Q?Gr=FC=DFe?=",
	"Date: Sat, 14 Mar 2009 16:09:26 +0100",
	"Message-ID: <m1@example.com>",
	"MIME-Version: 1.0",
}

// originalHTML is in ISO 8859-1.
const originalHTML = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"></head><body>Gr\xfc\xdfe <img src=\"cid:logo@x\"></body></html>\r\n"

// originals are mails as they travelled, and as Outlook keeps them.
var originals = []struct {
	name string
	kind []string // structural fields of the original
	body []string
	m    func(header string) *memory
}{
	{
		"text",
		[]string{
			"Content-Type: text/plain; charset=iso-8859-1",
			"Content-Transfer-Encoding: quoted-printable",
		},
		[]string{"Sch=F6ne Gr=FC=DFe  =20", "Carl", "", ""},
		func(header string) *memory {
			return object(properties{
				idTransportHeaders: header,
				idBody:             "Schöne Grüße   \r\nCarl\r\n\r\n",
				idNativeBody:       nativeText,
				idRTFCompressed:    mela(`{\rtf1\ansi\fromtext Sch\'f6ne Gr\'fc\'dfe   \par Carl\par}`),
			})
		},
	},
	{
		"HTML, of which Outlook made text",
		[]string{"Content-Type: text/html; charset=iso-8859-1", "Content-Transfer-Encoding: 8bit"},
		[]string{strings.TrimSuffix(originalHTML, "\r\n")},
		func(header string) *memory {
			return object(properties{
				idTransportHeaders: header,
				idBody:             "Grüße \r\n",
				idHTML:             []byte(originalHTML),
				idInternetCodepage: 28591,
				idNativeBody:       nativeHTML,
			})
		},
	},
	{
		"both, with an image and a file",
		[]string{`Content-Type: multipart/mixed; boundary="a"`},
		[]string{
			"--a", `Content-Type: multipart/alternative; boundary="b"`, "",
			"--b", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", "R3LDvMOfZQ==", "",
			"--b", `Content-Type: multipart/related; boundary="c"`, "",
			"--c", "Content-Type: text/html; charset=iso-8859-1", "", strings.TrimSuffix(originalHTML, "\r\n"),
			"--c", "Content-Type: image/gif; name=logo.gif", "Content-ID: <logo@x>", "Content-Transfer-Encoding: base64", "", "R0lGODlh",
			"--c--", "",
			"--b--", "",
			"--a", "Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: base64", "", "JVBERi0xLjQ=",
			"--a", "Content-Type: text/plain; charset=us-ascii; name=a.txt", "", "plain  ", "text",
			"--a--",
		},
		func(header string) *memory {
			return object(properties{
				idTransportHeaders: header,
				idBody:             "Grüße\r\n",
				idHTML:             []byte(originalHTML),
				idInternetCodepage: 1252,
			}).with(
				file{
					idAttachMethod:    1,
					idAttachName:      "logo.gif",
					idAttachMIMEType:  "image/gif",
					idAttachContentID: "logo@x",
					idAttachData:      []byte("GIF89a"),
				},
				file{idAttachMethod: 1, idAttachName: "a.pdf", idAttachData: []byte("%PDF-1.4")},
				file{
					idAttachMethod: 1,
					idAttachName:   "a.txt",
					idAttachData:   []byte("plain  \r\ntext"),
				},
			)
		},
	},
	{
		"a message within",
		[]string{`Content-Type: multipart/mixed; boundary="a"`},
		[]string{
			"--a", "Content-Type: text/plain", "", "see", "",
			"--a", "Content-Type: message/rfc822", "", "From: x@example.com", "Subject: inner", "Content-Type: text/plain; charset=koi8-r", "", "\xf0\xd2\xc9", "",
			"--a--",
		},
		func(header string) *memory {
			inner := object(properties{
				idSubject:          "inner",
				idBody:             "При\r\n",
				idTransportHeaders: "From: x@example.com\r\nSubject: inner\r\n",
			})
			return object(properties{idTransportHeaders: header, idBody: "see\r\n"}).with(inner)
		},
	},
	{
		"signed",
		[]string{"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha1; boundary=\"----=_Part\""},
		strings.Split(strings.TrimSuffix(signedEntity[strings.Index(signedEntity, "\r\n\r\n")+4:], "\r\n"), "\r\n"),
		func(header string) *memory {
			return object(properties{
				idMessageClass:     "IPM.Note.SMIME.MultipartSigned",
				idTransportHeaders: header,
			}).
				with(file{
					idAttachMethod:   1,
					idAttachMIMEType: "multipart/signed",
					idAttachName:     "SMIME.p7m",
					idAttachData:     []byte(signedEntity),
				})
		},
	},
}

// TestSameAsTheOriginal holds that what Outlook kept of a mail is known for the same as what another program kept of it.
func TestSameAsTheOriginal(t *testing.T) {
	t.Parallel()
	for _, c := range originals {
		header := crlf(append(append([]string(nil), travelledLines...), c.kind...)...)
		original := header + "\r\n" + crlf(c.body...)
		var b strings.Builder
		if _, err := Convert(&b, c.m(header), Options{}); err != nil {
			t.Fatal(err)
		}
		sameMail(t, c.name, original, b.String())
	}
}

// sameMail holds that two forms of a mail have one identity.
func sameMail(t *testing.T, name, original, converted string) {
	t.Helper()
	want, err := dedupe.Identify(strings.NewReader(original))
	if err != nil {
		t.Fatal(err)
	}
	got, err := dedupe.Identify(strings.NewReader(converted))
	if err != nil {
		t.Fatal(err)
	}
	if got.Key != want.Key || got.Trace != want.Trace || !got.Date.Equal(want.Date) || !got.Received.Equal(want.Received) {
		t.Errorf("%s: got %+v, want %+v", name, got, want)
	}
	wantDigest, err := dedupe.Content(strings.NewReader(original))
	if err != nil {
		t.Fatal(err)
	}
	if digest, err := dedupe.Content(strings.NewReader(converted)); err != nil || digest != wantDigest {
		t.Errorf("%s: got another content: %v\n%s\nwant\n%s", name, err, converted, original)
	}
}
