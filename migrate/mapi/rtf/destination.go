package rtf

// destination is what the text of a group is for.
type destination uint8

const (
	destBody    destination = iota
	destSkip                // of no use here
	destFonts               // the font table
	destColours             // the colour table
	destHTMLTag             // a piece of the HTML that was wrapped ([MS-OXRTFEX] section 2.1.3.1)
	destField               // the instruction of a field, such as HYPERLINK
)

// skipped are the destinations without \* that hold no text of the document.
var skipped = map[string]bool{
	"stylesheet": true, "info": true, "pict": true, "object": true, "header": true, "headerl": true, "headerr": true, "headerf": true,
	"footer": true, "footerl": true, "footerr": true, "footerf": true, "footnote": true, "xe": true, "tc": true, "txe": true, "rxe": true,
	"nonshppict": true, "filetbl": true, "revtbl": true, "listtable": true, "listoverridetable": true, "private": true, "comment": true,
	"annotation": true, "themedata": true, "colorschememapping": true, "datastore": true, "latentstyles": true, "template": true,
	"ftnsep": true, "ftnsepc": true, "ftncn": true, "aftnsep": true, "aftnsepc": true, "aftncn": true, "shp": true,
}

// lostWith are the destinations whose content a conversion can't show.
var lostWith = map[string]bool{"pict": true, "object": true, "footnote": true, "shp": true, "shppict": true}

// enter sets what a group is for, if its first control word says so. Star is set after \*: then what is unknown is skipped.
func (p *parser) enter(t token, star bool) bool {
	switch {
	case p.cur.dest == destSkip:
		return true
	case t.word == "fonttbl":
		p.cur.dest = destFonts
	case t.word == "colortbl":
		p.cur.dest, p.colours = destColours, p.colours[:0]
	case t.word == "htmltag":
		p.cur.dest = destHTMLTag
	case t.word == "fldinst":
		p.cur.dest, p.field = destField, p.field[:0]
	case t.word == "fldrslt":
		p.cur.format.link = hyperlink(string(p.field))
		return true
	case t.word == "pntext", t.word == "listtext":
		p.cur.bullet = true
		return true
	case star && transparent[t.word]:
		return true
	case star || skipped[t.word]:
		p.lost = p.lost || lostWith[t.word]
		p.cur.dest = destSkip
	default:
		return false
	}
	return true
}

// transparent are the destinations after \* whose text is text of the document all the same.
var transparent = map[string]bool{"cs": true}
