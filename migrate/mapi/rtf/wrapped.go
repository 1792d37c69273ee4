package rtf

import (
	"bufio"
	"io"
)

// Kind says where a document comes from.
type Kind uint8

// The kinds of documents ([MS-OXRTFEX] section 2.1.2).
const (
	Rich        Kind = iota // written as rich text
	WrappedHTML             // HTML that was wrapped: HTML gives it back
	WrappedText             // plain text that was wrapped: Text gives it back
)

// sniffed is how many tokens of the header are looked at; the specification says ten.
const sniffed = 20

// Sniff reads the beginning of a document and says what it is.
func Sniff(r io.Reader) (Kind, error) {
	lex := newLexer(r)
	for range sniffed {
		t, err := lex.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Rich, err
		}
		if t.kind == tokenWord && t.word == "fromhtml" {
			return WrappedHTML, nil
		}
		if t.kind == tokenWord && t.word == "fromtext" {
			return WrappedText, nil
		}
		if t.kind == tokenByte || t.kind == tokenWord && t.word == "fonttbl" {
			break
		}
	}
	return Rich, nil
}

// HTML gives back HTML that was wrapped in RTF ([MS-OXRTFEX] section 2.2.3.2), in UTF-8, whatever its META tag says.
func HTML(w io.Writer, r io.Reader) error {
	h := &unwrapper{out: bufio.NewWriter(w)}
	h.parser = newParser(r, h)
	if err := h.parser.parse(); err != nil {
		return err
	}
	return h.out.Flush()
}

// unwrapper copies what was in the original HTML.
type unwrapper struct {
	parser *parser
	out    *bufio.Writer
}

func (h *unwrapper) copies() bool { return !h.parser.cur.htmlRTF && !h.parser.cur.bullet }

// A bufio.Writer keeps its first error, and Flush returns it.
func (h *unwrapper) text(s string) {
	if h.copies() {
		h.out.WriteString(s)
	}
}

// htmlWords is what control words stand for in the original HTML ([MS-OXRTFEX] section 2.2.3.2).
var htmlWords = map[string]string{
	"par": "\r\n", "line": "\r\n", "tab": "\t", "lquote": "&lsquo;", "rquote": "&rsquo;", "ldblquote": "&ldquo;",
	"rdblquote": "&rdquo;", "bullet": "&bull;", "endash": "&ndash;", "emdash": "&mdash;", "emspace": "&emsp;", "enspace": "&ensp;",
	"zwj": "&zwj;", "zwnj": "&zwnj;",
}

func (h *unwrapper) control(t token) {
	switch {
	case !h.copies():
	case t.kind == tokenWord:
		h.out.WriteString(htmlWords[t.word])
	case t.char == '~':
		h.out.WriteString("&nbsp;")
	case t.char == '_':
		h.out.WriteString("&shy;")
	}
}
