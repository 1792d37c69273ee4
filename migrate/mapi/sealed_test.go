package mapi

import (
	"bytes"
	"strings"
	"testing"
)

const signedEntity = "Content-Type: multipart/signed;\r\n\tprotocol=\"application/pkcs7-signature\"; micalg=sha1;\r\n\tboundary=\"----=_Part\"\r\nX-Other: y\r\n\r\n" +
	"This is signed.\r\n\r\n------=_Part\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe   \r\n\r\n" +
	"------=_Part\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n------=_Part--\r\n"

func TestClearSigned(t *testing.T) {
	t.Parallel()
	head, body, _ := strings.Cut(signedEntity, "\r\n\r\n")
	kind, _, _ := strings.Cut(head, "\r\nX-Other")
	for _, c := range []struct{ name, class, entity string }{
		{"by its class", "IPM.Note.SMIME.MultipartSigned", signedEntity},
		{
			"bare line feeds",
			"IPM.Note.SMIME.MultipartSigned",
			strings.ReplaceAll(signedEntity, "\r\n", "\n"),
		},
		{"by header and attachment", "IPM.Note", signedEntity},
	} {
		m := object(properties{
			idMessageClass:     c.class,
			idTransportHeaders: travelled + "Content-Type: multipart/signed; boundary=dead\r\n",
			idBody:             "Grüße",
		}).
			with(file{
				idAttachMethod:   1,
				idAttachName:     "SMIME.txt",
				idAttachMIMEType: "multipart/signed",
				idAttachData:     []byte(c.entity),
			})
		var b strings.Builder
		if _, err := Convert(&b, m, Options{}); err != nil {
			t.Fatal(err)
		}
		want := travelled + "MIME-Version: 1.0\r\n" + kind + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body
		if b.String() != want {
			t.Errorf("%s: got\n%q, want\n%q", c.name, b.String(), want)
		}
	}
}

// TestSignedWithin holds that what is around a signed message says that it isn't ASCII.
func TestSignedWithin(t *testing.T) {
	t.Parallel()
	inner := object(properties{idMessageClass: "IPM.Note.SMIME.MultipartSigned"}).
		with(file{
			idAttachMethod:   1,
			idAttachMIMEType: "multipart/signed",
			idAttachData:     []byte(signedEntity),
		})
	var b strings.Builder
	if _, err := Convert(&b, object(properties{idBody: "see"}).with(inner), Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\r\nContent-Transfer-Encoding: 8bit\r\n"); n != 4 {
		t.Errorf("got %d parts in 8bit, want the message, the part, what is in it, and the text:\n%s", n, b.String())
	}
	_, body, _ := strings.Cut(signedEntity, "\r\n\r\n")
	if !strings.Contains(b.String(), body) {
		t.Errorf("got %q, want the signed bytes", b.String())
	}
}

func TestCMS(t *testing.T) {
	t.Parallel()
	enveloped := []byte("\x30\x82\x01\x00\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03\xA0")
	signed := bytes.Replace(enveloped, []byte{7, 3}, []byte{7, 2}, 1)
	for _, c := range []struct {
		name string
		p    properties
		file file
		want string
	}{
		{
			"as the header has it",
			properties{
				idMessageClass:     "IPM.Note.SMIME",
				idTransportHeaders: "Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data;\r\n\tname=\"smime.p7m\"\r\n",
			},
			file{idAttachMIMEType: "application/pkcs7-mime", idAttachData: enveloped},
			`application/x-pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"`,
		},
		{
			"encrypted",
			properties{idMessageClass: "IPM.Note.SMIME"},
			file{idAttachName: "smime.p7m", idAttachData: enveloped},
			"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
		},
		{
			"signed",
			properties{idMessageClass: "ipm.note.smime"},
			file{idAttachName: "smime.p7m", idAttachData: signed},
			"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
		},
		{
			"neither",
			properties{idMessageClass: "IPM.Note.SMIME"},
			file{idAttachName: "smime.p7m", idAttachData: []byte("?")},
			"application/pkcs7-mime; name=smime.p7m",
		},
	} {
		text, _ := convert(t, object(c.p).with(c.file), Options{})
		python(t, text)
		p := checkStructure(t, text)
		if got := p[0].header.Get("Content-Type"); len(p) != 1 || strings.ReplaceAll(got, "\t", " ") != c.want || p[0].text != string(c.file[idAttachData].([]byte)) {
			t.Errorf("%s: got %s %q, want %s", c.name, got, p[0].text, c.want)
		}
	}
}

// TestNotSealed holds that mail that only looks signed keeps its text.
func TestNotSealed(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*memory{
		"a signature beside the text": object(properties{
			idMessageClass:     "IPM.Note",
			idBody:             "text",
			idTransportHeaders: "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"\r\n",
		}).
			with(file{
				idAttachName:     "signature.asc",
				idAttachMIMEType: "application/pgp-signature",
				idAttachData:     []byte("x"),
			}),
		"no attachment of the kind": object(properties{
			idMessageClass: "IPM.Note.SMIME",
			idBody:         "text",
		}).with(file{
			idAttachName: "a.pdf",
			idAttachData: []byte("x"),
		}),
		"two attachments": object(properties{
			idMessageClass: "IPM.Note.SMIME",
			idBody:         "text",
		}).with(file{
			idAttachName: "smime.p7m",
			idAttachData: []byte("x"),
		}, file{
			idAttachName: "b",
			idAttachData: []byte("x"),
		}),
		"an attached smime.p7m": object(properties{
			idMessageClass: "IPM.Note",
			idBody:         "text",
		}).with(file{
			idAttachName: "smime.p7m",
			idAttachData: []byte("x"),
		}),
	} {
		text, _ := convert(t, m, Options{})
		if got := shape(t, text); !strings.HasPrefix(got, "mixed/text/plain=text ") {
			t.Errorf("%s: got %s, want the text", name, got)
		}
	}
}

func TestEncryptedPGP(t *testing.T) {
	t.Parallel()
	m := object(properties{
		idMessageClass:     "IPM.Note",
		idTransportHeaders: travelled + "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x\r\n",
	}).
		with(file{
			idAttachMIMEType: "application/pgp-encrypted",
			idAttachName:     "v.asc",
			idAttachData:     []byte("Version: 1\n"),
		},
			file{
				idAttachMIMEType: "application/octet-stream",
				idAttachName:     "encrypted.asc",
				idAttachData:     []byte("-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n"),
			})
	text, _ := convert(t, m, Options{})
	python(t, text)
	if got := shape(t, text); got != "encrypted/application/pgp-encrypted=Version: 1 encrypted/application/octet-stream=-----BEGIN PGP MESSAGE-----||abc|-----END PGP MESSAGE-----" {
		t.Errorf("got %s", got)
	}
	if !strings.Contains(headerOf(text), `multipart/encrypted; protocol="application/pgp-encrypted"; boundary=`) {
		t.Errorf("got %s", headerOf(text))
	}
}
