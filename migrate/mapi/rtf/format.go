package rtf

import (
	"fmt"
	"strings"
)

// colour is an entry of the colour table; where set is false it is the reader's own.
type colour struct {
	red, green, blue uint8
	set              bool
}

func (c colour) visible() bool { return c.set && (c.red|c.green|c.blue) != 0 }

// format is how text looks.
type format struct {
	bold, italic, underline, strike bool
	super, sub                      bool
	hidden                          bool
	size                            int // half points; 0: as usual
	colour                          colour
	link                            string
}

// set takes a control word of character formatting.
func (f *format) set(t token, colours []colour) bool {
	on := !t.has || t.param != 0
	switch t.word {
	case "b":
		f.bold = on
	case "i":
		f.italic = on
	case "ul", "uld", "uldb", "ulw":
		f.underline = on
	case "ulnone":
		f.underline = false
	case "strike", "striked":
		f.strike = on
	case "super":
		f.super, f.sub = on, false
	case "sub":
		f.super, f.sub = false, on
	case "nosupersub":
		f.super, f.sub = false, false
	case "v":
		f.hidden = on
	case "fs":
		f.size = min(max(t.param, 0), 400)
	case "cf":
		f.colour = colour{}
		if t.param > 0 && t.param < len(colours) {
			f.colour = colours[t.param]
		}
	case "plain":
		*f = format{link: f.link}
	default:
		return false
	}
	return true
}

// tags returns the HTML that begins and ends text of this look, relative to text of the size base.
func (f format) tags(base int) (begin, end string) {
	add := func(on bool, name, attributes string) {
		if on {
			begin += "<" + name + attributes + ">"
			end = "</" + name + ">" + end
		}
	}
	add(f.link != "", "a", ` href="`+escape(f.link)+`"`)
	style := ""
	if f.size != 0 && f.size != base {
		style = fmt.Sprintf("font-size:%d.%dpt;", f.size/2, f.size%2*5)
	}
	if f.colour.visible() && f.link == "" {
		style += fmt.Sprintf("color:#%02x%02x%02x;", f.colour.red, f.colour.green, f.colour.blue)
	}
	add(style != "", "span", ` style="`+style+`"`)
	add(f.bold, "b", "")
	add(f.italic, "i", "")
	add(f.underline && f.link == "", "u", "")
	add(f.strike, "s", "")
	add(f.super, "sup", "")
	add(f.sub, "sub", "")
	return begin, end
}

// rich reports whether plain text would lose this look.
func (f format) rich(base int) bool {
	begin, _ := f.tags(base)
	return begin != ""
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escape(s string) string { return escaper.Replace(s) }

// hyperlink returns the address in a field's instruction, or nothing for other fields and for addresses that a mail
// should not hold.
func hyperlink(instruction string) string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(instruction), "HYPERLINK")
	if !ok {
		return ""
	}
	rest = strings.TrimSpace(rest)
	if quoted, isQuoted := strings.CutPrefix(rest, `"`); isQuoted {
		rest, _, _ = strings.Cut(quoted, `"`)
	} else if i := strings.IndexAny(rest, " \t"); i >= 0 {
		rest = rest[:i]
	}
	for _, scheme := range []string{"http://", "https://", "mailto:", "ftp://", "file:", "tel:", "news:", "www."} {
		if len(rest) >= len(scheme) && strings.EqualFold(rest[:len(scheme)], scheme) {
			return strings.ToValidUTF8(rest, "")
		}
	}
	return ""
}
