package rtf

import "unpop/migrate/mapi/codepage"

// word takes a control word that isn't the beginning of a destination.
func (p *parser) word(t token) {
	if p.cur.dest == destSkip {
		return
	}
	if t.word == "u" {
		p.unicode(t.param)
		return
	}
	if p.skip > 0 {
		p.skip--
		return
	}
	if p.header(t) || p.table(t) {
		return
	}
	switch t.word {
	case "f":
		p.flush()
		if p.cur.dest == destFonts {
			p.font = t.param
		}
		p.cur.page = p.fontPage(t.param)
	case "plain":
		p.flush()
		p.cur.page = p.fontPage(p.deff)
		p.pass(t)
	case "uc":
		p.cur.unicode = min(max(t.param, 0), 16)
	case "htmlrtf":
		p.flush()
		p.cur.htmlRTF = !t.has || t.param != 0
	case "upr", "field":
		p.field = p.field[:0]
	default:
		p.pass(t)
	}
}

// header takes the words that say which character set the document is in.
func (p *parser) header(t token) bool {
	switch t.word {
	case "ansi":
		p.setPage(codepage.Western)
	case "mac":
		p.setPage(10000)
	case "pc":
		p.setPage(437)
	case "pca":
		p.setPage(850)
	case "ansicpg":
		p.setPage(t.param)
	case "deff":
		p.deff = t.param
	default:
		return false
	}
	return true
}

func (p *parser) setPage(page int) {
	if codepage.Lookup(page) == nil {
		return
	}
	p.flush()
	p.page, p.cur.page = page, page
	if len(p.stack) == 1 { // the group that is the document
		p.stack[0].page = page
	}
}

// table takes the words of the tables of fonts and colours.
func (p *parser) table(t token) bool {
	switch p.cur.dest {
	case destFonts:
		page := 0
		switch t.word {
		case "fcharset":
			page = fontCharsets[t.param]
		case "cpg":
			page = t.param
		}
		if codepage.Lookup(page) != nil && len(p.fonts) < maxFonts {
			p.fonts[p.font] = page
		}
		return t.word != "f"
	case destColours:
		level := uint8(min(max(t.param, 0), 255))
		mix := &p.mix
		switch t.word {
		case "red":
			mix.red, mix.set = level, true
		case "green":
			mix.green, mix.set = level, true
		case "blue":
			mix.blue, mix.set = level, true
		}
		return true
	}
	return false
}

func (p *parser) fontPage(font int) int {
	if page, ok := p.fonts[font]; ok {
		return page
	}
	return p.page
}

// fontCharsets gives the code page of a font's character set. Not here are those that mean the document's.
var fontCharsets = map[int]int{
	0: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257,
	204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}
