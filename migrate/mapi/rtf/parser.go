package rtf

import (
	"errors"
	"io"
	"unicode/utf16"

	"unpop/migrate/mapi/codepage"
)

// Bounds of what a document can make the parser keep. Groups that lie deeper share the state of the deepest.
const (
	maxGroups  = 4096
	maxFonts   = 4096
	maxColours = 1024
	maxField   = 4096
	maxRun     = 4096
)

// group is the state that braces enclose.
type group struct {
	dest    destination
	page    int  // code page of the font
	unicode int  // how many characters stand for a \u where it isn't understood
	htmlRTF bool // not part of the HTML that was wrapped ([MS-OXRTFEX] section 2.1.3.1.3)
	bullet  bool // in the text of a list's bullet
	format  format
}

// A handler takes the text and the control words of a document, outside of tables of fonts and the like. It sees
// the state in parser.cur.
type handler interface {
	text(s string)
	control(t token)
}

// parser follows the groups of a document and decodes its text.
type parser struct {
	lex     *lexer
	to      handler
	cur     group
	stack   []group
	deeper  int // open groups beyond maxGroups
	first   bool
	star    bool
	page    int // the document's code page
	deff    int
	font    int // that the font table is about
	fonts   map[int]int
	colours []colour
	mix     colour // that the colour table is about
	field   []byte
	run     []byte // text that isn't decoded yet
	runPage int
	high    rune // first half of a pair
	skip    int  // characters that stand for a \u before them
	lost    bool // something can't be shown
}

func newParser(r io.Reader, to handler) *parser {
	return &parser{lex: newLexer(r), to: to, cur: group{unicode: 1, page: codepage.Western}, page: codepage.Western, fonts: map[int]int{}}
}

// parse reads the document to its end. A document that breaks off is complete as far as it goes.
func (p *parser) parse() error {
	for {
		t, err := p.lex.next()
		if err != nil {
			p.flush()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		p.token(t)
	}
}

func (p *parser) token(t token) {
	first, star := p.first, p.star
	p.first, p.star = false, false
	switch t.kind {
	case tokenOpen:
		p.open()
	case tokenClose:
		p.close()
	case tokenByte:
		p.char(t.char)
	case tokenSymbol:
		if p.star = first && t.char == '*'; !p.star {
			p.symbol(t)
		}
	case tokenWord:
		if !(first || star) || !p.enter(t, star) {
			p.word(t)
		}
	}
}

func (p *parser) open() {
	p.flush()
	p.skip, p.first = 0, true
	if len(p.stack) == maxGroups {
		p.deeper++
		return
	}
	p.stack = append(p.stack, p.cur)
}

func (p *parser) close() {
	p.flush()
	p.skip = 0
	if p.deeper > 0 {
		p.deeper--
		return
	}
	if n := len(p.stack); n > 0 {
		p.cur, p.stack = p.stack[n-1], p.stack[:n-1]
	}
}

// char takes a byte of text.
func (p *parser) char(c byte) {
	if p.skip > 0 {
		p.skip--
		return
	}
	switch p.cur.dest {
	case destSkip, destFonts:
		return
	case destColours:
		if c == ';' && len(p.colours) < maxColours {
			p.colours = append(p.colours, p.mix)
			p.mix = colour{}
		}
		return
	case destField:
		if len(p.field) < maxField {
			p.field = append(p.field, c)
		}
		return
	}
	if len(p.run) >= maxRun && c < 0x80 {
		p.flush()
	}
	p.run, p.runPage = append(p.run, c), p.textPage()
}

// textPage is the code page of text: within pieces of wrapped HTML always the document's.
func (p *parser) textPage() int {
	if p.cur.dest == destHTMLTag {
		return p.page
	}
	return p.cur.page
}

// flush hands on the text so far.
func (p *parser) flush() {
	p.unpaired()
	if len(p.run) > 0 {
		p.to.text(codepage.Decode(p.run, p.runPage))
		p.run = p.run[:0]
	}
}

func (p *parser) unpaired() {
	if p.high != 0 {
		p.high = 0
		p.to.text("\ufffd")
	}
}

// unicode takes a \u: a UTF-16 unit as a signed number.
func (p *parser) unicode(param int) {
	p.skip = p.cur.unicode
	if p.cur.dest != destBody && p.cur.dest != destHTMLTag {
		return
	}
	unit := rune(uint16(param))
	if param > 0xFFFF {
		unit = rune(min(param, 0x10FFFF))
	}
	if p.high != 0 && unit >= 0xDC00 && unit < 0xE000 {
		pair := utf16.DecodeRune(p.high, unit)
		p.high = 0
		p.to.text(string(pair))
		return
	}
	p.flush()
	if unit >= 0xD800 && unit < 0xDC00 {
		p.high = unit
		return
	}
	p.to.text(string(unit))
}

func (p *parser) symbol(t token) {
	if p.skip > 0 {
		p.skip--
		return
	}
	p.pass(t)
}

// pass gives a control word to the handler where it concerns the document's text.
func (p *parser) pass(t token) {
	p.flush()
	if p.cur.dest == destBody || p.cur.dest == destHTMLTag {
		p.to.control(t)
	}
}
