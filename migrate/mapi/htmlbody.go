package mapi

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"

	"unpop/migrate/mapi/codepage"
)

// html returns PidTagHtml: bytes in the code page of the Internet, which stay as they are, or a string.
func (it *item) html() (*textBody, error) {
	s, ok := open(it.m, idHTML)
	switch {
	case !ok || s.Size == 0:
		return nil, nil
	case s.Type == TypeString || s.Type == TypeString8:
		return it.htmlText(it.decoded(s, "HTML"))
	case s.Type != TypeBinary:
		return nil, nil
	}
	charset, enc, err := it.htmlCharset(s)
	if err != nil {
		return nil, err
	}
	if charset == "" {
		return it.htmlText(it.converted(s, enc, "HTML"))
	}
	return newText(it.stream(s, "HTML"), "html", charset)
}

// htmlText returns HTML that was made UTF-8. It goes back to the charset that it says it has where it can, so that it stays true.
func (it *item) htmlText(c content) (*textBody, error) {
	charset, enc := declared(headOf(c))
	if enc != nil && charset != "utf-8" {
		back := func(w io.Writer) error {
			out := transform.NewWriter(w, enc.NewEncoder())
			if err := c(out); err != nil {
				return err
			}
			return out.Close()
		}
		if back(io.Discard) == nil {
			return newText(back, "html", charset)
		}
	}
	return newText(func(w io.Writer) error {
		p := &metaPatch{w: w}
		if err := c(p); err != nil {
			return err
		}
		return p.flush()
	}, "html", "utf-8")
}

// htmlCharset says which charset HTML is in, or, where no mail program would know its name, how to decode it.
func (it *item) htmlCharset(s Stream) (string, encoding.Encoding, error) {
	page := it.int(idInternetCodepage)
	head := headOf(it.stream(s, "HTML"))
	says, _ := declared(head)
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "utf-8", nil, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "", codepage.Lookup(codepage.UTF16).Encoding, nil
	}
	cs := it.credible(page, head, s)
	if cs == nil || says == "utf-8" && cs.Name != "utf-8" {
		valid, err := isUTF8(s)
		switch {
		case err != nil && !errors.Is(err, ErrDamaged):
			return "", nil, err
		case valid && (cs == nil || page == codepage.Western || it.beyondASCII(s)):
			return "utf-8", nil, nil
		case cs == nil && says != "" && says != "utf-8":
			return says, nil, nil
		case cs == nil:
			own := it.codePage()
			if cs = codepage.Lookup(own); cs == nil {
				own, cs = codepage.Western, codepage.Lookup(codepage.Western)
			}
			it.warn("HTML: not in code page %d, taken for %d", page, own)
		}
	}
	return cs.Name, cs.Encoding, nil
}

// credible returns a code page, or nil where HTML can't be in it: tags in UTF-16 have zeros, and ASCII has no octets over 127.
func (it *item) credible(page int, head []byte, s Stream) *codepage.Charset {
	switch {
	case (page == codepage.UTF16 || page == codepage.UTF16BE) && bytes.IndexByte(head, 0) < 0, page == codepage.ASCII && it.beyondASCII(s):
		return nil
	}
	return codepage.Lookup(page)
}

// beyondASCII reports whether a value has octets over 127. Some charsets are written without.
func (it *item) beyondASCII(s Stream) bool {
	survey, err := surveyOf(it.stream(s, "HTML"))
	return err == nil && survey.high > 0
}

// headSize is how much of HTML is looked through for its charset.
const headSize = 4096

// headOf returns the beginning of a content.
func headOf(c content) []byte {
	h := &headWriter{}
	_ = c(h) // it is read again in full, and fails again
	return h.buf
}

type headWriter struct{ buf []byte }

var errEnough = errors.New("enough")

func (h *headWriter) Write(p []byte) (int, error) {
	h.buf = append(h.buf, p[:min(len(p), headSize-len(h.buf))]...)
	if len(h.buf) == headSize {
		return 0, errEnough
	}
	return len(p), nil
}

var metaCharset = regexp.MustCompile(`(?i)(<meta\s[^>]{0,200}?charset\s{0,5}=\s{0,5}["']?)([a-z0-9._:-]{1,40})`)

// declared returns the charset that HTML says it has, if it is one in which ASCII is ASCII.
func declared(head []byte) (string, encoding.Encoding) {
	match := metaCharset.FindSubmatch(head)
	if match == nil {
		return "", nil
	}
	enc, err := htmlindex.Get(string(match[2]))
	if err != nil {
		return "", nil
	}
	name, err := htmlindex.Name(enc)
	if b, bad := enc.NewEncoder().String("<a>"); err != nil || bad != nil || b != "<a>" || name == "x-user-defined" || name == "replacement" {
		return "", nil
	}
	return name, enc
}

// metaPatch makes HTML say that it is UTF-8.
type metaPatch struct {
	w    io.Writer
	head []byte
	done bool
}

func (m *metaPatch) Write(p []byte) (int, error) {
	if m.done {
		return m.w.Write(p)
	}
	if m.head = append(m.head, p...); len(m.head) >= headSize {
		return len(p), m.flush()
	}
	return len(p), nil
}

func (m *metaPatch) flush() error {
	if m.done {
		return nil
	}
	m.done = true
	_, err := m.w.Write(metaCharset.ReplaceAll(m.head, []byte("${1}utf-8")))
	m.head = nil
	return err
}
