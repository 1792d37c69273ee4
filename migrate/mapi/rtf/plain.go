package rtf

import (
	"bufio"
	"io"
)

// Text makes plain text, in UTF-8 and with CRLF, of a document of any kind: of plain text that was wrapped the original, of
// wrapped HTML and of rich text what is to be read.
func Text(w io.Writer, r io.Reader) error {
	h := &texter{out: bufio.NewWriter(w)}
	h.parser = newParser(r, h)
	if err := h.parser.parse(); err != nil {
		return err
	}
	return h.out.Flush()
}

// texter writes what is to be read.
type texter struct {
	parser *parser
	out    *bufio.Writer
}

func (h *texter) shows() bool {
	return h.parser.cur.dest == destBody && !h.parser.cur.format.hidden
}

func (h *texter) text(s string) {
	if h.shows() {
		h.out.WriteString(s)
	}
}

// textWords is what control words stand for in text.
var textWords = map[string]string{
	"par": "\r\n", "line": "\r\n", "sect": "\r\n", "page": "\r\n", "row": "\r\n", "tab": "\t", "cell": "\t", "lquote": "‘",
	"rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—", "emspace": "\u2003",
	"enspace": "\u2002", "zwj": "\u200d", "zwnj": "\u200c",
}

func textOf(t token) string {
	switch {
	case t.kind == tokenWord:
		return textWords[t.word]
	case t.char == '~':
		return "\u00a0"
	case t.char == '_':
		return "\u2011"
	}
	return ""
}

func (h *texter) control(t token) {
	if t.kind == tokenWord && h.parser.cur.format.set(t, h.parser.colours) {
		return
	}
	if h.shows() {
		h.out.WriteString(textOf(t))
	}
}
