package rtf

import (
	"bufio"
	"io"
	"strings"
)

// A Look says what a conversion of rich text found.
type Look struct {
	Formatted bool // plain text would lose something: bold, colours, links
	Lost      bool // HTML loses something: pictures, objects, footnotes
}

// Render makes simple HTML, in UTF-8, of rich text: paragraphs, bold and the like, sizes, colours, links. It only looks
// where w is io.Discard.
func Render(w io.Writer, r io.Reader) (Look, error) {
	h := &renderer{out: bufio.NewWriter(w)}
	h.parser = newParser(r, h)
	h.out.WriteString("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>\r\n")
	if err := h.parser.parse(); err != nil {
		return Look{}, err
	}
	if h.open {
		h.paragraph()
	}
	h.out.WriteString("</body></html>\r\n")
	return Look{Formatted: h.formatted, Lost: h.parser.lost}, h.out.Flush()
}

// renderer writes HTML. Tags are opened when text comes and closed at the end of each paragraph, so they nest.
type renderer struct {
	parser    *parser
	out       *bufio.Writer
	open      bool // within a paragraph
	look      format
	end       string // what closes the tags of look
	base      int    // the size of the first text
	column    int    // since the last line end
	formatted bool
}

func (h *renderer) text(s string) {
	f := h.parser.cur.format
	if h.parser.cur.dest != destBody || f.hidden || s == "" {
		return
	}
	if h.base == 0 {
		h.base = f.size
	}
	blank := strings.TrimSpace(s) == ""
	h.formatted = h.formatted || !blank && f.rich(h.base)
	if !h.open {
		h.out.WriteString("<div>")
		h.open, h.look, h.end = true, format{size: h.base}, ""
	}
	if f != h.look {
		h.out.WriteString(h.end)
		var begin string
		begin, h.end = f.tags(h.base)
		h.out.WriteString(begin)
		h.look = f
	}
	h.write(strings.ReplaceAll(escape(s), "  ", "&nbsp; "))
}

// write breaks lines at blanks, which means nothing in HTML, so that they need no encoding.
func (h *renderer) write(s string) {
	const width = 500
	for h.column+len(s) > width {
		i := strings.IndexByte(s[min(max(width-h.column, 0), len(s)):], ' ')
		if i < 0 {
			break
		}
		i += min(max(width-h.column, 0), len(s))
		h.out.WriteString(s[:i] + "\r\n")
		s, h.column = s[i+1:], 0
	}
	h.out.WriteString(s)
	h.column += len(s)
}

func (h *renderer) control(t token) {
	switch {
	case t.kind == tokenWord && h.parser.cur.format.set(t, h.parser.colours):
	case h.parser.cur.dest != destBody:
	case t.word == "par" || t.word == "sect" || t.word == "page" || t.word == "row":
		h.paragraph()
	case t.word == "line":
		h.text(" ")
		h.out.WriteString("<br>\r\n")
		h.column = 0
	case t.word == "tab" || t.word == "cell":
		h.text("\u00a0\u00a0\u00a0 ")
	default:
		h.text(textOf(t))
	}
}

// paragraph ends the paragraph, which may be empty.
func (h *renderer) paragraph() {
	if !h.open {
		h.out.WriteString("<div>&nbsp;")
	}
	h.out.WriteString(h.end + "</div>\r\n")
	h.open, h.end, h.column = false, "", 0
}
