package ltp

import (
	"io"

	"unpop/migrate/source/pst/ndb"
)

// tally is what was found in a file.
type tally struct {
	nodes, messages, attachments, properties, rows int
	bytes                                          int64
	errors                                         []error
	unsized                                        int // values that didn't have the size that they said
}

// maxSteps bounds the reading of a broken file, whose subnodes may refer to one block from many places.
const maxSteps = 200_000

// walkFile reads all there is in a file.
func walkFile(f *ndb.File) *tally {
	t := &tally{}
	for n, err := range f.Nodes() {
		if err != nil {
			t.errors = append(t.errors, err)
			continue
		}
		t.node(n, 0)
	}
	return t
}

// note keeps an error.
func (t *tally) note(err error) {
	if err != nil {
		t.errors = append(t.errors, err)
	}
}

// node reads a node by what its type says that it is.
func (t *tally) node(n ndb.Node, depth int) {
	t.nodes++
	switch n.ID.Type() {
	case ndb.TypeMessage:
		t.messages++
		t.context(n)
	case ndb.TypeAttachment:
		t.attachments++
		t.context(n)
	case ndb.TypeFolder, ndb.TypeSearchFolder, ndb.TypeAssocMessage:
		t.context(n)
	case ndb.TypeHierarchyTable, ndb.TypeContentsTable, ndb.TypeAssocTable, ndb.TypeAttachmentTable, ndb.TypeRecipientTable:
		t.table(n)
	}
	if depth > 12 || t.nodes > maxSteps {
		return
	}
	for s, err := range n.Subnodes() {
		if err != nil {
			t.note(err)
			continue
		}
		t.node(s, depth+1)
	}
}

// context reads all properties.
func (t *tally) context(n ndb.Node) {
	c, err := OpenContext(n)
	if err != nil {
		t.note(err)
		return
	}
	for p, err := range c.All() {
		if err != nil {
			t.note(err)
			continue
		}
		t.properties++
		v, err := p.Value()
		if err == nil && fixedSize(p.Type) > 0 && len(v.Data) != fixedSize(p.Type) {
			t.unsized++
		}
		v.Values()
		if err != nil {
			t.note(err)
			continue
		}
		if _, _, isObject := v.Subnode(); !isObject {
			t.stream(p.Open())
		}
	}
}

// stream reads a stream, which must be as long as it says.
func (t *tally) stream(s Stream, err error) {
	if err != nil {
		t.note(err)
		return
	}
	n, err := io.Copy(io.Discard, io.NewSectionReader(s, 0, s.Size()))
	t.bytes += n
	t.note(err)
	if err == nil && n != s.Size() {
		t.unsized++
	}
}

// table reads all rows.
func (t *tally) table(n ndb.Node) {
	table, err := OpenTable(n)
	if err != nil {
		t.note(err)
		return
	}
	for row, err := range table.Rows() {
		if err != nil {
			t.note(err)
			continue
		}
		t.rows++
		for _, c := range table.Columns() {
			v, ok, err := row.Get(c.ID)
			t.note(err)
			if size := fixedSize(v.Type); ok && err == nil && size > 0 && size != len(v.Data) {
				t.unsized++
			}
		}
	}
}
