package mapi

import (
	"io"

	"golang.org/x/text/encoding"

	"unpop/migrate/mapi/codepage"
)

// A textBody is text with CRLF in a charset.
type textBody struct {
	content content
	subtype string // plain or html
	charset string
	survey  survey
}

// newText looks through a text. It returns nothing for one that is blank.
func newText(c content, subtype, charset string) (*textBody, error) {
	t := &textBody{content: withLineEnds(c), subtype: subtype, charset: charset}
	var err error
	t.survey, err = surveyOf(t.content)
	if err != nil || !t.survey.text {
		return nil, err
	}
	return t, nil
}

func (t *textBody) part() *part {
	return leaf("text/"+t.subtype+"; charset="+t.charset, t.survey.encoding(), t.content)
}

// plain returns the plain text (PidTagBody).
func (it *item) plain() (*textBody, error) {
	s, ok := open(it.m, idBody)
	if !ok || s.Type != TypeString && s.Type != TypeString8 {
		return nil, nil
	}
	return newText(it.decoded(s, "text"), "plain", "utf-8")
}

// decoded returns a large string in UTF-8.
func (it *item) decoded(s Stream, what string) content {
	page := codepage.UTF16
	if s.Type == TypeString8 {
		page = it.codePage()
		if valid, err := isUTF8(s); codepage.Lookup(page) == nil && valid && err == nil {
			page = codepage.UTF8
		}
	}
	cs := codepage.Lookup(page)
	if cs == nil {
		it.warn("%s: unknown code page %d, taken for windows-1252", what, page)
		cs = codepage.Lookup(codepage.Western)
	}
	return it.converted(s, cs.Encoding, what)
}

// converted returns a large value in UTF-8.
func (it *item) converted(s Stream, enc encoding.Encoding, what string) content {
	return func(w io.Writer) error {
		in := io.NewSectionReader(storeReader{s.Data}, 0, s.Size)
		return it.forgive(decodeTo(w, in, enc.NewDecoder()), what)
	}
}

// isUTF8 reports whether a value is UTF-8.
func isUTF8(s Stream) (bool, error) {
	in := io.NewSectionReader(storeReader{s.Data}, 0, s.Size)
	err := decodeTo(io.Discard, in, encoding.UTF8Validator)
	if err == encoding.ErrInvalidUTF8 {
		return false, nil
	}
	return err == nil, err
}
