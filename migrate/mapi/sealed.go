package mapi

import (
	"bytes"
	"io"
	"strings"
)

// sealed keeps the body of a message that was signed or encrypted as it is, byte for byte but for bare LFs, so that the seal
// holds ([MS-OXOSMIME] section 2). It returns nothing for other messages.
func (it *item) sealed(files []*attached) (*part, error) {
	travelled := it.travelledAs()
	if travelled == "multipart/encrypted" && len(files) == 2 && files[0].mediaType == "application/pgp-encrypted" {
		return it.encryptedPGP(files)
	}
	if len(files) != 1 || files[0].data == nil {
		return nil, nil
	}
	f := files[0]
	sealedKind := travelled == "multipart/signed" || isCMS(travelled)
	if Classify(it.m) != ClassSigned && !(sealedKind && (f.mediaType == "multipart/signed" || isCMS(f.mediaType))) {
		return nil, nil
	}
	fields, size := entityHeader(headOf(f.data))
	if kind, ok := fields.get("content-type"); ok && size > 0 && strings.HasPrefix(strings.ToLower(kind), "multipart/") {
		return it.clearSigned(f, fields, size)
	}
	if isCMS(f.mediaType) || strings.HasSuffix(strings.ToLower(f.name), ".p7m") {
		return it.cms(f), nil
	}
	return nil, nil
}

func isCMS(mediaType string) bool {
	return mediaType == "application/pkcs7-mime" || mediaType == "application/x-pkcs7-mime"
}

// entityHeader reads the Content fields at the beginning of an entity, and how many bytes its header has. It has none if it
// doesn't end in there.
func entityHeader(head []byte) (header, int) {
	text, width := string(head), 4
	end := strings.Index(text, "\r\n\r\n")
	if lf := strings.Index(text, "\n\n"); lf >= 0 && (end < 0 || lf < end) {
		end, width = lf, 2
	}
	if end < 0 {
		return nil, 0
	}
	var fields header
	field := ""
	for line := range lines(text[:end] + "\r\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && field != "" {
			field += line + "\r\n"
			continue
		}
		fields = appendContent(fields, field)
		if !isField(line) {
			return nil, 0
		}
		field = line + "\r\n"
	}
	return appendContent(fields, field), end + width
}

// appendContent adds a field if it is one of MIME's that can stay as it is.
func appendContent(h header, field string) header {
	if len(field) > 8 && strings.EqualFold(field[:8], "content-") && writable(field) {
		return append(h, field)
	}
	return h
}

// clearSigned takes the whole multipart/signed, which is kept as an attachment.
func (it *item) clearSigned(f *attached, fields header, size int) (*part, error) {
	body := func(w io.Writer) error { return f.data(&skipper{w: &bareLF{w: w}, left: size}) }
	s, err := surveyOf(body)
	if err != nil {
		return nil, err
	}
	p := &part{fields: fields, body: body, raw: true, eight: s.high > 0}
	if p.eight && !fields.has("content-transfer-encoding") {
		p.fields.add("Content-Transfer-Encoding", as8bit)
	}
	return p, nil
}

// cms makes the whole body of a CMS message: encrypted, or signed so that only a program can read it.
func (it *item) cms(f *attached) *part {
	kind := it.head.kind
	if !isCMS(it.travelledAs()) || !isASCII(kind) || len(kind) > hardLine/2 {
		kind = "application/pkcs7-mime" + smimeType(headOf(f.data)) + "; name=smime.p7m"
	}
	p := leaf(oneLine(kind), asBase64, f.data)
	p.fields.disposition("attachment", "smime.p7m")
	return p
}

// smimeType tells by its object identifier what a CMS message is (RFC 5652 section 14, RFC 8551 section 3.2.2).
func smimeType(head []byte) string {
	prefix := []byte{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07}
	i := bytes.Index(head[:min(len(head), 40)], prefix)
	if i < 0 || i+len(prefix) >= len(head) {
		return ""
	}
	switch head[i+len(prefix)] {
	case 2:
		return "; smime-type=signed-data"
	case 3:
		return "; smime-type=enveloped-data"
	}
	return ""
}

// encryptedPGP puts a message of RFC 3156 together again.
func (it *item) encryptedPGP(files []*attached) (*part, error) {
	var parts []*part
	for _, f := range files {
		if f.data == nil {
			return nil, nil
		}
		c := withLineEnds(f.data)
		s, err := surveyOf(c)
		if err != nil {
			return nil, err
		}
		how := s.encoding()
		if how != as7bit {
			how, c = asBase64, f.data
		}
		p := leaf(f.mediaType+fileParameter("name", f.name), how, c)
		p.fields.disposition("inline", f.name)
		parts = append(parts, p)
	}
	return multipart(`encrypted; protocol="application/pgp-encrypted"`, parts...), nil
}

// bareLF puts a CR before each LF that lacks it, and changes nothing else.
type bareLF struct {
	w       io.Writer
	afterCR bool
	buf     []byte
}

func (b *bareLF) Write(p []byte) (int, error) {
	out := b.buf[:0]
	for _, c := range p {
		if c == '\n' && !b.afterCR {
			out = append(out, '\r')
		}
		out = append(out, c)
		b.afterCR = c == '\r'
	}
	b.buf = out
	if _, err := b.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// skipper leaves out the first bytes.
type skipper struct {
	w    io.Writer
	left int
}

func (s *skipper) Write(p []byte) (int, error) {
	n := min(s.left, len(p))
	s.left -= n
	if n < len(p) {
		if _, err := s.w.Write(p[n:]); err != nil {
			return n, err
		}
	}
	return len(p), nil
}
