// Package outlook says in the terms of package migrate what an item of Outlook's is: a copy of a message, or something else. The
// kinds of sources that hold such items share it.
package outlook

import (
	"fmt"
	"io"
	"strings"

	"unpop/migrate"
	"unpop/migrate/mapi"
	"unpop/migrate/mutf7"
)

// Properties that this package reads ([MS-OXPROPS]).
const (
	idSubject     mapi.ID = 0x0037
	idMessageSize mapi.ID = 0x0E08
	idDisplayName mapi.ID = 0x3001
)

// Kind tells what an item is: mail, something else that is the user's, or neither: settings of the program.
func Kind(m mapi.Object) (class mapi.Class, mail, user bool) {
	class = mapi.Classify(m)
	user = class != mapi.ClassSettings && !mapi.StateOf(m).Associated
	return class, user && class.IsMail(), user
}

// Describe fills in what an item says of its copy: size, dates, flags, keywords, whether it is whole.
func Describe(c *migrate.Copy, m mapi.Object) {
	state := mapi.StateOf(m)
	c.Rebuilt = true
	c.Size = max(0, int64(mapi.Int(m, idMessageSize)))
	c.Received, c.ModTime = mapi.Delivered(m), mapi.Dated(m)
	c.Expunged, c.Partial = state.Deleted, state.HeaderOnly
	for _, f := range []struct {
		is   bool
		flag migrate.Flags
	}{{state.Seen, migrate.Seen}, {state.Answered, migrate.Answered}, {state.Flagged, migrate.Flagged}, {state.Draft, migrate.Draft}} {
		if f.is {
			c.Flags |= f.flag
		}
	}
	if state.Forwarded {
		c.Keywords = append(c.Keywords, "$Forwarded")
	}
	for _, category := range mapi.Categories(m) {
		c.Keywords = append(c.Keywords, mutf7.Encode(category)) // as Thunderbird does: a keyword is an atom
	}
}

// Subject is an item's subject in one line, without the mark of its prefix ([MS-PST] section 2.5.3.1.1.1). page is the store's code page.
func Subject(o mapi.Object, page int) string {
	text := mapi.Text(o, idSubject, page)
	if strings.HasPrefix(text, "\x01") && len(text) > 1 {
		text = string([]rune(text)[2:])
	}
	return strings.Join(strings.Fields(text), " ")
}

// Other describes an item that is not mail, to be exported.
func Other(m mapi.Message, folder migrate.Folder, opts mapi.Options) *migrate.Other {
	class := mapi.Classify(m)
	o := &migrate.Other{Folder: folder, Kind: class.String(), Name: Subject(m, opts.CodePage), Ext: ".ics"}
	o.Write = func(w io.Writer) error { return mapi.Calendar(w, m, opts) }
	if class == mapi.ClassContact || class == mapi.ClassDistList {
		o.Ext = ".vcf"
		o.Write = func(w io.Writer) error { return mapi.VCard(w, m, opts) }
		if name := strings.TrimSpace(mapi.Text(m, idDisplayName, opts.CodePage)); name != "" {
			o.Name = name
		}
	}
	return o
}

// Counts are how many items there are of each class.
type Counts map[mapi.Class]int

// Sum is how many items there are.
func (c Counts) Sum() (n int64) {
	for _, count := range c {
		n += int64(count)
	}
	return n
}

// String names them: "2 contacts, 1 note".
func (c Counts) String() string {
	var texts []string
	for class := range mapi.ClassSettings {
		switch n := c[class]; n {
		case 0:
		case 1:
			texts = append(texts, "1 "+class.String())
		default:
			texts = append(texts, fmt.Sprintf("%d %s", n, plural(class.String())))
		}
	}
	return strings.Join(texts, ", ")
}

// Remarks says that they are left aside; nothing where there are none.
func (c Counts) Remarks() []string {
	if text := c.String(); text != "" {
		return []string{text + ": not mail (--export writes them to files)"}
	}
	return nil
}

func plural(noun string) string {
	if strings.HasSuffix(noun, "y") {
		return strings.TrimSuffix(noun, "y") + "ies"
	}
	return noun + "s"
}
